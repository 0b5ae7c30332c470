//! The checks of `laid_out`:
//!
//! - each variable, label and global is bound once; variables are used where they are visible, and globals are defined;
//! - representations agree: of arguments and parameters, of fields and layouts, of a value and the place it goes to, of
//!   literals, primitives and the subjects of switches; nothing without width has a variable;
//! - a layout has value words first, then i64 and f64, then i32, and no more than a header can count;
//! - a jump goes from tail position to a label around it, with the arguments that the label takes, and not out of an
//!   attempt; tail calls are in tail position, not inside an attempt, and give what the function gives;
//! - a failure has the representation that the nearest attempt, or else the function, says, and calls say how they fail;
//! - what is called is no code of a closure; closures are made of such code, with the captures of its environment, and
//!   a constant closure of code without captures;
//! - the call of a closure gives arguments that fit its signature; the branches of a switch differ, are of one sort, and
//!   cover the type where there is no default;
//! - a top-level value reads only those before it, and `main` takes and gives nothing and does not fail.
//!
//! Not checked: that the closure that is called has the signature that the call says, that a field belongs to the object
//! it is taken from, that a value which is computed by a function is read after its initialisation.

use nanopass::Violation;

use super::words::{Signature, Wanted, Words, layout_fault};
use crate::Session;
use crate::laid_out::{
    Atom, Body, Branch, CallSignature, Function, MakeClosure, Program, Rhs, Stmt,
};
use crate::layout::{Kind, MAX_ARITY};
use crate::reps::{Layout, Rep};
use crate::tables::GlobalId;
use crate::terminals::Lit;

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut cx = Words::new(session);
    for function in &program.functions {
        cx.at(function.meta.span);
        let signature = Signature {
            params: function.params.iter().map(|param| param.rep).collect(),
            fails: function.fails,
            result: function.result,
            environment: function
                .environment
                .as_ref()
                .map(|environment| environment.layout.clone()),
        };
        cx.define_function(function.global, signature);
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
    for item in &program.functions {
        function(&mut cx, item);
    }
    cx.main(program.main);
    cx.finish()
}

fn function(cx: &mut Words<'_>, function: &Function) {
    cx.at(function.meta.span);
    if (function.arity.0 as usize) < function.params.len() {
        cx.violation("a function of more parameters than arguments");
    }
    cx.function(function.fails, function.result, |cx, wanted| {
        if let Some(environment) = &function.environment {
            cx.one_result(function.result);
            if !(1..=MAX_ARITY).contains(&function.arity.0) {
                cx.violation("the code of a closure takes no argument, or too many");
            }
            cx.expect("the closure", Rep::Value, Some(environment.closure.rep));
            cx.bind(environment.closure);
            layout(cx, &environment.layout, Kind::Closure);
            let captures: Vec<Option<Rep>> = environment
                .captures
                .iter()
                .map(|local| Some(local.rep))
                .collect();
            cx.expect_all("a capture", &environment.layout.fields, &captures);
            cx.bind_all(&environment.captures);
        }
        cx.bind_all(&function.params);
        body(cx, &function.body, wanted);
    });
}

fn layout(cx: &mut Words<'_>, layout: &Layout, kind: Kind) {
    if let Some(fault) = layout_fault(layout, kind) {
        cx.violation(fault);
    }
}

fn body(cx: &mut Words<'_>, body: &Body, wanted: Wanted) {
    cx.scope(|cx| {
        for statement in &body.statements {
            stmt(cx, statement, wanted);
        }
        rhs(cx, &body.result, wanted);
    });
}

