//! Names of other languages that are bound nowhere, and what stands for them here.

use ir_defs::terminals::{Ident, Operator};
use ir_defs::{ast, hir};
use nanopass::{Diagnostic, Meta, Span};

use super::Resolver;
use super::names::Found;
use crate::codes;

/// What stands for names, with the name that replaces it where one does.
struct Advice {
    names: &'static [&'static str],
    replacement: &'static str,
    help: &'static str,
}

const fn advice(
    names: &'static [&'static str],
    replacement: &'static str,
    help: &'static str,
) -> Advice {
    Advice {
        names,
        replacement,
        help,
    }
}

/// Words that elsewhere give an expression its form: what they stand beside means nothing without them.
const FORMS: [Advice; 11] = [
    advice(
        &["match", "switch", "case"],
        "",
        "a match is written `x ? | Some n => n | None => 0`",
    ),
    advice(
        &["for", "foreach", "while", "until"],
        "",
        "there are no loops: use `List.map`, `List.foldl`, a `generate` block or a function that calls itself",
    ),
    advice(
        &["do", "begin"],
        "effect",
        "effects run in a block: `effect { … }`",
    ),
    advice(
        &["try", "catch", "except", "finally"],
        "",
        "a failure is handled by `or`, as in `x <- file.readText p or \"\"`, or turned into a `Result` by `attempt`",
    ),
    advice(&["mod", "rem"], "%", "the remainder is written `a % b`"),
    advice(
        &["div", "quot"],
        "/",
        "a division of `Int`s is written `a / b`, and truncates",
    ),
    advice(&["and"], "&&", "write `a && b`"),
    advice(&["elif", "elseif", "elsif"], "else if", "write `else if`"),
    advice(
        &["let", "var", "val", "const"],
        "",
        "a definition needs no word in front: `name = value`",
    ),
    advice(
        &["where"],
        "",
        "local definitions stand in a block: `{ y = x + 1; y * 2 }`",
    ),
    advice(
        &["await", "async"],
        "",
        "run an effect with `<-` in an `effect` block: `text <- file.readText p`",
    ),
];

/// Values.
const VALUES: [Advice; 20] = [
    advice(
        &["defer"],
        "",
        "what is released at the end of a block is a `resource { … }`, acquired with `<-`",
    ),
    advice(
        &["return"],
        "",
        "an `effect` block gives a value back with `pure`; a function gives its last expression",
    ),
    advice(
        &["throw", "raise", "throwError"],
        "",
        "an effect fails with `fail error`; a plain value says so in its type: `Err error` of a `Result`",
    ),
    advice(
        &["error", "undefined", "todo", "unreachable", "unimplemented"],
        "",
        "`panic \"…\"` ends the program; what can go wrong has the type `Option` or `Result`, or fails in an effect",
    ),
    advice(
        &["null", "nil", "none", "nothing", "Nothing", "Null", "Nil"],
        "None",
        "a value that may be missing is an `Option`: `None` or `Some value`",
    ),
    advice(
        &["Just", "some", "just"],
        "Some",
        "a value that may be missing is an `Option`: `None` or `Some value`",
    ),
    advice(
        &["Right", "Success"],
        "Ok",
        "what may go wrong is a `Result`: `Ok value` or `Err error`",
    ),
    advice(
        &["Left", "Failure", "Error"],
        "Err",
        "what may go wrong is a `Result`: `Ok value` or `Err error`",
    ),
    advice(
        &["true", "yes"],
        "True",
        "the values of `Bool` are `True` and `False`",
    ),
    advice(
        &["false", "no"],
        "False",
        "the values of `Bool` are `True` and `False`",
    ),
    advice(
        &["LT"],
        "Less",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["EQ"],
        "Equal",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["GT"],
        "Greater",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["putStrLn", "puts", "echo", "writeln", "printf", "putStr"],
        "printLine",
        "a line is written with `printLine text`",
    ),
    advice(
        &["getLine", "input", "gets", "readLine", "readln"],
        "",
        "a line is read with `line <- console.readLine Unit`, which gives an `Option`",
    ),
    advice(
        &["fst", "snd"],
        "",
        "a pair is taken apart by a pattern: `(a, b) = pair`",
    ),
    advice(&["otherwise", "default"], "", "the last arm is `| _ => …`"),
    advice(
        &["show", "str", "toString", "string", "String"],
        "toText",
        "a value becomes a text with `toText`, or in a text: `\"{value}\"`",
    ),
    advice(
        &["this", "self"],
        "",
        "a function gets what it works on as a parameter",
    ),
    advice(&["Cons"], "", "a list with a first element is `[x, ...xs]`"),
];

