//! `monomorphize`: `switched` → `mono`
//!
//! From the roots, a copy of each definition for each choice of types and evidence that it is used at. Type variables,
//! class evidence and rows are gone afterwards, and so is what nothing reaches.
//!
//! ```text
//! twice = f x => f (f x)                 main.twice<Int> : (Int -> Int) -> Int -> Int
//! main = … twice (_ + 1) 1 …      ──►    main = … main.twice<Int> (x => int.add x 1) 1 …
//! ```
//!
//! Design: a worklist of instances, each known by a definition (or a method of an instance), reduced types and closed
//! evidence. *Reduced*: of a row its `Fail` type is left, and arguments that leave no trace in a value are `Unit`, so
//! instances that differ in these only are one. Evidence is resolved here, so a class costs nothing at run time: a
//! member becomes the instance's function, a primitive where the operands are `Int`, `Float`, `Char`, `Text` or
//! `Bytes`, or the hole `Derived` where the class holds by structure. What a hole needs of the program, the instances
//! of the user that replace the structural ones inside of its type, stands in `overrides`.
//! A definition that is another name of something (`println = printLine`) is replaced by that at each use.
//!
//! Polymorphic recursion can ask for instances without end. The bounds are [`INSTANCE_LIMIT`] instances and types
//! [`DEPTH_LIMIT`] deep; the error shows how the type grows.

mod apply;
mod evidence;
mod expr;
mod host;
mod locals;
mod members;
mod operators;
mod reached;
mod records;
mod requests;
mod types;

use std::collections::VecDeque;

use ir_defs::mono as m;
use ir_defs::prims::Prim;
use ir_defs::switched as s;
use ir_defs::tables::{ClassId, GlobalId, TyConId};
use ir_defs::terminals::{Binder, Derivation, EvVar, Flag, LabelId};
use ir_defs::types::{TyVarId, Type};
use ir_defs::{Session, known};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use apply::needs_result;
use evidence::{EvId, Proofs};
use locals::LocalBind;
use reached::reached_data;
use requests::{Code, Instance, Origin};
use types::Types;
pub(crate) use types::instance_name;

/// How many instances a program may need.
pub const INSTANCE_LIMIT: usize = 100_000;

/// How deep the type of an instance may nest.
pub const DEPTH_LIMIT: u32 = 500;

/// Copies what the roots reach, once for each use at other types.
pub fn run(program: s::Program, session: &mut Session) -> m::Program {
    let mut pass = Monomorphize::new(&program, session);
    let main = program.main.map(|main| pass.root(main));
    if pass.session.options.library {
        pass.request_statics();
    }
    pass.work();
    pass.reduce_data();
    if pass.exceeded {
        // Types that have grown to the limit are too large to show to anyone.
        let (data, overrides, defines, order) = Default::default();
        return m::Program {
            data,
            overrides,
            defines,
            order,
            main: None,
        };
    }
    let Monomorphize {
        defines,
        mut overrides,
        ..
    } = pass;
    overrides.sort_by_key(|found| {
        (
            found.derivation,
            session.globals.name(found.global).to_owned(),
        )
    });
    let mut result = m::Program {
        data: Vec::new(),
        overrides,
        defines,
        order: Vec::new(),
        main,
    };
    result.data = reached_data(&program.data, &result, session);
    result
}

/// What a local variable has become.
#[derive(Clone, Copy)]
enum Local {
    One(VarId, TyId),
    /// A generalised binding, an index into [`Monomorphize::locals`].
    Many(usize),
}

/// What the variables of the code that is being translated stand for.
#[derive(Default)]
struct Scope {
    types: FxHashMap<TyVarId, TyId>,
    evidence: FxHashMap<EvVar, EvId>,
    vars: FxHashMap<VarId, Local>,
    labels: FxHashMap<LabelId, LabelId>,
}

struct Monomorphize<'p, 's> {
    session: &'s mut Session,
    sources: FxHashMap<GlobalId, &'p s::Define>,
    instances: FxHashMap<GlobalId, &'p s::Instance>,
    by_class: FxHashMap<ClassId, Vec<&'p s::Instance>>,
    reduce: Types,
    proofs: Proofs<'p>,
    known: FxHashMap<(Origin, Vec<TyId>, Vec<EvId>), usize>,
    requested: Vec<Instance<'p>>,
    queue: VecDeque<usize>,
    /// The instance that is being translated.
    current: Option<usize>,
    /// Set once the limit has been reported.
    exceeded: bool,
    scope: Scope,
    locals: Vec<LocalBind<'p>>,
    defines: Vec<m::Define>,
    overrides: Vec<m::Override>,
    demanded: FxHashSet<(Derivation, TyId)>,
    /// The operations of the host that are part of the program, and what was made for the types of theirs.
    operations: FxHashSet<GlobalId>,
    host_functions: FxHashMap<(host::Role, TyId), GlobalId>,
}

