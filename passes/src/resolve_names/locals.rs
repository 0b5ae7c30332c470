//! Local variables: which are in scope, and whether they are used.

use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Ident};
use nanopass::{Diagnostic, Symbol, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use super::names::ModuleId;
use crate::codes;

/// The definition that is being resolved: its scopes and what it mentions.
pub(super) struct Body {
    pub module: ModuleId,
    scope: FxHashMap<Symbol, Vec<usize>>,
    locals: Vec<Local>,
    /// The globals that it mentions, in that order.
    pub mentions: Vec<GlobalId>,
    mentioned: FxHashSet<GlobalId>,
    /// The implicit elements of the predicates around the current place, the innermost last.
    pub elements: Vec<Element>,
}

struct Local {
    name: Ident,
    var: VarId,
    used: bool,
    /// Bound by a pattern that is an error, so that a use of it is one too and needs no report.
    broken: bool,
    /// What to write if nothing uses it.
    advice: &'static str,
}

/// What a name means that is a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Variable {
    Var(VarId),
    /// Its pattern has been reported.
    Broken,
}

/// The element that a predicate may speak of without naming it.
pub(super) struct Element {
    pub var: VarId,
    pub used: bool,
}

/// A place in the list of locals to return to.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Body {
    /// A body in a module, without any variable yet.
    pub(super) fn new(module: ModuleId) -> Body {
        Body {
            module,
            scope: FxHashMap::default(),
            locals: Vec::new(),
            mentions: Vec::new(),
            mentioned: FxHashSet::default(),
            elements: Vec::new(),
        }
    }

    /// Notes that the definition mentions a global.
    pub(super) fn mention(&mut self, global: GlobalId) {
        if self.mentioned.insert(global) {
            self.mentions.push(global);
        }
    }

    /// The variable of a name, which counts as used from now on.
    pub(super) fn local(&mut self, name: Symbol) -> Option<Variable> {
        let index = *self.scope.get(&name)?.last()?;
        let local = self.locals.get_mut(index)?;
        local.used = true;
        Some(if local.broken {
            Variable::Broken
        } else {
            Variable::Var(local.var)
        })
    }

    /// Marks what was bound since then as bound by a pattern that is an error.
    pub(super) fn break_since(&mut self, mark: Mark) {
        for local in self.locals.iter_mut().skip(mark.0) {
            local.broken = true;
            local.used = true;
        }
    }

    /// Whether a name is a variable here.
    pub(super) fn is_local(&self, name: Symbol) -> bool {
        self.scope.get(&name).is_some_and(|stack| !stack.is_empty())
    }

    /// Whether the variable was used, which it is not any more: a function's call of itself is no use of it.
    pub(super) fn forget_use(&mut self, var: VarId) -> bool {
        let local = self.locals.iter_mut().rev().find(|local| local.var == var);
        local.is_some_and(|local| std::mem::replace(&mut local.used, false))
    }

    /// The names of all variables in scope.
    pub(super) fn names(&self) -> Vec<Symbol> {
        self.locals
            .iter()
            .rev()
            .map(|local| local.name.name)
            .collect()
    }
}

impl Resolver<'_> {
    /// Where a scope begins.
    pub(super) fn enter(&self) -> Mark {
        Mark(self.body.locals.len())
    }

    /// Binds a name from here to the end of the scope.
    pub(super) fn bind(&mut self, name: Ident) -> Binder {
        let var = self.session.core.fresh_var(name.name, name.span);
        self.bring(name, var);
        Binder::untyped(var)
    }

    /// Binds a name to a variable that there is already.
    pub(super) fn bring(&mut self, name: Ident, var: VarId) {
        self.body
            .scope
            .entry(name.name)
            .or_default()
            .push(self.body.locals.len());
        self.body.locals.push(Local {
            name,
            var,
            used: false,
            broken: false,
            advice: "write `_` for a value that is not needed",
        });
    }

    /// Says what to write instead of a variable that has just been bound, if nothing uses it.
    pub(super) fn advise(&mut self, name: Ident, advice: &'static str) {
        let mut locals = self.body.locals.iter_mut().rev();
        if let Some(local) = locals.find(|local| local.name.span == name.span) {
            local.advice = advice;
        }
    }

    /// Ends a scope; what nothing used in it is warned of.
    pub(super) fn leave(&mut self, mark: Mark) {
        let library = self.is_library(self.body.module);
        let ended = self
            .body
            .locals
            .split_off(mark.0.min(self.body.locals.len()));
        let mut unused = Vec::new();
        for local in ended.into_iter().rev() {
            if let Some(stack) = self.body.scope.get_mut(&local.name.name) {
                stack.pop();
            }
            if local.used || library {
                continue;
            }
            let text = self.text(local.name.name);
            self.warnings.push(
                Diagnostic::warning(
                    codes::UNUSED_VARIABLE,
                    format!("nothing uses the variable `{text}`"),
                )
                .at(local.name.span, "unused")
                .help(local.advice),
            );
            unused.push((self.warnings.len() - 1, local.name));
        }
        for (index, name) in unused {
            // `| limit => …` is read as if it compared with `limit`.
            let text = self.text(name.name);
            if self.own_value(self.body.module, name.name).is_some()
                && let Some(warning) = self.warnings.get_mut(index)
            {
                let note = format!(
                    "it hides the definition `{text}`; to compare with that, write `x when x == {text}`"
                );
                warning.notes.push(note);
            }
        }
    }
}
