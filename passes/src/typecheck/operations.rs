//! Operations of capabilities: what the host can provide.

use ir_defs::tables::TyConId;
use ir_defs::types::Type;
use nanopass::{Span, TyId};

use super::errors::{self, HOST_TYPE};
use super::rows::{Failure, Tail};
use super::{Checker, Scheme};
use crate::host_types;

impl Checker<'_> {
    /// An operation gives an effect of its own capability, and takes and gives what the host can hold.
    pub(super) fn check_operation(&mut self, capability: TyConId, scheme: &Scheme, span: Span) {
        let name = self.con_name(capability);
        let mut params = Vec::new();
        let mut result = scheme.ty;
        while let &Type::Fun(param, rest) = self.get(result) {
            params.push(param);
            result = rest;
        }
        if matches!(self.get(result), Type::Error) {
            return;
        }
        let Some((row, given)) = self.as_effect(result) else {
            let shown = self.show_argument(result);
            let diagnostic = errors::error(
                HOST_TYPE,
                format!("an operation of `{name}` must be an effect"),
                span,
                "",
            )
            .help(format!("give `Effect {name} {shown}`"));
            self.session.report(diagnostic);
            return;
        };
        let view = self.row_view(row);
        if view.capabilities != [capability] || view.tail != Tail::Closed {
            let diagnostic = errors::error(
                HOST_TYPE,
                format!("an operation of `{name}` needs `{name}` and nothing else"),
                span,
                "",
            )
            .help(format!(
                "write `Effect {name} …`, which has the error type that `{name}` fails with"
            ));
            self.session.report(diagnostic);
            return;
        }
        let fails = match view.fail {
            Failure::Type(fails) => Some(fails),
            _ => None,
        };
        let parts = params.into_iter().map(|param| ("take", param));
        let parts = parts
            .chain([("give", given)])
            .chain(fails.map(|fails| ("fail with", fails)));
        for (verb, part) in parts {
            if part != self.known.unit && !self.check_host_type(verb, part, span) {
                return;
            }
        }
    }

    fn check_host_type(&mut self, verb: &str, whole: TyId, span: Span) -> bool {
        let Err(refused) = host_types::check(whole, self.session) else {
            return true;
        };
        if matches!(self.get(refused.ty), Type::Error) {
            return false;
        }
        let (shown, part) = (self.show(whole), self.show(refused.ty));
        let mut diagnostic = errors::error(
            HOST_TYPE,
            format!("a host cannot {verb} `{shown}`"),
            span,
            "",
        );
        diagnostic = diagnostic.note(if refused.ty == whole {
            refused.reason.to_owned()
        } else {
            format!("of `{part}`: {}", refused.reason)
        });
        diagnostic = diagnostic.help(
            "it can hold numbers, `Bool`, `Char`, `Text`, `Bytes`, and lists, tuples, records and data types of these",
        );
        self.session.report(diagnostic);
        false
    }
}
