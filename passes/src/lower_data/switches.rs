//! Choices: tests of tags, immediates and literals.

use ir_defs::laid_out;
use ir_defs::memory::{Atom, Body, Branch, Rhs, Stmt};
use ir_defs::prims::Prim;
use ir_defs::reps::{Local, Rep};
use ir_defs::terminals::{IntLit, LabelId, Lit};
use nanopass::Meta;

use super::LowerData;

/// Up to so many literals are compared one after the other; more are searched by halves.
const LINEAR: usize = 4;

fn body_of(meta: Meta, result: Rhs) -> Body {
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
    fn shared(
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
        // The numbers of immediate and of boxed constructors of the type, where an object's branch tells them.
        let mut census: Option<(usize, usize)> = None;
        for branch in branches {
            match branch {
                laid_out::Branch::OnImmediate { meta, value, body } => {
                    immediates.push(Branch {
                        meta,
                        value,
                        body: self.body(body),
                    });
                }
                laid_out::Branch::OnObject {
                    meta,
                    tag,
                    boxed,
                    immediates,
                    body,
                } => {
                    census = Some((immediates.0 as usize, boxed.0 as usize));
                    objects.push(Branch {
                        meta,
                        value: tag,
                        body: self.body(body),
                    });
                }
                laid_out::Branch::OnSmall { .. } | laid_out::Branch::OnLit { .. } => {}
            }
        }
        // Without a branch for an object, the otherwise case has them all; without that, there are none.
        let (all_immediates, all_objects) =
            census.unwrap_or((usize::MAX, if otherwise.is_some() { usize::MAX } else { 0 }));
        let immediates_open = immediates.len() < all_immediates && otherwise.is_some();
        let objects_open = objects.len() < all_objects && otherwise.is_some();
        let uses = usize::from(immediates_open && all_immediates > 0) + usize::from(objects_open);
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
            return default.take(meta).unwrap_or(Rhs::Switch {
                meta,
                subject: Atom::Small {
                    meta,
                    value: IntLit(0),
                },
                branches: Vec::new(),
                otherwise: None,
            });
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

    /// Few literals are compared in order; many numbers and texts are searched by halves.
    fn literals(
        &mut self,
        meta: Meta,
        subject: Atom,
        branches: Vec<laid_out::Branch>,
        otherwise: Option<Body>,
    ) -> Rhs {
        let mut cases: Vec<(Lit, Body)> = branches
            .into_iter()
            .filter_map(|branch| match branch {
                laid_out::Branch::OnLit { lit, body, .. } => Some((lit, self.body(body))),
                _ => None,
            })
            .collect();
        let searched = cases
            .iter()
            .all(|(lit, _)| matches!(lit, Lit::Int(_) | Lit::Text(_)));
        if searched {
            cases.sort_by(|(a, _), (b, _)| match (a, b) {
                (Lit::Int(a), Lit::Int(b)) => a.cmp(b),
                (Lit::Text(a), Lit::Text(b)) => a.cmp(b),
                _ => std::cmp::Ordering::Equal,
            });
        }
        let uses = if searched && cases.len() > LINEAR {
            2
        } else {
            1
        };
        self.shared(meta, otherwise, uses, |pass, default| {
            pass.search(meta, &subject, cases, searched, default)
        })
    }

    fn search(
        &mut self,
        meta: Meta,
        subject: &Atom,
        mut cases: Vec<(Lit, Body)>,
        searched: bool,
        default: &mut Fallback,
    ) -> Rhs {
        if searched && cases.len() > LINEAR {
            let right = cases.split_off(cases.len() / 2);
            let Some((pivot, _)) = right.first() else {
                return self.search(meta, subject, cases, false, default);
            };
            let mut statements = Vec::new();
            let condition = self.is_below(meta, subject, pivot.clone(), &mut statements);
            let then = self.search(meta, subject, cases, searched, default);
            let other = self.search(meta, subject, right, searched, default);
            let choice = Rhs::If {
                meta,
                condition,
                then: Box::new(body_of(meta, then)),
                else_: Box::new(body_of(meta, other)),
            };
            return block_rhs(
                meta,
                Body {
                    meta,
                    statements,
                    result: Box::new(choice),
                },
            );
        }
        let last = default.take(meta).unwrap_or(Rhs::Switch {
            meta,
            subject: Atom::Small {
                meta,
                value: IntLit(0),
            },
            branches: Vec::new(),
            otherwise: None,
        });
        cases.into_iter().rev().fold(last, |rest, (lit, body)| {
            let mut statements = Vec::new();
            let condition = self.is_equal(meta, subject, lit, &mut statements);
            let choice = Rhs::If {
                meta,
                condition,
                then: Box::new(body),
                else_: Box::new(body_of(meta, rest)),
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

    fn is_equal(&mut self, meta: Meta, subject: &Atom, lit: Lit, out: &mut Vec<Stmt>) -> Atom {
        let prim = match lit {
            Lit::Int(_) => "int.eq",
            Lit::Float(_) => "float.eq",
            Lit::Char(_) => "char.eq",
            Lit::Text(_) => "text.eq",
        };
        self.test(meta, prim, subject, lit, Rep::I32, out)
    }

    /// Whether the subject is less than the literal.
    fn is_below(&mut self, meta: Meta, subject: &Atom, lit: Lit, out: &mut Vec<Stmt>) -> Atom {
        if matches!(lit, Lit::Int(_)) {
            return self.test(meta, "int.lt", subject, lit, Rep::I32, out);
        }
        // `Less` is 0, the first constructor of `Ordering`.
        let order = self.test(meta, "text.compare", subject, lit, Rep::I32, out);
        let is_less = Branch {
            meta,
            value: IntLit(0),
            body: body_of(
                meta,
                Rhs::Atom {
                    meta,
                    atom: Atom::Small {
                        meta,
                        value: IntLit(1),
                    },
                },
            ),
        };
        let no = body_of(
            meta,
            Rhs::Atom {
                meta,
                atom: Atom::Small {
                    meta,
                    value: IntLit(0),
                },
            },
        );
        let test = Rhs::Switch {
            meta,
            subject: order,
            branches: vec![is_less],
            otherwise: Some(Box::new(no)),
        };
        self.name("below", test, Rep::I32, out)
    }

    fn test(
        &mut self,
        meta: Meta,
        prim: &str,
        subject: &Atom,
        lit: Lit,
        rep: Rep,
        out: &mut Vec<Stmt>,
    ) -> Atom {
        let lit = self.atom(laid_out::Atom::Lit { meta, lit });
        // The primitives that are named here exist.
        let prim = Prim::named(prim).unwrap_or(Prim(0));
        let rhs = Rhs::Prim {
            meta,
            prim,
            rep,
            args: vec![subject.clone(), lit],
        };
        self.name("test", rhs, rep, out)
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
    fn take(&mut self, meta: Meta) -> Option<Rhs> {
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
}
