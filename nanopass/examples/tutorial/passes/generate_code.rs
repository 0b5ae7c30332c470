//! generate-code: framed => stack
//!
//! Writes the code of the machine: operands before their operation, jumps for the conditional.
//!
//! ```text
//! (if (in a) 1 2)
//! (in a) (jump-if-zero l0) (push 1) (jump l1) (label l0) (push 2) (label l1)
//! ```
//!
//! Nothing of the tree remains, so a rewriting trait would not save anything: this is a plain recursive function over
//! the forms. It is as exhaustive, because `match` is.

use crate::framed::{self, Expr};
use crate::stack::{self, Instr};
use crate::{Label, Session};

/// Runs the pass.
pub fn run(program: framed::Program, _: &mut Session) -> stack::Program {
    let mut generator = Generator {
        code: Vec::new(),
        labels: 0,
    };
    generator.expr(program.body);
    stack::Program {
        slots: program.slots,
        code: generator.code,
    }
}

struct Generator {
    code: Vec<Instr>,
    labels: u32,
}

impl Generator {
    fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Code that leaves the value of the expression on the stack.
    fn expr(&mut self, expr: Expr) {
        match expr {
            Expr::Number { value, .. } => self.code.push(Instr::Push { value }),
            Expr::In { name, .. } => self.code.push(Instr::In { name }),
            Expr::Load { slot, .. } => self.code.push(Instr::Load { slot }),
            Expr::Store {
                slot, value, body, ..
            } => {
                self.expr(*value);
                self.code.push(Instr::Store { slot });
                self.expr(*body);
            }
            Expr::Binary {
                op, left, right, ..
            } => {
                self.expr(*left);
                self.expr(*right);
                self.code.push(Instr::Op { op });
            }
            Expr::If {
                test,
                then,
                otherwise,
                ..
            } => {
                let (other, end) = (self.label(), self.label());
                self.expr(*test);
                self.code.push(Instr::JumpIfZero { label: other });
                self.expr(*then);
                self.code.push(Instr::Jump { label: end });
                self.code.push(Instr::Label { label: other });
                self.expr(*otherwise);
                self.code.push(Instr::Label { label: end });
            }
        }
    }
}
