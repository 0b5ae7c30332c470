//! Choices: tests of small numbers, tags and immediates.

use ir_defs::laid_out;
use ir_defs::memory::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::reps::{Local, Rep};
use ir_defs::terminals::LabelId;
use nanopass::Meta;

use super::LowerData;

impl LowerData<'_> {
    pub(super) fn switch(
        &mut self,
        meta: Meta,
        subject: laid_out::Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Box<laid_out::Body>>,
        out: &mut Vec<Stmt>,
    ) -> Rhs {
        let subject = self.atom(subject);
        let otherwise = otherwise.map(|body| self.body(*body));
        let body = match branches.first() {
            None => otherwise.unwrap_or_else(|| unreachable(meta)),
            Some(laid_out::Branch::OnSmall { .. }) => {
                self.small(meta, subject, branches, otherwise)
            }
            Some(laid_out::Branch::OnLit { .. }) => {
                self.literals(meta, subject, branches, otherwise)
            }
            Some(_) => self.words(meta, subject, branches, otherwise),
        };
        let joins = |statement: &Stmt| matches!(statement, Stmt::Join { .. });
        if body.statements.iter().any(joins) {
            return Rhs::Switch {
                meta,
                subject: Atom::Nothing { meta },
                branches: Vec::new(),
                otherwise: Some(Box::new(body)),
            };
        }
        out.extend(body.statements);
        *body.result
    }

    fn small(
        &mut self,
        meta: Meta,
        subject: Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Body>,
    ) -> Body {
        let branches = branches
            .into_iter()
            .filter_map(|branch| match branch {
                laid_out::Branch::OnSmall { meta, value, body } => Some(Branch {
                    meta,
                    value,
                    body: self.body(body),
                }),
                _ => None,
            })
            .collect();
        let switch = Rhs::Switch {
            meta,
            subject,
            branches,
            otherwise: otherwise.map(Box::new),
        };
        body_of(meta, Vec::new(), switch)
    }

    /// A body that several places go to: a join point, unless it is needed once. `build` gets what to jump with.
    pub(super) fn shared(
        &mut self,
        meta: Meta,
        otherwise: Option<Body>,
        uses: usize,
        build: impl FnOnce(&mut Self, &mut Fallback) -> Body,
    ) -> Body {
        match otherwise {
            Some(target) if uses > 1 => {
                let label = self.session.fresh_label("otherwise");
                let mut body = build(self, &mut Fallback::Jump(label));
                let join = Stmt::Join {
                    meta,
                    label,
                    params: Vec::new(),
                    target,
                };
                body.statements.insert(0, join);
                body
            }
            Some(target) => build(self, &mut Fallback::Once(Some(target))),
            None => build(self, &mut Fallback::None),
        }
    }

    /// A value word: first whether it is an immediate, then which one, or which tag.
    fn words(
        &mut self,
        meta: Meta,
        subject: Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Body>,
    ) -> Body {
        let mut immediates = Vec::new();
        let mut objects = Vec::new();
        // How many constructors of the type are immediates, and how many are addresses.
        let (mut all_immediates, mut all_objects) = (0, 0);
        for branch in branches {
            match branch {
                laid_out::Branch::OnImmediate {
                    meta,
                    value,
                    boxed,
                    immediates: all,
                    body,
                } => {
                    (all_immediates, all_objects) = (all.0 as usize, boxed.0 as usize);
                    let body = self.body(body);
                    immediates.push(Branch { meta, value, body });
                }
                laid_out::Branch::OnObject {
                    meta,
                    tag: value,
                    boxed,
                    immediates: all,
                    body,
                } => {
                    (all_immediates, all_objects) = (all.0 as usize, boxed.0 as usize);
                    let body = self.body(body);
                    objects.push(Branch { meta, value, body });
                }
                laid_out::Branch::OnSmall { .. } | laid_out::Branch::OnLit { .. } => {}
            }
        }
        let uses = usize::from(immediates.len() < all_immediates)
            + usize::from(objects.len() < all_objects);
        self.shared(meta, otherwise, uses, |pass, default| {
            let untag = Rhs::Untag {
                meta,
                value: subject.clone(),
            };
            let tag = Rhs::Tag {
                meta,
                object: subject.clone(),
            };
            if all_immediates == 0 {
                return pass.among(meta, tag, "tag", objects, all_objects, default);
            }
            let immediate = pass.among(meta, untag, "number", immediates, all_immediates, default);
            if all_objects == 0 {
                return immediate;
            }
            let object = pass.among(meta, tag, "tag", objects, all_objects, default);
            let test = Rhs::IsImmediate {
                meta,
                value: subject,
            };
            let mut statements = Vec::new();
            let condition = pass.name("immediate", test, Rep::I32, &mut statements);
            let choice = Rhs::If {
                meta,
                condition,
                then: Box::new(immediate),
                else_: Box::new(object),
            };
            body_of(meta, statements, choice)
        })
    }

    /// A choice among `all` numbers, of which `branches` has some: nothing is asked where only one answer is possible.
    fn among(
        &mut self,
        meta: Meta,
        number: Rhs,
        name: &str,
        mut branches: Vec<Branch>,
        all: usize,
        default: &mut Fallback,
    ) -> Body {
        if branches.is_empty() {
            return default.take(meta).unwrap_or_else(|| unreachable(meta));
        }
        let covered = branches.len() >= all;
        if covered
            && branches.len() == 1
            && let Some(only) = branches.pop()
        {
            return only.body;
        }
        let otherwise = if covered { None } else { default.take(meta) };
        let mut statements = Vec::new();
        let subject = self.name(name, number, Rep::I32, &mut statements);
        let switch = Rhs::Switch {
            meta,
            subject,
            branches,
            otherwise: otherwise.map(Box::new),
        };
        body_of(meta, statements, switch)
    }

    /// Names an intermediate result.
    pub(super) fn name(&mut self, name: &str, value: Rhs, rep: Rep, out: &mut Vec<Stmt>) -> Atom {
        let meta = value.meta();
        let var = self.session.core.fresh_named(name, meta.span);
        out.push(Stmt::Let {
            meta,
            local: Local { var, rep },
            value,
        });
        Atom::Var { meta, var }
    }
}

pub(super) fn body_of(meta: Meta, statements: Vec<Stmt>, result: Rhs) -> Body {
    Body {
        meta,
        statements,
        result: Box::new(result),
    }
}

/// What cannot happen: a switch without any case.
pub(super) fn unreachable(meta: Meta) -> Body {
    let switch = Rhs::Switch {
        meta,
        subject: Atom::Nothing { meta },
        branches: Vec::new(),
        otherwise: None,
    };
    body_of(meta, Vec::new(), switch)
}

/// What to do where no branch fits.
pub(super) enum Fallback {
    /// Every case has a branch.
    None,
    /// Here, and only here.
    Once(Option<Body>),
    /// Where others go too.
    Jump(LabelId),
}

impl Fallback {
    pub fn take(&mut self, meta: Meta) -> Option<Body> {
        match self {
            Fallback::None => None,
            Fallback::Once(body) => body.take(),
            Fallback::Jump(label) => {
                let jump = Rhs::Jump {
                    meta,
                    label: *label,
                    args: Vec::new(),
                };
                Some(body_of(meta, Vec::new(), jump))
            }
        }
    }
}
