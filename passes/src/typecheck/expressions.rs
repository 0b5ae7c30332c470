//! Expressions: inferring a type, and checking against one that is expected.

use ir_defs::kernel;
use ir_defs::terminals::{Binder, Flag, Reason};
use ir_defs::typed::{Arm, Bind, Expr};
use ir_defs::types::Type;
use nanopass::{Meta, TyId, VarId};

use super::errors::Cause;
use super::{Binding, Checker};

impl Checker<'_> {
    /// What stands for an expression with an error.
    pub(super) fn failed(&mut self, meta: Meta) -> Expr {
        let unit = self.session.constructors.id("Unit");
        Expr::Con {
            meta: meta.with_ty(self.known.error),
            con: unit,
            types: Vec::new(),
        }
    }

    /// Infers the type of an expression.
    pub(super) fn infer(&mut self, expr: kernel::Expr) -> Expr {
        match expr {
            kernel::Expr::Lit { meta, lit } => Expr::Lit {
                meta: meta.with_ty(self.lit_type(&lit)),
                lit,
            },
            kernel::Expr::Var { meta, var } => self.use_local(meta, var),
            kernel::Expr::Global { meta, global } => self.use_global(meta, global),
            kernel::Expr::Con { meta, con } => self.use_con(meta, con),
            kernel::Expr::Lambda { meta, params, body } => {
                let params: Vec<Binder> = params
                    .into_iter()
                    .map(|param| {
                        let ty = self.fresh_type();
                        self.bind_local(param.var, Binding::Mono(ty));
                        Binder::new(param.var, ty)
                    })
                    .collect();
                let body = self.infer(*body);
                self.lambda(meta, params, body)
            }
            kernel::Expr::Apply { meta, fun, args } if self.is_static(&fun, &args) => {
                self.static_value(meta, args, None)
            }
            kernel::Expr::Apply { meta, fun, args } => {
                let result = self.apply(meta, *fun, args);
                self.open(result)
            }
            kernel::Expr::Let { meta, binds, body } => {
                let binds = binds.into_iter().map(|bind| self.let_bind(bind)).collect();
                let body = self.infer(*body);
                Expr::Let {
                    meta: meta.with_ty(body.meta().ty),
                    binds,
                    body: Box::new(body),
                }
            }
            kernel::Expr::Case {
                meta,
                reason,
                subject,
                arms,
            } => self.case(meta, reason, *subject, arms, None, &Cause::Other),
            kernel::Expr::Tuple { meta, items } => {
                let items: Vec<Expr> = items.into_iter().map(|item| self.infer(item)).collect();
                let ty = self
                    .session
                    .tuple(items.iter().map(|item| item.meta().ty).collect());
                Expr::Tuple {
                    meta: meta.with_ty(ty),
                    items,
                }
            }
            kernel::Expr::List { meta, items } => self.list(meta, items, None),
            kernel::Expr::Record { meta, fields } => self.record(meta, fields, None),
            kernel::Expr::Select {
                meta,
                record,
                label,
            } => {
                let field = self.select(meta, *record, label);
                self.open(field)
            }
            kernel::Expr::Chain { meta, first, links } => self.chain(meta, *first, links),
            kernel::Expr::Negate { meta, operand } => self.negate(meta, *operand),
            kernel::Expr::Delta {
                meta,
                suffix,
                number,
            } => self.delta(meta, suffix, &number.0),
            kernel::Expr::Suffixed {
                meta,
                suffix,
                value,
            } => self.suffixed(meta, suffix, *value),
            kernel::Expr::Do { meta, steps, tail } => {
                self.effect_block(meta, steps, *tail, None, &Cause::Other)
            }
            kernel::Expr::Source { meta, collection } => self.source(meta, *collection),
            kernel::Expr::Patch {
                meta,
                target,
                entries,
            } => self.patch(meta, *target, entries),
            kernel::Expr::Error { meta } => {
                self.reported_before = true;
                self.names_reported += 1;
                self.failed(meta)
            }
        }
    }

    /// Checks an expression against the type that its context expects.
    pub(super) fn check(&mut self, expr: kernel::Expr, expected: TyId, cause: &Cause) -> Expr {
        let errors = self.errors();
        match expr {
            kernel::Expr::Lambda { meta, params, body } => {
                self.check_lambda(meta, params, *body, expected, cause)
            }
            kernel::Expr::Let { meta, binds, body } => {
                let binds = binds.into_iter().map(|bind| self.let_bind(bind)).collect();
                let body = self.check(*body, expected, cause);
                Expr::Let {
                    meta: meta.with_ty(body.meta().ty),
                    binds,
                    body: Box::new(body),
                }
            }
            kernel::Expr::Case {
                meta,
                reason,
                subject,
                arms,
            } => self.case(meta, reason, *subject, arms, Some(expected), cause),
            kernel::Expr::Do { meta, steps, tail } => match self.as_effect(expected) {
                Some(parts) => self.effect_block(meta, steps, *tail, Some(parts), cause),
                None => {
                    let block = self.effect_block(meta, steps, *tail, None, &Cause::Other);
                    self.fit_since(errors, block, expected, cause)
                }
            },
            kernel::Expr::Tuple { meta, items } => {
                let shallow = self.shallow(expected);
                match self.get(shallow).clone() {
                    Type::Tuple(types) if types.len() == items.len() => {
                        let items: Vec<Expr> = items
                            .into_iter()
                            .zip(types)
                            .map(|(item, ty)| self.check(item, ty, &cause.inside()))
                            .collect();
                        let ty = self
                            .session
                            .tuple(items.iter().map(|item| item.meta().ty).collect());
                        Expr::Tuple {
                            meta: meta.with_ty(ty),
                            items,
                        }
                    }
                    _ => {
                        let tuple = self.infer(kernel::Expr::Tuple { meta, items });
                        self.fit_since(errors, tuple, expected, cause)
                    }
                }
            }
            kernel::Expr::List { meta, items } => {
                let shallow = self.shallow(expected);
                let item = match self.session.as_data(shallow) {
                    Some((con, args)) if self.session.tycons.name(con) == "List" => {
                        args.first().copied()
                    }
                    _ => None,
                };
                let list = self.list(meta, items, item);
                self.fit_since(errors, list, expected, cause)
            }
            kernel::Expr::Record { meta, fields } => {
                let shallow = self.shallow(expected);
                let view = matches!(self.get(shallow), Type::Record { .. })
                    .then(|| self.record_view(shallow));
                let record = self.record(meta, fields, view.as_ref());
                self.fit_since(errors, record, expected, cause)
            }
            kernel::Expr::Apply { meta, fun, args } if self.is_static(&fun, &args) => {
                let value = self.static_value(meta, args, Some((expected, cause)));
                self.fit(value, expected, cause)
            }
            other => {
                let inferred = self.infer(other);
                self.fit_since(errors, inferred, expected, cause)
            }
        }
    }

    fn lambda(&mut self, meta: Meta, params: Vec<Binder>, body: Expr) -> Expr {
        let types: Vec<TyId> = params.iter().map(|param| param.ty).collect();
        let ty = self.session.fun(&types, body.meta().ty);
        Expr::Lambda {
            meta: meta.with_ty(ty),
            params,
            body: Box::new(body),
        }
    }

    fn check_lambda(
        &mut self,
        meta: Meta,
        params: Vec<Binder>,
        body: kernel::Expr,
        expected: TyId,
        cause: &Cause,
    ) -> Expr {
        let mut types = Vec::with_capacity(params.len());
        let mut rest = self.shallow(expected);
        while types.len() < params.len() {
            match *self.get(rest) {
                Type::Fun(param, result) => {
                    types.push(param);
                    rest = self.shallow(result);
                }
                Type::Hole(hole) => {
                    self.site = meta.span;
                    let (param, result) = self.become_function(hole);
                    types.push(param);
                    rest = result;
                }
                _ => break,
            }
        }
        if types.len() < params.len() {
            let errors = self.errors();
            let lambda = self.infer(kernel::Expr::Lambda {
                meta,
                params,
                body: Box::new(body),
            });
            return self.fit_since(errors, lambda, expected, cause);
        }
        let params: Vec<Binder> = params
            .into_iter()
            .zip(types)
            .map(|(param, ty)| {
                self.bind_local(param.var, Binding::Mono(ty));
                Binder::new(param.var, ty)
            })
            .collect();
        let body = self.check(body, rest, &cause.result());
        self.lambda(meta, params, body)
    }

    fn list(&mut self, meta: Meta, items: Vec<kernel::Expr>, item: Option<TyId>) -> Expr {
        let given = item.is_some();
        let item = match item {
            Some(item) => item,
            None => self.fresh_type(),
        };
        let mut first = None;
        let mut typed = Vec::with_capacity(items.len());
        // One element of another type is reported; that the next ones have it too is no news.
        let mut differs = false;
        for expr in items {
            let span = expr.meta().span;
            if differs {
                typed.push(self.infer(expr));
                continue;
            }
            let cause = match first {
                Some(first) if !given => Cause::Item { first },
                _ => Cause::Other,
            };
            typed.push(self.check(expr, item, &cause));
            differs = self.doubtful.last() == Some(&span);
            first = first.or(Some(span));
        }
        let ty = self.session.list(item);
        Expr::List {
            meta: meta.with_ty(ty),
            item,
            items: typed,
        }
    }

    /// `match`, `if`, clauses: every arm has the same type.
    fn case(
        &mut self,
        meta: Meta,
        reason: Reason,
        subject: kernel::Expr,
        arms: Vec<kernel::Arm>,
        expected: Option<TyId>,
        cause: &Cause,
    ) -> Expr {
        // The conditions of an `if` with several branches are guards, and its subject is `Unit`.
        let guarded = reason == Reason::If && arms.iter().any(|arm| arm.guard.is_some());
        // What sugar matches on is said by the sugar, so a mistake is not found again in its patterns.
        let wanted = match reason {
            Reason::If | Reason::Logic | Reason::Guard if !guarded => Some(self.known.bool),
            Reason::Coalesce => Some(self.data_of_holes("Option", 1)),
            Reason::Or => Some(self.data_of_holes("Result", 2)),
            Reason::Spread => Some(self.data_of_holes("List", 1)),
            _ => None,
        };
        let errors = self.errors();
        let subject = match wanted {
            Some(wanted) => self.check(subject, wanted, &Cause::Condition { reason }),
            None => self.infer(subject),
        };
        if reason == Reason::Or && self.errors() > errors {
            // Whether a value or an effect is meant is not known, so what the fallback gives is no news.
            self.doubtful.push(meta.span);
        }
        let condition = if guarded {
            Cause::Condition { reason }
        } else {
            Cause::Guard
        };
        let subject_meta = subject.meta();
        let matched = wanted.unwrap_or(subject_meta.ty);
        let has_strange_default = reason == Reason::Coalesce
            && self.errors() > errors
            && self.doubtful.last() == Some(&subject_meta.span);
        let known = expected.map(|expected| self.shallow(expected));
        let known = known.filter(|&known| !matches!(self.get(known), Type::Hole(_)));
        let mut result = known;
        let mut first = None;
        let mut typed = Vec::with_capacity(arms.len());
        // One arm, or one pattern, of another type is reported; that the next ones have it too is no news.
        let mut differs = false;
        let mut is_strange = false;
        for arm in arms {
            let span = arm.pattern.meta().span;
            if is_strange {
                self.doubtful.push(span);
            }
            let pattern = self.pattern(arm.pattern, matched, subject_meta.span);
            is_strange |= self.doubtful.last() == Some(&span);
            self.matched.push(matched);
            let guard = arm.guard.map(|guard| {
                let expected = self.known.bool;
                self.check(guard, expected, &condition)
            });
            let span = arm.body.meta().span;
            let body = match (result, first) {
                (Some(_), Some(_)) if differs => self.infer(arm.body),
                (Some(result), Some(first)) if known.is_none() => {
                    let body = self.check(arm.body, result, &Cause::Branch { reason, first });
                    differs = self.doubtful.last() == Some(&span);
                    body
                }
                (Some(result), _) => {
                    let body = self.check(arm.body, result, cause);
                    differs = self.doubtful.last() == Some(&span);
                    body
                }
                (None, _) => self.infer(arm.body),
            };
            self.matched.pop();
            result = result.or(Some(body.meta().ty));
            first = first.or(Some(span));
            typed.push(Arm {
                meta: arm.meta.with_ty(body.meta().ty),
                pattern,
                guard,
                body,
            });
        }
        let ty = match result {
            // In `xs |> f ?? d` the whole would be applied next.
            Some(_) if has_strange_default => self.known.error,
            Some(result) => result,
            None => self.fresh_type(),
        };
        let case = Expr::Case {
            meta: meta.with_ty(ty),
            reason,
            subject: Box::new(subject),
            arms: typed,
        };
        match expected {
            Some(expected) if known.is_none() => {
                self.expect(meta.span, ty, expected, cause);
                case
            }
            _ => case,
        }
    }

    /// A data type whose arguments are not known.
    fn data_of_holes(&mut self, name: &str, arguments: usize) -> TyId {
        let args = (0..arguments).map(|_| self.fresh_type()).collect();
        let head = self.session.ty_con(name);
        self.session.types.apply(head, args)
    }

    /// A binding of a block, generalised.
    pub(super) fn let_bind(&mut self, bind: kernel::Bind) -> Bind {
        let kernel::Bind {
            meta,
            binder,
            recursive,
            value,
        } = bind;
        let errors = self.errors();
        let mark = self.mark();
        self.level += 1;
        let itself = recursive.0.then(|| self.fresh_type());
        if let Some(itself) = itself {
            self.bind_local(binder.var, Binding::Mono(itself));
        }
        let value = self.infer(value);
        let ty = value.meta().ty;
        if let Some(itself) = itself {
            self.expect_since(errors, value.meta(), itself, &Cause::Recursive);
        }
        self.level -= 1;
        let quantified = if self.is_whole(binder.var) {
            self.generalise_whole(&[ty], mark)
        } else {
            self.generalise(&[ty], mark)
        };
        let ty = self.resolve(ty);
        self.check_size(ty, meta.span);
        let failed = self.errors() > errors;
        let binding = if failed {
            Binding::Mono(self.known.error)
        } else if quantified.types.is_empty() {
            Binding::Mono(ty)
        } else {
            quantified.binding(ty)
        };
        self.bind_local(binder.var, binding);
        Bind {
            meta: meta.with_ty(ty),
            binder: Binder::new(binder.var, ty),
            recursive: Flag(recursive.0),
            types: quantified.types,
            evidence: quantified.evidence,
            value,
        }
    }

    /// Whether a variable stands for the value of a pattern: it has a name that nobody has written there.
    fn is_whole(&self, var: VarId) -> bool {
        let core = &self.session.core;
        core.var_name(var) == "value" && core.sources.text(core.var(var).span) != "value"
    }
}
