//! Tail recursion modulo constructor: a call under a constructor fills a hole.
//!
//! ```text
//! (function map [f xs] …                         (function map [f xs] …
//!   (switch xs                                     (switch xs
//!     (on-con Nil [] Nil)                            (on-con Nil [] Nil)
//!     (on-con Cons [x t]                             (on-con Cons [x t]
//!       (let y (apply f x))                            (let y (apply f x))
//!       (let r (call map f t))                         (let cell (open Cons 1 y))
//!       (construct Cons y r))))                        (let u (call map.fill f t cell))
//!                                                      cell)))
//!                                                (function map.fill [f xs cell] …
//!                                                  (switch xs
//!                                                    (on-con Nil [] (let v Nil) (fill cell (place Cons 1) v))
//!                                                    (on-con Cons [x t]
//!                                                      (let y (apply f x))
//!                                                      (let cell.1 (open Cons 1 y))
//!                                                      (let u (fill cell (place Cons 1) cell.1))
//!                                                      (call map.fill f t cell.1))))
//! ```
//!
//! The second function is the first one in destination-passing style (Bour, Clément and Scherer, "Tail Modulo Cons",
//! 2021): it puts its result into a hole that it is given. Its calls of itself are tail calls, so `tail_calls` makes a
//! loop of them. The first one makes the first cell, so nothing is allocated in excess, and does what it did where there
//! is no such call; so its other tail calls stay tail calls.
//!
//! Constructors may nest (`[a, b, ...go rest]`). Holes of one function may be in different fields (an insertion into a
//! tree goes left or right): then the place is a parameter too. What stands after the call must be total, because it is
//! done before it now; and the hole must be of the type that the function gives, which makes it a value word of an
//! object: such a type has a constructor with a field of the type itself.
//!
//! `xs ++ go rest` copies `xs` into the hole ([`append`]), and goes on at the last cell of the copy.

mod append;

use ir_defs::Session;
use ir_defs::loops::{
    Atom, Body, Branch, Function, Local, Program, Rhs, Stmt, VisitMut, walk_mut_stmt,
};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Flag, IntLit};
use nanopass::{Meta, TyId, VarId};
use rustc_hash::FxHashMap;

use super::copy::copy;
use super::recursion::{Itself, branch_body, map_branch, only_use, pending, rhs_at};

/// Objects of more fields may be in several parts, which no hole is made in.
const MAX_FIELDS: usize = 60;

/// Makes functions that fill holes.
pub fn run(program: &mut Program, session: &mut Session) {
    let mut pass = Holes {
        session,
        made: Vec::new(),
        appends: FxHashMap::default(),
    };
    let functions = std::mem::take(&mut program.functions);
    for mut function in functions {
        pass.body(&mut function.body);
        let fill = pass.global(&mut function);
        program.functions.push(function);
        program.functions.extend(fill);
        program.functions.append(&mut pass.made);
    }
    for value in &mut program.values {
        pass.body(&mut value.body);
    }
    program.functions.append(&mut pass.made);
}

struct Holes<'s> {
    session: &'s mut Session,
    /// Functions that are needed, and made already.
    made: Vec<Function>,
    /// The functions that copy a list into a hole, by the type of the list.
    appends: FxHashMap<TyId, GlobalId>,
}

/// Adds the functions that fill holes to the groups of local functions.
impl VisitMut for Holes<'_> {
    fn stmt(&mut self, statement: &mut Stmt) {
        walk_mut_stmt(self, statement);
        if let Stmt::Functions { functions, .. } = statement {
            let fills: Vec<Local> = functions
                .iter_mut()
                .filter_map(|local| self.local_fill(local))
                .collect();
            functions.extend(fills);
        }
    }
}

/// A constructor's field, with the arguments of its type.
#[derive(Clone, PartialEq, Debug)]
struct Field {
    con: ConId,
    types: Vec<TyId>,
    field: usize,
}

