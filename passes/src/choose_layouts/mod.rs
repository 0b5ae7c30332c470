//! `choose-layouts`: closed → laid_out
//!
//! Gives each type a representation and each object an order of fields; types are gone after it.
//!
//! ```text
//! (function main.area [] [(s main.Shape)] … (switch s [(on-con main.Circle [(r Float)] …) (on-con main.Dot [] …)]))
//! (function main.area [(s value)] … (switch s [(on-object 0 … (let (r f64) (field s (layout 0 f64) 0)) …) (on-immediate 1 …)]))
//! ```
//!
//! Decision: offsets are not chosen here, so that linear memory and WasmGC share everything up to this point. What has no
//! width disappears here and nowhere else. A match on a type of one constructor becomes a `Switch` without branches,
//! which is a block, because its body may have join points of its own that must not become the surrounding body's.

mod shapes;

use ir_defs::Session;
use ir_defs::closed::{self, Visit};
use ir_defs::laid_out::{self, Environment};
use ir_defs::reps::{Layout, Local, Rep};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, IntLit, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, Symbol, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use shapes::{Place, Shape, Shapes};

/// Runs the pass.
pub fn run(program: closed::Program, session: &mut Session) -> laid_out::Program {
    let facts = Facts::of(&program);
    let mut pass = ChooseLayouts {
        shapes: Shapes::new(session),
        facts,
    };
    let functions = program
        .functions
        .into_iter()
        .map(|function| pass.function(function))
        .collect();
    let values = program
        .values
        .into_iter()
        .map(|value| pass.value(value))
        .collect();
    laid_out::Program {
        functions,
        values,
        main: program.main,
    }
}

/// What the pass must know of the whole program before it starts.
#[derive(Default)]
struct Facts {
    /// The type of each variable.
    types: FxHashMap<VarId, TyId>,
    /// The variables that are used.
    used: FxHashSet<VarId>,
    functions: FxHashSet<GlobalId>,
}

impl Facts {
    fn of(program: &closed::Program) -> Facts {
        let mut facts = Facts {
            functions: program
                .functions
                .iter()
                .map(|function| function.global)
                .collect(),
            ..Facts::default()
        };
        facts.program(program);
        facts
    }
}

impl Visit for Facts {
    fn binder(&mut self, binder: &Binder) {
        self.types.insert(binder.var, binder.ty);
    }

    fn var_id(&mut self, var: &VarId) {
        self.used.insert(*var);
    }
}

struct ChooseLayouts<'s> {
    shapes: Shapes<'s>,
    facts: Facts,
}

