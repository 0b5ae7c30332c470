//! The checks of `memory`:
//!
//! - each variable, label and global is bound once; variables are used where they are visible, and globals are defined;
//! - representations agree: of arguments and parameters, of a value and the place it goes to, of literals, primitives,
//!   subjects and conditions; nothing without width has a variable;
//! - a jump goes from tail position to a label around it, with the arguments that the label takes, and not out of an
//!   attempt; tail calls are in tail position, not inside an attempt, and give what the function gives;
//! - a failure has the representation that the nearest attempt, or else the function, says, and calls say how they fail;
//! - what is allocated has the size that its header says, and every value word of it, and the code word of a closure, is
//!   stored in the body that allocates it; what is stored into it fits: value words where the header counts value words,
//!   other words behind them; loads and stores are aligned and not of the header;
//! - a code word, in code or in a static, names a function whose first parameter is the closure and which takes no more
//!   arguments than the word says, and two words of one function agree;
//! - a static has the words that its header says, value words that are immediates or addresses of statics, and texts of
//!   the length that they say;
//! - the numbers of a switch differ; a top-level value reads only those before it, and `main` takes and gives nothing
//!   and does not fail.
//!
//! Not checked: that an address is one where a load, a tag or a table index is asked of it, that a field which is loaded
//! belongs to the object, that code has the type at which `CallIndirect` calls it, that a switch without a default covers
//! what its subject can be, that nothing allocates between an allocation and its stores.

use nanopass::{VarId, Violation};
use rustc_hash::FxHashSet;

use super::words::{Signature, Wanted, Words};
use crate::Session;
use crate::layout::{CODE_OFFSET, Header, Kind, MAX_ARITY, start};
use crate::memory::{Atom, Body, Branch, Program, Rhs, Static, Stmt, Word};
use crate::reps::Rep;
use crate::tables::GlobalId;
use crate::terminals::{IntLit, Lit};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut cx = Words::new(session);
    for function in &program.functions {
        cx.at(function.meta.span);
        let signature = Signature {
            params: function.params.iter().map(|param| param.rep).collect(),
            fails: function.fails,
            result: function.result,
            environment: None,
        };
        cx.define_function(function.global, signature);
    }
    for object in &program.statics {
        cx.define(object.name);
        cx.statics.insert(object.name);
    }
    for object in &program.statics {
        static_object(&mut cx, object);
    }
    for value in &program.values {
        cx.at(value.meta.span);
        cx.define(value.global);
        cx.function(None, value.rep, |cx, wanted| {
            let wanted = Wanted {
                tail: false,
                ..wanted
            };
            body(cx, &value.body, wanted);
        });
        cx.initialise(value.global, value.rep);
    }
    for function in &program.functions {
        cx.at(function.meta.span);
        cx.function(function.fails, function.result, |cx, wanted| {
            cx.bind_all(&function.params);
            body(cx, &function.body, wanted);
        });
    }
    cx.main(program.main);
    cx.finish()
}

fn static_object(cx: &mut Words<'_>, object: &Static) {
    let name = cx.name(object.name);
    let (Some(Word::Number { value }), words) = (object.words.first(), object.words.get(1..))
    else {
        return cx.violation(format!("@{name} has no header"));
    };
    let words = words.unwrap_or_default();
    let Some(header) = Header::of(value.0) else {
        return cx.violation(format!("@{name} has no header"));
    };
    let skipped = (start(header.kind) / 4 - 1) as usize;
    for (index, word) in words.iter().enumerate() {
        let is_pointer = (skipped..skipped + header.pointers as usize).contains(&index);
        match word {
            Word::Address { static_ } => {
                defined_static(cx, *static_);
                if !is_pointer {
                    cx.violation(format!(
                        "@{name} has an address that its header does not count"
                    ));
                }
            }
            Word::Code { function, arity } => {
                code(cx, *function, *arity);
                if header.kind != Kind::Closure || index > 0 {
                    cx.violation(format!("@{name} has a code word out of place"));
                }
            }
            Word::Number { value } if is_pointer && value.0 & 1 == 0 => {
                cx.violation(format!("@{name} has a number for a value word"));
            }
            Word::Chars { .. } if header.kind != Kind::Bytes => {
                cx.violation(format!("@{name} is no text"));
            }
            Word::Number { .. } | Word::Chars { .. } => {}
        }
    }
    let is_whole = match (header.kind, words) {
        (Kind::Fields | Kind::Closure, _) => 4 * (words.len() as u32 + 1) == header.size(),
        (Kind::Bytes, [Word::Number { value }, Word::Chars { text }]) => {
            value.0 as usize == text.0.len()
        }
        (Kind::Bytes | Kind::Array, _) => false,
    };
    let has_code = matches!(words.first(), Some(Word::Code { .. }));
    if !is_whole || has_code != (header.kind == Kind::Closure) {
        cx.violation(format!("@{name} has not the words that its header says"));
    }
}

