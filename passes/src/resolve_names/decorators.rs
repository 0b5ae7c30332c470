//! `@name "argument"`: which there are, where they may stand, what they say.

use ir_defs::ast;
use ir_defs::prims::Prim;
use ir_defs::terminals::Lit;
use nanopass::Span;

use super::Resolver;
use crate::codes;

/// What a decorator stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decorated {
    Module,
    Value,
    Type,
    Capability,
    Other,
}

/// What the decorators of a definition say.
#[derive(Clone, Default, Debug)]
pub(super) struct Marks {
    pub no_prelude: bool,
    pub inline: bool,
    pub test: bool,
    /// A type whose constructors are not exported with it.
    pub opaque: bool,
    pub deprecated: Option<String>,
    pub intrinsic: Option<(Prim, Span)>,
    /// The interface that `@wit` names.
    pub wit: Option<String>,
    /// An `@intrinsic` that names nothing; that has been reported.
    pub broken: bool,
}

impl Marks {
    /// What either says; a definition and its signature share their decorators.
    pub(super) fn or(self, other: &Marks) -> Marks {
        Marks {
            no_prelude: self.no_prelude || other.no_prelude,
            inline: self.inline || other.inline,
            test: self.test || other.test,
            opaque: self.opaque || other.opaque,
            deprecated: self.deprecated.or_else(|| other.deprecated.clone()),
            intrinsic: self.intrinsic.or(other.intrinsic),
            wit: self.wit.or_else(|| other.wit.clone()),
            broken: self.broken || other.broken,
        }
    }
}

impl Resolver<'_> {
    /// Checks the decorators of one item and reads what they say.
    pub(super) fn decorators(
        &mut self,
        decorators: &[ast::Decorator],
        on: Decorated,
        library: bool,
    ) -> Marks {
        let mut marks = Marks::default();
        for decorator in decorators {
            self.decorator(decorator, on, library, &mut marks);
        }
        marks
    }

    fn decorator(
        &mut self,
        decorator: &ast::Decorator,
        on: Decorated,
        library: bool,
        marks: &mut Marks,
    ) {
        let name = self.text(decorator.name.name);
        let span = decorator.name.span;
        let argument = match &decorator.argument {
            None => None,
            Some(ast::Expr::Lit {
                meta,
                lit: Lit::Text(text),
            }) => Some((text.to_string(), meta.span)),
            Some(other) => {
                self.report_decorator(&name, other.meta().span, "its argument is a plain text");
                return;
            }
        };
        // What is unknown, or lacks its text, build-ast has reported.
        let (place, takes_text) = match name.as_str() {
            "no_prelude" => (Decorated::Module, false),
            "inline" | "test" | "static" | "debug" | "mcp_tool" | "mcp_resource" => {
                (Decorated::Value, false)
            }
            "deprecated" | "intrinsic" => (Decorated::Value, true),
            "opaque" => (Decorated::Type, false),
            "wit" => (Decorated::Capability, true),
            _ => return,
        };
        if on != place {
            self.report_decorator(&name, span, "it means nothing here");
            return;
        }
        if name == "intrinsic" && !library {
            self.report_decorator(
                &name,
                span,
                "only the library may name primitive operations",
            );
            return;
        }
        if name == "opaque" && !library {
            self.report_decorator(&name, span, "only the library has opaque types");
            return;
        }
        if let (false, Some((_, at))) = (takes_text, &argument) {
            self.report_decorator(&name, *at, "it takes no argument");
            return;
        }
        match (name.as_str(), argument) {
            ("no_prelude", _) => marks.no_prelude = true,
            ("inline", _) => marks.inline = true,
            ("test", _) => marks.test = true,
            ("opaque", _) => marks.opaque = true,
            // A mark for tools; the compiler itself has no use for it.
            ("debug", _) => {}
            ("deprecated", Some((text, _))) => marks.deprecated = Some(text),
            ("intrinsic", Some((text, at))) => {
                marks.intrinsic = self.intrinsic_named(&text, at).map(|prim| (prim, span));
                marks.broken = marks.intrinsic.is_none();
            }
            ("wit", Some((text, at))) => {
                if !is_interface(&text) {
                    self.report_decorator(
                        &name,
                        at,
                        "an interface is `namespace:package/interface@1.0.0`, in lower-case words with `-` between them",
                    );
                }
                marks.wit = Some(text);
            }
            ("deprecated" | "intrinsic" | "wit", None) => {}
            _ => self.not_supported(&format!("`@{name}`"), span),
        }
    }

    pub(super) fn report_decorator(&mut self, name: &str, span: Span, problem: &str) {
        self.error(
            codes::DECORATOR,
            format!("`@{name}` cannot stand like this"),
            span,
            problem,
        );
    }
}

/// Whether a text is the name of a WIT interface: `acme:shop/inventory@1.0.0`; the version may be missing.
fn is_interface(text: &str) -> bool {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    let name = |name: &str| name.split('-').all(word);
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (text, None),
    };
    let version_fits = version.is_none_or(|version| {
        let numbers: Vec<&str> = version.splitn(3, '.').collect();
        let last = |text: &str| {
            let end = text.find(['-', '+']).unwrap_or(text.len());
            text.get(..end)
                .is_some_and(|number| number.parse::<u64>().is_ok())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-+.".contains(c))
        };
        match numbers.as_slice() {
            [major, minor, patch] => {
                major.parse::<u64>().is_ok() && minor.parse::<u64>().is_ok() && last(patch)
            }
            _ => false,
        }
    });
    let path_fits = path.split_once(':').is_some_and(|(namespace, rest)| {
        rest.split_once('/')
            .is_some_and(|(package, interface)| name(namespace) && name(package) && name(interface))
    });
    path_fits && version_fits
}