/// What the result of a call becomes a part of.
struct Site {
    /// The statement of the call.
    place: usize,
    /// The statements up to the result of the body, from the inside out.
    chain: Vec<usize>,
    first: First,
}

enum First {
    Construct(Field),
    /// This list is appended to the result.
    Append(Atom),
}

/// What is known of a function that gets a second form.
struct Plan {
    itself: Itself,
    /// What the function gives, and what the holes are of.
    result: TyId,
    performs: Flag,
    fails: Option<TyId>,
    fill: Itself,
    /// The place of all holes, if it is one.
    field: Option<Field>,
}

/// Where a result goes.
struct Destination {
    cell: Binder,
    place: Option<Binder>,
}

impl Holes<'_> {
    fn global(&mut self, function: &mut Function) -> Option<Function> {
        let itself = Itself::Global(function.global);
        let field = self.field(itself, function.result, &function.body)?;
        let name = format!("{}.fill", self.session.globals.name(function.global));
        let global = self.session.fresh_global(&name);
        let plan = Plan {
            itself,
            result: function.result,
            performs: function.performs,
            fails: function.fails,
            fill: Itself::Global(global),
            field,
        };
        let (params, body) = self.filling(&plan, &function.params, &function.body);
        self.open_first(&plan, &mut function.body);
        Some(Function {
            meta: function.meta,
            global,
            params,
            performs: function.performs,
            fails: function.fails,
            result: self.session.unit(),
            body,
        })
    }

    fn local_fill(&mut self, local: &mut Local) -> Option<Local> {
        let itself = Itself::Local(local.binder.var);
        let field = self.field(itself, local.result, &local.body)?;
        let var = self.session.core.fresh_named("fill", local.meta.span);
        let plan = Plan {
            itself,
            result: local.result,
            performs: local.performs,
            fails: local.fails,
            fill: Itself::Local(var),
            field,
        };
        let (params, body) = self.filling(&plan, &local.params, &local.body);
        self.open_first(&plan, &mut local.body);
        let unit = self.session.unit();
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let result = match local.performs.0 {
            true => {
                let row = self.session.row(Vec::new(), local.fails, None);
                self.session.effect(row, unit)
            }
            false => unit,
        };
        let ty = self.session.fun(&types, result);
        Some(Local {
            meta: local.meta.with_ty(ty),
            binder: Binder::new(var, ty),
            params,
            performs: local.performs,
            fails: local.fails,
            result: unit,
            body,
        })
    }

    /// Whether a function has calls under constructors; the one place of their holes, if all agree.
    fn field(&mut self, itself: Itself, result: TyId, body: &Body) -> Option<Option<Field>> {
        self.session.as_data(result)?;
        let mut fields = Vec::new();
        self.sites(itself, result, body, &mut fields);
        let first = fields.first()?.clone();
        Some(fields.iter().all(|field| *field == first).then_some(first))
    }

    fn sites(&mut self, itself: Itself, result: TyId, body: &Body, fields: &mut Vec<Field>) {
        if let Some(site) = self.site(itself, result, body) {
            fields.push(match site.first {
                First::Construct(field) => field,
                First::Append(_) => self.cons(result),
            });
            return;
        }
        for statement in &body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.sites(itself, result, target, fields);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &*body.result
        {
            for branch in branches {
                self.sites(itself, result, branch_body(branch), fields);
            }
            if let Some(body) = otherwise {
                self.sites(itself, result, body, fields);
            }
        }
    }

    fn site(&mut self, itself: Itself, result: TyId, body: &Body) -> Option<Site> {
        let (place, mut current) = match self.appending(itself, result, body) {
            Some(site) => return Some(site),
            None => pending(itself, body)?,
        };
        let mut site: Option<Site> = None;
        let mut after = place;
        loop {
            after = only_use(body, after, current)?;
            let is_result = after == body.statements.len();
            match rhs_at(body, after)? {
                Rhs::Atom { .. } if is_result => return site,
                Rhs::Construct {
                    con, types, args, ..
                } if args.len() <= MAX_FIELDS => {
                    let field = place_of(args, current)?;
                    if site.is_none() {
                        // The innermost cell has the hole.
                        let field = Field {
                            con: *con,
                            types: types.clone(),
                            field,
                        };
                        self.has_hole(&field, result).then_some(())?;
                        site = Some(Site {
                            place,
                            chain: Vec::new(),
                            first: First::Construct(field),
                        });
                    }
                }
                Rhs::Tuple { .. } | Rhs::Record { .. } if site.is_some() => {}
                _ => return None,
            }
            if let Some(site) = &mut site {
                site.chain.push(after);
            }
            if is_result {
                return site;
            }
            match body.statements.get(after) {
                Some(Stmt::Let { binder, .. }) => current = binder.var,
                _ => return None,
            }
        }
    }

    /// Whether a field is of the type that a function gives, in an object of that type.
    fn has_hole(&mut self, field: &Field, result: TyId) -> bool {
        let of = self.session.constructors.get(field.con);
        let Some(data) = of.and_then(|info| info.data) else {
            return false;
        };
        let fields = self.session.field_types(field.con, &field.types);
        let is_of_type = self
            .session
            .as_data(result)
            .is_some_and(|(head, types)| head == data && types == field.types);
        is_of_type && fields.get(field.field) == Some(&result)
    }

    /// The second form of a function.
    fn filling(&mut self, plan: &Plan, params: &[Binder], body: &Body) -> (Vec<Binder>, Body) {
        let (mut params, body) = copy(params, body, self.session);
        let meta = body.meta;
        let cell = self.session.core.fresh_named("cell", meta.span);
        let cell = Binder::new(cell, plan.result);
        params.push(cell);
        let place = plan.field.is_none().then(|| {
            let var = self.session.core.fresh_named("place", meta.span);
            Binder::new(var, self.session.ty_con("place"))
        });
        params.extend(place);
        let to = Destination { cell, place };
        let body = self.fill_body(plan, &to, body);
        (params, body)
    }

    /// A body whose result goes into a hole.
    fn fill_body(&mut self, plan: &Plan, to: &Destination, body: Body) -> Body {
        let unit = self.session.unit();
        if let Some(site) = self.site(plan.itself, plan.result, &body) {
            let mut cells = Cells::default();
            self.cells(plan, site, body, Some(to), &mut cells);
            let Cells {
                meta,
                mut statements,
                outermost,
                call,
            } = cells;
            let meta = meta.with_ty(unit);
            if let Some(value) = outermost {
                let fill = self.fill(plan, meta, to, value);
                self.do_first(fill, &mut statements);
            }
            let result = call.unwrap_or(Rhs::Tuple {
                meta,
                items: Vec::new(),
            });
            return Body {
                meta,
                statements,
                result: Box::new(result),
            };
        }
        let Body {
            meta,
            statements,
            result,
        } = body;
        let meta = meta.with_ty(unit);
        let mut statements: Vec<Stmt> = statements
            .into_iter()
            .map(|statement| match statement {
                Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                } => Stmt::Join {
                    meta: meta.with_ty(unit),
                    label,
                    params,
                    target: self.fill_body(plan, to, target),
                },
                other => other,
            })
            .collect();
        let result = match *result {
            call if plan.itself.called(&call).is_some() => match call {
                Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. } => {
                    let cell = var(meta, to.cell);
                    let place = to.place.map(|place| var(meta, place));
                    self.fill_call(plan, meta, args, cell, place)
                }
                other => other,
            },
            Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => Rhs::Switch {
                meta: meta.with_ty(unit),
                subject,
                branches: branches
                    .into_iter()
                    .map(|branch| map_branch(branch, |body| self.fill_body(plan, to, body)))
                    .collect(),
                otherwise: otherwise.map(|body| Box::new(self.fill_body(plan, to, *body))),
            },
            Rhs::Jump {
                meta, label, args, ..
            } => Rhs::Jump {
                meta: meta.with_ty(unit),
                label,
                args,
                type_: unit,
            },
            Rhs::Fail { meta, payload, .. } => Rhs::Fail {
                meta: meta.with_ty(unit),
                payload,
                type_: unit,
            },
            other => {
                let meta = other.meta();
                let value = self.named("value", other, &mut statements);
                self.fill(plan, meta, to, value)
            }
        };
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }

    /// A body that opens the first hole.
    fn open_first(&mut self, plan: &Plan, body: &mut Body) {
        if let Some(site) = self.site(plan.itself, plan.result, body) {
            let empty = Rhs::Tuple {
                meta: body.meta,
                items: Vec::new(),
            };
            let old = Body {
                meta: body.meta,
                statements: std::mem::take(&mut body.statements),
                result: Box::new(std::mem::replace(&mut body.result, empty)),
            };
            if let First::Append(list) = &site.first {
                let list = list.clone();
                *body = self.append_first(plan, site, list, old);
                return;
            }
            let mut cells = Cells::default();
            self.cells(plan, site, old, None, &mut cells);
            body.statements = cells.statements;
            if let Some(call) = cells.call {
                self.do_first(call, &mut body.statements);
            }
            if let Some(atom) = cells.outermost {
                let meta = body.meta;
                *body.result = Rhs::Atom { meta, atom };
            }
            return;
        }
        for statement in &mut body.statements {
            if let Stmt::Join { target, .. } = statement {
                self.open_first(plan, target);
            }
        }
        if let Rhs::Switch {
            branches,
            otherwise,
            ..
        } = &mut *body.result
        {
            for branch in branches {
                let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                self.open_first(plan, body);
            }
            if let Some(body) = otherwise {
                self.open_first(plan, body);
            }
        }
    }

    /// Takes a body with a site apart: what is done first, the cell with the hole and those around it, and the call
    /// that fills it. `to` is where the outermost goes, for a list that is copied there.
    fn cells(
        &mut self,
        plan: &Plan,
        site: Site,
        body: Body,
        to: Option<&Destination>,
        cells: &mut Cells,
    ) {
        let Body {
            meta,
            statements,
            result,
        } = body;
        cells.meta = meta;
        let mut chain = Vec::with_capacity(site.chain.len());
        let mut call = None;
        let end = statements.len();
        for (place, statement) in statements.into_iter().enumerate() {
            match statement {
                Stmt::Let { value, .. } if place == site.place => call = Some(value),
                statement if site.chain.contains(&place) => chain.push(statement),
                other => cells.statements.push(other),
            }
        }
        let is_open_result = site.chain.last() == Some(&end);
        let (at, args) = match call {
            Some(Rhs::Call { meta, args, .. } | Rhs::CallLocal { meta, args, .. }) => (meta, args),
            _ => (meta, Vec::new()),
        };
        match site.first {
            First::Append(list) => {
                let Some(to) = to else { return };
                // The holes of lists are all at their ends, so no place is passed.
                let copied = self.copied(plan.result, at, list, var(at, to.cell));
                let cell = self.named("cell", copied, &mut cells.statements);
                cells.call = Some(self.fill_call(plan, at, args, cell, None));
            }
            First::Construct(field) => {
                let mut values: Vec<(Option<Binder>, Rhs)> = chain
                    .into_iter()
                    .filter_map(|statement| match statement {
                        Stmt::Let { binder, value, .. } => Some((Some(binder), value)),
                        Stmt::LetResults { .. } | Stmt::Functions { .. } | Stmt::Join { .. } => {
                            None
                        }
                    })
                    .collect();
                if is_open_result {
                    values.push((None, *result));
                }
                let mut inner = None;
                for (index, (binder, value)) in values.into_iter().enumerate() {
                    let meta = value.meta();
                    let value = match value {
                        Rhs::Construct {
                            meta,
                            con,
                            types,
                            mut args,
                        } if index == 0 => {
                            if field.field < args.len() {
                                args.remove(field.field);
                            }
                            Rhs::Open {
                                meta,
                                con,
                                types,
                                hole: IntLit(field.field as u32),
                                args,
                            }
                        }
                        other => other,
                    };
                    let binder = binder.unwrap_or_else(|| {
                        Binder::new(self.session.core.fresh_named("cell", meta.span), meta.ty)
                    });
                    cells.statements.push(Stmt::Let {
                        meta,
                        binder,
                        value,
                    });
                    inner.get_or_insert(var(meta, binder));
                    cells.outermost = Some(var(meta, binder));
                }
                if let Some(cell) = inner {
                    let place = plan.field.is_none().then(|| self.place_atom(at, field));
                    cells.call = Some(self.fill_call(plan, at, args, cell, place));
                }
            }
        }
    }

    /// Puts a value into the hole.
    fn fill(&mut self, plan: &Plan, meta: Meta, to: &Destination, value: Atom) -> Rhs {
        let place = match (to.place, &plan.field) {
            (None, Some(field)) => self.place_atom(meta, field.clone()),
            (Some(place), _) => var(meta, place),
            (None, None) => return Rhs::Atom { meta, atom: value },
        };
        Rhs::Fill {
            meta: meta.with_ty(self.session.unit()),
            cell: var(meta, to.cell),
            place,
            value,
        }
    }

    fn place_atom(&mut self, meta: Meta, field: Field) -> Atom {
        Atom::Place {
            meta: meta.with_ty(self.session.ty_con("place")),
            con: field.con,
            types: field.types,
            field: IntLit(field.field as u32),
        }
    }

    fn fill_call(
        &mut self,
        plan: &Plan,
        meta: Meta,
        args: Vec<Atom>,
        cell: Atom,
        place: Option<Atom>,
    ) -> Rhs {
        let mut args = args;
        args.push(cell);
        args.extend(place);
        let result = self.session.unit();
        let meta = meta.with_ty(result);
        match plan.fill {
            Itself::Global(function) => Rhs::Call {
                meta,
                function,
                performs: plan.performs,
                fails: plan.fails,
                result,
                args,
            },
            Itself::Local(function) => Rhs::CallLocal {
                meta,
                function,
                performs: plan.performs,
                fails: plan.fails,
                result,
                args,
            },
        }
    }

    fn named(&mut self, name: &str, value: Rhs, statements: &mut Vec<Stmt>) -> Atom {
        let meta = value.meta();
        if let Rhs::Atom { atom, .. } = value {
            return atom;
        }
        let binder = Binder::new(self.session.core.fresh_named(name, meta.span), meta.ty);
        statements.push(Stmt::Let {
            meta,
            binder,
            value,
        });
        var(meta, binder)
    }

    /// Does something that gives `Unit`.
    fn do_first(&mut self, value: Rhs, statements: &mut Vec<Stmt>) {
        self.named("unit", value, statements);
    }
}

/// What a body with a site becomes.
struct Cells {
    meta: Meta,
    statements: Vec<Stmt>,
    /// What goes where the result goes; `None` if it is there already.
    outermost: Option<Atom>,
    call: Option<Rhs>,
}

impl Default for Cells {
    fn default() -> Cells {
        Cells {
            meta: Meta::NONE,
            statements: Vec::new(),
            outermost: None,
            call: None,
        }
    }
}

fn place_of(args: &[Atom], wanted: VarId) -> Option<usize> {
    args.iter()
        .position(|arg| matches!(arg, Atom::Var { var, .. } if *var == wanted))
}

fn var(meta: Meta, binder: Binder) -> Atom {
    Atom::Var {
        meta: meta.with_ty(binder.ty),
        var: binder.var,
    }
}
