//! The walk: blocks, calls, inlining, join points.
//!
//! An expression is simplified once, where it ends up. `subst` holds what stands for a variable: an atom, or a value
//! that is used once and has not been simplified yet. `known` holds what a variable is known to be where it is in
//! scope; entries of a branch are taken back after it, others stay, because each variable is bound once.

use ir_defs::Session;
use ir_defs::direct::{Bind, Branch, Define, Expr, Field, Visit, walk_expr};
use ir_defs::session::OptLevel;
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Binder, Flag, LabelId, Lit};
use nanopass::{Meta, Symbol, VarId};
use rustc_hash::FxHashMap;

use super::copy::copy;
use super::facts::{Facts, is_at_most, size_up_to};
use super::uses::Uses;

/// A function that is called once is put in its place up to this size.
const ONCE_SIZE: usize = 100;
/// The target of a join point is copied to its jumps up to this size.
const TARGET_SIZE: usize = 4;
/// A block is flat, however long; what moves from it to its uses may not nest deeper than this.
const NESTING: usize = 32;
/// Calls in inlined code are inlined up to this depth.
const DEPTH: usize = 16;

/// What a variable is known to be. All parts are atoms.
#[derive(Clone)]
pub(super) enum Known {
    Construct(ConId, Vec<Expr>),
    Tuple(Vec<Expr>),
    Record(Vec<(Symbol, Expr)>),
    Lit(Lit),
    /// A small function or effect.
    Function(Expr),
}

enum Subst {
    Atom(Expr),
    /// Taken where the one use stands, with how many of its kind are nested in it.
    Once(Expr, usize),
}

enum Target {
    /// Taken where the one jump stands.
    Once(Vec<Binder>, Expr),
    /// Copied to each jump.
    Small(Vec<Binder>, Expr),
}

struct Inline {
    params: Vec<Binder>,
    body: Expr,
    size: usize,
    once: bool,
}

pub(super) struct Simplifier<'s> {
    pub session: &'s mut Session,
    pub facts: &'s mut Facts,
    pub uses: Uses,
    pub known: FxHashMap<VarId, Known>,
    pub changed: bool,
    subst: FxHashMap<VarId, Subst>,
    targets: FxHashMap<LabelId, Target>,
    inline: FxHashMap<GlobalId, Inline>,
    /// Top-level values that are atoms.
    atoms: FxHashMap<GlobalId, Expr>,
    main: Option<GlobalId>,
    /// How many nodes may still be copied.
    budget: usize,
    /// Functions up to this size are copied to their calls.
    small: usize,
    depth: usize,
}