fn defined_static(cx: &mut Words<'_>, object: GlobalId) {
    if !cx.statics.contains(&object) {
        let name = cx.name(object);
        cx.violation(format!("@{name} is not defined"));
    }
}

/// A code word.
fn code(cx: &mut Words<'_>, function: GlobalId, arity: IntLit) {
    let Some(signature) = cx.signature(function) else {
        return;
    };
    let name = cx.name(function);
    if signature.params.first() != Some(&Rep::Value) {
        cx.violation(format!("the first parameter of @{name} is no closure"));
    }
    cx.one_result(signature.result);
    let is_possible = (1..=MAX_ARITY).contains(&arity.0);
    if !is_possible || signature.params.len() > arity.0 as usize + 1 {
        cx.violation(format!("@{name} does not take {} arguments", arity.0));
    }
    let known = *cx.arities.entry(function).or_insert(arity.0);
    if known != arity.0 {
        cx.violation(format!(
            "@{name} takes {known} arguments in one code word and {} in another",
            arity.0
        ));
    }
}

/// An object that the body in hand has allocated.
struct Allocated {
    var: VarId,
    header: Header,
    /// The offsets of the words that must be stored.
    missing: FxHashSet<u32>,
}

impl Allocated {
    fn new(var: VarId, header: Header) -> Allocated {
        let start = start(header.kind);
        let mut missing: FxHashSet<u32> = (0..header.pointers)
            .map(|index| start + 4 * index)
            .collect();
        if header.kind == Kind::Closure {
            missing.insert(CODE_OFFSET);
        }
        Allocated {
            var,
            header,
            missing,
        }
    }
}

fn body(cx: &mut Words<'_>, body: &Body, wanted: Wanted) {
    cx.scope(|cx| {
        let mut objects = Vec::new();
        for statement in &body.statements {
            stmt(cx, statement, wanted, &mut objects);
        }
        for object in objects {
            if !object.missing.is_empty() {
                cx.violation("a word of an object is not stored");
            }
        }
        rhs(cx, &body.result, wanted);
    });
}

fn stmt(cx: &mut Words<'_>, stmt: &Stmt, wanted: Wanted, objects: &mut Vec<Allocated>) {
    cx.at(stmt.meta().span);
    match stmt {
        Stmt::Let { local, value, .. } => {
            cx.inner(|cx| rhs(cx, value, Wanted::value(local.rep)));
            cx.bind(*local);
            if let Rhs::Allocate { header, .. } = value
                && let Some(header) = Header::of(header.0)
            {
                objects.push(Allocated::new(local.var, header));
            }
        }
        Stmt::LetResults { locals, value, .. } => {
            let wanted = cx.named(locals, matches!(value, Rhs::Call { .. }));
            cx.inner(|cx| rhs(cx, value, wanted));
            cx.bind_all(locals);
        }
        Stmt::Do { value, .. } => cx.inner(|cx| {
            let wanted = Wanted {
                rep: None,
                tail: false,
            };
            rhs(cx, value, wanted);
        }),
        Stmt::Store {
            rep,
            object,
            offset,
            value,
            ..
        } => {
            let target = atom(cx, object);
            cx.expect("an object", Rep::Value, target);
            let value = atom(cx, value);
            cx.expect("what is stored", *rep, value);
            aligned(cx, *rep, offset.0);
            if let Atom::Var { var, .. } = object
                && let Some(object) = objects.iter_mut().find(|object| object.var == *var)
            {
                object.missing.remove(&offset.0);
                fits(cx, object.header, *rep, offset.0);
            }
        }
        Stmt::Fill {
            object,
            offset,
            value,
            ..
        } => {
            let target = atom(cx, object);
            cx.expect("an object", Rep::Value, target);
            let value = atom(cx, value);
            cx.expect("what fills a hole", Rep::Value, value);
            let place = atom(cx, offset);
            cx.expect("an offset", Rep::I32, place);
            if let Atom::Small { value, .. } = offset {
                aligned(cx, Rep::Value, value.0);
            }
        }
        Stmt::Join {
            label,
            params,
            target,
            ..
        } => {
            cx.scope(|cx| {
                cx.bind_all(params);
                body(cx, target, wanted);
            });
            cx.bind_label(*label, params);
        }
    }
}

