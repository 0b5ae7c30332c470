//! What to say where an operator takes more, or less, than its writer means.

use super::Checker;
use super::errors::*;
use ir_defs::terminals::Reason;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

/// How many characters before an operand a `|>` is looked for.
const PIPE_REACH: u32 = 8;

impl Checker<'_> {
    /// What binds tighter or looser than is meant: `printLine "a" ++ "b"`, `not x > 3`, `a or b`.
    pub(super) fn parentheses_help(
        &mut self,
        found: TyId,
        expected: TyId,
        cause: &Cause,
    ) -> Option<String> {
        let bool = self.known.bool;
        let is_option = self
            .session
            .as_data(found)
            .is_some_and(|(con, _)| self.session.tycons.name(con) == "Option");
        match cause {
            Cause::Condition { reason: Reason::Or } if is_option => {
                Some("the default of an `Option` is given with `??`".to_string())
            }
            Cause::Condition { reason: Reason::Or } if found == bool => {
                Some("to ask whether one of two conditions holds, write `a || b`".to_string())
            }
            Cause::Operand { op, other } => {
                let is_call = self.as_effect(expected).is_some() && self.as_effect(found).is_none();
                let text = self.session.core.sources.text(*other);
                let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
                let op = op.text();
                if is_call && !rest.is_empty() {
                    return Some(format!(
                        "an argument ends before `{op}`: put the whole of it in parentheses, `{first} (… {op} …)`"
                    ));
                }
                let negates = first == "not" || text.starts_with('!');
                (negates && expected == bool && !text.contains('\n')).then(|| {
                    let operand = text
                        .trim_start_matches(['!', '('])
                        .trim_start_matches("not ");
                    format!("put the comparison in parentheses: `not ({operand} {op} …)`")
                })
            }
            _ => None,
        }
    }

    /// What is less than it seems: a `_` alone, and `xs |> f ?? d`, which is `xs |> (f ?? d)`.
    pub(super) fn extent_help(
        &mut self,
        found: TyId,
        span: Span,
        cause: &Cause,
    ) -> Option<&'static str> {
        let is_function = matches!(self.get(found), Type::Fun(..));
        if is_function && self.session.core.sources.text(span) == "_" {
            return Some(
                "`_` is a whole section here, the function `x => x`: name the argument, `x => …`",
            );
        }
        let coalesces = matches!(
            cause,
            Cause::Condition {
                reason: Reason::Coalesce
            }
        );
        if !coalesces || !is_function {
            return None;
        }
        let before = Span {
            lo: span.lo.saturating_sub(PIPE_REACH),
            hi: span.lo,
        };
        let before = self.session.core.sources.text(before);
        before
            .trim_end()
            .ends_with("|>")
            .then_some("`??` binds tighter than `|>`: put the pipe in parentheses, `(x |> f) ?? …`")
    }
}