impl<'s> Simplifier<'s> {
    pub fn new(
        session: &'s mut Session,
        facts: &'s mut Facts,
        uses: Uses,
        main: Option<GlobalId>,
    ) -> Simplifier<'s> {
        let small = match session.options.optimize {
            OptLevel::O0 => 0,
            OptLevel::Os => 6,
            OptLevel::O1 => 10,
            OptLevel::O2 => 20,
        };
        let budget = 1000 + uses.size / 2;
        Simplifier {
            session,
            facts,
            uses,
            known: FxHashMap::default(),
            changed: false,
            subst: FxHashMap::default(),
            targets: FxHashMap::default(),
            inline: FxHashMap::default(),
            atoms: FxHashMap::default(),
            main,
            budget,
            small,
            depth: 0,
        }
    }

    pub fn define(&mut self, define: Define, is_recursive: bool) -> Define {
        let Define {
            meta,
            global,
            type_,
            static_,
            value,
        } = define;
        let used = self.uses.global(global);
        let value = self.expr(value);
        self.facts.learn(global, &value, is_recursive);
        if self.main == Some(global) {
            return Define {
                meta,
                global,
                type_,
                static_,
                value,
            };
        }
        let once = used.count == 1;
        let limit = if once { ONCE_SIZE } else { 3 * self.small };
        match &value {
            value if is_atom(value) => {
                self.atoms.insert(global, value.clone());
            }
            Expr::Lambda { .. } | Expr::Suspend { .. }
                if !is_recursive && is_at_most(&value, limit) =>
            {
                let size = size_up_to(&value, limit);
                let (params, body) = match &value {
                    Expr::Lambda { params, body, .. } => (params.clone(), (**body).clone()),
                    effect => (Vec::new(), effect.clone()),
                };
                self.inline.insert(
                    global,
                    Inline {
                        params,
                        body,
                        size,
                        once,
                    },
                );
            }
            _ => {}
        }
        Define {
            meta,
            global,
            type_,
            static_,
            value,
        }
    }

    pub fn exprs(&mut self, exprs: Vec<Expr>) -> Vec<Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    pub fn expr(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Lit { .. } => expr,
            Expr::Var { meta, var } => self.var(meta, var),
            Expr::Global {
                meta,
                global,
                type_,
            } => match self.atoms.get(&global) {
                // g = a, so g ⇒ a
                Some(atom) => with_meta(atom.clone(), meta),
                None => Expr::Global {
                    meta,
                    global,
                    type_,
                },
            },
            Expr::Construct {
                meta,
                con,
                types,
                args,
            } => Expr::Construct {
                meta,
                con,
                types,
                args: self.exprs(args),
            },
            Expr::Prim {
                meta,
                prim,
                result,
                args,
            } => {
                let args = self.exprs(args);
                self.prim(meta, prim, result, args)
            }
            Expr::Lambda { meta, params, body } => self.lambda(meta, params, *body),
            Expr::Apply { meta, fun, args } => self.apply(meta, *fun, args, None),
            Expr::Let { meta, binds, body } => self.block(meta, binds, *body),
            Expr::Tuple { meta, items } => Expr::Tuple {
                meta,
                items: self.exprs(items),
            },
            Expr::List { meta, item, items } => Expr::List {
                meta,
                item,
                items: self.exprs(items),
            },
            Expr::Record { meta, fields } => {
                let fields = fields
                    .into_iter()
                    .map(|Field { meta, label, value }| Field {
                        meta,
                        label,
                        value: self.expr(value),
                    })
                    .collect();
                Expr::Record { meta, fields }
            }
            Expr::Select {
                meta,
                record,
                label,
            } => {
                let record = self.expr(*record);
                self.select(meta, record, label)
            }
            Expr::Item { meta, tuple, index } => {
                let tuple = self.expr(*tuple);
                self.item(meta, tuple, index)
            }
            Expr::Switch {
                meta,
                subject,
                branches,
                otherwise,
            } => {
                let subject = self.expr(*subject);
                self.switch(meta, subject, branches, otherwise)
            }
            Expr::Join {
                meta,
                label,
                params,
                target,
                body,
            } => self.join(meta, label, params, *target, *body),
            Expr::Jump {
                meta,
                label,
                args,
                type_,
            } => self.jump(meta, label, args, type_),
            Expr::Suspend { meta, fails, body } => self.suspend(meta, fails, *body),
            Expr::Perform { meta, effect } => self.perform(meta, *effect),
            Expr::Fail {
                meta,
                payload,
                type_,
            } => {
                let payload = Box::new(self.expr(*payload));
                Expr::Fail {
                    meta,
                    payload,
                    type_,
                }
            }
            Expr::Attempt { meta, fails, body } => {
                let body = self.expr(*body);
                self.attempt(meta, fails, body)
            }
        }
    }

    fn var(&mut self, meta: Meta, var: VarId) -> Expr {
        match self.subst.get(&var) {
            Some(Subst::Atom(atom)) => return with_meta(atom.clone(), meta),
            Some(Subst::Once(..)) => {
                if let Some(Subst::Once(value, _)) = self.subst.remove(&var) {
                    return self.expr(value);
                }
            }
            None => {}
        }
        match self.known.get(&var) {
            Some(Known::Lit(lit)) => Expr::Lit {
                meta,
                lit: lit.clone(),
            },
            _ => Expr::Var { meta, var },
        }
    }

    fn lambda(&mut self, meta: Meta, params: Vec<Binder>, body: Expr) -> Expr {
        let mut params = params;
        match self.expr(body) {
            // λa. λb. e ⇒ λa b. e
            Expr::Lambda {
                params: more, body, ..
            } => {
                self.changed = true;
                params.extend(more);
                Expr::Lambda { meta, params, body }
            }
            body => Expr::Lambda {
                meta,
                params,
                body: Box::new(body),
            },
        }
    }

    // Blocks

    fn block(&mut self, meta: Meta, binds: Vec<Bind>, body: Expr) -> Expr {
        let mut binds = binds;
        let mut body = body;
        // let x = e in …x… ⇒ …e…, if x is the first thing that the body evaluates, and used nowhere else
        for _ in 0..NESTING {
            let Some(last) = binds.last() else { break };
            let once = !last.recursive.0 && self.uses.var(last.binder.var).count == 1;
            let var = last.binder.var;
            let place = first_evaluated(&mut body).filter(|place| once && is_var(place, var));
            let Some((place, last)) = place.and_then(|place| Some((place, binds.pop()?))) else {
                break;
            };
            *place = last.value;
            self.changed = true;
        }
        let mut out = Vec::with_capacity(binds.len());
        for bind in binds {
            if bind.recursive.0 {
                self.recursive(bind, &mut out);
                continue;
            }
            if let Some(failure) = self.bind(bind, &mut out) {
                // let x = fail p in e ⇒ fail p
                return block(meta, out, retype(failure, meta));
            }
        }
        match self.expr(body) {
            Expr::Let { binds, body, .. } => {
                out.extend(binds);
                block(meta, out, *body)
            }
            body => block(meta, out, body),
        }
    }

    fn recursive(&mut self, bind: Bind, out: &mut Vec<Bind>) {
        let Bind {
            meta,
            binder,
            recursive,
            value,
        } = bind;
        let used = self.uses.var(binder.var);
        if used.count == 0 && self.facts.is_total(&value) {
            self.changed = true;
            return;
        }
        let value = self.expr(value);
        out.push(Bind {
            meta,
            binder,
            recursive,
            value,
        });
    }

    /// Binds what has not been simplified. Gives back a failure that leaves nothing to be done.
    fn bind(&mut self, bind: Bind, out: &mut Vec<Bind>) -> Option<Expr> {
        let Bind {
            meta,
            binder,
            value,
            ..
        } = bind;
        let used = self.uses.var(binder.var);
        let is_total = self.facts.is_total(&value);
        // let x = e in f ⇒ f, if x is not used and e total
        if used.count == 0 && is_total {
            self.changed = true;
            return None;
        }
        // let x = e in …x… ⇒ …e…, if x is used once and e total; a function may move into a function to be called there
        let is_function = matches!(value, Expr::Lambda { .. } | Expr::Suspend { .. });
        if used.count == 1 && is_total && (!used.in_lambda || (is_function && used.called)) {
            let nesting = self.nesting(&value);
            if nesting < NESTING {
                self.changed = true;
                self.subst.insert(binder.var, Subst::Once(value, nesting));
                return None;
            }
        }
        let value = self.expr(value);
        self.bind_simplified(meta, binder, value, out)
    }

    /// How deep values that are used once would be nested if this one went to its use.
    fn nesting(&self, value: &Expr) -> usize {
        struct Nesting<'s> {
            subst: &'s FxHashMap<VarId, Subst>,
            left: usize,
            deepest: usize,
        }
        impl Visit for Nesting<'_> {
            fn expr(&mut self, expr: &Expr) {
                if self.left > 0 {
                    self.left -= 1;
                    walk_expr(self, expr);
                }
            }

            fn var_id(&mut self, var: &VarId) {
                if let Some(Subst::Once(_, nesting)) = self.subst.get(var) {
                    self.deepest = self.deepest.max(nesting + 1);
                }
            }
        }
        let mut nesting = Nesting {
            subst: &self.subst,
            left: 200,
            deepest: 0,
        };
        nesting.expr(value);
        nesting.deepest
    }

    /// Binds what has been simplified.
    pub fn bind_simplified(
        &mut self,
        meta: Meta,
        binder: Binder,
        value: Expr,
        out: &mut Vec<Bind>,
    ) -> Option<Expr> {
        let used = self.uses.var(binder.var);
        let mut value = value;
        match value {
            // let x = (let y = e in f) in g ⇒ let y = e, x = f in g
            Expr::Let { binds, body, .. } => {
                out.extend(binds);
                return self.bind_simplified(meta, binder, *body, out);
            }
            Expr::Fail { .. } => return Some(value),
            // let x = a in e ⇒ e[a/x], for an atom a
            Expr::Lit { .. } | Expr::Var { .. } | Expr::Global { .. } => {
                self.changed = true;
                self.substitute(binder.var, value);
                return None;
            }
            _ if used.count == 0 && self.facts.is_total(&value) => {
                self.changed = true;
                return None;
            }
            Expr::Construct {
                ref mut args, con, ..
            } => {
                self.name_parts(args.iter_mut(), out);
                self.known
                    .insert(binder.var, Known::Construct(con, args.clone()));
            }
            Expr::Tuple { ref mut items, .. } => {
                self.name_parts(items.iter_mut(), out);
                self.known.insert(binder.var, Known::Tuple(items.clone()));
            }
            Expr::Record { ref mut fields, .. } => {
                self.name_parts(fields.iter_mut().map(|field| &mut field.value), out);
                let known = fields
                    .iter()
                    .map(|field| (field.label, field.value.clone()))
                    .collect();
                self.known.insert(binder.var, Known::Record(known));
            }
            Expr::Lambda { .. } | Expr::Suspend { .. } if is_at_most(&value, self.small) => {
                self.known
                    .insert(binder.var, Known::Function(value.clone()));
            }
            _ => {}
        }
        out.push(Bind {
            meta,
            binder,
            recursive: Flag(false),
            value,
        });
        None
    }

    /// Names those parts of a structure that are no atoms, so that who takes it apart can use them.
    fn name_parts<'e>(&mut self, parts: impl Iterator<Item = &'e mut Expr>, out: &mut Vec<Bind>) {
        for part in parts {
            let meta = part.meta();
            let value = std::mem::replace(
                part,
                Expr::Tuple {
                    meta,
                    items: Vec::new(),
                },
            );
            *part = self.named("part", value, out);
        }
    }

    /// An atom for what has been simplified.
    pub fn named(&mut self, name: &str, value: Expr, out: &mut Vec<Bind>) -> Expr {
        let meta = value.meta();
        match value {
            Expr::Lit { .. } | Expr::Var { .. } | Expr::Global { .. } => value,
            Expr::Let { binds, body, .. } => {
                out.extend(binds);
                self.named(name, *body, out)
            }
            value => {
                let binder = Binder::new(self.session.core.fresh_named(name, meta.span), meta.ty);
                match value {
                    Expr::Fail { .. } => out.push(Bind {
                        meta,
                        binder,
                        recursive: Flag(false),
                        value,
                    }),
                    value => {
                        self.bind_simplified(meta, binder, value, out);
                    }
                }
                Expr::Var {
                    meta,
                    var: binder.var,
                }
            }
        }
    }

    pub fn substitute(&mut self, var: VarId, atom: Expr) {
        if let Expr::Var { var: other, .. } = atom {
            self.uses.merge(other, var);
        }
        self.subst.insert(var, Subst::Atom(atom));
    }

    // Calls

    /// `fun` applied to `args`, and then performed if there is a meta for that.
    pub fn apply(
        &mut self,
        meta: Meta,
        fun: Expr,
        args: Vec<Expr>,
        performed: Option<Meta>,
    ) -> Expr {
        match self.head(fun) {
            // (λx y. e) a b ⇒ let x = a, y = b in e
            Expr::Lambda { params, body, .. } => {
                self.changed = true;
                self.beta(meta, params, *body, args, performed)
            }
            // (let x = e in f) a ⇒ let x = e in f a
            Expr::Let { binds, body, .. } => {
                let call = call(meta, *body, args, performed);
                self.block(call.meta(), binds, call)
            }
            head => {
                if let Some((params, body)) = self.inlined(&head, &args, performed.is_some()) {
                    self.changed = true;
                    self.depth += 1;
                    let result = self.beta(meta, params, body, args, performed);
                    self.depth -= 1;
                    return result;
                }
                let fun = self.expr(head);
                let args = self.exprs(args);
                let call = |fun| Expr::Apply {
                    meta,
                    fun: Box::new(fun),
                    args,
                };
                let call = match fun {
                    Expr::Let { binds, body, .. } => Expr::Let {
                        meta,
                        binds,
                        body: Box::new(call(*body)),
                    },
                    // f is not reached, and neither are its arguments
                    Expr::Fail { .. } => retype(fun, meta),
                    fun => call(fun),
                };
                match performed {
                    Some(meta) => self.performed(meta, call),
                    None => call,
                }
            }
        }
    }

    /// What stands for the head of a call, not simplified yet.
    pub fn head(&mut self, fun: Expr) -> Expr {
        let (meta, var) = match fun {
            Expr::Var { meta, var } => (meta, var),
            Expr::Global { meta, global, .. } => {
                return self
                    .atoms
                    .get(&global)
                    .map_or(fun, |atom| with_meta(atom.clone(), meta));
            }
            fun => return fun,
        };
        match self.subst.get(&var) {
            Some(Subst::Atom(atom)) => with_meta(atom.clone(), meta),
            Some(Subst::Once(..)) => match self.subst.remove(&var) {
                Some(Subst::Once(value, _)) => self.head(value),
                _ => Expr::Var { meta, var },
            },
            None => Expr::Var { meta, var },
        }
    }

    fn beta(
        &mut self,
        meta: Meta,
        params: Vec<Binder>,
        body: Expr,
        args: Vec<Expr>,
        performed: Option<Meta>,
    ) -> Expr {
        let mut binds = Vec::with_capacity(args.len());
        let mut params = params.into_iter();
        let mut rest = Vec::new();
        for arg in args {
            match params.next() {
                Some(binder) => {
                    binds.push(Bind {
                        meta: arg.meta(),
                        binder,
                        recursive: Flag(false),
                        value: arg,
                    });
                }
                // All arguments are evaluated before the function is called.
                None if is_atom(&arg) => rest.push(arg),
                None => {
                    let meta = arg.meta();
                    let binder =
                        Binder::new(self.session.core.fresh_named("arg", meta.span), meta.ty);
                    rest.push(Expr::Var {
                        meta,
                        var: binder.var,
                    });
                    binds.push(Bind {
                        meta,
                        binder,
                        recursive: Flag(false),
                        value: arg,
                    });
                }
            }
        }
        let params: Vec<Binder> = params.collect();
        let body = if !params.is_empty() {
            Expr::Lambda {
                meta,
                params,
                body: Box::new(body),
            }
        } else if !rest.is_empty() {
            Expr::Apply {
                meta,
                fun: Box::new(body),
                args: rest,
            }
        } else {
            body
        };
        let body = match performed {
            Some(meta) => Expr::Perform {
                meta,
                effect: Box::new(body),
            },
            None => body,
        };
        self.block(body.meta(), binds, body)
    }

    /// A copy of the function to put in place of its call, if it is known and worth it.
    fn inlined(
        &mut self,
        head: &Expr,
        args: &[Expr],
        performed: bool,
    ) -> Option<(Vec<Binder>, Expr)> {
        if self.depth >= DEPTH {
            return None;
        }
        let (params, body, cost) = match head {
            Expr::Global { global, .. } => {
                let inline = self.inline.get(global)?;
                // A function of its arguments gains from those that are known.
                let gain: usize = args
                    .iter()
                    .map(|arg| match arg {
                        Expr::Lambda { .. } => 12,
                        Expr::Lit { .. }
                        | Expr::Construct { .. }
                        | Expr::Tuple { .. }
                        | Expr::Record { .. } => 4,
                        _ => 0,
                    })
                    .sum();
                let (limit, cost) = if inline.once {
                    (ONCE_SIZE, 0)
                } else {
                    (self.small + gain, inline.size)
                };
                if inline.size > limit {
                    return None;
                }
                (&inline.params, &inline.body, cost)
            }
            Expr::Var { var, .. } => match self.known.get(var)? {
                Known::Function(Expr::Lambda { params, body, .. }) => (params, &**body, self.small),
                _ => return None,
            },
            _ => return None,
        };
        // What is not called with all arguments stays a function; what is not performed stays an effect.
        if args.len() < params.len()
            || (matches!(body, Expr::Suspend { .. }) && !performed)
            || cost > self.budget
        {
            return None;
        }
        self.budget -= cost;
        let function = Expr::Lambda {
            meta: head.meta(),
            params: params.clone(),
            body: Box::new(body.clone()),
        };
        match copy(&function, self.session, &mut self.uses) {
            Expr::Lambda { params, body, .. } => Some((params, *body)),
            _ => None,
        }
    }

    /// A copy of the body of an effect that is performed here, if it is known and worth it.
    pub fn inlined_effect(&mut self, effect: &Expr) -> Option<Expr> {
        let (params, body) = match effect {
            Expr::Var { var, .. } => match self.known.get(var)? {
                Known::Function(Expr::Suspend { body, .. }) if self.small <= self.budget => {
                    self.budget -= self.small;
                    let body = (**body).clone();
                    return Some(copy(&body, self.session, &mut self.uses));
                }
                _ => return None,
            },
            _ => self.inlined(effect, &[], true)?,
        };
        match body {
            Expr::Suspend { body, .. } if params.is_empty() => Some(*body),
            _ => None,
        }
    }

    // Join points

    fn join(
        &mut self,
        meta: Meta,
        label: LabelId,
        params: Vec<Binder>,
        target: Expr,
        body: Expr,
    ) -> Expr {
        match self.uses.var(label.0).count {
            // join j x = t in e ⇒ e, if e does not jump to j
            0 => {
                self.changed = true;
                return self.expr(body);
            }
            // join j x = t in …jump j a… ⇒ …let x = a in t…, if that is the only jump
            1 => {
                self.changed = true;
                self.targets.insert(label, Target::Once(params, target));
                return self.expr(body);
            }
            _ => {}
        }
        let target = self.expr(target);
        if is_at_most(&target, TARGET_SIZE) {
            self.changed = true;
            self.targets.insert(label, Target::Small(params, target));
            return self.expr(body);
        }
        let body = Box::new(self.expr(body));
        Expr::Join {
            meta,
            label,
            params,
            target: Box::new(target),
            body,
        }
    }

    fn jump(&mut self, meta: Meta, label: LabelId, args: Vec<Expr>, type_: nanopass::TyId) -> Expr {
        let (params, target) = match self.targets.get(&label) {
            Some(Target::Small(params, target)) => {
                let target = Expr::Lambda {
                    meta,
                    params: params.clone(),
                    body: Box::new(target.clone()),
                };
                match copy(&target, self.session, &mut self.uses) {
                    Expr::Lambda { params, body, .. } => (params, *body),
                    other => return other,
                }
            }
            Some(Target::Once(..)) => match self.targets.remove(&label) {
                Some(Target::Once(params, target)) => (params, target),
                _ => {
                    return Expr::Jump {
                        meta,
                        label,
                        args,
                        type_,
                    };
                }
            },
            None => {
                return Expr::Jump {
                    meta,
                    label,
                    args: self.exprs(args),
                    type_,
                };
            }
        };
        self.beta(meta, params, target, args, None)
    }

    /// Simplifies a branch of a switch on a variable, which is known to be `known` there.
    pub fn refined(&mut self, subject: Option<VarId>, known: Known, body: Expr) -> Expr {
        let Some(subject) = subject else {
            return self.expr(body);
        };
        let before = self.known.insert(subject, known);
        let body = self.expr(body);
        match before {
            Some(before) => self.known.insert(subject, before),
            None => self.known.remove(&subject),
        };
        body
    }
}

