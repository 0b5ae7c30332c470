//! What stands after `<-`: an effect or a resource, or, in a generator, one of several collections.
//!
//! Which one it is may be known only when the binding group has been read to its end, so a type that is not known waits.
//! What nothing decides is an effect, or a generator.

use ir_defs::terminals::Reason;
use ir_defs::typed::{Expr, Step};
use ir_defs::types::Type;
use ir_defs::{kernel, known};
use nanopass::{Meta, Span, TyId};

use super::Checker;
use super::errors::{self, Callee, Cause, NOT_A_SOURCE};

/// Something after `<-` whose type was not known when it was reached.
#[derive(Clone, Copy, Debug)]
pub(super) enum Draw {
    /// In a block with this row; `result` is what it gives.
    Run {
        ty: TyId,
        row: TyId,
        result: TyId,
        span: Span,
    },
    /// A collection of these elements.
    Source { ty: TyId, element: TyId, span: Span },
}

/// What a `generate` block yields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Yields {
    pub(super) element: TyId,
    /// Where the first `yield` stands that has been reached.
    pub(super) first: Option<Span>,
}

/// What a function of the library is to a `generate` block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    None,
    Block,
    Yield,
}

impl Draw {
    fn ty(self) -> TyId {
        match self {
            Draw::Run { ty, .. } | Draw::Source { ty, .. } => ty,
        }
    }

    /// The types that its own type decides.
    fn parts(self) -> [Option<TyId>; 2] {
        match self {
            Draw::Run { row, result, .. } => [Some(row), Some(result)],
            Draw::Source { element, .. } => [Some(element), None],
        }
    }
}

