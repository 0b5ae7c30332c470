//! Blocks: what a binding is used for decides where its value goes.

use std::rc::Rc;

use ir_defs::direct::{Bind, Expr, Visit, walk_expr};
use ir_defs::terminals::{Binder, Flag};
use nanopass::{Meta, VarId};
use rustc_hash::FxHashMap;

use super::facts::is_at_most;
use super::specialise::ARGUMENT_SIZE;
use super::walk::{Known, Simplifier, Subst, block, is_atom, retype};

/// A block is flat, however long; what moves from it to its uses may not nest deeper than this.
const NESTING: usize = 32;

impl Simplifier<'_> {
    /// Simplifies a block.
    pub fn block(&mut self, meta: Meta, binds: Vec<Bind>, body: Expr) -> Expr {
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
        self.functions.insert(binder.var);
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
                // A part that was named for what is known of a structure goes back there in each round.
                self.changed |= !self.copies.parts.contains(&binder.var);
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
            Expr::Lambda { .. } | Expr::Suspend { .. } => {
                self.functions.insert(binder.var);
                if is_at_most(&value, ARGUMENT_SIZE) {
                    self.lambdas.insert(binder.var, Rc::new(value.clone()));
                }
                if is_at_most(&value, self.small) {
                    self.known
                        .insert(binder.var, Known::Function(value.clone()));
                }
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
            let is_named = is_atom(&value);
            *part = self.named("part", value, out);
            if let (false, Expr::Var { var, .. }) = (is_named, &*part) {
                self.copies.parts.insert(*var);
            }
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
