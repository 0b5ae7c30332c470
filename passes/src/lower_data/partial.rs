//! Partial applications: closures over a function and the arguments that it was given so far.

use ir_defs::laid_out::CallSignature;
use ir_defs::memory::{Atom, Body, Function, Rhs, Stmt};
use ir_defs::reps::{Layout, Local, Rep};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::IntLit;
use nanopass::Meta;

use super::LowerData;
use super::apply::{Prefix, body, has_width, let_, prefix, spell, var};
use super::objects::store;
use ir_defs::layout::{CODE_OFFSET, Kind, Offsets, offsets};

impl LowerData<'_> {
    /// Builds a closure over the function and the arguments so far.
    pub(super) fn fewer(
        &mut self,
        signature: &CallSignature,
        arity: u32,
        given: u32,
        closure: Local,
        args: &[Local],
    ) -> Body {
        let function = self.partial(signature, arity, given);
        let (held, offsets) = held(closure, args);
        let object = self.local("partial", Rep::Value);
        let allocate = Rhs::Allocate {
            meta: Meta::NONE,
            bytes: IntLit(offsets.size),
            header: IntLit(offsets.header),
        };
        let code = Atom::Code {
            meta: Meta::NONE,
            function,
            arity: IntLit(arity - given),
        };
        let itself = var(object.var);
        let mut statements = vec![
            let_(object, allocate),
            store(Meta::NONE, Rep::I32, &itself, CODE_OFFSET, code),
        ];
        statements.extend(
            held.iter().zip(&offsets.fields).map(|(local, &offset)| {
                store(Meta::NONE, local.rep, &itself, offset, var(local.var))
            }),
        );
        let result = Rhs::Atom {
            meta: Meta::NONE,
            atom: itself,
        };
        body(statements, result)
    }

    /// The code of a partial application: the function takes `arity` arguments and was given `given`.
    fn partial(&mut self, signature: &CallSignature, arity: u32, given: u32) -> GlobalId {
        let name = format!("partial.{}.{given}.{arity}", spell(signature));
        if let Some(&known) = self.appliers.known.get(&name) {
            return known;
        }
        let global = self.session.fresh_global(&name);
        self.appliers.known.insert(name, global);

        let itself = self.local("closure", Rep::Value);
        let function = self.local("function", Rep::Value);
        let Prefix {
            params,
            fails,
            result,
        } = prefix(signature, arity);
        let args = self.args(&params);
        let (first, others) = args.split_at((given as usize).min(args.len()));
        let (held, offsets) = held(function, first);
        let mut statements: Vec<Stmt> = held
            .iter()
            .zip(&offsets.fields)
            .map(|(&local, &offset)| {
                let load = Rhs::Load {
                    meta: Meta::NONE,
                    rep: local.rep,
                    object: var(itself.var),
                    offset: IntLit(offset),
                };
                let_(local, load)
            })
            .collect();
        let mut call = self.exactly(signature, arity, function, &args);
        statements.append(&mut call.statements);
        call.statements = statements;
        let mut params = vec![itself];
        params.extend(others.iter().filter(|arg| has_width(arg.rep)));
        self.appliers.functions.push(Function {
            meta: Meta::NONE,
            global,
            params,
            fails,
            result,
            body: call,
        });
        global
    }
}

/// What a partial application holds, in the order of memory, and where.
fn held(function: Local, args: &[Local]) -> (Vec<Local>, Offsets) {
    let args = args.iter().filter(|arg| has_width(arg.rep));
    let mut held: Vec<Local> = std::iter::once(&function).chain(args).copied().collect();
    held.sort_by_key(|local| match local.rep {
        Rep::Value => 0,
        Rep::I64 | Rep::F64 => 1,
        Rep::I32 | Rep::Nothing | Rep::Results(_) => 2,
    });
    let layout = Layout {
        tag: 0,
        fields: held.iter().map(|local| local.rep).collect(),
    };
    let offsets = offsets(&layout, Kind::Closure);
    (held, offsets)
}