fn width(rep: Rep) -> u32 {
    match rep {
        Rep::I64 | Rep::F64 => 8,
        Rep::I32 | Rep::Value => 4,
        Rep::Nothing | Rep::Results(_) => 0,
    }
}

fn aligned(cx: &mut Words<'_>, rep: Rep, offset: u32) {
    let width = width(rep);
    if width == 0 {
        cx.violation("a field without width");
    } else if !offset.is_multiple_of(width) || offset < CODE_OFFSET {
        cx.violation(format!("{} at offset {offset}", rep.text()));
    }
}

/// Whether a word may be stored there in an object.
fn fits(cx: &mut Words<'_>, header: Header, rep: Rep, offset: u32) {
    let start = start(header.kind);
    let raw = start + 4 * header.pointers;
    let is_inside = match rep {
        _ if header.kind == Kind::Closure && offset == CODE_OFFSET => rep == Rep::I32,
        Rep::Value => offset >= start && offset < raw,
        _ => offset >= raw && offset + width(rep) <= header.size(),
    };
    if !is_inside {
        cx.violation(format!(
            "{} at offset {offset} is not where the header has it",
            rep.text()
        ));
    }
}

fn atoms(cx: &mut Words<'_>, atoms: &[Atom]) -> Vec<Option<Rep>> {
    atoms.iter().map(|item| atom(cx, item)).collect()
}

fn atom(cx: &mut Words<'_>, atom: &Atom) -> Option<Rep> {
    cx.at(atom.meta().span);
    match atom {
        Atom::Var { var, .. } => cx.var(*var),
        Atom::Lit {
            lit: Lit::Text(_), ..
        } => {
            cx.violation("a text that is no address");
            None
        }
        Atom::Lit { lit, .. } => cx.lit(lit),
        Atom::Small { .. } => Some(Rep::I32),
        Atom::Immediate { .. } => Some(Rep::Value),
        Atom::Address { static_, .. } => {
            defined_static(cx, *static_);
            Some(Rep::Value)
        }
        Atom::Code {
            function, arity, ..
        } => {
            code(cx, *function, *arity);
            Some(Rep::I32)
        }
        Atom::Nothing { .. } => Some(Rep::Nothing),
    }
}

