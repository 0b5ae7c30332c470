//! What all languages ask of names: each is bound once in the whole program, and used only where it is visible.
//!
//! A language's check implements its generated `Visit`: `binder` calls [`Scopes::bind`], `var_id` calls
//! [`Scopes::used`], `enter_scope` and `leave_scope` call their namesakes, and `meta` remembers the place. The generated
//! walk goes by the order of the fields, so a check overrides the walk of a form in which a name is not visible in
//! what follows it, such as a binding that is not recursive.

use nanopass::{Span, Symbol, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Session;
use crate::tables::ConId;

/// Scopes of one sort of names: variables, evidence, labels.
pub struct Scopes<'s> {
    session: &'s Session,
    what: &'static str,
    /// All that was bound anywhere.
    bound: FxHashSet<VarId>,
    visible: FxHashSet<VarId>,
    /// What is visible, in the order of binding.
    order: Vec<VarId>,
    /// The lengths of `order` where scopes began.
    marks: Vec<usize>,
    span: Span,
    violations: Vec<Violation>,
}

impl<'s> Scopes<'s> {
    /// No name is bound yet. `what` is what messages call a name: "variable".
    pub fn new(session: &'s Session, what: &'static str) -> Scopes<'s> {
        Scopes {
            session,
            what,
            bound: FxHashSet::default(),
            visible: FxHashSet::default(),
            order: Vec::new(),
            marks: Vec::new(),
            span: Span::NONE,
            violations: Vec::new(),
        }
    }

    /// Remembers where the walk is, for violations.
    pub fn at(&mut self, span: Span) {
        if !span.is_none() {
            self.span = span;
        }
    }

    /// Begins a scope.
    pub fn enter(&mut self) {
        self.marks.push(self.order.len());
    }

    /// Ends a scope: what was bound in it is no longer visible.
    pub fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or(0);
        for var in self.order.drain(mark..) {
            self.visible.remove(&var);
        }
    }

    /// Binds a name until the end of the scope.
    pub fn bind(&mut self, var: VarId) {
        if !self.bound.insert(var) {
            let message = format!("the {} {} is bound twice", self.what, self.name(var));
            self.violation(message);
        }
        if self.visible.insert(var) {
            self.order.push(var);
        }
    }

    /// Uses a name.
    pub fn used(&mut self, var: VarId) {
        if !self.visible.contains(&var) {
            let how = if self.bound.contains(&var) {
                "not visible here"
            } else {
                "not bound"
            };
            let message = format!("the {} {} is {how}", self.what, self.name(var));
            self.violation(message);
        }
    }

    /// Hides all that is visible, until [`Scopes::show`] is given what this returns.
    pub fn hide(&mut self) -> FxHashSet<VarId> {
        std::mem::take(&mut self.visible)
    }

    /// Makes visible again what was hidden.
    pub fn show(&mut self, hidden: FxHashSet<VarId>) {
        self.visible = hidden;
    }

    /// Whether a name is visible here.
    pub fn is_visible(&self, var: VarId) -> bool {
        self.visible.contains(&var)
    }

    /// Adds a violation at the place where the walk is.
    pub fn violation(&mut self, message: impl Into<String>) {
        self.violations.push(Violation::new(message, "", self.span));
    }

    /// Tells of a pattern whose constructor takes another number of arguments.
    pub fn expect_arity(&mut self, con: ConId, expected: Option<usize>, given: usize) {
        if let Some(expected) = expected
            && expected != given
        {
            let name = self.session.constructors.name(con);
            self.violation(format!(
                "the pattern {name} has {given} arguments, not {expected}"
            ));
        }
    }

    /// What was found.
    pub fn finish(self) -> Vec<Violation> {
        self.violations
    }

    fn name(&self, var: VarId) -> &'s str {
        match self.session.core.var(var).name {
            Symbol(u32::MAX) => "of another session",
            name => self.session.core.text(name),
        }
    }
}

/// How many fields each constructor has that the session knows, by whatever defines it.
pub fn constructor_arities(session: &Session) -> FxHashMap<ConId, usize> {
    let defined = session.constructors.ids().filter_map(|id| {
        let info = session.constructors.get(id)?;
        info.data.map(|_| (id, info.arity as usize))
    });
    defined.collect()
}

/// The methods of a `Visit` whose field `scopes` knows the variables: what is bound, used, and where scopes are.
macro_rules! scope_visits {
    () => {
        fn binder(&mut self, binder: &crate::terminals::Binder) {
            self.scopes.bind(binder.var);
        }

        fn var_id(&mut self, var: &nanopass::VarId) {
            self.scopes.used(*var);
        }

        fn meta(&mut self, meta: &nanopass::Meta) {
            self.scopes.at(meta.span);
        }

        fn enter_scope(&mut self) {
            self.scopes.enter();
        }

        fn leave_scope(&mut self) {
            self.scopes.leave();
        }
    };
}

pub(crate) use scope_visits;
