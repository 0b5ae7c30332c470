//! Calls.

use super::Checker;
use super::draws::{Role, Yields};
use super::errors::{self, Callee, Cause, NOT_A_FUNCTION};
use ir_defs::kernel;
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

impl Checker<'_> {
    pub(super) fn apply(&mut self, meta: Meta, fun: kernel::Expr, args: Vec<kernel::Expr>) -> Expr {
        let callee = Callee::of(&fun);
        let role = self.generator_role(&fun);
        if role == Role::Block {
            let element = self.fresh_type();
            self.yields.push(Yields {
                element,
                first: None,
            });
        }
        let fun = self.infer(fun);
        let fun_meta = fun.meta();
        if role == Role::Yield {
            self.join_yields(fun_meta.ty);
        }
        let count = args.len();
        let mut ty = self.shallow(fun_meta.ty);
        if count > 1 && self.wants_tuple(ty, &args) {
            return self.tuple_wanted(meta, fun, args, callee);
        }
        if let Some(indexed) = self.indexed(ty, &args) {
            return self.index_wanted(meta, fun, args, indexed);
        }
        self.note_tuple_call(meta.span, ty, &args, callee);
        // As it was made: a hole knows what decided it.
        let mut whole = ty;
        let mut typed = Vec::with_capacity(count);
        let mut given: Vec<(Span, TyId, TyId)> = Vec::new();
        let errors_before = self.errors();
        for (index, arg) in args.into_iter().enumerate() {
            let (param, result) = match *self.get(ty) {
                Type::Fun(param, result) => (param, result),
                Type::Hole(hole) => {
                    self.site = fun_meta.span;
                    self.become_function(hole)
                }
                Type::Error => (ty, ty),
                _ => {
                    self.site = fun_meta.span;
                    self.application_as_function(ty).unwrap_or_else(|| {
                        self.too_many(fun_meta, index, count, arg.meta().span, ty, callee);
                        (self.known.error, self.known.error)
                    })
                }
            };
            let cause = Cause::Argument {
                callee,
                place: fun_meta.span,
                index,
            };
            let span = arg.meta().span;
            let cause = match self.yields.last_mut() {
                Some(yields) if role == Role::Yield && index == 0 => {
                    let first = *yields.first.get_or_insert(span);
                    if first == span {
                        Cause::Other
                    } else {
                        Cause::Yield { first }
                    }
                }
                _ => cause,
            };
            self.misfit = TyId::NONE;
            let arg = if matches!(self.get(param), Type::Error) {
                self.infer(arg)
            } else {
                self.check(arg, param, &cause)
            };
            let found = if self.misfit.is_none() {
                arg.meta().ty
            } else {
                self.misfit
            };
            given.push((span, found, param));
            typed.push(arg);
            whole = result;
            ty = self.shallow(result);
        }
        if self.errors() > errors_before
            && self.suggest_order(callee, &given, errors_before)
            && self.gives_variable(callee, given.len())
        {
            // What the arguments decide of the result is wrong with their order.
            whole = self.known.error;
        }
        self.misfit = TyId::NONE;
        if role == Role::Block {
            self.yields.pop();
        }
        Expr::Apply {
            meta: meta.with_ty(whole),
            fun: Box::new(fun),
            args: typed,
        }
    }

    /// Whether a definition has as many parameters as it is given, so that what is wrong is its signature, which has fewer;
    /// that is reported where they stand.
    fn is_written_for(&self, callee: Callee, given: usize) -> bool {
        let Callee::Global(global) = callee else {
            return false;
        };
        let written = self.written_parameters.get(&global);
        written.is_some_and(|&written| written >= given)
    }

    /// Whether a function takes one tuple of as many values as it is given arguments.
    fn wants_tuple(&mut self, ty: TyId, args: &[kernel::Expr]) -> bool {
        let Type::Fun(param, result) = *self.get(ty) else {
            return false;
        };
        let (param, result) = (self.shallow(param), self.shallow(result));
        matches!(self.get(param), Type::Tuple(items) if items.len() == args.len())
            && !matches!(
                self.get(result),
                Type::Fun(..) | Type::Hole(_) | Type::Error
            )
            && !matches!(args.first(), Some(kernel::Expr::Tuple { .. }))
    }

    /// What seems to be indexed, and by what, in the last arguments of a call such as `f xs[0]` that has one too many.
    fn indexed(&mut self, ty: TyId, args: &[kernel::Expr]) -> Option<(Span, Span)> {
        let [.., list, index @ kernel::Expr::List { items, .. }] = args else {
            return None;
        };
        let (list, index) = (list.meta().span, index.meta().span);
        if items.len() != 1 || list.hi != index.lo {
            return None;
        }
        let mut taken = 0;
        let mut ty = ty;
        while let Type::Fun(_, result) = *self.get(ty) {
            ty = self.shallow(result);
            taken += 1;
        }
        let is_known = !matches!(self.get(ty), Type::Hole(_) | Type::Error);
        (is_known && taken + 1 == args.len()).then_some((list, index))
    }

    fn index_wanted(
        &mut self,
        meta: Meta,
        fun: Expr,
        args: Vec<kernel::Expr>,
        (list, index): (Span, Span),
    ) -> Expr {
        let text = |span: Span| self.session.core.sources.text(span);
        let (list, index_text) = (text(list), text(index));
        let number = index_text.trim_matches(|bracket| matches!(bracket, '[' | ']'));
        let help =
            format!("there is no index operator: `List.at {number} {list}` gives an `Option`");
        let diagnostic = errors::error(
            NOT_A_FUNCTION,
            "this list is an argument of its own",
            index,
            "it is one argument too many",
        )
        .label(fun.meta().span, "this is called here")
        .help(help);
        self.session.report(diagnostic);
        let args = args.into_iter().map(|arg| self.infer(arg)).collect();
        Expr::Apply {
            meta: meta.with_ty(self.known.error),
            fun: Box::new(fun),
            args,
        }
    }

    fn tuple_wanted(
        &mut self,
        meta: Meta,
        fun: Expr,
        args: Vec<kernel::Expr>,
        callee: Callee,
    ) -> Expr {
        if !self.is_written_for(callee, args.len()) {
            self.report_tuple_wanted(&fun, &args, callee);
        }
        let args = args.into_iter().map(|arg| self.infer(arg)).collect();
        Expr::Apply {
            meta: meta.with_ty(self.known.error),
            fun: Box::new(fun),
            args,
        }
    }

    fn report_tuple_wanted(&mut self, fun: &Expr, args: &[kernel::Expr], callee: Callee) {
        let spans: Vec<Span> = args.iter().map(|arg| arg.meta().span).collect();
        let whole = spans.iter().fold(Span::NONE, |all, &span| all.to(span));
        let name = self.callee_name(callee);
        let what = name.map_or_else(|| "this function".to_string(), |name| format!("`{name}`"));
        let mut diagnostic = errors::error(
            NOT_A_FUNCTION,
            format!(
                "{what} takes one argument, a tuple, and {} are given",
                spans.len()
            ),
            whole,
            "",
        )
        .label(fun.meta().span, format!("{what} is called here"))
        .help("a tuple has parentheses and commas: `f (a, b)`");
        let gaps: Vec<Span> = spans
            .windows(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(left.end().to(right.start())),
                _ => None,
            })
            .collect();
        let blank = |gap: &Span| self.session.core.sources.text(*gap).trim().is_empty();
        if gaps.iter().all(blank) {
            diagnostic = diagnostic.edit(whole.start(), "(", "make a tuple of the arguments");
            for gap in gaps {
                diagnostic = diagnostic.edit(gap, ", ", "separate them");
            }
            diagnostic = diagnostic.edit(whole.end(), ")", "close the tuple");
        }
        self.session.report(diagnostic);
    }

    /// Remembers a call such as `f (1, 2)` of a function that takes its arguments one by one, in case it goes wrong.
    fn note_tuple_call(&mut self, span: Span, ty: TyId, args: &[kernel::Expr], callee: Callee) {
        let [kernel::Expr::Tuple { items, .. }] = args else {
            return;
        };
        let mut wanted = 0;
        let mut ty = ty;
        while let Type::Fun(param, result) = *self.get(ty) {
            let param = self.shallow(param);
            if wanted == 0 && matches!(self.get(param), Type::Tuple(_)) {
                return;
            }
            ty = self.shallow(result);
            wanted += 1;
        }
        if wanted >= items.len() {
            let name = self.callee_name(callee);
            self.tuple_calls.push((span, name));
        }
    }

    /// Advice if a place is in a call whose arguments stand in a tuple; what else is wrong with that call follows from it.
    pub(super) fn tuple_advice(&mut self, span: Span) -> Option<String> {
        let &(whole, ref name) = self
            .tuple_calls
            .iter()
            .rev()
            .find(|(whole, _)| whole.lo <= span.lo && span.hi <= whole.hi)?;
        let name = name.as_deref().unwrap_or("f");
        let advice =
            format!("arguments stand side by side, without parentheses and commas: `{name} a b`");
        self.doubtful.push(whole);
        Some(advice)
    }

    pub(super) fn too_many(
        &mut self,
        fun: Meta,
        taken: usize,
        given: usize,
        arg: Span,
        ty: TyId,
        callee: Callee,
    ) {
        if taken > 0 && self.is_written_for(callee, given) {
            return;
        }
        let name = self.callee_name(callee);
        let diagnostic = if taken == 0 {
            let shown = self.show(ty);
            let what = name.map_or_else(|| "this".to_string(), |name| format!("`{name}`"));
            let mut diagnostic = errors::error(
                NOT_A_FUNCTION,
                format!("{what} is not a function"),
                fun.span,
                format!("this has the type `{shown}`"),
            )
            .label(arg, "it is given this argument");
            let is_list = self
                .head_con(ty)
                .is_some_and(|con| self.session.tycons.name(con) == "List");
            let is_effect = self.as_effect(ty).is_some();
            let text = |span: Span| self.session.core.sources.text(span);
            let (called, given) = (text(fun.span), text(arg));
            let is_literal =
                called.starts_with(|first: char| first.is_ascii_digit() || first == '"');
            if given == "()" {
                diagnostic =
                    diagnostic.help(format!("a value takes no argument: write `{called}`"));
            } else if is_literal && !called.contains('\n') {
                diagnostic = diagnostic.help(format!(
                    "is a `,` or an operator missing behind `{called}`?"
                ));
            } else if given.starts_with('.') {
                diagnostic = diagnostic.help(format!(
                    "a field follows its record without a space: `{called}{given}`"
                ));
            } else if is_effect {
                diagnostic = diagnostic.help("it is an effect: run it with `<-` first");
            } else if is_list && given.starts_with('[') && fun.span.hi == arg.lo {
                let index = given.trim_matches(|bracket| matches!(bracket, '[' | ']'));
                diagnostic = diagnostic.help(format!(
                    "there is no index operator: `List.at {index} {called}` gives an `Option`"
                ));
            }
            diagnostic
        } else {
            let what = name.map_or_else(|| "this function".to_string(), |name| format!("`{name}`"));
            errors::error(
                NOT_A_FUNCTION,
                format!(
                    "{what} takes {}, and {given} are given",
                    errors::count(taken, "argument")
                ),
                arg,
                "this one is too many",
            )
            .label(fun.span, format!("{what} is called here"))
        };
        self.session.report(diagnostic);
    }
}