/// Types and classes.
const TYPES: [Advice; 17] = [
    advice(
        &["String", "Str", "string"],
        "Text",
        "a text has the type `Text`",
    ),
    advice(
        &["Integer", "Number", "Long", "Int64", "I64"],
        "Int",
        "whole numbers have the type `Int`",
    ),
    advice(
        &["Double", "Real", "Float64", "F64"],
        "Float",
        "numbers with a fraction have the type `Float`",
    ),
    advice(&["Boolean"], "Bool", "truth values have the type `Bool`"),
    advice(
        &["Character"],
        "Char",
        "a single character has the type `Char`",
    ),
    advice(
        &["Void", "Nil", "Null"],
        "Unit",
        "the type without information is `Unit`",
    ),
    advice(
        &["Maybe", "Optional", "Nullable"],
        "Option",
        "a value that may be missing has the type `Option A`",
    ),
    advice(
        &["Either", "Try"],
        "Result",
        "what may go wrong has the type `Result E A`",
    ),
    advice(
        &["Array", "Vec", "Vector", "Seq", "Sequence", "Slice"],
        "List",
        "a sequence has the type `List A`",
    ),
    advice(
        &["Dict", "Dictionary", "HashMap", "Hash", "Object"],
        "Map",
        "a map has the type `Map K V`",
    ),
    advice(&["HashSet", "TreeSet"], "Set", "a set has the type `Set A`"),
    advice(
        &[
            "IO", "Task", "Promise", "Future", "Async", "Cmd", "Eff", "Action",
        ],
        "",
        "a computation that does something has the type `Effect { Console } A`, with its capabilities",
    ),
    advice(
        &["Show", "Display", "Printable", "Debug", "Stringable"],
        "ToText",
        "the class of what has a text is `ToText`",
    ),
    advice(
        &["PartialEq", "Equatable", "Equal"],
        "Eq",
        "the class of what can be compared is `Eq`",
    ),
    advice(
        &["PartialOrd", "Comparable", "Orderable"],
        "Ord",
        "the class of what has an order is `Ord`",
    ),
    advice(
        &["Num", "Numeric"],
        "",
        "a constraint on an operator is written `with (A: +)`",
    ),
    advice(
        &["Iterable", "Iterator", "Stream"],
        "Generator",
        "a sequence that is computed when asked for is a `Generator A`",
    ),
];

