//! `resolve-names`: `ast` → `hir`
//!
//! Loads the modules that the entry module reaches and gives every name its one meaning: a variable, a global, a
//! constructor, a type. Bindings come out in recursive groups, in dependency order.
//!
//! ```text
//! use shapes (Shape)               (define @main.big …
//! use aivi.list (filter)             (lambda [shapes]
//! big : List Shape -> …      ──►       (pipe shapes
//! big = shapes => shapes                 (apply @aivi.list.filter
//!   |> filter (area > 3.0)                 (predicate element (paren (chain (select element area) (link > 3.0)))))))
//! ```
//!
//! Design: a definition waits, as it was parsed, until something that is in the program mentions it: the work list
//! starts with the definitions of the user's modules and pulls in what they reach of the library. A library module is
//! parsed when a name is looked up in it, never because it is imported. So the library costs nothing unless used, and
//! library modules may mention each other in circles.

mod absent;
mod constants;
mod declarations;
mod decorators;
mod domain_scopes;
mod domains;
mod exports;
mod expressions;
mod fallbacks;
mod foreign;
mod foreign_functions;
mod foreign_names;
mod generators;
#[allow(
    clippy::indexing_slicing,
    reason = "all tables have an entry for each definition, which its index names"
)]
mod groups;
mod imports;
mod instances;
mod locals;
mod lookup;
mod modules;
mod names;
mod namespace;
mod patches;
mod patterns;
mod predicates;
mod qualifiers;
mod reach;
mod scan;
mod scan_types;
mod scattered;
mod sigils;
mod statements;
mod suffixes;
mod suggest;
mod types;
mod unused;
mod uses;

use std::sync::Arc;

use ir_defs::hir;
use ir_defs::tables::{ClassId, ConId, GlobalId, TyConId, TyConInfo, TyConKind};
use ir_defs::{Session, ast};
use nanopass::{Span, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes;
use locals::Body;
use modules::Slot;
use names::{
    DomainSource, Found, InstanceSource, ModuleId, TypeName, TypeSource, Value, ValueSource,
};

/// Resolves all names of a program, given its entry module; other modules come from the session's loader.
pub fn run(entry: ast::Module, session: &mut Session) -> hir::Program {
    let mut resolver = Resolver::new(session);
    let main = resolver.load_program(entry);
    resolver.work();
    resolver.finish(main)
}

/// Everything that is known while names are being resolved.
struct Resolver<'s> {
    session: &'s mut Session,
    modules: Vec<Slot>,
    by_path: FxHashMap<String, ModuleId>,
    /// What waits until it is reached.
    values: FxHashMap<GlobalId, ValueSource>,
    types: FxHashMap<TyConId, TypeSource>,
    classes: FxHashMap<ClassId, TypeSource>,
    instances: Vec<InstanceSource>,
    domains: Vec<DomainSource>,
    /// What is known of each definition of the modules that have been parsed.
    facts: Facts,
    /// What has been reached, in that order, and how far the work has come.
    reached: reach::Reached,
    /// The definition that is being resolved.
    body: Body,
    /// Answers that have been found before.
    value_cache: FxHashMap<(ModuleId, Symbol), Found<Value>>,
    type_cache: FxHashMap<(ModuleId, Symbol), Found<TypeName>>,
    qualifier_cache: FxHashMap<(ModuleId, Symbol), Vec<qualifiers::Qualified>>,
    /// Exports that are being looked up, so that a circle of re-exports ends.
    looking: FxHashSet<(ModuleId, Symbol, bool)>,
    looking_domains: FxHashSet<(ModuleId, Symbol)>,
    /// The domains that have a suffix of a name, in the order in which they were found.
    suffix_homes: FxHashMap<Symbol, Vec<ModuleId>>,
    /// Modules with an arithmetic operator, which may be of any domain that they import, and where one stands.
    arithmetic: FxHashMap<ModuleId, Span>,
    /// Modules with a declaration that could not be parsed: what it defines is not known, so names that are missing
    /// there are no news.
    broken: FxHashMap<ModuleId, Unparsed>,
    /// What is said of names that belong to a form of another language, and where that form stands.
    excused: Vec<(Span, String)>,
    /// Unknown names for which one import is missing, so that each is reported once.
    missing: FxHashSet<(ModuleId, Symbol)>,
    /// Imports that something used: module, index of the import, name in its list.
    used_imports: FxHashSet<(ModuleId, usize, Option<Symbol>)>,
    program: hir::Program,
    /// The definitions so far, with what they mention.
    defines: Vec<groups::Defined>,
    /// How many definitions stand for literals.
    constants: usize,
    /// Those that are exact numbers.
    numbers: FxHashMap<(ModuleId, GlobalId, Arc<str>), GlobalId>,
    warnings: Vec<nanopass::Diagnostic>,
    /// How many errors have been given suggestions.
    suggestions: usize,
}