impl<'p, 's> Monomorphize<'p, 's> {
    fn new(program: &'p s::Program, session: &'s mut Session) -> Monomorphize<'p, 's> {
        let mut by_class: FxHashMap<ClassId, Vec<&'p s::Instance>> = FxHashMap::default();
        for instance in &program.instances {
            by_class.entry(instance.class).or_default().push(instance);
        }
        Monomorphize {
            sources: program
                .groups
                .iter()
                .flat_map(|group| &group.binds)
                .map(|define| (define.global, define))
                .collect(),
            instances: program
                .instances
                .iter()
                .map(|instance| (instance.instance, instance))
                .collect(),
            by_class,
            reduce: Types::new(program, session),
            session,
            proofs: Proofs::default(),
            known: FxHashMap::default(),
            requested: Vec::new(),
            queue: VecDeque::new(),
            current: None,
            exceeded: false,
            scope: Scope::default(),
            locals: Vec::new(),
            defines: Vec::new(),
            overrides: Vec::new(),
            demanded: FxHashSet::default(),
            operations: FxHashSet::default(),
            host_functions: FxHashMap::default(),
        }
    }

    /// Asks for what the modules of the user mark `@static`, whoever uses it, so that a mistake in it is found.
    fn request_statics(&mut self) {
        let mut marked: Vec<GlobalId> = self
            .sources
            .values()
            .filter(|define| define.types.is_empty() && define.evidence.is_empty())
            .map(|define| define.global)
            .filter(|&global| {
                let info = self.session.globals.get(global);
                info.is_some_and(|info| info.static_ && !info.library)
            })
            .collect();
        marked.sort_unstable();
        for global in marked {
            self.request_global(global, Vec::new(), Vec::new());
        }
    }

    /// The instance of `main`, with a handler around it if it may fail.
    fn root(&mut self, main: GlobalId) -> GlobalId {
        self.session.granted = self.capabilities_of(main);
        let Some((name, ty)) = self.request_global(main, Vec::new(), Vec::new()) else {
            return main;
        };
        let meta = self
            .sources
            .get(&main)
            .map_or(Meta::NONE, |define| define.meta);
        match self
            .session
            .as_effect(ty)
            .and_then(|(row, _)| self.fail_of(row))
        {
            Some(fails) => self.handle_failure(name, ty, fails, meta),
            None => name,
        }
    }

    /// What the type of an effect says that it may do, but for failing.
    fn capabilities_of(&self, global: GlobalId) -> Option<Vec<TyConId>> {
        let define = self.sources.get(&global)?;
        let (row, _) = self.session.as_effect(define.type_)?;
        match self.session.types.get(row) {
            Type::Row { capabilities, .. } => Some(capabilities.clone()),
            // A variable stands for nothing here.
            _ => Some(Vec::new()),
        }
    }

    /// `main` without failure: what nothing caught is written to standard error, and the program ends.
    fn handle_failure(&mut self, main: GlobalId, ty: TyId, fails: TyId, meta: Meta) -> GlobalId {
        let span = meta.span;
        let base = format!("{}.start", self.session.globals.name(main));
        let start = self.session.fresh_global(&base);
        let unit = self.session.unit();
        let plain = self.effect(None, unit);
        let result = self.result_type(fails, unit);
        let attempted = self.effect(None, result);
        let outcome = Binder::new(self.session.core.fresh_named("outcome", span), result);
        let error = Binder::new(self.session.core.fresh_named("error", span), fails);
        let value = Binder::new(self.session.core.fresh_named("value", span), unit);
        let at = |ty| Meta::new(span, ty);

        let attempt = m::Expr::Prim {
            meta: at(attempted),
            prim: prim("effect.attempt"),
            result: Some(attempted),
            args: vec![m::Expr::Global {
                meta: at(ty),
                global: main,
                type_: ty,
            }],
        };
        let class = self.session.classes.id(known::TO_TEXT_CLASS);
        let member = self.session.global(known::TO_TEXT);
        let proof = self.resolve(class, vec![fails]);
        let to_text = self.member(at(TyId::NONE), member, proof, &[], &[]);
        let text = self.apply(
            span,
            to_text,
            vec![m::Expr::Var {
                meta: at(fails),
                var: error.var,
            }],
        );
        let uncaught = m::Expr::Prim {
            meta: at(plain),
            prim: prim("uncaught"),
            result: Some(plain),
            args: vec![text],
        };
        let value_use = m::Expr::Var {
            meta: at(unit),
            var: value.var,
        };
        let pure = m::Expr::Prim {
            meta: at(plain),
            prim: prim("effect.pure"),
            result: None,
            args: vec![value_use],
        };
        let on = |con, binder, body| m::Branch::OnCon {
            meta: at(plain),
            con,
            fields: vec![binder],
            body,
        };
        let branches = vec![
            on(self.session.constructors.id("Err"), error, uncaught),
            on(self.session.constructors.id("Ok"), value, pure),
        ];
        let subject = Box::new(m::Expr::Var {
            meta: at(result),
            var: outcome.var,
        });
        let tail = Box::new(m::Expr::Switch {
            meta: at(plain),
            subject,
            branches,
            otherwise: None,
        });
        let steps = vec![m::Step::Run {
            meta,
            binder: outcome,
            effect: attempt,
        }];
        let value = m::Expr::Do {
            meta: at(plain),
            steps,
            tail,
        };
        self.defines.push(m::Define {
            meta: at(plain),
            global: start,
            type_: plain,
            static_: Flag(false),
            value,
        });
        start
    }

