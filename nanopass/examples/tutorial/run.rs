//! What programs mean: an interpreter of `core`, and the machine that runs `stack`.

use std::collections::HashMap;

use nanopass::{Symbol, VarId};

use crate::core::{Expr, Op};
use crate::stack::Instr;
use crate::{Session, core, stack};

/// The result of an operation; arithmetic wraps.
pub fn apply(op: &Op, left: i64, right: i64) -> i64 {
    match op {
        Op::Add => left.wrapping_add(right),
        Op::Multiply => left.wrapping_mul(right),
        Op::Less => i64::from(left < right),
    }
}

/// The value of an input.
fn input(name: Symbol, inputs: &HashMap<String, i64>, session: &Session) -> Result<i64, String> {
    let name = session.text(name);
    inputs
        .get(name)
        .copied()
        .ok_or_else(|| format!("the input `{name}` is not given"))
}

/// The reference semantics: slow and obvious. The tests compare the machine with it.
#[cfg_attr(not(test), expect(dead_code, reason = "only the tests compare"))]
pub fn interpret(
    program: &core::Program,
    inputs: &HashMap<String, i64>,
    session: &Session,
) -> Result<i64, String> {
    fn value(
        expr: &Expr,
        vars: &mut HashMap<VarId, i64>,
        inputs: &HashMap<String, i64>,
        session: &Session,
    ) -> Result<i64, String> {
        Ok(match expr {
            Expr::Number { value, .. } => value.0,
            Expr::Var { var, .. } => *vars.get(var).ok_or("an unbound variable")?,
            Expr::In { name, .. } => input(*name, inputs, session)?,
            Expr::Let {
                var,
                value: bound,
                body,
                ..
            } => {
                let bound = value(bound, vars, inputs, session)?;
                vars.insert(*var, bound);
                value(body, vars, inputs, session)?
            }
            Expr::Binary {
                op, left, right, ..
            } => {
                let left = value(left, vars, inputs, session)?;
                apply(op, left, value(right, vars, inputs, session)?)
            }
            Expr::If {
                test,
                then,
                otherwise,
                ..
            } => {
                let taken = if value(test, vars, inputs, session)? == 0 {
                    otherwise
                } else {
                    then
                };
                value(taken, vars, inputs, session)?
            }
        })
    }
    value(&program.body, &mut HashMap::new(), inputs, session)
}

/// The stack machine.
pub fn execute(
    program: &stack::Program,
    inputs: &HashMap<String, i64>,
    session: &Session,
) -> Result<i64, String> {
    let mut frame = vec![0; usize::try_from(program.slots.0).map_err(|error| error.to_string())?];
    let mut operands: Vec<i64> = Vec::new();
    let mut at = 0;
    while let Some(instruction) = program.code.get(at) {
        let mut pop = || operands.pop().ok_or("the stack is empty");
        let mut target = None;
        match instruction {
            Instr::Push { value } => operands.push(value.0),
            Instr::In { name } => operands.push(input(*name, inputs, session)?),
            Instr::Load { slot } => {
                operands.push(*frame.get(slot.0 as usize).ok_or("no such slot")?)
            }
            Instr::Store { slot } => {
                *frame.get_mut(slot.0 as usize).ok_or("no such slot")? = pop()?
            }
            Instr::Op { op } => {
                let right = pop()?;
                let left = pop()?;
                operands.push(apply(op, left, right));
            }
            Instr::JumpIfZero { label } => target = (pop()? == 0).then_some(label),
            Instr::Jump { label } => target = Some(label),
            Instr::Label { .. } => {}
        }
        at = match target {
            None => at + 1,
            Some(label) => {
                let label = Instr::Label { label: *label };
                program
                    .code
                    .iter()
                    .position(|place| *place == label)
                    .ok_or("no such label")?
            }
        };
    }
    operands
        .pop()
        .ok_or_else(|| "the stack is empty".to_owned())
}
