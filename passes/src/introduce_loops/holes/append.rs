//! `xs ++ go rest`: a list is copied into a hole.

use ir_defs::loops::{Atom, Body, Branch, Function, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, IntLit};
use nanopass::{Meta, TyId};

use super::super::recursion::{Itself, only_use, pending_statement};
use super::{Field, First, Holes, Plan, Site, var};

/// The library's function that joins two lists, at some type.
const APPEND: &str = "aivi.list.append<";

impl Holes<'_> {
    /// A body that ends by appending the result of a call to a list.
    pub(super) fn appending(&self, itself: Itself, result: TyId, body: &Body) -> Option<Site> {
        let Rhs::Call { function, args, .. } = &*body.result else {
            return None;
        };
        let [list, Atom::Var { var, .. }] = args.as_slice() else {
            return None;
        };
        let is_append = self.session.globals.name(*function).starts_with(APPEND)
            && itself != Itself::Global(*function)
            && body.result.meta().ty == result;
        let (place, called) = pending_statement(itself, body).filter(|_| is_append)?;
        let is_last = called == *var && only_use(body, place, *var)? == body.statements.len();
        is_last.then(|| Site {
            place,
            chain: Vec::new(),
            first: First::Append(list.clone()),
        })
    }

    /// The end of a cell of a list.
    pub(super) fn cons(&mut self, list: TyId) -> Field {
        let types = self.session.as_data(list).map(|(_, types)| types);
        Field {
            con: self.session.constructors.id("List.Cons"),
            types: types.unwrap_or_default(),
            field: 1,
        }
    }

    /// Where no hole is yet, the first cell of the list is the first one, if it has any.
    pub(super) fn append_first(&mut self, plan: &Plan, site: Site, list: Atom, body: Body) -> Body {
        let Body {
            meta, statements, ..
        } = body;
        let mut kept = Vec::with_capacity(statements.len());
        let mut call = None;
        for (place, statement) in statements.into_iter().enumerate() {
            match statement {
                Stmt::Let { value, .. } if place == site.place => call = Some(value),
                other => kept.push(other),
            }
        }
        let args = match &call {
            Some(Rhs::Call { args, .. } | Rhs::CallLocal { args, .. }) => args.clone(),
            _ => Vec::new(),
        };
        let Field { con, types, .. } = self.cons(plan.result);
        let item = types.first().copied().unwrap_or(TyId::NONE);
        let item = self.binder("item", meta, item);
        let rest = self.binder("rest", meta, plan.result);
        let mut filling = Vec::new();
        let open = Rhs::Open {
            meta,
            con,
            types,
            hole: IntLit(1),
            args: vec![var(meta, item)],
        };
        let cell = self.named("cell", open, &mut filling);
        let copied = self.copied(plan.result, meta, var(meta, rest), cell.clone());
        let last = self.named("cell", copied, &mut filling);
        let call_fill = self.fill_call(plan, meta, args, last, None);
        self.do_first(call_fill, &mut filling);
        let empty = Body {
            meta,
            statements: Vec::new(),
            result: Box::new(call.unwrap_or(Rhs::Atom {
                meta,
                atom: list.clone(),
            })),
        };
        let filling = Body {
            meta,
            statements: filling,
            result: Box::new(Rhs::Atom { meta, atom: cell }),
        };
        let branches = vec![
            Branch::OnCon {
                meta,
                con: self.session.constructors.id("List.Nil"),
                fields: Vec::new(),
                body: empty,
            },
            Branch::OnCon {
                meta,
                con,
                fields: vec![item, rest],
                body: filling,
            },
        ];
        Body {
            meta,
            statements: kept,
            result: Box::new(Rhs::Switch {
                meta,
                subject: list,
                branches,
                otherwise: None,
            }),
        }
    }

    /// A call that copies a list into the hole of a cell, and gives the last cell of the copy, or else that cell.
    pub(super) fn copied(&mut self, ty: TyId, meta: Meta, list: Atom, cell: Atom) -> Rhs {
        let function = match self.appends.get(&ty) {
            Some(&function) => function,
            None => self.copying(ty, meta),
        };
        call(function, ty, meta, vec![list, cell])
    }

    fn copying(&mut self, ty: TyId, meta: Meta) -> GlobalId {
        let function = self.session.fresh_global("aivi.list.append.copy");
        self.appends.insert(ty, function);
        let meta = meta.with_ty(ty);
        let Field { con, types, field } = self.cons(ty);
        let item = types.first().copied().unwrap_or(TyId::NONE);
        let items = self.binder("items", meta, ty);
        let cell = self.binder("cell", meta, ty);
        let item = self.binder("item", meta, item);
        let rest = self.binder("rest", meta, ty);
        let mut statements = Vec::new();
        let open = Rhs::Open {
            meta,
            con,
            types: types.clone(),
            hole: IntLit(field as u32),
            args: vec![var(meta, item)],
        };
        let next = self.named("cell", open, &mut statements);
        let place = self.place_atom(
            meta,
            Field {
                con,
                types: types.clone(),
                field,
            },
        );
        let fill = Rhs::Fill {
            meta: meta.with_ty(self.session.unit()),
            cell: var(meta, cell),
            place,
            value: next.clone(),
        };
        self.do_first(fill, &mut statements);
        let again = call(function, ty, meta, vec![var(meta, rest), next]);
        let body = |statements, result| Body {
            meta,
            statements,
            result: Box::new(result),
        };
        let atom = var(meta, cell);
        let branches = vec![
            Branch::OnCon {
                meta,
                con: self.session.constructors.id("List.Nil"),
                fields: Vec::new(),
                body: body(Vec::new(), Rhs::Atom { meta, atom }),
            },
            Branch::OnCon {
                meta,
                con,
                fields: vec![item, rest],
                body: body(statements, again),
            },
        ];
        let switch = Rhs::Switch {
            meta,
            subject: var(meta, items),
            branches,
            otherwise: None,
        };
        let type_ = self.session.fun(&[ty, ty], ty);
        self.made.push(Function {
            meta: meta.with_ty(type_),
            global: function,
            params: vec![items, cell],
            performs: Flag(false),
            fails: None,
            result: ty,
            body: body(Vec::new(), switch),
        });
        function
    }

    fn binder(&mut self, name: &str, meta: Meta, ty: TyId) -> Binder {
        Binder::new(self.session.core.fresh_named(name, meta.span), ty)
    }
}

fn call(function: GlobalId, result: TyId, meta: Meta, args: Vec<Atom>) -> Rhs {
    Rhs::Call {
        meta: meta.with_ty(result),
        function,
        performs: Flag(false),
        fails: None,
        result,
        args,
    }
}
