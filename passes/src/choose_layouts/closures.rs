//! Closures: what they capture, and what is known where they are called.

use ir_defs::closed;
use ir_defs::laid_out::{self, Environment};
use ir_defs::reps::{Layout, Local, Rep};
use ir_defs::terminals::{Binder, Flag, IntLit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::ChooseLayouts;
use super::shapes::{Place, Shape};

impl ChooseLayouts<'_> {
    /// The environment of a closure's code, and the statements that read captures from all parts but the first.
    pub(super) fn environment(
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

    /// The layouts of a closure's captures, as those of an object with so many fields, and their places. Functions are
    /// first: closures that capture one another are allocated together, and the other parts of an object before them.
    fn captures(&mut self, types: &[TyId]) -> (Vec<Layout>, Vec<Option<Place>>) {
        let is_function = |ty: &Type| matches!(ty, Type::Fun(..));
        match self.shapes.object(0, types, is_function) {
            Shape::Object { parts, places } => (parts, places),
            _ => (Vec::new(), Vec::new()),
        }
    }

    pub(super) fn make_closure(
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
                performs: Flag(effect.is_some()),
                fails: fails.map(|fails| self.shapes.rep(fails)),
                result: self.shapes.rep(effect.map_or(ty, |(_, result)| result)),
            };
        }
    }

    /// The function, its signature, the number of arguments given, and those, one atom each.
    pub(super) fn application(
        &mut self,
        fun: closed::Atom,
        performs: Flag,
        args: Vec<closed::Atom>,
        out: &mut Vec<laid_out::Stmt>,
    ) -> (
        laid_out::Atom,
        laid_out::CallSignature,
        IntLit,
        Vec<laid_out::Atom>,
    ) {
        let signature = self.signature(&fun);
        let arity = IntLit(args.len() as u32 + u32::from(performs.0));
        let args = args.into_iter().map(|arg| self.atom(arg, out)).collect();
        (self.atom(fun, out), signature, arity, args)
    }
}
