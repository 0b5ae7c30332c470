//! What classes, instances and constraints must be so that uses can be resolved: one parameter, no circles, nothing
//! that no use could decide.

use std::collections::hash_map::Entry;

use ir_defs::kernel::{self, ClassDecl, Constraint, InstanceDecl};
use ir_defs::tables::ClassId;
use nanopass::{Span, Symbol};
use rustc_hash::FxHashMap;

use super::Checker;
use super::convert::type_vars;
use super::errors::{self, *};

impl Checker<'_> {
    /// Reports a class of no or of several types; gives whether it is of one.
    pub(super) fn has_one_parameter(&mut self, class: &ClassDecl) -> bool {
        let number = class.params.len();
        if number == 1 {
            return true;
        }
        let name = self.class_name(class.class);
        let of = if number == 0 {
            "none".to_string()
        } else {
            number.to_string()
        };
        let help = if number == 0 {
            format!("write `class {name} A = …`, with the type in the members")
        } else {
            "an instance is found by one type; give the members type variables of their own for the others"
                .to_string()
        };
        let diagnostic = errors::error(
            CLASS_PARAMETERS,
            format!("a class has one parameter, and `{name}` has {of}"),
            class.meta.span,
            "",
        )
        .help(help);
        self.session.report(diagnostic);
        self.broken_classes.insert(class.class);
        false
    }

    /// Reports an instance that names more than one type; gives whether it names one.
    pub(super) fn has_one_head(&mut self, instance: &InstanceDecl) -> bool {
        let [first, .., last] = instance.heads.as_slice() else {
            return !instance.heads.is_empty();
        };
        if self.broken_classes.insert(instance.class) {
            let name = self.class_name(instance.class);
            let number = instance.heads.len();
            let diagnostic = errors::error(
                CLASS_PARAMETERS,
                format!("`{name}` is a class of one type, and this instance names {number}"),
                first.meta().span.to(last.meta().span),
                "",
            )
            .help("a type with arguments stands in parentheses here: `(List Int)`");
            self.session.report(diagnostic);
        }
        false
    }

    /// Reports classes that are their own superclasses, and cuts the circle.
    pub(super) fn reject_class_circles(&mut self, classes: &[ClassDecl]) {
        let places: FxHashMap<ClassId, Span> = classes
            .iter()
            .map(|class| (class.class, class.meta.span))
            .collect();
        for class in classes {
            let Some(path) = self.way_back(class.class) else {
                continue;
            };
            let name = self.class_name(class.class);
            let mut diagnostic = errors::error(
                CLASS_CIRCLE,
                format!("`{name}` is its own superclass"),
                class.meta.span,
                "",
            );
            for next in path {
                let text = self.class_name(next);
                let place = places.get(&next).copied().unwrap_or(Span::NONE);
                diagnostic = diagnostic.label(place, format!("through `{text}`"));
            }
            self.session.report(diagnostic);
            if let Some(info) = self.session.classes.get_mut(class.class) {
                info.supers.clear();
            }
        }
    }

    /// The superclasses between a class and itself, if it is its own; nearest first.
    fn way_back(&self, class: ClassId) -> Option<Vec<ClassId>> {
        let mut before: FxHashMap<ClassId, ClassId> = FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([class]);
        while let Some(next) = queue.pop_front() {
            for above in self
                .session
                .classes
                .get(next)
                .iter()
                .flat_map(|info| &info.supers)
            {
                if above.class == class {
                    let mut path = Vec::new();
                    let mut at = next;
                    while at != class {
                        path.push(at);
                        at = before.get(&at).copied().unwrap_or(class);
                    }
                    path.reverse();
                    return Some(path);
                }
                if let Entry::Vacant(unseen) = before.entry(above.class) {
                    unseen.insert(next);
                    queue.push_back(above.class);
                }
            }
        }
        None
    }

    /// Reports a member in whose type the class's parameter does not occur.
    pub(super) fn mentions_parameter(&mut self, class: &ClassDecl, member: &kernel::Member) {
        let Some(param) = class.params.first().map(|param| param.name) else {
            return;
        };
        let mut names = Vec::new();
        type_vars(&member.signature.type_, &mut names);
        if names.contains(&param) {
            return;
        }
        self.broken_classes.insert(class.class);
        let (name, class) = (
            self.global_name(member.global),
            self.class_name(class.class),
        );
        let param = self.session.core.text(param).to_string();
        let diagnostic = errors::error(
            AMBIGUOUS_INSTANCE,
            format!("no use of `{name}` could say which instance of `{class}` is meant"),
            member.meta.span,
            format!("`{param}` does not occur in its type"),
        )
        .help(format!(
            "let its type mention `{param}`, or make it a function outside of the class"
        ));
        self.session.report(diagnostic);
    }

    /// Reports constraints on variables that do not occur in what they stand behind.
    pub(super) fn reject_undecided(
        &mut self,
        constraints: &[Constraint],
        known: &[Symbol],
        what: &str,
    ) {
        for constraint in constraints {
            if constraint.class == self.known.error_class {
                continue;
            }
            let mut names = Vec::new();
            type_vars(&constraint.type_, &mut names);
            let Some(name) = names.into_iter().find(|name| !known.contains(name)) else {
                continue;
            };
            let name = self.session.core.text(name).to_string();
            let class = self.class_name(constraint.class);
            self.error(
                AMBIGUOUS_INSTANCE,
                format!("nothing decides for which type `{class}` is needed here"),
                constraint.meta.span,
                format!("`{name}` does not occur in {what}"),
            );
        }
    }
}