impl ChooseLayouts<'_> {
    fn function(&mut self, function: closed::Function) -> laid_out::Function {
        let (environment, mut statements) = match function.closure.0 {
            true => {
                let (environment, statements) =
                    self.environment(&function.captures, function.meta.span);
                (Some(environment), statements)
            }
            false => (None, Vec::new()),
        };
        let mut body = self.body(function.body, function.result);
        statements.append(&mut body.statements);
        body.statements = statements;
        laid_out::Function {
            meta: function.meta,
            global: function.global,
            environment,
            arity: IntLit(function.params.len() as u32 + u32::from(function.performs.0)),
            params: self.locals(&function.params),
            fails: function.fails.map(|fails| self.shapes.rep(fails)),
            result: self.shapes.rep(function.result),
            body,
        }
    }

    /// The environment of a closure's code, and the statements that read captures from all parts but the first.
    fn environment(
        &mut self,
        captures: &[Binder],
        span: Span,
    ) -> (Environment, Vec<laid_out::Stmt>) {
        let types: Vec<TyId> = captures.iter().map(|capture| capture.ty).collect();
        let (parts, places) = self.captures(&types);
        let mut rest = Vec::new();
        let mut statements = Vec::new();
        let mut first = Vec::new();
        for (part, layout) in parts.iter().enumerate() {
            let mut locals = vec![None; layout.fields.len()];
            if part + 1 < parts.len()
                && let Some(slot) = locals.first_mut()
            {
                let var = self.shapes.session.core.fresh_named("rest", span);
                *slot = Some(Local {
                    var,
                    rep: Rep::Value,
                });
            }
            for (&capture, place) in captures.iter().zip(&places) {
                if let Some(place) = place
                    && place.part == part
                    && let Some(slot) = locals.get_mut(place.index as usize)
                {
                    *slot = self.local(capture);
                }
            }
            let locals: Vec<Local> = locals.into_iter().flatten().collect();
            if let Some(&object) = rest.last() {
                statements.extend(locals.iter().enumerate().map(|(index, &local)| {
                    laid_out::Stmt::Let {
                        meta: Meta::at(span),
                        local,
                        value: laid_out::Rhs::Field {
                            meta: Meta::at(span),
                            object: laid_out::Atom::Var {
                                meta: Meta::at(span),
                                var: object,
                            },
                            layout: layout.clone(),
                            index: IntLit(index as u32),
                        },
                    }
                }));
            }
            rest.extend(locals.first().map(|local| local.var));
            if part == 0 {
                first = locals;
            }
        }
        let closure = self.shapes.session.core.fresh_named("closure", span);
        let layout = parts.into_iter().next().unwrap_or(Layout {
            tag: 0,
            fields: Vec::new(),
        });
        (
            Environment {
                closure: Local {
                    var: closure,
                    rep: Rep::Value,
                },
                layout,
                captures: first,
            },
            statements,
        )
    }

    /// The layouts of a closure's captures, as those of an object with so many fields, and their places.
    fn captures(&mut self, types: &[TyId]) -> (Vec<Layout>, Vec<Option<Place>>) {
        match self.shapes.object(0, types) {
            Shape::Object { parts, places } => (parts, places),
            _ => (Vec::new(), Vec::new()),
        }
    }

    fn value(&mut self, value: closed::Value) -> laid_out::Value {
        laid_out::Value {
            meta: value.meta,
            global: value.global,
            rep: self.shapes.rep(value.type_),
            body: self.body(value.body, value.type_),
        }
    }

    /// The local of a binder; `None` if it has no width.
    fn local(&mut self, binder: Binder) -> Option<Local> {
        let rep = self.shapes.rep(binder.ty);
        (rep != Rep::Nothing).then_some(Local {
            var: binder.var,
            rep,
        })
    }

    fn locals(&mut self, binders: &[Binder]) -> Vec<Local> {
        binders
            .iter()
            .filter_map(|&binder| self.local(binder))
            .collect()
    }

    /// `ty` is the type of the body's result.
    fn body(&mut self, body: closed::Body, ty: TyId) -> laid_out::Body {
        let mut out = Vec::with_capacity(body.statements.len());
        for statement in body.statements {
            self.stmt(statement, ty, &mut out);
        }
        let result = self.rhs(*body.result, ty, &mut out);
        laid_out::Body {
            meta: body.meta,
            statements: out,
            result: Box::new(result),
        }
    }

    fn stmt(&mut self, stmt: closed::Stmt, ty: TyId, out: &mut Vec<laid_out::Stmt>) {
        match stmt {
            closed::Stmt::Let {
                meta,
                binder,
                value,
            } => {
                let value = self.rhs(value, binder.ty, out);
                out.push(match self.local(binder) {
                    Some(local) => laid_out::Stmt::Let { meta, local, value },
                    None => laid_out::Stmt::Do { meta, value },
                });
            }
            closed::Stmt::Join {
                meta,
                label,
                params,
                target,
            } => {
                let params = self.locals(&params);
                let target = self.body(target, ty);
                out.push(laid_out::Stmt::Join {
                    meta,
                    label,
                    params,
                    target,
                });
            }
            closed::Stmt::Closures { meta, closures } => {
                let closures = closures
                    .into_iter()
                    .map(|closure| self.make_closure(closure, out))
                    .collect();
                out.push(laid_out::Stmt::Closures { meta, closures });
            }
        }
    }

    fn make_closure(
        &mut self,
        closure: closed::MakeClosure,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::MakeClosure {
        let types: Vec<TyId> = closure
            .captures
            .iter()
            .map(|capture| self.atom_type(capture))
            .collect();
        let (parts, places) = self.captures(&types);
        let atoms: Vec<laid_out::Atom> = closure
            .captures
            .into_iter()
            .map(|atom| self.atom(atom, out))
            .collect();
        let (layout, captures) = self.first_part(closure.meta, parts, &places, &atoms, out);
        laid_out::MakeClosure {
            meta: closure.meta,
            local: Local {
                var: closure.binder.var,
                rep: Rep::Value,
            },
            function: closure.function,
            layout,
            captures,
        }
    }

    fn atom_type(&mut self, atom: &closed::Atom) -> TyId {
        match atom {
            closed::Atom::Var { var, .. } => {
                self.facts.types.get(var).copied().unwrap_or(TyId::NONE)
            }
            closed::Atom::Global { type_, .. } => *type_,
            closed::Atom::Lit { lit, .. } => match lit {
                Lit::Int(_) => self.shapes.session.int(),
                Lit::Float(_) => self.shapes.session.float(),
                Lit::Char(_) => self.shapes.session.char(),
                Lit::Text(_) => self.shapes.session.text(),
            },
        }
    }

    fn atom(&mut self, atom: closed::Atom, out: &mut Vec<laid_out::Stmt>) -> laid_out::Atom {
        let ty = self.atom_type(&atom);
        let rep = self.shapes.rep(ty);
        let meta = atom.meta();
        if rep == Rep::Nothing {
            return laid_out::Atom::Nothing { meta };
        }
        match atom {
            closed::Atom::Var { var, .. } => laid_out::Atom::Var { meta, var },
            closed::Atom::Lit {
                lit: Lit::Char(char),
                ..
            } => laid_out::Atom::Small {
                meta,
                value: IntLit(u32::from(char)),
            },
            closed::Atom::Lit { lit, .. } => laid_out::Atom::Lit { meta, lit },
            closed::Atom::Global { global, .. } if self.facts.functions.contains(&global) => {
                laid_out::Atom::Code {
                    meta,
                    function: global,
                }
            }
            closed::Atom::Global { global, .. } => {
                self.name("slot", laid_out::Rhs::Slot { meta, global, rep }, rep, out)
            }
        }
    }

    /// Names an intermediate result.
    fn name(
        &mut self,
        name: &str,
        value: laid_out::Rhs,
        rep: Rep,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Atom {
        let meta = value.meta();
        let var = self.shapes.session.core.fresh_named(name, meta.span);
        out.push(laid_out::Stmt::Let {
            meta,
            local: Local { var, rep },
            value,
        });
        laid_out::Atom::Var { meta, var }
    }

    /// The atoms of arguments; those without width are gone.
    fn atoms(
        &mut self,
        atoms: Vec<closed::Atom>,
        out: &mut Vec<laid_out::Stmt>,
    ) -> Vec<laid_out::Atom> {
        let atoms = atoms.into_iter().map(|atom| self.atom(atom, out));
        atoms
            .filter(|atom| !matches!(atom, laid_out::Atom::Nothing { .. }))
            .collect()
    }

    fn atom_rhs(&mut self, atom: closed::Atom, out: &mut Vec<laid_out::Stmt>) -> laid_out::Rhs {
        let meta = atom.meta();
        laid_out::Rhs::Atom {
            meta,
            atom: self.atom(atom, out),
        }
    }

    /// `ty` is the type of the result; statements that it needs go to `out`.
    fn rhs(&mut self, rhs: closed::Rhs, ty: TyId, out: &mut Vec<laid_out::Stmt>) -> laid_out::Rhs {
        match rhs {
            closed::Rhs::Atom { atom, .. } => self.atom_rhs(atom, out),
            closed::Rhs::Construct {
                meta,
                con,
                types,
                args,
            } => {
                let shape = self.shapes.constructor(con, &types);
                self.build(meta, shape, args, out)
            }
            closed::Rhs::Tuple { meta, items } => {
                let types: Vec<TyId> = items.iter().map(|item| self.atom_type(item)).collect();
                let shape = self.shapes.product(ty, &types);
                self.build(meta, shape, items, out)
            }
            closed::Rhs::Record { meta, fields } => {
                let (types, atoms): (Vec<TyId>, Vec<closed::Atom>) = fields
                    .into_iter()
                    .map(|field| (self.atom_type(&field.value), field.value))
                    .unzip();
                let shape = self.shapes.product(ty, &types);
                self.build(meta, shape, atoms, out)
            }
            closed::Rhs::Select {
                meta,
                record,
                label,
            } => self.select(meta, record, label, out),
            closed::Rhs::Item { meta, tuple, index } => {
                let tuple_type = self.atom_type(&tuple);
                let items = match self.shapes.session.types.get(tuple_type) {
                    Type::Tuple(items) => items.clone(),
                    _ => Vec::new(),
                };
                let shape = self.shapes.product(tuple_type, &items);
                self.project(meta, tuple, &shape, index.0 as usize, out)
            }
            closed::Rhs::List { meta, item, items } => self.list(meta, item, items, out),
            closed::Rhs::Prim {
                meta, prim, args, ..
            } => self.prim(meta, prim, args, ty, out),
            closed::Rhs::Call {
                meta,
                function,
                fails,
                result,
                args,
                ..
            } => laid_out::Rhs::Call {
                meta,
                function,
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(result),
                args: self.atoms(args, out),
            },
            closed::Rhs::TailCall {
                meta,
                function,
                fails,
                result,
                args,
                ..
            } => laid_out::Rhs::TailCall {
                meta,
                function,
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(result),
                args: self.atoms(args, out),
            },
            closed::Rhs::Apply {
                meta,
                fun,
                performs,
                args,
            } => {
                let signature = self.signature(&fun);
                let arity = IntLit(args.len() as u32 + u32::from(performs.0));
                let args = args.into_iter().map(|arg| self.atom(arg, out)).collect();
                laid_out::Rhs::Apply {
                    meta,
                    fun: self.atom(fun, out),
                    signature,
                    arity,
                    args,
                }
            }
            closed::Rhs::TailApply {
                meta,
                fun,
                performs,
                args,
            } => {
                let signature = self.signature(&fun);
                let arity = IntLit(args.len() as u32 + u32::from(performs.0));
                let args = args.into_iter().map(|arg| self.atom(arg, out)).collect();
                laid_out::Rhs::TailApply {
                    meta,
                    fun: self.atom(fun, out),
                    signature,
                    arity,
                    args,
                }
            }
            closed::Rhs::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => self.switch(meta, subject, branches, otherwise, ty, out),
            closed::Rhs::Jump {
                meta, label, args, ..
            } => laid_out::Rhs::Jump {
                meta,
                label,
                args: self.atoms(args, out),
            },
            closed::Rhs::Loop {
                meta,
                label,
                params,
                initial,
                body,
            } => {
                let initial = self.atoms(initial, out);
                let params = self.locals(&params);
                laid_out::Rhs::Loop {
                    meta,
                    label,
                    params,
                    initial,
                    body: Box::new(self.body(*body, ty)),
                }
            }
            closed::Rhs::Fail { meta, payload, .. } => {
                let fails = self.atom_type(&payload);
                laid_out::Rhs::Fail {
                    meta,
                    rep: self.shapes.rep(fails),
                    payload: self.atom(payload, out),
                }
            }
            closed::Rhs::Block { meta, body } => laid_out::Rhs::Switch {
                meta,
                subject: laid_out::Atom::Nothing { meta },
                branches: Vec::new(),
                otherwise: Some(Box::new(self.body(*body, ty))),
            },
            closed::Rhs::Attempt { meta, fails, body } => self.attempt(meta, fails, *body, ty),
        }
    }

    /// A value of a constructor, tuple or record.
    fn build(
        &mut self,
        meta: Meta,
        shape: Shape,
        args: Vec<closed::Atom>,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let atom = match shape {
            Shape::Nothing => laid_out::Atom::Nothing { meta },
            Shape::Small(index) => laid_out::Atom::Small {
                meta,
                value: IntLit(index),
            },
            Shape::Immediate(index) => laid_out::Atom::Immediate {
                meta,
                value: IntLit(index),
            },
            Shape::Erased(index) => match args.into_iter().nth(index) {
                Some(arg) => self.atom(arg, out),
                None => laid_out::Atom::Nothing { meta },
            },
            Shape::Object { parts, places } => {
                let atoms: Vec<laid_out::Atom> =
                    args.into_iter().map(|arg| self.atom(arg, out)).collect();
                return self.object(meta, parts, &places, &atoms, out);
            }
        };
        laid_out::Rhs::Atom { meta, atom }
    }

    fn object(
        &mut self,
        meta: Meta,
        parts: Vec<Layout>,
        places: &[Option<Place>],
        atoms: &[laid_out::Atom],
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let (layout, fields) = self.first_part(meta, parts, places, atoms, out);
        laid_out::Rhs::Construct {
            meta,
            layout,
            fields,
        }
    }

    /// Builds the parts of an object from the last to the second; gives the layout and the fields of the first.
    fn first_part(
        &mut self,
        meta: Meta,
        parts: Vec<Layout>,
        places: &[Option<Place>],
        atoms: &[laid_out::Atom],
        out: &mut Vec<laid_out::Stmt>,
    ) -> (Layout, Vec<laid_out::Atom>) {
        let mut first = (
            Layout {
                tag: 0,
                fields: Vec::new(),
            },
            Vec::new(),
        );
        let mut rest: Option<laid_out::Atom> = None;
        for (part, layout) in parts.into_iter().enumerate().rev() {
            let mut fields = vec![None; layout.fields.len()];
            if let (Some(rest), Some(slot)) = (rest.take(), fields.first_mut()) {
                *slot = Some(rest);
            }
            for (atom, place) in atoms.iter().zip(places) {
                if let Some(place) = place
                    && place.part == part
                    && let Some(field) = fields.get_mut(place.index as usize)
                {
                    *field = Some(atom.clone());
                }
            }
            let fields: Vec<laid_out::Atom> = fields.into_iter().flatten().collect();
            if part == 0 {
                first = (layout, fields);
            } else {
                let object = laid_out::Rhs::Construct {
                    meta,
                    layout,
                    fields,
                };
                rest = Some(self.name("rest", object, Rep::Value, out));
            }
        }
        first
    }

    fn select(
        &mut self,
        meta: Meta,
        record: closed::Atom,
        label: Symbol,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let ty = self.atom_type(&record);
        let fields = match self.shapes.session.types.get(ty) {
            Type::Record { fields, .. } => fields.clone(),
            _ => Vec::new(),
        };
        let index = fields
            .iter()
            .position(|&(name, _)| name == label)
            .unwrap_or(0);
        let types: Vec<TyId> = fields.iter().map(|&(_, field)| field).collect();
        let shape = self.shapes.product(ty, &types);
        self.project(meta, record, &shape, index, out)
    }

    /// Field `index` of an object of the given shape.
    fn project(
        &mut self,
        meta: Meta,
        object: closed::Atom,
        shape: &Shape,
        index: usize,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let object = self.atom(object, out);
        self.load(meta, object, shape, index, out)
    }

    fn load(
        &mut self,
        meta: Meta,
        mut object: laid_out::Atom,
        shape: &Shape,
        index: usize,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let nothing = laid_out::Rhs::Atom {
            meta,
            atom: laid_out::Atom::Nothing { meta },
        };
        match shape {
            Shape::Erased(only) if *only == index => laid_out::Rhs::Atom { meta, atom: object },
            Shape::Object { parts, places } => {
                let Some(Some(place)) = places.get(index) else {
                    return nothing;
                };
                for layout in parts.iter().take(place.part) {
                    let next = laid_out::Rhs::Field {
                        meta,
                        object,
                        layout: layout.clone(),
                        index: IntLit(0),
                    };
                    object = self.name("rest", next, Rep::Value, out);
                }
                match parts.get(place.part) {
                    Some(layout) => laid_out::Rhs::Field {
                        meta,
                        object,
                        layout: layout.clone(),
                        index: IntLit(place.index),
                    },
                    None => nothing,
                }
            }
            _ => nothing,
        }
    }

    /// A list literal is built from its end, without nesting.
    fn list(
        &mut self,
        meta: Meta,
        item: TyId,
        items: Vec<closed::Atom>,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let nil = self.shapes.session.constructors.id("List.Nil");
        let cons = self.shapes.session.constructors.id("List.Cons");
        let empty = self.shapes.constructor(nil, &[item]);
        let Shape::Object { parts, places } = self.shapes.constructor(cons, &[item]) else {
            return self.build(meta, empty, Vec::new(), out);
        };
        let items: Vec<laid_out::Atom> =
            items.into_iter().map(|item| self.atom(item, out)).collect();
        let mut list = self.build(meta, empty, Vec::new(), out);
        for item in items.into_iter().rev() {
            let tail = match list {
                laid_out::Rhs::Atom { atom, .. } => atom,
                other => self.name("list", other, Rep::Value, out),
            };
            list = self.object(meta, parts.clone(), &places, &[item, tail], out);
        }
        list
    }

    /// Arrays hold value words, so an item of any other representation lies in a box of its own.
    fn prim(
        &mut self,
        meta: Meta,
        prim: ir_defs::prims::Prim,
        mut args: Vec<closed::Atom>,
        ty: TyId,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let rep = self.shapes.rep(ty);
        match prim.name() {
            "array.set" => {
                let item = args.pop();
                let item_rep = item.as_ref().map_or(Rep::Value, |item| {
                    let ty = self.atom_type(item);
                    self.shapes.rep(ty)
                });
                let mut args = self.atoms(args, out);
                if let Some(item) = item {
                    let item = self.atom(item, out);
                    args.push(self.boxed(meta, item, item_rep, out));
                }
                laid_out::Rhs::Prim {
                    meta,
                    prim,
                    rep,
                    args,
                }
            }
            "array.get" => {
                let args = self.atoms(args, out);
                let item = laid_out::Rhs::Prim {
                    meta,
                    prim,
                    rep: Rep::Value,
                    args,
                };
                match rep {
                    Rep::Value => item,
                    Rep::Nothing => laid_out::Rhs::Atom {
                        meta,
                        atom: laid_out::Atom::Nothing { meta },
                    },
                    raw => {
                        let object = self.name("box", item, Rep::Value, out);
                        laid_out::Rhs::Field {
                            meta,
                            object,
                            layout: box_of(raw),
                            index: IntLit(0),
                        }
                    }
                }
            }
            _ => laid_out::Rhs::Prim {
                meta,
                prim,
                rep,
                args: self.atoms(args, out),
            },
        }
    }

    fn boxed(
        &mut self,
        meta: Meta,
        item: laid_out::Atom,
        rep: Rep,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Atom {
        match rep {
            Rep::Value => item,
            Rep::Nothing => laid_out::Atom::Immediate {
                meta,
                value: IntLit(0),
            },
            raw => {
                let object = laid_out::Rhs::Construct {
                    meta,
                    layout: box_of(raw),
                    fields: vec![item],
                };
                self.name("box", object, Rep::Value, out)
            }
        }
    }

    /// The signature of a function's whole type, up to the first effect.
    fn signature(&mut self, fun: &closed::Atom) -> laid_out::CallSignature {
        let mut ty = self.atom_type(fun);
        let mut params = Vec::new();
        loop {
            if let Type::Fun(param, result) = *self.shapes.session.types.get(ty) {
                params.push(self.shapes.rep(param));
                ty = result;
                continue;
            }
            let effect = self.shapes.session.as_effect(ty);
            let fails = effect.and_then(|(row, _)| match self.shapes.session.types.get(row) {
                Type::Row { fail, .. } => *fail,
                _ => None,
            });
            return laid_out::CallSignature {
                params,
                performs: ir_defs::terminals::Flag(effect.is_some()),
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(effect.map_or(ty, |(_, result)| result)),
            };
        }
    }

    fn switch(
        &mut self,
        meta: Meta,
        subject: closed::Atom,
        branches: Vec<closed::Branch>,
        otherwise: Option<Box<closed::Body>>,
        ty: TyId,
        out: &mut Vec<laid_out::Stmt>,
    ) -> laid_out::Rhs {
        let subject_type = self.atom_type(&subject);
        let args = self
            .shapes
            .session
            .as_data(subject_type)
            .map(|(_, args)| args)
            .unwrap_or_default();
        let subject = self.atom(subject, out);
        let otherwise = otherwise.map(|body| Box::new(self.body(*body, ty)));
        let mut cases = Vec::with_capacity(branches.len());
        for branch in branches {
            match branch {
                closed::Branch::OnLit {
                    meta,
                    lit: Lit::Char(char),
                    body,
                } => {
                    let body = self.body(body, ty);
                    cases.push(laid_out::Branch::OnSmall {
                        meta,
                        value: IntLit(u32::from(char)),
                        body,
                    });
                }
                closed::Branch::OnLit { meta, lit, body } => {
                    let body = self.body(body, ty);
                    cases.push(laid_out::Branch::OnLit { meta, lit, body });
                }
                closed::Branch::OnCon {
                    meta: branch_meta,
                    con,
                    fields,
                    body,
                } => {
                    let shape = self.shapes.constructor(con, &args);
                    let body = self.branch_body(&subject, &shape, &fields, body, ty);
                    match shape {
                        Shape::Small(value) => {
                            let value = IntLit(value);
                            cases.push(laid_out::Branch::OnSmall {
                                meta: branch_meta,
                                value,
                                body,
                            });
                        }
                        Shape::Immediate(value) => {
                            let value = IntLit(value);
                            cases.push(laid_out::Branch::OnImmediate {
                                meta: branch_meta,
                                value,
                                body,
                            });
                        }
                        Shape::Object { parts, .. } if !self.is_single(con) => {
                            let (boxed, immediates) = self.shapes.census(con, &args);
                            cases.push(laid_out::Branch::OnObject {
                                meta: branch_meta,
                                tag: IntLit(parts.first().map_or(0, |layout| layout.tag)),
                                boxed: IntLit(boxed),
                                immediates: IntLit(immediates),
                                body,
                            });
                        }
                        // The only constructor of its type: there is nothing to ask.
                        Shape::Nothing | Shape::Erased(_) | Shape::Object { .. } => {
                            return laid_out::Rhs::Switch {
                                meta,
                                subject,
                                branches: Vec::new(),
                                otherwise: Some(Box::new(body)),
                            };
                        }
                    }
                }
            }
        }
        laid_out::Rhs::Switch {
            meta,
            subject,
            branches: cases,
            otherwise,
        }
    }

    fn is_single(&self, con: ir_defs::tables::ConId) -> bool {
        let session = &*self.shapes.session;
        let data = session.constructors.get(con).and_then(|info| info.data);
        data.and_then(|data| session.tycons.get(data))
            .is_some_and(|data| data.constructors.len() == 1)
    }

    /// The body of a branch, after loads of those fields that it uses.
    fn branch_body(
        &mut self,
        subject: &laid_out::Atom,
        shape: &Shape,
        fields: &[Binder],
        body: closed::Body,
        ty: TyId,
    ) -> laid_out::Body {
        let mut statements = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            if !self.facts.used.contains(&field.var) {
                continue;
            }
            if let Some(local) = self.local(*field) {
                let value = self.load(body.meta, subject.clone(), shape, index, &mut statements);
                statements.push(laid_out::Stmt::Let {
                    meta: body.meta,
                    local,
                    value,
                });
            }
        }
        let mut body = self.body(body, ty);
        if !statements.is_empty() {
            statements.append(&mut body.statements);
            body.statements = statements;
        }
        body
    }

    /// `ty` is `Result fails a`: what the body gives goes into an `Ok`, its failure into an `Err`. The body is a block of
    /// its own, because its result may be any of several tails.
    fn attempt(&mut self, meta: Meta, fails: TyId, body: closed::Body, ty: TyId) -> laid_out::Rhs {
        let args = self
            .shapes
            .session
            .as_data(ty)
            .map(|(_, args)| args)
            .unwrap_or_default();
        let value_type = args.get(1).copied().unwrap_or(TyId::NONE);
        let types = [fails, value_type];
        let mut statements = Vec::new();
        let block = laid_out::Rhs::Switch {
            meta,
            subject: laid_out::Atom::Nothing { meta },
            branches: Vec::new(),
            otherwise: Some(Box::new(self.body(body, value_type))),
        };
        let value = match self.shapes.rep(value_type) {
            Rep::Nothing => {
                statements.push(laid_out::Stmt::Do { meta, value: block });
                laid_out::Atom::Nothing { meta }
            }
            rep => self.name("value", block, rep, &mut statements),
        };
        let ok = self.wrap(meta, "Ok", &types, value, statements);
        let var = self.shapes.session.core.fresh_named("failure", meta.span);
        let rep = self.shapes.rep(fails);
        let payload = match rep {
            Rep::Nothing => laid_out::Atom::Nothing { meta },
            _ => laid_out::Atom::Var { meta, var },
        };
        let handler = self.wrap(meta, "Err", &types, payload, Vec::new());
        laid_out::Rhs::Attempt {
            meta,
            body: Box::new(ok),
            failure: Local { var, rep },
            handler: Box::new(handler),
        }
    }

    /// A body that ends in `Ok` or `Err` of an atom.
    fn wrap(
        &mut self,
        meta: Meta,
        con: &str,
        types: &[TyId],
        atom: laid_out::Atom,
        mut statements: Vec<laid_out::Stmt>,
    ) -> laid_out::Body {
        let con = self.shapes.session.constructors.id(con);
        let result = match self.shapes.constructor(con, types) {
            Shape::Object { parts, places } => {
                self.object(meta, parts, &places, &[atom], &mut statements)
            }
            Shape::Immediate(value) => laid_out::Rhs::Atom {
                meta,
                atom: laid_out::Atom::Immediate {
                    meta,
                    value: IntLit(value),
                },
            },
            _ => laid_out::Rhs::Atom { meta, atom },
        };
        laid_out::Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }
}

/// The layout of a box for one raw value.
fn box_of(rep: Rep) -> Layout {
    Layout {
        tag: 0,
        fields: vec![rep],
    }
}