    /// Translates what has been requested until nothing new is.
    fn work(&mut self) {
        while let Some(index) = self.queue.pop_front() {
            let Some(instance) = self.requested.get(index) else {
                continue;
            };
            let code = instance.code;
            let (name, ty) = (instance.name, instance.ty);
            let (types, evidence) = (instance.types.clone(), instance.evidence.clone());
            self.current = Some(index);
            self.scope = Scope::default();
            self.locals.clear();
            self.enter(code, &types, &evidence);
            let value = self.expr(code.value);
            let marked = matches!(&value, m::Expr::Prim { prim, .. } if prim.is_static());
            let is_static = self
                .session
                .globals
                .get(name)
                .is_some_and(|info| info.static_);
            self.defines.push(m::Define {
                meta: code.meta.with_ty(ty),
                global: name,
                type_: ty,
                static_: Flag(marked || is_static),
                value,
            });
        }
    }

    /// Lets the variables of `code` stand for these types and this evidence.
    fn enter(&mut self, code: Code<'p>, types: &[TyId], evidence: &[EvId]) {
        let vars = code.types.iter().copied().flatten().copied();
        self.scope.types.extend(vars.zip(types.iter().copied()));
        let vars = code
            .evidence
            .iter()
            .copied()
            .flatten()
            .map(|param| param.var);
        self.scope
            .evidence
            .extend(vars.zip(evidence.iter().copied()));
    }

    /// Runs `action` in a scope of its own, in which the variables stand for these types and this evidence.
    fn within<R>(
        &mut self,
        vars: &[TyVarId],
        types: &[TyId],
        evidence: &[(&[s::EvidenceParam], &[EvId])],
        action: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let mut scope = Scope::default();
        scope
            .types
            .extend(vars.iter().copied().zip(types.iter().copied()));
        for (params, args) in evidence {
            scope.evidence.extend(
                params
                    .iter()
                    .map(|param| param.var)
                    .zip(args.iter().copied()),
            );
        }
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = action(self);
        self.scope = outer;
        result
    }

    /// A type of the current scope, reduced.
    fn ty(&mut self, ty: TyId) -> TyId {
        let ty = self.session.types.substitute(ty, &self.scope.types);
        self.reduce.reduce(ty, self.session)
    }

    fn types(&mut self, types: &[TyId]) -> Vec<TyId> {
        types.iter().map(|&ty| self.ty(ty)).collect()
    }

    /// Brings the fields of all constructors into the form of the types in `mono`, so that later passes find equal types
    /// where they ask for the fields of a type.
    fn reduce_data(&mut self) {
        for con in self.session.constructors.ids() {
            let fields = self
                .session
                .constructors
                .get(con)
                .map(|info| info.fields.clone())
                .unwrap_or_default();
            let fields = fields
                .into_iter()
                .map(|field| self.reduce.reduce_field(field, self.session))
                .collect();
            if let Some(info) = self.session.constructors.get_mut(con) {
                info.fields = fields;
            }
        }
    }

    /// The failure that a reduced row has.
    fn fail_of(&self, row: TyId) -> Option<TyId> {
        match self.session.types.get(row) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        }
    }

    fn effect(&mut self, fail: Option<TyId>, result: TyId) -> TyId {
        let row = self.session.row(Vec::new(), fail, None);
        self.session.effect(row, result)
    }

    fn result_type(&mut self, fails: TyId, value: TyId) -> TyId {
        let result = self.session.ty_con("Result");
        self.session.types.apply(result, vec![fails, value])
    }
}

/// A primitive that is known to exist.
fn prim(name: &str) -> Prim {
    Prim::named(name).unwrap_or(Prim(0))
}