/// The declarations of a module that could not be parsed.
#[derive(Default)]
struct Unparsed {
    /// The words in them: what they define is among these.
    words: FxHashSet<String>,
    /// Whether one is an import, which may bring in anything.
    imports: bool,
}

/// What later questions need of definitions, whether they are in the program or not.
#[derive(Default)]
struct Facts {
    home_of_type: FxHashMap<TypeName, ModuleId>,
    constructors: FxHashMap<TyConId, Vec<(Symbol, ConId)>>,
    /// The aliases of a module by the name that their types begin with: in `Mistake = Bad Int` it is no type, but meant
    /// to be a constructor.
    alias_heads: FxHashMap<(ModuleId, Symbol), Symbol>,
    /// The names among the arguments there, with that beginning: constructors too, if a bar is missing before them.
    alias_parts: FxHashMap<(ModuleId, Symbol), (Symbol, Span)>,
    /// The advice of `@deprecated` on types, classes and capabilities.
    deprecated_types: FxHashMap<TypeName, String>,
    members: FxHashMap<ClassId, Vec<(Symbol, GlobalId, bool)>>,
    /// The members of its own class that the default of a member mentions.
    default_needs: FxHashMap<GlobalId, Vec<Symbol>>,
    /// The positions of predicates in written signatures, one bit each.
    predicates: FxHashMap<GlobalId, u64>,
    class_of_member: FxHashMap<GlobalId, ClassId>,
    capability_of_operation: FxHashMap<GlobalId, TyConId>,
}

