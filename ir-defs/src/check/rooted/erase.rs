//! A program of `rooted` without its roots: one of `memory`, for the checks of that language.

use crate::memory as b;
use crate::rooted as a;

/// The program as it would be if nothing ever moved. Uses of variables in saves and reloads are kept as such.
pub(super) fn program(program: &a::Program) -> b::Program {
    let function = |function: &a::Function| b::Function {
        meta: function.meta,
        global: function.global,
        params: function.params.clone(),
        fails: function.fails,
        result: function.result,
        body: body(&function.body),
    };
    let value = |value: &a::Value| b::Value {
        meta: value.meta,
        global: value.global,
        rep: value.rep,
        body: body(&value.body),
    };
    b::Program {
        functions: program.functions.iter().map(function).collect(),
        values: program.values.iter().map(value).collect(),
        statics: program.statics.clone(),
        main: program.main,
    }
}

fn body(node: &a::Body) -> b::Body {
    let mut statements = Vec::new();
    node.statements
        .iter()
        .for_each(|node| statement(node, &mut statements));
    b::Body {
        meta: node.meta,
        statements,
        result: Box::new(rhs(&node.result)),
    }
}

fn boxed(node: &a::Body) -> Box<b::Body> {
    Box::new(body(node))
}

fn statement(node: &a::Stmt, out: &mut Vec<b::Stmt>) {
    out.push(match node {
        a::Stmt::Let { meta, local, value } => b::Stmt::Let {
            meta: *meta,
            local: *local,
            value: rhs(value),
        },
        a::Stmt::LetResults {
            meta,
            locals,
            value,
        } => b::Stmt::LetResults {
            meta: *meta,
            locals: locals.clone(),
            value: rhs(value),
        },
        a::Stmt::Do { meta, value } => b::Stmt::Do {
            meta: *meta,
            value: rhs(value),
        },
        a::Stmt::Store {
            meta,
            rep,
            object,
            offset,
            value,
        } => b::Stmt::Store {
            meta: *meta,
            rep: *rep,
            object: object.clone(),
            offset: *offset,
            value: value.clone(),
        },
        a::Stmt::Fill {
            meta,
            object,
            offset,
            value,
        } => b::Stmt::Fill {
            meta: *meta,
            object: object.clone(),
            offset: offset.clone(),
            value: value.clone(),
        },
        a::Stmt::Join {
            meta,
            label,
            params,
            target,
        } => b::Stmt::Join {
            meta: *meta,
            label: *label,
            params: params.clone(),
            target: body(target),
        },
        a::Stmt::Save { meta, value, .. } | a::Stmt::Reload { meta, value, .. } => {
            return out.push(use_of(*meta, *value));
        }
        a::Stmt::Reserve { meta, kept, .. } => {
            return out.extend(kept.iter().map(|&var| use_of(*meta, var)));
        }
        a::Stmt::Clear { .. } => return,
    });
}

/// A statement that uses a variable of a value word, and nothing else.
fn use_of(meta: nanopass::Meta, var: nanopass::VarId) -> b::Stmt {
    let value = b::Rhs::IsImmediate {
        meta,
        value: a::Atom::Var { meta, var },
    };
    b::Stmt::Do { meta, value }
}

fn rhs(node: &a::Rhs) -> b::Rhs {
    let has_bodies = matches!(
        node,
        a::Rhs::Switch { .. }
            | a::Rhs::If { .. }
            | a::Rhs::Loop { .. }
            | a::Rhs::Attempt { .. }
            | a::Rhs::Frame { .. }
    );
    if has_bodies {
        return with_bodies(node);
    }
    match node.clone() {
        a::Rhs::Atom { meta, atom } => b::Rhs::Atom { meta, atom },
        a::Rhs::Results { meta, items } => b::Rhs::Results { meta, items },
        a::Rhs::Allocate {
            meta,
            bytes,
            header,
        } => b::Rhs::Allocate {
            meta,
            bytes,
            header,
        },
        a::Rhs::Load {
            meta,
            rep,
            object,
            offset,
        } => b::Rhs::Load {
            meta,
            rep,
            object,
            offset,
        },
        a::Rhs::IsImmediate { meta, value } => b::Rhs::IsImmediate { meta, value },
        a::Rhs::Untag { meta, value } => b::Rhs::Untag { meta, value },
        a::Rhs::Tag { meta, object } => b::Rhs::Tag { meta, object },
        a::Rhs::Arity { meta, closure } => b::Rhs::Arity { meta, closure },
        a::Rhs::TableIndex { meta, closure } => b::Rhs::TableIndex { meta, closure },
        a::Rhs::Prim {
            meta,
            prim,
            rep,
            args,
        } => b::Rhs::Prim {
            meta,
            prim,
            rep,
            args,
        },
        a::Rhs::Slot { meta, global, rep } => b::Rhs::Slot { meta, global, rep },
        a::Rhs::Call {
            meta,
            function,
            fails,
            result,
            args,
        } => b::Rhs::Call {
            meta,
            function,
            fails,
            result,
            args,
        },
        a::Rhs::TailCall {
            meta,
            function,
            fails,
            result,
            args,
        } => b::Rhs::TailCall {
            meta,
            function,
            fails,
            result,
            args,
        },
        a::Rhs::CallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        } => b::Rhs::CallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        },
        a::Rhs::TailCallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        } => b::Rhs::TailCallIndirect {
            meta,
            code,
            params,
            fails,
            result,
            args,
        },
        a::Rhs::Jump { meta, label, args } => b::Rhs::Jump { meta, label, args },
        a::Rhs::Fail { meta, rep, payload } => b::Rhs::Fail { meta, rep, payload },
        a::Rhs::Switch { .. }
        | a::Rhs::If { .. }
        | a::Rhs::Loop { .. }
        | a::Rhs::Attempt { .. }
        | a::Rhs::Frame { .. } => with_bodies(node),
    }
}

/// Of the forms that have bodies, which are not cloned.
fn with_bodies(node: &a::Rhs) -> b::Rhs {
    match node {
        a::Rhs::Switch {
            meta,
            subject,
            branches,
            otherwise,
        } => {
            let branch = |branch: &a::Branch| b::Branch {
                meta: branch.meta,
                value: branch.value,
                body: body(&branch.body),
            };
            b::Rhs::Switch {
                meta: *meta,
                subject: subject.clone(),
                branches: branches.iter().map(branch).collect(),
                otherwise: otherwise.as_deref().map(boxed),
            }
        }
        a::Rhs::If {
            meta,
            condition,
            then,
            else_,
        } => b::Rhs::If {
            meta: *meta,
            condition: condition.clone(),
            then: boxed(then),
            else_: boxed(else_),
        },
        a::Rhs::Loop {
            meta,
            label,
            params,
            initial,
            body,
        } => b::Rhs::Loop {
            meta: *meta,
            label: *label,
            params: params.clone(),
            initial: initial.clone(),
            body: boxed(body),
        },
        a::Rhs::Attempt {
            meta,
            body,
            failure,
            handler,
        } => b::Rhs::Attempt {
            meta: *meta,
            body: boxed(body),
            failure: *failure,
            handler: boxed(handler),
        },
        a::Rhs::Frame { meta, body, .. } => b::Rhs::Switch {
            meta: *meta,
            subject: a::Atom::Nothing { meta: *meta },
            branches: Vec::new(),
            otherwise: Some(boxed(body)),
        },
        other => b::Rhs::Switch {
            meta: other.meta(),
            subject: a::Atom::Nothing { meta: other.meta() },
            branches: Vec::new(),
            otherwise: None,
        },
    }
}
