//! Switches, and attempts, whose outcome is one of two constructors.

use ir_defs::closed;
use ir_defs::laid_out::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::reps::{Local, Rep};
use ir_defs::terminals::{Binder, IntLit, Lit};
use nanopass::{Meta, TyId};

use super::ChooseLayouts;
use super::shapes::{Shape, Variants};

impl ChooseLayouts<'_> {
    /// A default that stands for one constructor only becomes that constructor's branch, so that the passes after this
    /// one see which switches need no test at the end.
    pub(super) fn switch(
        &mut self,
        meta: Meta,
        subject: closed::Atom,
        branches: Vec<closed::Branch>,
        otherwise: Option<closed::Body>,
        ty: TyId,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let subject_type = self.atom_type(&subject);
        let variants = self.shapes.variants(subject_type);
        let subject = self.atom(subject, out);
        let Some(variants) = variants else {
            return self.literals(meta, subject, branches, otherwise, ty);
        };
        let mut is_open = vec![true; variants.shapes.len()];
        let mut cases = Vec::with_capacity(branches.len() + 1);
        for branch in branches {
            let closed::Branch::OnCon {
                meta: branch_meta,
                con,
                fields,
                body,
            } = branch
            else {
                continue;
            };
            let index = self.shapes.index(con);
            if let Some(is_open) = is_open.get_mut(index) {
                *is_open = false;
            }
            let Some(shape) = variants.shapes.get(index) else {
                continue;
            };
            let body = self.branch_body(&subject, shape, &fields, body, ty);
            if variants.shapes.len() == 1 {
                return self.splice(meta, body, out);
            }
            cases.extend(case(branch_meta, &variants, shape, body));
        }
        let open: Vec<usize> = (0..is_open.len())
            .filter(|&index| is_open.get(index) == Some(&true))
            .collect();
        let mut otherwise = otherwise
            .filter(|_| !open.is_empty())
            .map(|body| self.body(body, ty));
        if let &[index] = open.as_slice()
            && let Some(shape) = variants.shapes.get(index)
            && let Some(body) = otherwise.take()
        {
            if variants.shapes.len() == 1 {
                return self.splice(meta, body, out);
            }
            cases.extend(case(body.meta, &variants, shape, body));
        }
        Rhs::Switch {
            meta,
            subject,
            branches: cases,
            otherwise: otherwise.map(Box::new),
        }
    }

    fn literals(
        &mut self,
        meta: Meta,
        subject: Atom,
        branches: Vec<closed::Branch>,
        otherwise: Option<closed::Body>,
        ty: TyId,
    ) -> Rhs {
        let mut cases = Vec::with_capacity(branches.len());
        for branch in branches {
            let closed::Branch::OnLit { meta, lit, body } = branch else {
                continue;
            };
            let body = self.body(body, ty);
            cases.push(match lit {
                Lit::Char(char) => Branch::OnSmall {
                    meta,
                    value: IntLit(u32::from(char)),
                    body,
                },
                lit => Branch::OnLit { meta, lit, body },
            });
        }
        Rhs::Switch {
            meta,
            subject,
            branches: cases,
            otherwise: otherwise.map(|body| Box::new(self.body(body, ty))),
        }
    }

    /// The body of a branch, after loads of those fields that it uses.
    fn branch_body(
        &mut self,
        subject: &Atom,
        shape: &Shape,
        fields: &[Binder],
        body: closed::Body,
        ty: TyId,
    ) -> Body {
        let mut statements = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            if !self.facts.used.contains(&field.var) {
                continue;
            }
            if let Some(local) = self.local(*field) {
                let value = self.load(body.meta, subject.clone(), shape, index, &mut statements);
                statements.push(Stmt::Let {
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

    /// A body in the middle of another one: its statements go before, unless it has join points, which would become
    /// those of what follows. Then it is a block: a `Switch` without branches.
    pub(super) fn splice(&mut self, meta: Meta, body: Body, out: &mut Vec<Stmt>) -> Rhs {
        let joins = |statement: &Stmt| matches!(statement, Stmt::Join { .. });
        if !body.statements.iter().any(joins) {
            out.extend(body.statements);
            return *body.result;
        }
        Rhs::Switch {
            meta,
            subject: Atom::Nothing { meta },
            branches: Vec::new(),
            otherwise: Some(Box::new(body)),
        }
    }

    /// `ty` is `Result fails a`: what the body gives goes into an `Ok`, its failure into an `Err`.
    pub(super) fn attempt(&mut self, meta: Meta, fails: TyId, body: closed::Body, ty: TyId) -> Rhs {
        let args = self
            .shapes
            .session
            .as_data(ty)
            .map(|(_, args)| args)
            .unwrap_or_default();
        let value_type = args.get(1).copied().unwrap_or(TyId::NONE);
        let types = [fails, value_type];
        let mut statements = Vec::new();
        let body = self.body(body, value_type);
        let value = self.splice(meta, body, &mut statements);
        let value = match (self.shapes.rep(value_type), value) {
            (_, Rhs::Atom { atom, .. }) => atom,
            (Rep::Nothing, value) => {
                statements.push(Stmt::Do { meta, value });
                Atom::Nothing { meta }
            }
            (rep, value) => self.name("value", value, rep, &mut statements),
        };
        let body = self.outcome(meta, "Ok", &types, value, statements);
        let var = self.shapes.session.core.fresh_named("failure", meta.span);
        let rep = self.shapes.rep(fails);
        let payload = match rep {
            Rep::Nothing => Atom::Nothing { meta },
            _ => Atom::Var { meta, var },
        };
        let handler = self.outcome(meta, "Err", &types, payload, Vec::new());
        Rhs::Attempt {
            meta,
            body: Box::new(body),
            failure: Local { var, rep },
            handler: Box::new(handler),
        }
    }

    /// A body that ends in `Ok` or `Err` of an atom.
    fn outcome(
        &mut self,
        meta: Meta,
        con: &str,
        types: &[TyId],
        atom: Atom,
        mut statements: Vec<Stmt>,
    ) -> Body {
        let con = self.shapes.session.constructors.id(con);
        let shape = self.shapes.constructor(con, types);
        let result = self.construct(meta, shape, vec![atom], &mut statements);
        Body {
            meta,
            statements,
            result: Box::new(result),
        }
    }
}

/// The branch for a constructor of a type with several.
fn case(meta: Meta, variants: &Variants, shape: &Shape, body: Body) -> Option<Branch> {
    let boxed = IntLit(variants.boxed);
    let immediates = IntLit(variants.immediates);
    let tag = match shape {
        Shape::Small(value) => {
            let value = IntLit(*value);
            return Some(Branch::OnSmall { meta, value, body });
        }
        Shape::Immediate(value) => {
            let value = IntLit(*value);
            return Some(Branch::OnImmediate {
                meta,
                value,
                boxed,
                immediates,
                body,
            });
        }
        Shape::Object { parts, .. } => parts.first().map_or(0, |layout| layout.tag),
        // There is no other address, so nobody will ask for the tag.
        Shape::Bare(_) => 0,
        Shape::Nothing | Shape::Erased(_) => return None,
    };
    Some(Branch::OnObject {
        meta,
        tag: IntLit(tag),
        boxed,
        immediates,
        body,
    })
}