impl<'s> Resolver<'s> {
    fn new(session: &'s mut Session) -> Resolver<'s> {
        // `Fail T` in a row is an ordinary application of a name that no module defines.
        let fail = session.tycons.id(ir_defs::known::FAIL_ROW);
        if let Some(info) = session.tycons.get_mut(fail) {
            *info = TyConInfo {
                kind: TyConKind::Builtin,
                short: ir_defs::known::FAIL_ROW.to_string(),
                library: true,
                ..std::mem::take(info)
            };
        }
        let mut facts = Facts::default();
        for con in session.tycons.ids() {
            let Some(info) = session.tycons.get(con) else {
                continue;
            };
            let constructors = info.constructors.clone();
            let named = constructors
                .into_iter()
                .map(|id| (session.core.intern(session.constructors.name(id)), id))
                .collect();
            facts.constructors.insert(con, named);
        }
        Resolver {
            session,
            modules: Vec::new(),
            by_path: FxHashMap::default(),
            values: FxHashMap::default(),
            types: FxHashMap::default(),
            classes: FxHashMap::default(),
            instances: Vec::new(),
            domains: Vec::new(),
            facts,
            reached: reach::Reached::default(),
            body: Body::new(ModuleId(0)),
            value_cache: FxHashMap::default(),
            type_cache: FxHashMap::default(),
            qualifier_cache: FxHashMap::default(),
            looking: FxHashSet::default(),
            looking_domains: FxHashSet::default(),
            suffix_homes: FxHashMap::default(),
            arithmetic: FxHashMap::default(),
            broken: FxHashMap::default(),
            excused: Vec::new(),
            missing: FxHashSet::default(),
            used_imports: FxHashSet::default(),
            program: hir::Program {
                data: Vec::new(),
                aliases: Vec::new(),
                capabilities: Vec::new(),
                classes: Vec::new(),
                instances: Vec::new(),
                groups: Vec::new(),
                main: None,
            },
            defines: Vec::new(),
            constants: 0,
            numbers: FxHashMap::default(),
            warnings: Vec::new(),
            suggestions: 0,
        }
    }

    /// Notes what a declaration that could not be parsed may have defined.
    fn note_unparsed(&mut self, module: ModuleId, span: Span) {
        let text = self.session.core.sources.text(span).to_owned();
        let is_mark = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
        let mut words = text.split(is_mark).filter(|word| !word.is_empty());
        let unparsed = self.broken.entry(module).or_default();
        let first = words.clone().next().unwrap_or_default();
        unparsed.imports |= matches!(first, "use" | "import" | "from" | "open" | "");
        self.session.operators_missing |= first == "domain";
        let is_instance = first == "instance";
        for word in words.by_ref() {
            // `1px = …` defines the suffix `px`.
            let suffix = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
            unparsed.words.insert(suffix.to_lowercase());
            if is_instance {
                let word = self.session.core.intern(word);
                self.session.lost_instances.insert(word);
            }
        }
    }

    /// Whether a name that is missing in a module may be defined by a declaration there that could not be parsed.
    fn may_define(&self, module: ModuleId, name: &str) -> bool {
        let unparsed = self.broken.get(&module);
        unparsed.is_some_and(|unparsed| {
            // `Limit = 10` is meant to define `limit`.
            unparsed.imports || unparsed.words.contains(&name.to_lowercase())
        })
    }

    /// The string of a symbol, to keep.
    fn text(&self, symbol: Symbol) -> String {
        self.session.core.text(symbol).to_string()
    }

    /// Whether a name starts with a capital letter.
    fn is_upper(&self, name: Symbol) -> bool {
        self.session
            .core
            .text(name)
            .chars()
            .next()
            .is_some_and(char::is_uppercase)
    }

    /// Reports an error with a label beside its place.
    fn error(&mut self, code: &'static str, message: String, span: Span, label: &str) {
        self.session
            .report(nanopass::Diagnostic::error(code, message).at(span, label));
    }

    /// The groups, the errors that only the whole program shows, and the warnings.
    fn finish(mut self, entry: ModuleId) -> hir::Program {
        let main = self.own_value_named(entry, "main");
        // Nobody knows what a file holds that was not parsed.
        let mut reported = self.session.core.diagnostics.iter();
        let is_too_large = reported.any(|diagnostic| diagnostic.code == codes::TOO_LARGE);
        match main {
            Some(Value::Global(main)) => self.program.main = Some(main),
            _ if !self.session.options.library && !is_too_large => self.report_no_main(entry),
            _ => {}
        }
        self.join_reports();
        self.warn_unused();
        self.note_operator_scopes();
        let defines = std::mem::take(&mut self.defines);
        self.program.groups = groups::order(defines, self.session);
        if !self.session.core.diagnostics.has_errors() {
            for warning in std::mem::take(&mut self.warnings) {
                self.session.report(warning);
            }
        }
        self.program
    }

    fn report_no_main(&mut self, entry: ModuleId) {
        // What could not be parsed may have defined it.
        if self.may_define(entry, "main") {
            return;
        }
        let span = self.module(entry).map_or(Span::NONE, |module| module.span);
        // A file without anything in it is pointed at as a whole.
        let sources = &self.session.core.sources;
        let empty = sources
            .iter()
            .find(|(_, file)| file.text.trim().is_empty())
            .map(|(_, file)| file.span().start());
        let span = empty.filter(|_| span.is_none()).unwrap_or(span);
        let path = self.path(entry);
        let message = match self.module(entry).is_some_and(|module| module.exports_all) {
            true if path == "main" => "this file has no `main`".to_string(),
            _ => format!("the module `{path}` has no `main`"),
        };
        self.session.report(
            nanopass::Diagnostic::error(codes::NO_MAIN, message)
                .at(span, "a program starts at `main`")
                .help("add `main = effect { printLine \"hello\" }`, or use `aivic check` for a module without one"),
        );
    }
}