/// The place in an expression that is evaluated before all others.
fn first_evaluated(expr: &mut Expr) -> Option<&mut Expr> {
    match expr {
        Expr::Var { .. } => Some(expr),
        Expr::Switch { subject: first, .. }
        | Expr::Perform { effect: first, .. }
        | Expr::Select { record: first, .. }
        | Expr::Item { tuple: first, .. }
        | Expr::Apply { fun: first, .. } => first_evaluated(first),
        _ => None,
    }
}

fn is_var(expr: &Expr, is: VarId) -> bool {
    matches!(expr, Expr::Var { var, .. } if *var == is)
}

/// Whether it is a literal, a variable or a global.
pub(super) fn is_atom(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Lit { .. } | Expr::Var { .. } | Expr::Global { .. }
    )
}

/// The same, where and as what `meta` says.
pub(super) fn with_meta(expr: Expr, meta: Meta) -> Expr {
    let mut expr = expr;
    *expr.meta_mut() = meta;
    expr
}

/// What never returns may stand for a value of any type.
pub(super) fn retype(expr: Expr, meta: Meta) -> Expr {
    match expr {
        Expr::Fail {
            meta: at, payload, ..
        } => Expr::Fail {
            meta: at.with_ty(meta.ty),
            payload,
            type_: meta.ty,
        },
        Expr::Jump {
            meta: at,
            label,
            args,
            ..
        } => Expr::Jump {
            meta: at.with_ty(meta.ty),
            label,
            args,
            type_: meta.ty,
        },
        other => other,
    }
}

pub(super) fn block(meta: Meta, binds: Vec<Bind>, body: Expr) -> Expr {
    if binds.is_empty() {
        return body;
    }
    let meta = meta.with_ty(body.meta().ty);
    Expr::Let {
        meta,
        binds,
        body: Box::new(body),
    }
}

fn call(meta: Meta, fun: Expr, args: Vec<Expr>, performed: Option<Meta>) -> Expr {
    let call = Expr::Apply {
        meta,
        fun: Box::new(fun),
        args,
    };
    match performed {
        Some(meta) => Expr::Perform {
            meta,
            effect: Box::new(call),
        },
        None => call,
    }
}

/// The body of a branch, to change.
pub(super) fn branch_body(branch: &mut Branch) -> &mut Expr {
    match branch {
        Branch::OnCon { body, .. } | Branch::OnLit { body, .. } => body,
    }
}
