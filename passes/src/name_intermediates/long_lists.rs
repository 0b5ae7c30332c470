//! List literals of very many items.
//!
//! ```text
//! (list Int (call f … 1) …)       (let nil (construct List.Nil))
//!                                 (functions (local items [done]
//!                                   (let t (call f … 1)) (let done.1 (construct List.Cons t done)) … done.500))
//!                                 (let reversed (call-local items … nil))
//!                                 (functions (local items.1 …)) …
//!                                 (functions (local reverse [items done] …))
//!                                 (call-local reverse … reversed.9 nil)
//! ```
//!
//! Each item is used up before the next one is computed, at the price of a second list; and no function is larger than
//! an engine takes.

use ir_defs::anf as b;
use ir_defs::nary as a;
use ir_defs::tables::ConId;
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, TyId};

use super::{Doing, NameIntermediates, Statements};

/// How many items may be computed before the list is built, and in one function.
const MANY: usize = 500;

/// Whether more items are computed than may be there at once. Constants are data, however many.
pub fn is_long(items: &[a::Expr]) -> bool {
    items.len() > MANY
        && items
            .iter()
            .filter(|item| !is_constant(item))
            .nth(MANY)
            .is_some()
}

fn is_constant(expr: &a::Expr) -> bool {
    match expr {
        a::Expr::Lit { .. } | a::Expr::Global { .. } => true,
        a::Expr::Construct { args: parts, .. }
        | a::Expr::Tuple { items: parts, .. }
        | a::Expr::List { items: parts, .. } => parts.iter().all(is_constant),
        a::Expr::Record { fields, .. } => fields.iter().all(|field| is_constant(&field.value)),
        _ => false,
    }
}

impl NameIntermediates<'_> {
    /// Statements that build the list from its last item to its first, and the call that turns it around.
    pub fn long_list(
        &mut self,
        meta: Meta,
        item: TyId,
        items: Vec<a::Expr>,
        statements: &mut Statements,
    ) -> b::Rhs {
        let (nil, cons) = self.list_constructors();
        let empty = b::Rhs::Construct {
            meta,
            con: nil,
            types: vec![item],
            args: Vec::new(),
        };
        let none = self.bound("nil", meta, empty, statements);
        let mut reversed = none.clone();
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let part = self.part(meta, item, cons, items.by_ref().take(MANY), statements);
            let Doing { performs, fails } = self.doing;
            let args = vec![reversed];
            let call = b::Rhs::CallLocal {
                meta,
                function: part.var,
                performs,
                fails,
                result: meta.ty,
                args,
            };
            reversed = self.bound("reversed", meta, call, statements);
        }
        let reverse = self.reverse(meta, item, statements);
        b::Rhs::CallLocal {
            meta,
            function: reverse.var,
            performs: Flag(false),
            fails: None,
            result: meta.ty,
            args: vec![reversed, none],
        }
    }

    /// A local function that computes some items and puts them before a list, the last one first.
    fn part(
        &mut self,
        meta: Meta,
        item: TyId,
        cons: ConId,
        items: impl Iterator<Item = a::Expr>,
        statements: &mut Statements,
    ) -> Binder {
        let list = meta.ty;
        let ty = self.session.fun(&[list], list);
        let Doing { performs, fails } = self.doing;
        let ty = match performs {
            Flag(true) => {
                let row = self.session.row(Vec::new(), fails, None);
                let effect = self.session.effect(row, list);
                self.session.fun(&[list], effect)
            }
            Flag(false) => ty,
        };
        let part = self.binder("items", meta, ty);
        let done = self.binder("done", meta, list);
        let mut further = Vec::new();
        let mut reversed = var(meta, done);
        for expr in items {
            let first = self.atom(expr, &mut further);
            let longer = b::Rhs::Construct {
                meta,
                con: cons,
                types: vec![item],
                args: vec![first, reversed],
            };
            reversed = self.bound("done", meta, longer, &mut further);
        }
        let result = b::Rhs::Atom {
            meta,
            atom: reversed,
        };
        let function = b::Local {
            meta: meta.with_ty(ty),
            binder: part,
            params: vec![done],
            performs,
            fails,
            result: list,
            body: body(meta, further, result),
        };
        statements.push(b::Stmt::Functions {
            meta,
            functions: vec![function],
        });
        part
    }

    /// A local function that puts the items of one list before another, the last one first.
    fn reverse(&mut self, meta: Meta, item: TyId, statements: &mut Statements) -> Binder {
        let (nil, cons) = self.list_constructors();
        let list = meta.ty;
        let ty = self.session.fun(&[list, list], list);
        let reverse = self.binder("reverse", meta, ty);
        let items = self.binder("items", meta, list);
        let done = self.binder("done", meta, list);
        let first = self.binder("item", meta, item);
        let rest = self.binder("rest", meta, list);
        let mut further = Vec::new();
        let longer = b::Rhs::Construct {
            meta,
            con: cons,
            types: vec![item],
            args: vec![var(meta, first), var(meta, done)],
        };
        let longer = self.bound("done", meta, longer, &mut further);
        let (performs, fails) = (Flag(false), None);
        let again = b::Rhs::CallLocal {
            meta,
            function: reverse.var,
            performs,
            fails,
            result: list,
            args: vec![var(meta, rest), longer],
        };
        let all = b::Rhs::Atom {
            meta,
            atom: var(meta, done),
        };
        let branches = vec![
            b::Branch::OnCon {
                meta,
                con: nil,
                fields: Vec::new(),
                body: body(meta, Vec::new(), all),
            },
            b::Branch::OnCon {
                meta,
                con: cons,
                fields: vec![first, rest],
                body: body(meta, further, again),
            },
        ];
        let switch = b::Rhs::Switch {
            meta,
            subject: var(meta, items),
            branches,
            otherwise: None,
        };
        let function = b::Local {
            meta: meta.with_ty(ty),
            binder: reverse,
            params: vec![items, done],
            performs,
            fails,
            result: list,
            body: body(meta, Vec::new(), switch),
        };
        statements.push(b::Stmt::Functions {
            meta,
            functions: vec![function],
        });
        reverse
    }

    fn list_constructors(&mut self) -> (ConId, ConId) {
        let constructors = &mut self.session.constructors;
        (constructors.id("List.Nil"), constructors.id("List.Cons"))
    }

    fn binder(&mut self, name: &str, meta: Meta, ty: TyId) -> Binder {
        Binder::new(self.session.core.fresh_named(name, meta.span), ty)
    }

    /// A variable for a list.
    fn bound(
        &mut self,
        name: &str,
        meta: Meta,
        value: b::Rhs,
        statements: &mut Statements,
    ) -> b::Atom {
        let binder = self.binder(name, meta, meta.ty);
        statements.push(b::Stmt::Let {
            meta,
            binder,
            value,
        });
        var(meta, binder)
    }
}

fn var(meta: Meta, binder: Binder) -> b::Atom {
    b::Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}

fn body(meta: Meta, statements: Vec<b::Stmt>, result: b::Rhs) -> b::Body {
    b::Body {
        meta,
        statements,
        result: Box::new(result),
    }
}
