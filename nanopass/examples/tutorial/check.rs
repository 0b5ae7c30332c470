//! What the grammars cannot say. `check` in the head of a page makes every pass that lands in the language inherit
//! the function of that name.

use nanopass::{Span, Violation};

use crate::Session;

/// Each variable is bound once, and used only where it is bound.
pub mod core {
    use std::collections::HashSet;

    use nanopass::VarId;

    use super::*;
    use crate::core::{Expr, Program, Visit, walk_expr};

    /// The check of `core`.
    pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
        let mut check = Check {
            session,
            seen: HashSet::new(),
            scope: HashSet::new(),
            violations: Vec::new(),
        };
        check.program(program);
        check.violations
    }

    struct Check<'a> {
        session: &'a Session,
        seen: HashSet<VarId>,
        scope: HashSet<VarId>,
        violations: Vec<Violation>,
    }

    impl Check<'_> {
        fn report(&mut self, what: &str, var: VarId, node: &Expr) {
            let message = format!("`{}` {what}", self.session.var_name(var));
            let text = nanopass::print_node(node, self.session, 60);
            self.violations
                .push(Violation::new(message, text, node.meta().span));
        }
    }

    impl Visit for Check<'_> {
        fn expr(&mut self, node: &Expr) {
            match node {
                Expr::Let {
                    var, value, body, ..
                } => {
                    self.expr(value);
                    if !self.seen.insert(*var) {
                        self.report("is bound twice", *var, node);
                    }
                    self.scope.insert(*var);
                    self.expr(body);
                    self.scope.remove(var);
                }
                Expr::Var { var, .. } if !self.scope.contains(var) => {
                    self.report("is not bound", *var, node);
                }
                _ => walk_expr(self, node),
            }
        }
    }
}

/// Slots are in the frame.
pub mod framed {
    use super::*;
    use crate::Slot;
    use crate::framed::{Program, Visit};

    /// The check of `framed`.
    pub fn check(program: &Program, _: &Session) -> Vec<Violation> {
        let mut check = Check {
            slots: program.slots.0,
            violations: Vec::new(),
        };
        check.program(program);
        check.violations
    }

    struct Check {
        slots: i64,
        violations: Vec<Violation>,
    }

    impl Visit for Check {
        fn slot(&mut self, slot: &Slot) {
            if i64::from(slot.0) >= self.slots {
                let message = format!("the frame has no slot {}", slot.0);
                self.violations
                    .push(Violation::new(message, "", Span::NONE));
            }
        }
    }
}

/// Slots are in the frame, labels stand once, jumps go forward to a label.
pub mod stack {
    use super::*;
    use crate::stack::{Instr, Program};

    /// The check of `stack`.
    pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
        let mut violations = Vec::new();
        for (at, instruction) in program.code.iter().enumerate() {
            let places =
                |wanted: &Instr| program.code.iter().filter(|&other| other == wanted).count();
            let broken = match instruction {
                Instr::Load { slot } | Instr::Store { slot } => {
                    i64::from(slot.0) >= program.slots.0
                }
                Instr::Label { .. } => places(instruction) != 1,
                Instr::Jump { label } | Instr::JumpIfZero { label } => {
                    let target = Instr::Label { label: *label };
                    !program.code.iter().skip(at).any(|later| *later == target)
                }
                _ => false,
            };
            if broken {
                let text = nanopass::print_node(instruction, session, 60);
                violations.push(Violation::new(
                    "a slot or a label is wrong",
                    text,
                    Span::NONE,
                ));
            }
        }
        violations
    }
}
