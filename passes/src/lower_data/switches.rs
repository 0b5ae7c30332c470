//! Choices: tests of small numbers, tags and immediates.

use ir_defs::laid_out;
use ir_defs::memory::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::reps::{Local, Rep};
use ir_defs::terminals::LabelId;
use nanopass::Meta;

use super::LowerData;

/// A body without statements.
pub(super) fn body_of(meta: Meta, result: Rhs) -> Body {
    Body {
        meta,
        statements: Vec::new(),
        result: Box::new(result),
    }
}

impl LowerData<'_> {
    pub(super) fn switch(
        &mut self,
        meta: Meta,
        subject: laid_out::Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Box<laid_out::Body>>,
    ) -> Rhs {
        let subject = self.atom(subject);
        let otherwise = otherwise.map(|body| self.body(*body));
        match branches.first() {
            None => Rhs::Switch {
                meta,
                subject,
                branches: Vec::new(),
                otherwise: otherwise.map(Box::new),
            },
            Some(laid_out::Branch::OnSmall { .. }) => {
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
                Rhs::Switch {
                    meta,
                    subject,
                    branches,
                    otherwise: otherwise.map(Box::new),
                }
            }
            Some(laid_out::Branch::OnLit { .. }) => {
                self.literals(meta, subject, branches, otherwise)
            }
            Some(_) => self.words(meta, subject, branches, otherwise),
        }
    }

    /// A body that several places go to: a join point, unless it is needed once. `build` gets what to jump with.
    pub(super) fn shared(
        &mut self,
        meta: Meta,
        otherwise: Option<Body>,
        uses: usize,
        build: impl FnOnce(&mut Self, &mut Fallback) -> Rhs,
    ) -> Rhs {
        match otherwise {
            Some(target) if uses > 1 => {
                let label = self.session.fresh_label("otherwise");
                let result = build(self, &mut Fallback::Jump(label));
                let join = Stmt::Join {
                    meta,
                    label,
                    params: Vec::new(),
                    target,
                };
                let block = Body {
                    meta,
                    statements: vec![join],
                    result: Box::new(result),
                };
                block_rhs(meta, block)
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
    ) -> Rhs {
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
            if all_immediates == 0 {
                return pass.by_tag(meta, subject, objects, all_objects, default);
            }
            let untag = Rhs::Untag {
                meta,
                value: subject.clone(),
            };
            let immediate = pass.among(meta, untag, "number", immediates, all_immediates, default);
            if all_objects == 0 {
                return immediate;
            }
            let object = pass.by_tag(meta, subject.clone(), objects, all_objects, default);
            let mut statements = Vec::new();
            let test = Rhs::IsImmediate {
                meta,
                value: subject,
            };
            let condition = pass.name("immediate", test, Rep::I32, &mut statements);
            let choice = Rhs::If {
                meta,
                condition,
                then: Box::new(body_of(meta, immediate)),
                else_: Box::new(body_of(meta, object)),
            };
            block_rhs(
                meta,
                Body {
                    meta,
                    statements,
                    result: Box::new(choice),
                },
            )
        })
    }

    fn by_tag(
        &mut self,
        meta: Meta,
        subject: Atom,
        objects: Vec<Branch>,
        all: usize,
        default: &mut Fallback,
    ) -> Rhs {
        self.among(
            meta,
            Rhs::Tag {
                meta,
                object: subject,
            },
            "tag",
            objects,
            all,
            default,
        )
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
    ) -> Rhs {
        if branches.is_empty() {
            return default.take_or_unreachable(meta);
        }
        let covered = branches.len() >= all;
        if covered
            && branches.len() == 1
            && let Some(only) = branches.pop()
        {
            return block_rhs(meta, only.body);
        }
        let otherwise = if covered { None } else { default.take(meta) };
        let mut statements = Vec::new();
        let subject = self.name(name, number, Rep::I32, &mut statements);
        let otherwise = otherwise.map(|rhs| Box::new(body_of(meta, rhs)));
        let switch = Rhs::Switch {
            meta,
            subject,
            branches,
            otherwise,
        };
        block_rhs(
            meta,
            Body {
                meta,
                statements,
                result: Box::new(switch),
            },
        )
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

/// A body as a right-hand side: a switch without branches.
pub(super) fn block_rhs(meta: Meta, mut body: Body) -> Rhs {
    if body.statements.is_empty() {
        let empty = Rhs::Atom {
            meta,
            atom: Atom::Nothing { meta },
        };
        return std::mem::replace(&mut *body.result, empty);
    }
    Rhs::Switch {
        meta,
        subject: Atom::Nothing { meta },
        branches: Vec::new(),
        otherwise: Some(Box::new(body)),
    }
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
    pub fn take(&mut self, meta: Meta) -> Option<Rhs> {
        match self {
            Fallback::None => None,
            Fallback::Once(body) => body.take().map(|body| block_rhs(meta, body)),
            Fallback::Jump(label) => Some(Rhs::Jump {
                meta,
                label: *label,
                args: Vec::new(),
            }),
        }
    }

    /// Without a default, what cannot happen: a switch without any case.
    pub fn take_or_unreachable(&mut self, meta: Meta) -> Rhs {
        self.take(meta).unwrap_or(Rhs::Switch {
            meta,
            subject: Atom::Nothing { meta },
            branches: Vec::new(),
            otherwise: None,
        })
    }
}
