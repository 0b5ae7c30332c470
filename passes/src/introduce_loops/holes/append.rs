//! `xs ++ go rest`, and `xs ++ [x, ...go rest]`: a list is copied into a hole.

use ir_defs::loops::{Atom, Body, Branch, Function, Rhs, Stmt};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Flag, IntLit};
use nanopass::{Meta, TyId};

use super::super::copy::copy;
use super::super::recursion::{Uses, pending_statement, rhs_at};
use super::first::Cells;
use super::groups::Group;
use super::sites::{First, Site};
use super::{Destination, Field, Holes, place_of, var};

/// The library's function that joins two lists, at some type.
const APPEND: &str = "aivi.list.append<";

impl Holes<'_> {
    /// A body that ends by appending the result of a call to a list.
    pub(super) fn appending(&mut self, group: &Group, body: &Body) -> Option<Site> {
        let Rhs::Call { function, args, .. } = &*body.result else {
            return None;
        };
        let [list, Atom::Var { var, .. }] = args.as_slice() else {
            return None;
        };
        let is_append = self.session.globals.name(*function).starts_with(APPEND)
            && group.callee(&body.result).is_none()
            && body.result.meta().ty == group.result;
        let is_call = |rhs: &Rhs| group.callee(rhs).is_some();
        let (place, called) = pending_statement(is_call, body).filter(|_| is_append)?;
        let callee = group.callee(rhs_at(body, place)?)?;
        let field = self.cons(group.result);
        let mut chain = Vec::new();
        let mut current = called;
        let uses = Uses::after(body, place);
        loop {
            let after = uses.only(current)?;
            if after == body.statements.len() {
                break;
            }
            // Cells between the list and the call.
            let Rhs::Construct { con, args, .. } = rhs_at(body, after)? else {
                return None;
            };
            let is_end = *con == field.con && place_of(args, current) == Some(field.field);
            let Stmt::Let { binder, .. } = body.statements.get(after)? else {
                return None;
            };
            is_end.then_some(())?;
            chain.push(after);
            current = binder.var;
        }
        (current == *var).then(|| Site {
            place,
            callee,
            chain,
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
    pub(super) fn append_first(
        &mut self,
        group: &Group,
        site: Site,
        list: Atom,
        body: Body,
    ) -> Body {
        let Body {
            meta, statements, ..
        } = body;
        let mut kept = Vec::with_capacity(statements.len());
        // The call, and the cells around it.
        let mut moved = Vec::with_capacity(site.chain.len() + 1);
        for (place, statement) in statements.into_iter().enumerate() {
            match place == site.place || site.chain.contains(&place) {
                true => moved.push(statement),
                false => kept.push(statement),
            }
        }
        let Field { con, types, .. } = self.cons(group.result);
        let item = types.first().copied().unwrap_or(TyId::NONE);
        let item = self.binder("item", meta, item);
        let rest = self.binder("rest", meta, group.result);
        let empty = self.without_list(group, meta, &moved);
        let cell = self.binder("cell", meta, group.result);
        let open = Stmt::Let {
            meta,
            binder: cell,
            value: Rhs::Open {
                meta,
                con,
                types,
                hole: IntLit(1),
                args: vec![var(meta, item)],
            },
        };
        let to = Destination { cell, place: None };
        let mut cells = Cells::default();
        let inner = Site {
            place: 0,
            callee: site.callee,
            chain: (1..moved.len()).collect(),
            first: First::Append(var(meta, rest)),
        };
        let filling = Body {
            meta,
            statements: moved,
            result: Box::new(Rhs::Atom {
                meta,
                atom: var(meta, rest),
            }),
        };
        self.cells(group, inner, filling, Some(&to), &mut cells);
        let mut statements = vec![open];
        statements.append(&mut cells.statements);
        if let Some(call) = cells.call {
            self.do_first(call, &mut statements);
        }
        let filling = Body {
            meta,
            statements,
            result: Box::new(Rhs::Atom {
                meta,
                atom: var(meta, cell),
            }),
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

    /// The call and the cells around it, where there is no list before them.
    fn without_list(&mut self, group: &Group, meta: Meta, moved: &[Stmt]) -> Body {
        let Some(Stmt::Let { binder, .. }) = moved.last() else {
            return Body {
                meta,
                statements: Vec::new(),
                result: Box::new(Rhs::Tuple {
                    meta,
                    items: Vec::new(),
                }),
            };
        };
        let whole = Body {
            meta,
            statements: moved.to_vec(),
            result: Box::new(Rhs::Atom {
                meta,
                atom: var(meta, *binder),
            }),
        };
        let (_, mut empty) = copy(&[], &whole, self.session);
        if moved.len() == 1
            && let Some(Stmt::Let { value, .. }) = empty.statements.pop()
        {
            *empty.result = value;
        }
        self.open_first(group, &mut empty);
        empty
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
