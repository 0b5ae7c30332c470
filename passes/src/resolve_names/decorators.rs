//! `@name "argument"`: which there are, where they may stand, what they say.

use ir_defs::ast;
use ir_defs::prims::Prim;
use ir_defs::tables::McpExport;
use ir_defs::terminals::Lit;
use nanopass::{Diagnostic, Span};

use super::Resolver;
use crate::codes;

/// What a decorator stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decorated {
    Module,
    Value,
    /// A member of a class, an operation of a capability.
    Member,
    Type,
    Class,
    Capability,
    Domain,
    Instance,
}

impl Decorated {
    fn noun(self) -> &'static str {
        match self {
            Decorated::Module => "a module",
            Decorated::Value => "a definition",
            Decorated::Member => "a member",
            Decorated::Type => "a type",
            Decorated::Class => "a class",
            Decorated::Capability => "a capability",
            Decorated::Domain => "a domain",
            Decorated::Instance => "an instance",
        }
    }
}

/// Where a decorator may stand, what that is called, and whether it takes a text.
struct Rule {
    places: &'static [Decorated],
    names: &'static str,
    text: bool,
}

const VALUES: Rule = Rule {
    places: &[Decorated::Value],
    names: "a definition",
    text: false,
};

/// The rule of a decorator; `build-ast` has reported what there is none for.
fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "no_prelude" => Rule {
            places: &[Decorated::Module],
            names: "`module`",
            text: false,
        },
        "inline" | "test" | "static" | "debug" | "mcp_tool" | "mcp_resource" => VALUES,
        "deprecated" => Rule {
            places: &[
                Decorated::Value,
                Decorated::Member,
                Decorated::Type,
                Decorated::Class,
                Decorated::Capability,
            ],
            names: "a definition, a member, a type, a class or a capability",
            text: true,
        },
        "intrinsic" => Rule {
            places: &[Decorated::Value, Decorated::Member],
            text: true,
            ..VALUES
        },
        "opaque" => Rule {
            places: &[Decorated::Type],
            names: "a type",
            text: false,
        },
        "wit" => Rule {
            places: &[Decorated::Capability],
            names: "a capability",
            text: true,
        },
        _ => return None,
    })
}

/// What the decorators of a definition say.
#[derive(Clone, Default, Debug)]
pub(super) struct Marks {
    pub no_prelude: bool,
    pub inline: bool,
    pub test: bool,
    /// A type whose constructors are not exported with it.
    pub opaque: bool,
    pub static_: bool,
    /// Where `@mcp_tool` or `@mcp_resource` stands.
    pub mcp: Option<(McpExport, Span)>,
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
            static_: self.static_ || other.static_,
            mcp: self.mcp.or(other.mcp),
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
        for (index, decorator) in decorators.iter().enumerate() {
            let again = decorators
                .iter()
                .take(index)
                .any(|before| before.name.name == decorator.name.name);
            if again {
                let name = self.text(decorator.name.name);
                self.report_decorator(&name, decorator.name.span, "it stands here twice");
            } else {
                self.decorator(decorator, on, library, &mut marks);
            }
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
        let Some(rule) = rule(&name) else {
            return;
        };
        if !rule.places.contains(&on) {
            self.session.report(
                Diagnostic::error(
                    codes::DECORATOR,
                    format!("`@{name}` cannot stand like this"),
                )
                .at(span, format!("it means nothing before {}", on.noun()))
                .help(format!("it stands before {}", rule.names)),
            );
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
        if let (false, Some((_, at))) = (rule.text, &argument) {
            self.report_decorator(&name, *at, "it takes no argument");
            return;
        }
        match (name.as_str(), argument) {
            ("no_prelude", _) => marks.no_prelude = true,
            ("inline", _) => marks.inline = true,
            ("test", _) => marks.test = true,
            ("opaque", _) => marks.opaque = true,
            ("static", _) => marks.static_ = true,
            ("mcp_tool", _) => marks.mcp = Some((McpExport::Tool, span)),
            ("mcp_resource", _) => marks.mcp = Some((McpExport::Resource, span)),
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
            // What lacks its text has been reported.
            ("deprecated" | "intrinsic" | "wit", None) => {}
            // `rule` knows no other.
            _ => {}
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