impl Checker<'_> {
    /// The row and the value of a type that is known to be a resource.
    pub(super) fn as_resource(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        let ty = self.shallow(ty);
        let Type::Apply(head, args) = self.get(ty) else {
            return None;
        };
        match (self.get(*head), args.as_slice()) {
            (Type::Con(con), &[row, value]) if *con == self.known.resource => Some((row, value)),
            _ => None,
        }
    }

    /// The row and the value of an effect or a resource.
    pub(super) fn as_rowed(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        match self.as_effect(ty) {
            None => self.as_resource(ty),
            effect => effect,
        }
    }

    /// The effect, or the resource, of a step `x <- e`, which gives `result`.
    pub(super) fn run(&mut self, effect: kernel::Expr, row: TyId, result: TyId) -> Expr {
        let cause = Cause::Step {
            reason: Reason::Run,
        };
        let ty = self.session.effect(row, result);
        if !self.may_be_resource(&effect) {
            return self.check(effect, ty, &cause);
        }
        let effect = self.infer(effect);
        let found = self.shallow(effect.meta().ty);
        if self.as_resource(found).is_some() {
            let ty = self.resource(row, result);
            return self.fit(effect, ty, &cause);
        }
        if matches!(self.get(found), Type::Hole(_)) {
            self.draws.push(Draw::Run {
                ty: found,
                row,
                result,
                span: effect.meta().span,
            });
            return effect;
        }
        self.fit(effect, ty, &cause)
    }

    /// The step that a fallback follows: `attempt e` where `e` is an effect, and where it is known to be a resource, the
    /// same of its acquisition.
    pub(super) fn run_attempt(
        &mut self,
        meta: Meta,
        attempt: kernel::Expr,
        mut args: Vec<kernel::Expr>,
        row: TyId,
        result: TyId,
    ) -> Expr {
        let cause = Cause::Step {
            reason: Reason::Fallback,
        };
        let ty = self.session.effect(row, result);
        let Some(source) = args.pop_if(|source| self.may_be_resource(source)) else {
            let fun = Box::new(attempt);
            return self.check(kernel::Expr::Apply { meta, fun, args }, ty, &cause);
        };
        let callee = Callee::of(&attempt);
        let errors = self.errors();
        let source = self.infer(source);
        let (ty, fun) = match self.as_resource(source.meta().ty) {
            Some(_) => {
                let global = self.session.global(known::ATTEMPTED);
                (self.resource(row, result), self.use_global(meta, global))
            }
            None => (ty, self.infer(attempt)),
        };
        let fun_ty = self.shallow(fun.meta().ty);
        let Type::Fun(param, given) = *self.get(fun_ty) else {
            return self.failed(meta);
        };
        let of_argument = Cause::Argument {
            callee,
            place: fun.meta().span,
            index: 0,
        };
        let source = self.fit_since(errors, source, param, &of_argument);
        let step = Expr::Apply {
            meta: meta.with_ty(given),
            fun: Box::new(fun),
            args: vec![source],
        };
        self.fit_since(errors, step, ty, &cause)
    }

    pub(super) fn generator_role(&self, fun: &kernel::Expr) -> Role {
        let kernel::Expr::Global { global, .. } = fun else {
            return Role::None;
        };
        match self.session.globals.name(*global) {
            known::GENERATOR_BLOCK => Role::Block,
            known::GENERATOR_YIELD | known::GENERATOR_YIELDS => Role::Yield,
            _ => Role::None,
        }
    }

    /// Makes what a function yields, whose type is given, an element of the block around it, so that an element of
    /// another type is reported where it stands.
    pub(super) fn join_yields(&mut self, ty: TyId) {
        let Some(&Yields { element, .. }) = self.yields.last() else {
            return;
        };
        let ty = self.shallow(ty);
        if let Type::Fun(_, rest) = *self.get(ty)
            && let rest = self.shallow(rest)
            && let Type::Fun(after, _) = *self.get(rest)
        {
            let generator = self.generator(element);
            // What comes after is a generator of a type that is not known yet, so this cannot clash.
            let _ = self.unify(after, generator);
        }
    }

    fn resource(&mut self, row: TyId, value: TyId) -> TyId {
        let head = self.session.types.intern(Type::Con(self.known.resource));
        self.session.types.apply(head, vec![row, value])
    }

    /// `false` for what cannot be a resource by its form, and profits from the type that is expected of it.
    fn may_be_resource(&self, expr: &kernel::Expr) -> bool {
        match expr {
            kernel::Expr::Let { body, .. } => self.may_be_resource(body),
            kernel::Expr::Case { arms, .. } => arms.first().is_some_and(|arm| match &arm.body {
                kernel::Expr::Apply { fun, .. } => self.gives_resource(fun),
                body @ (kernel::Expr::Var { .. } | kernel::Expr::Global { .. }) => {
                    self.gives_resource(body)
                }
                body @ (kernel::Expr::Let { .. } | kernel::Expr::Case { .. }) => {
                    self.may_be_resource(body)
                }
                _ => false,
            }),
            kernel::Expr::Lambda { .. }
            | kernel::Expr::Do { .. }
            | kernel::Expr::Tuple { .. }
            | kernel::Expr::List { .. }
            | kernel::Expr::Record { .. } => false,
            _ => true,
        }
    }

    /// Whether a name is that of a resource, or of a function that gives one.
    fn gives_resource(&self, name: &kernel::Expr) -> bool {
        let binding = match name {
            kernel::Expr::Var { var, .. } => self.local(*var),
            kernel::Expr::Global { global, .. } => self.globals.get(global),
            _ => None,
        };
        let mut ty = match binding {
            Some(super::Binding::Mono(ty)) => *ty,
            Some(super::Binding::Poly { scheme, .. } | super::Binding::Member { scheme, .. }) => {
                scheme.ty
            }
            None => return false,
        };
        while let Type::Fun(_, result) = self.get(ty) {
            ty = *result;
        }
        matches!(self.get(ty), Type::Apply(head, _) if *self.get(*head) == Type::Con(self.known.resource))
    }

    /// The elements of a collection, as a generator. `zonk` writes how they come out of it.
    pub(super) fn source(&mut self, meta: Meta, collection: kernel::Expr) -> Expr {
        let collection = self.infer(collection);
        let element = self.fresh_type();
        let ty = collection.meta().ty;
        let draw = Draw::Source {
            ty,
            element,
            span: collection.meta().span,
        };
        if !self.settle_draw(draw) {
            self.draws.push(draw);
        }
        let generator = self.generator(element);
        let fun_ty = self.fun(ty, generator);
        let fun = Expr::Global {
            meta: meta.with_ty(fun_ty),
            global: self.session.global(known::SOURCE),
            types: vec![ty, element],
            evidence: Vec::new(),
        };
        Expr::Apply {
            meta: meta.with_ty(generator),
            fun: Box::new(fun),
            args: vec![collection],
        }
    }

    fn generator(&mut self, element: TyId) -> TyId {
        let head = self.session.ty_con(known::GENERATOR_TYPE);
        self.session.types.apply(head, vec![element])
    }

    /// Decides what is known since `from`.
    pub(super) fn settle_draws(&mut self, from: usize) {
        loop {
            let pending = self.draws.split_off(from.min(self.draws.len()));
            let before = pending.len();
            for draw in pending {
                if !self.settle_draw(draw) {
                    self.draws.push(draw);
                }
            }
            if self.draws.len().saturating_sub(from) == before {
                return;
            }
        }
    }

    /// Decides what the group must decide, whose level this is; what belongs to the surroundings waits for their end.
    pub(super) fn default_draws(&mut self, from: usize) {
        for draw in self.draws.split_off(from.min(self.draws.len())) {
            let ty = self.shallow(draw.ty());
            match *self.get(ty) {
                Type::Hole(hole) if self.holes[hole as usize].level < self.level => {
                    // What comes of it is for the surroundings, too, and not to be quantified here.
                    let level = self.holes[hole as usize].level;
                    for part in draw.parts().into_iter().flatten() {
                        // A type that would contain itself is found when the draw is decided.
                        let _ = self.lower(hole, level, part);
                    }
                    self.draws.push(draw);
                }
                Type::Hole(_) => self.default_draw(draw),
                _ => {
                    self.settle_draw(draw);
                }
            }
        }
    }

    fn default_draw(&mut self, draw: Draw) {
        match draw {
            Draw::Run {
                ty,
                row,
                result,
                span,
            } => {
                let cause = Cause::Step {
                    reason: Reason::Run,
                };
                let expected = self.session.effect(row, result);
                self.expect(span, ty, expected, &cause);
            }
            Draw::Source { ty, element, span } => {
                let expected = self.generator(element);
                self.expect(span, ty, expected, &Cause::Other);
            }
        }
    }

    /// `false`: nothing is known of it yet.
    fn settle_draw(&mut self, draw: Draw) -> bool {
        let ty = self.shallow(draw.ty());
        if matches!(self.get(ty), Type::Hole(_)) {
            return false;
        }
        match draw {
            Draw::Run {
                row, result, span, ..
            } => {
                let cause = Cause::Step {
                    reason: Reason::Run,
                };
                let expected = match self.as_resource(ty) {
                    Some(_) => self.resource(row, result),
                    None => self.session.effect(row, result),
                };
                self.expect(span, ty, expected, &cause);
            }
            Draw::Source { element, span, .. } => {
                let drawn = self.element_of(ty, span);
                self.expect(span, drawn, element, &Cause::Other);
            }
        }
        true
    }

    /// What a generator draws from a type.
    fn element_of(&mut self, ty: TyId, span: Span) -> TyId {
        let data = self
            .session
            .as_data(ty)
            .map(|(con, args)| (self.session.tycons.name(con).to_string(), args));
        match data
            .as_ref()
            .map(|(name, args)| (name.as_str(), args.as_slice()))
        {
            Some(("List" | known::GENERATOR_TYPE | known::SET_TYPE, &[element])) => element,
            Some((known::MAP_TYPE, &[key, value])) => self.session.tuple(vec![key, value]),
            _ if matches!(self.get(ty), Type::Error) => ty,
            _ => {
                self.not_a_source(ty, span);
                self.known.error
            }
        }
    }

    fn not_a_source(&mut self, ty: TyId, span: Span) {
        let shown = self.show(ty);
        let name = match self.session.as_data(ty) {
            Some((con, _)) => self.con_name(con),
            None if ty == self.known.text => "Text".to_string(),
            None => String::new(),
        };
        let help = if self.as_rowed(ty).is_some() {
            "a generator runs no effects: run it with `<-` in an `effect` block around the generator"
        } else {
            match name.as_str() {
                "Option" => "write `Option.toList` to draw the content, if there is one",
                "Text" => "write `text.chars` to draw the characters",
                _ if matches!(self.get(ty), Type::Fun(..)) => "is an argument missing?",
                _ => "to give a name to one value, write `=` for `<-`",
            }
        };
        self.session.report(
            errors::error(
                NOT_A_SOURCE,
                format!("a generator cannot draw from `{shown}`"),
                span,
                "this is no collection",
            )
            .note("it draws from lists, ranges, generators, sets and maps")
            .help(help),
        );
    }

    /// Writes how the elements come out of a collection, whose type is known by now.
    pub(super) fn write_source(&mut self, node: &mut Expr) {
        let Expr::Apply { meta, fun, args } = node else {
            return;
        };
        let marker = self.session.globals.find(known::SOURCE);
        let Expr::Global { global, types, .. } = &mut **fun else {
            return;
        };
        if Some(*global) != marker {
            return;
        }
        let (Some(&collection), Some(&element), Some(arg)) =
            (types.first(), types.get(1), args.pop())
        else {
            return;
        };
        let meta = *meta;
        let (name, parts) = match self.session.as_data(collection) {
            Some((con, parts)) => (self.session.tycons.name(con).to_string(), parts),
            None => (String::new(), Vec::new()),
        };
        let list = self.session.list(element);
        let arg = match name.as_str() {
            known::SET_TYPE => self.library_call(meta, known::SET_TO_LIST, parts, arg, list),
            known::MAP_TYPE => self.library_call(meta, known::MAP_TO_LIST, parts, arg, list),
            "List" => arg,
            // A generator; or an error, which has been reported.
            _ => {
                *node = arg;
                return;
            }
        };
        *node = self.library_call(meta, known::GENERATOR_OF_LIST, vec![element], arg, meta.ty);
    }

    /// A call of a function of the library without evidence.
    fn library_call(
        &mut self,
        meta: Meta,
        name: &str,
        types: Vec<TyId>,
        arg: Expr,
        result: TyId,
    ) -> Expr {
        let fun_ty = self.fun(arg.meta().ty, result);
        let fun = Expr::Global {
            meta: meta.with_ty(fun_ty),
            global: self.session.global(name),
            types,
            evidence: Vec::new(),
        };
        Expr::Apply {
            meta: meta.with_ty(result),
            fun: Box::new(fun),
            args: vec![arg],
        }
    }

    /// Makes calls of the steps of a block that acquire a resource: what follows such a step is a function of the
    /// resource's value. `within` a `resource` block the release of what follows is part of what it gives.
    pub(super) fn write_acquisitions(&mut self, node: &mut Expr, within: bool) {
        let Expr::Do { meta, steps, tail } = node else {
            return;
        };
        let meta = *meta;
        let at: Vec<usize> = (0..steps.len())
            .filter(|&index| match steps.get(index) {
                Some(Step::Run { effect, .. }) => self.as_resource(effect.meta().ty).is_some(),
                _ => false,
            })
            .collect();
        if at.is_empty() {
            return;
        }
        let Some((row, result)) = self.as_effect(meta.ty) else {
            return;
        };
        let (name, result) = match self.get(result) {
            Type::Tuple(items) if within => (
                known::ACQUIRE_WITHIN,
                items.first().copied().unwrap_or(result),
            ),
            _ => (known::ACQUIRE, result),
        };
        let mut steps = std::mem::take(steps);
        let mut rest = std::mem::replace(&mut **tail, super::zonk::placeholder());
        for index in at.into_iter().rev() {
            let after = steps.split_off(index + 1);
            if !after.is_empty() {
                rest = Expr::Do {
                    meta,
                    steps: after,
                    tail: Box::new(rest),
                };
            }
            if let Some(Step::Run { binder, effect, .. }) = steps.pop() {
                let consume = self.fun(binder.ty, meta.ty);
                let consumer = Expr::Lambda {
                    meta: meta.with_ty(consume),
                    params: vec![binder],
                    body: Box::new(rest),
                };
                let ty = self.session.fun(&[effect.meta().ty, consume], meta.ty);
                let fun = Expr::Global {
                    meta: effect.meta().with_ty(ty),
                    global: self.session.global(name),
                    types: vec![row, binder.ty, result],
                    evidence: Vec::new(),
                };
                rest = Expr::Apply {
                    meta,
                    fun: Box::new(fun),
                    args: vec![effect, consumer],
                };
            }
        }
        *node = if steps.is_empty() {
            rest
        } else {
            Expr::Do {
                meta,
                steps,
                tail: Box::new(rest),
            }
        };
    }
}