fn stmt(cx: &mut Words<'_>, stmt: &Stmt, wanted: Wanted) {
    cx.at(stmt.meta().span);
    match stmt {
        Stmt::Let { local, value, .. } => {
            cx.inner(|cx| rhs(cx, value, Wanted::value(local.rep)));
            cx.bind(*local);
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
        Stmt::Closures { closures, .. } => {
            for closure in closures {
                cx.expect("a closure", Rep::Value, Some(closure.local.rep));
                cx.bind(closure.local);
            }
            closures.iter().for_each(|closure| make(cx, closure));
        }
    }
}

fn make(cx: &mut Words<'_>, closure: &MakeClosure) {
    cx.at(closure.meta.span);
    layout(cx, &closure.layout, Kind::Closure);
    let captures = atoms(cx, &closure.captures);
    cx.expect_all("a capture", &closure.layout.fields, &captures);
    match environment(cx, closure.function) {
        Some(environment) if environment != closure.layout => {
            cx.violation("a closure and its code do not agree on the captures");
        }
        _ => {}
    }
}

/// What the code of a closure expects to find.
fn environment(cx: &mut Words<'_>, function: GlobalId) -> Option<Layout> {
    let environment = cx.signature(function)?.environment;
    if environment.is_none() {
        let name = cx.name(function);
        cx.violation(format!("@{name} is not the code of a closure"));
    }
    environment
}

fn atoms(cx: &mut Words<'_>, atoms: &[Atom]) -> Vec<Option<Rep>> {
    atoms.iter().map(|item| atom(cx, item)).collect()
}

fn atom(cx: &mut Words<'_>, atom: &Atom) -> Option<Rep> {
    cx.at(atom.meta().span);
    match atom {
        Atom::Var { var, .. } => cx.var(*var),
        Atom::Lit { lit, .. } => cx.lit(lit),
        Atom::Small { .. } => Some(Rep::I32),
        Atom::Immediate { .. } => Some(Rep::Value),
        Atom::Code { function, .. } => {
            if let Some(environment) = environment(cx, *function)
                && !environment.fields.is_empty()
            {
                let name = cx.name(*function);
                cx.violation(format!("@{name} has captures"));
            }
            Some(Rep::Value)
        }
        Atom::Place {
            layout: of, index, ..
        } => {
            layout(cx, of, Kind::Fields);
            if of.fields.get(index.0 as usize) != Some(&Rep::Value) {
                cx.violation("a place that is no value word of its object");
            }
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
        Rhs::Construct {
            layout: of, fields, ..
        } => {
            layout(cx, of, Kind::Fields);
            let fields = atoms(cx, fields);
            cx.expect_all("a field", &of.fields, &fields);
            cx.gives(wanted, Some(Rep::Value));
        }
        Rhs::Open {
            layout: of,
            hole,
            fields,
            ..
        } => {
            layout(cx, of, Kind::Fields);
            let fields = atoms(cx, fields);
            let mut reps = of.fields.clone();
            match reps.get(hole.0 as usize) {
                Some(Rep::Value) => {
                    reps.remove(hole.0 as usize);
                }
                _ => cx.violation("a hole that is no value word of its object"),
            }
            cx.expect_all("a field", &reps, &fields);
            cx.gives(wanted, Some(Rep::Value));
        }
        Rhs::Fill {
            cell, place, value, ..
        } => {
            let cell = atom(cx, cell);
            cx.expect("a cell", Rep::Value, cell);
            let place = atom(cx, place);
            cx.expect("a place", Rep::I32, place);
            let value = atom(cx, value);
            cx.expect("what fills a hole", Rep::Value, value);
            cx.gives(wanted, Some(Rep::Nothing));
        }
        Rhs::Field {
            object,
            layout: of,
            index,
            ..
        } => {
            layout(cx, of, Kind::Fields);
            let object = atom(cx, object);
            cx.expect("an object", Rep::Value, object);
            match of.fields.get(index.0 as usize) {
                Some(&field) => cx.gives(wanted, Some(field)),
                None => cx.violation("a field that the layout does not have"),
            }
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
        Rhs::Apply {
            fun,
            signature,
            arity,
            args,
            ..
        } => apply(cx, fun, signature, arity.0, args, wanted, false),
        Rhs::TailApply {
            fun,
            signature,
            arity,
            args,
            ..
        } => apply(cx, fun, signature, arity.0, args, wanted, true),
        Rhs::Switch {
            subject,
            branches,
            otherwise,
            ..
        } => {
            let subject = atom(cx, subject);
            switch(cx, subject, branches, otherwise.is_some());
            for branch in branches {
                let (Branch::OnImmediate { body: case, .. }
                | Branch::OnObject { body: case, .. }
                | Branch::OnSmall { body: case, .. }
                | Branch::OnLit { body: case, .. }) = branch;
                body(cx, case, wanted);
            }
            if let Some(otherwise) = otherwise {
                body(cx, otherwise, wanted);
            }
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

fn apply(
    cx: &mut Words<'_>,
    fun: &Atom,
    signature: &CallSignature,
    arity: u32,
    args: &[Atom],
    wanted: Wanted,
    is_tail_call: bool,
) {
    let fun = atom(cx, fun);
    cx.expect("a closure", Rep::Value, fun);
    let found = atoms(cx, args);
    let room = signature.params.len() + usize::from(signature.performs.0);
    let is_whole = arity as usize == room;
    let performs = is_whole && signature.performs.0;
    if arity == 0 || arity as usize > room || args.len() + usize::from(performs) != arity as usize {
        cx.violation(format!(
            "{} arguments, counted as {arity}, for {room}",
            args.len()
        ));
    } else {
        let params = signature.params.get(..args.len()).unwrap_or_default();
        cx.expect_all("an argument", params, &found);
    }
    if is_whole {
        cx.returns(wanted, signature.fails, signature.result, is_tail_call);
    } else {
        cx.returns(wanted, None, Rep::Value, is_tail_call);
    }
}

/// What a branch asks.
#[derive(PartialEq)]
enum Case<'b> {
    Immediate(u32),
    Object(u32),
    Small(u32),
    Lit(&'b Lit),
}

fn switch(cx: &mut Words<'_>, subject: Option<Rep>, branches: &[Branch], has_default: bool) {
    let mut cases = Vec::with_capacity(branches.len());
    // The numbers of constructors that are addresses and immediates.
    let mut census = None;
    for branch in branches {
        let (case, rep) = match branch {
            Branch::OnImmediate {
                value,
                boxed,
                immediates,
                ..
            } => {
                if census.get_or_insert((*boxed, *immediates)) != &(*boxed, *immediates) {
                    cx.violation("the branches of a switch count its constructors differently");
                }
                (Case::Immediate(value.0), Some(Rep::Value))
            }
            Branch::OnObject {
                tag,
                boxed,
                immediates,
                ..
            } => {
                if census.get_or_insert((*boxed, *immediates)) != &(*boxed, *immediates) {
                    cx.violation("the branches of a switch count its constructors differently");
                }
                (Case::Object(tag.0), Some(Rep::Value))
            }
            Branch::OnSmall { value, .. } => (Case::Small(value.0), Some(Rep::I32)),
            Branch::OnLit { lit, .. } => (Case::Lit(lit), cx.lit(lit)),
        };
        cx.at(branch.meta().span);
        if let Some(rep) = rep {
            cx.expect("the subject", rep, subject);
        }
        cases.push(case);
    }
    let is_word = |case: &Case| matches!(case, Case::Immediate(_) | Case::Object(_));
    let is_small = |case: &Case| matches!(case, Case::Small(_));
    if cases.iter().any(is_word) != cases.iter().all(is_word) && !cases.is_empty()
        || cases.iter().any(is_small) != cases.iter().all(is_small) && !cases.is_empty()
    {
        cx.violation("branches of different sorts in one switch");
    }
    let is_repeated = cases
        .iter()
        .enumerate()
        .any(|(index, case)| cases.iter().take(index).any(|other| other == case));
    if is_repeated {
        cx.violation("two branches of a switch are the same");
    }
    let is_covered = match census {
        Some((boxed, immediates)) => cases.len() == (boxed.0 + immediates.0) as usize,
        // How many small numbers there are is not known here.
        None => !cases.iter().any(|case| matches!(case, Case::Lit(_))),
    };
    if !has_default && !is_covered {
        cx.violation("a switch without a default does not cover its type");
    }
}