fn rhs(cx: &mut Words<'_>, rhs: &Rhs, wanted: Wanted) {
    cx.at(rhs.meta().span);
    match rhs {
        Rhs::Atom { atom: item, .. } => {
            let found = atom(cx, item);
            cx.gives(wanted, found);
        }
        Rhs::Results { items, .. } => {
            let found = atoms(cx, items);
            cx.results(wanted, &found);
        }
        Rhs::Allocate { bytes, header, .. } => {
            let sized = Header::of(header.0)
                .filter(|header| matches!(header.kind, Kind::Fields | Kind::Closure))
                .map(Header::size);
            if sized != Some(bytes.0) || !bytes.0.is_multiple_of(8) {
                cx.violation("the header of an object does not say its size");
            }
            cx.gives(wanted, Some(Rep::Value));
        }
        Rhs::Load {
            rep,
            object,
            offset,
            ..
        } => {
            word(cx, object);
            aligned(cx, *rep, offset.0);
            cx.gives(wanted, Some(*rep));
        }
        Rhs::IsImmediate { value, .. } | Rhs::Untag { value, .. } => {
            word(cx, value);
            cx.gives(wanted, Some(Rep::I32));
        }
        Rhs::Tag { object, .. } => {
            word(cx, object);
            cx.gives(wanted, Some(Rep::I32));
        }
        Rhs::Arity { closure, .. } | Rhs::TableIndex { closure, .. } => {
            word(cx, closure);
            cx.gives(wanted, Some(Rep::I32));
        }
        Rhs::Prim {
            prim, rep, args, ..
        } => {
            let args = atoms(cx, args);
            cx.prim(*prim, *rep, &args);
            cx.gives(wanted, Some(*rep));
        }
        Rhs::Slot { global, rep, .. } => {
            cx.slot(*global, *rep);
            cx.gives(wanted, Some(*rep));
        }
        Rhs::Call {
            function,
            fails,
            result,
            args,
            ..
        } => {
            let args = atoms(cx, args);
            cx.call(*function, *fails, *result, &args);
            cx.returns(wanted, *fails, *result, false);
        }
        Rhs::TailCall {
            function,
            fails,
            result,
            args,
            ..
        } => {
            let args = atoms(cx, args);
            cx.call(*function, *fails, *result, &args);
            cx.returns(wanted, *fails, *result, true);
        }
        Rhs::CallIndirect {
            code,
            params,
            fails,
            result,
            args,
            ..
        } => {
            indirect(cx, code, params, args);
            cx.returns(wanted, *fails, *result, false);
        }
        Rhs::TailCallIndirect {
            code,
            params,
            fails,
            result,
            args,
            ..
        } => {
            indirect(cx, code, params, args);
            cx.returns(wanted, *fails, *result, true);
        }
        Rhs::Switch {
            subject,
            branches,
            otherwise,
            ..
        } => {
            let subject = atom(cx, subject);
            if !branches.is_empty() {
                cx.expect("the subject", Rep::I32, subject);
            }
            switch(cx, branches, wanted);
            if let Some(otherwise) = otherwise {
                body(cx, otherwise, wanted);
            }
        }
        Rhs::If {
            condition,
            then,
            else_,
            ..
        } => {
            let condition = atom(cx, condition);
            cx.expect("the condition", Rep::I32, condition);
            body(cx, then, wanted);
            body(cx, else_, wanted);
        }
        Rhs::Jump { label, args, .. } => {
            let args = atoms(cx, args);
            cx.jump(*label, &args);
        }
        Rhs::Loop {
            label,
            params,
            initial,
            body: repeated,
            ..
        } => {
            let initial = atoms(cx, initial);
            let reps: Vec<Rep> = params.iter().map(|param| param.rep).collect();
            cx.expect_all("an initial value", &reps, &initial);
            cx.scope(|cx| {
                cx.bind_all(params);
                cx.bind_label(*label, params);
                body(cx, repeated, wanted);
            });
        }
        Rhs::Fail { rep, payload, .. } => {
            let payload = atom(cx, payload);
            cx.expect("the payload", *rep, payload);
            cx.fails(*rep);
        }
        Rhs::Attempt {
            body: tried,
            failure,
            handler,
            ..
        } => {
            let inner = Wanted {
                tail: false,
                ..wanted
            };
            cx.attempt(failure.rep, |cx| body(cx, tried, inner));
            cx.scope(|cx| {
                if failure.rep != Rep::Nothing {
                    cx.bind(*failure);
                }
                body(cx, handler, wanted);
            });
        }
    }
}

fn word(cx: &mut Words<'_>, value: &Atom) {
    let found = atom(cx, value);
    cx.expect("an object", Rep::Value, found);
}

/// The closure is the first of `args`, and not among `params`.
fn indirect(cx: &mut Words<'_>, code: &Atom, params: &[Rep], args: &[Atom]) {
    let code = atom(cx, code);
    cx.expect("a table index", Rep::I32, code);
    let args = atoms(cx, args);
    let expected: Vec<Rep> = std::iter::once(Rep::Value)
        .chain(params.iter().copied())
        .collect();
    cx.expect_all("an argument", &expected, &args);
}

fn switch(cx: &mut Words<'_>, branches: &[Branch], wanted: Wanted) {
    let mut values = FxHashSet::default();
    for branch in branches {
        cx.at(branch.meta.span);
        if !values.insert(branch.value.0) {
            cx.violation("two branches of a switch are the same");
        }
        body(cx, &branch.body, wanted);
    }
}