fn find(table: &'static [Advice], name: &str) -> Option<&'static Advice> {
    table.iter().find(|advice| advice.names.contains(&name))
}

impl Resolver<'_> {
    /// Reports a value that is bound nowhere, if it is one of another language.
    pub(super) fn report_foreign_value(&mut self, name: Ident) -> bool {
        let text = self.text(name.name);
        let Some(advice) = find(&VALUES, &text).or_else(|| find(&FORMS, &text)) else {
            return false;
        };
        let message = if self.is_upper(name.name) {
            format!("there is no constructor `{text}`")
        } else {
            format!("`{text}` is not bound")
        };
        self.report_foreign(codes::UNKNOWN_NAME, message, name, advice);
        true
    }

    /// Reports a type or class that there is not, if it is one of another language.
    pub(super) fn report_foreign_type(&mut self, name: Ident, message: &str) -> bool {
        let Some(advice) = find(&TYPES, &self.text(name.name)) else {
            return false;
        };
        self.report_foreign(codes::UNKNOWN_TYPE, message.to_owned(), name, advice);
        true
    }

    fn report_foreign(
        &mut self,
        code: &'static str,
        message: String,
        name: Ident,
        advice: &Advice,
    ) {
        let mut diagnostic = Diagnostic::error(code, message)
            .at(name.span, "not found")
            .help(advice.help);
        if !advice.replacement.is_empty() {
            let write = format!("write `{}`", advice.replacement);
            diagnostic = diagnostic.edit(name.span, advice.replacement, write);
        }
        self.session.report(diagnostic);
    }

    /// `case x of`, `x mod 2`, `for x in xs { … }`: reports the word that is bound nowhere. What stands beside it is a
    /// mistake only together with it.
    pub(super) fn foreign_form(
        &mut self,
        meta: Meta,
        fun: &ast::Expr,
        args: &[ast::Expr],
    ) -> Option<hir::Expr> {
        let parts = || std::iter::once(fun).chain(args);
        let name = parts().find_map(|part| {
            let &ast::Expr::Name { name, .. } = part else {
                return None;
            };
            find(&FORMS, self.session.core.text(name.name))?;
            let unbound = !self.body.is_local(name.name)
                && matches!(self.find_value(self.body.module, name.name), Found::Nothing);
            unbound.then_some(name)
        })?;
        let advice = find(&FORMS, self.session.core.text(name.name))?;
        let text = self.text(name.name);
        self.report_foreign(
            codes::UNKNOWN_NAME,
            format!("`{text}` is not bound"),
            name,
            advice,
        );
        for part in parts() {
            if let ast::Expr::Name { name, .. } = part {
                let message = format!("`{}` is not bound", self.text(name.name));
                self.excused.push((meta.span, message));
            }
        }
        Some(hir::Expr::Error { meta })
    }

    /// `3 -- a comment`: words behind two minus signs. Gives back the operand if it may be one.
    pub(super) fn foreign_comment(&mut self, link: &ast::Link) -> bool {
        let minus = link.position.span;
        let ast::Expr::Prefix { meta, op, .. } = &link.operand else {
            return false;
        };
        let sources = &self.session.core.sources;
        let dashes = Span::new(minus.lo, meta.span.lo + 1);
        let is_comment = link.op == Operator::Sub
            && *op == Operator::Negate
            && sources.text(dashes) == "--"
            && sources.text(meta.span).starts_with("- ");
        if !is_comment {
            return false;
        }
        let before = self.session.core.diagnostics.error_count();
        let operand = link.operand.clone();
        let fails = self.quietly(|resolver| {
            resolver.expr(operand);
            resolver.session.core.diagnostics.error_count() > before
        });
        if fails {
            let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, "`--` begins no comment")
                .at(dashes, "")
                .help("a comment begins with `//`")
                .edit(dashes, "//", "write `//`");
            self.session.report(diagnostic);
        }
        fails
    }

    /// Looks at expressions so that what they mention counts as used, without saying what is wrong in them.
    pub(super) fn quietly<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.session.core.diagnostics.len();
        let result = work(self);
        let list = self.session.core.diagnostics.take();
        for diagnostic in list.into_iter().take(before) {
            self.session.report(diagnostic);
        }
        result
    }

    /// One report for each name that is nowhere, with the other places where it stands; none for names that belong to
    /// a form of another language.
    pub(super) fn join_reports(&mut self) {
        let mut list = self.session.core.diagnostics.take();
        list.sort_by_key(|diagnostic| diagnostic.span().lo);
        let mut joined: Vec<Diagnostic> = Vec::with_capacity(list.len());
        let mut first: rustc_hash::FxHashMap<(String, usize), (usize, usize)> =
            rustc_hash::FxHashMap::default();
        for diagnostic in list {
            let joins = matches!(&*diagnostic.code, codes::UNKNOWN_NAME | codes::UNKNOWN_TYPE);
            if joins && self.is_excused(&diagnostic) {
                continue;
            }
            let file = self.session.core.sources.file_of(diagnostic.span());
            let Some((_, file)) = file.filter(|_| joins) else {
                joined.push(diagnostic);
                continue;
            };
            let key = (diagnostic.message.clone(), file.span().lo as usize);
            let Some(&(index, others)) = first.get(&key) else {
                first.insert(key, (joined.len(), 0));
                joined.push(diagnostic);
                continue;
            };
            if let Some(earlier) = joined.get_mut(index)
                && earlier.span() != diagnostic.span()
            {
                earlier.edits.extend(diagnostic.edits.iter().cloned());
                if others < MOST_PLACES {
                    *earlier = earlier.clone().label(diagnostic.span(), "here too");
                }
                first.insert(key, (index, others + 1));
            }
        }
        for &(index, others) in first.values() {
            if let Some(diagnostic) = joined.get_mut(index).filter(|_| others > MOST_PLACES) {
                let more = others - MOST_PLACES;
                diagnostic.notes.push(format!("and in {more} more places"));
            }
        }
        for diagnostic in joined {
            self.session.report(diagnostic);
        }
    }

    fn is_excused(&self, diagnostic: &Diagnostic) -> bool {
        let sources = &self.session.core.sources;
        self.excused.iter().any(|(form, message)| {
            let span = diagnostic.span();
            let between = Span::new(span.lo.min(form.lo), span.hi.max(form.hi));
            *message == diagnostic.message
                && !(form.lo <= span.lo && span.hi <= form.hi)
                && !sources.text(between).contains('\n')
        })
    }
}

/// How many places of one unknown name are shown beside the first.
const MOST_PLACES: usize = 4;
