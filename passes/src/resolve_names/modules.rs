//! Which modules there are, and their tables of names.

use std::rc::Rc;

use ir_defs::ast;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Ident;
use nanopass::{Diagnostic, FileId, Span, Symbol, edit_distance, nearest};
use rustc_hash::FxHashMap;

use super::names::{Import, ModuleId, TypeName, Value};
use super::suggest::is_alike;
use super::{Resolver, absent};
use crate::codes;

/// The module whose names every other one sees.
pub(super) const PRELUDE: &str = "aivi.prelude";

/// A place in the table of modules.
pub(super) struct Slot {
    pub path: String,
    pub library: bool,
    pub state: State,
}

impl Slot {
    /// Whether its names are known.
    pub(super) fn is_parsed(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }
}

/// How far a module has come.
pub(super) enum State {
    /// Found, and not parsed before something looks into it.
    Found(FileId),
    /// Being scanned, with the names that are known so far.
    Ready(Rc<Module>),
    /// Could not be parsed into anything.
    Broken,
}

/// The names of a parsed module. Definitions themselves wait in the resolver.
#[derive(Default)]
pub(super) struct Module {
    /// The header, or the start of the file.
    pub span: Span,
    pub library: bool,
    /// Whether the module begins with the prelude.
    pub prelude: bool,
    pub is_prelude: bool,
    pub imports: Vec<Import>,
    pub exports_all: bool,
    pub exports: FxHashMap<Symbol, Span>,
    /// Lower-case and upper-case names that stand in expressions, in the order of definition.
    pub values: FxHashMap<Symbol, Definition<Value>>,
    pub types: FxHashMap<Symbol, Definition<TypeName>>,
    /// Domains in the order of the file; each has a table of its own.
    pub domains: Vec<(Symbol, Definition<ModuleId>)>,
    pub export_domains: FxHashMap<Symbol, Span>,
    /// For the table of a domain: the module around it.
    pub outer: Option<ModuleId>,
    /// For the table of a domain: the name of its carrier, and its suffixes.
    pub carrier: Option<Symbol>,
    pub suffixes: FxHashMap<Symbol, Definition<GlobalId>>,
    /// Definitions in the order of the file, for the roots and the warnings.
    pub globals: Vec<(Symbol, GlobalId)>,
    pub instances: std::ops::Range<usize>,
}

/// A name's meaning, where it is defined, and the type or class that brings it along when that is exported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition<T> {
    pub entity: T,
    pub span: Span,
    pub parent: Option<Symbol>,
}

impl Resolver<'_> {
    /// Puts the entry module and all user modules that it imports, directly or not, into the table, and their
    /// definitions on the work list.
    pub(super) fn load_program(&mut self, entry: ast::Module) -> ModuleId {
        let path = entry
            .path
            .map_or_else(|| "main".to_string(), |path| self.text(path.name));
        // The library checks itself: a module of its own as the entry has the library's rights.
        let library = path.split('.').next() == Some("aivi")
            && matches!(self.session.loader.module(&path), Ok(Some(source)) if source.library);
        let id = self.add_slot(&path, library, State::Broken);
        self.scan(id, entry);
        let mut stack = vec![(id, 0)];
        let mut order = Vec::new();
        // A walk over the imports with its own stack: what is on it is being loaded.
        while let Some((module, next)) = stack.pop() {
            let import = self
                .module(module)
                .and_then(|module| module.imports.get(next).cloned());
            let Some(import) = import else {
                order.push(module);
                continue;
            };
            stack.push((module, next + 1));
            let Some(target) = import.target else {
                continue;
            };
            if let Some(start) = stack.iter().position(|&(on_stack, _)| on_stack == target) {
                let circle: Vec<(ModuleId, usize)> =
                    stack.get(start..).unwrap_or_default().to_vec();
                self.report_import_cycle(&circle);
                continue;
            }
            let loaded = order.contains(&target);
            let user = self.modules.get(target.0).is_some_and(|slot| !slot.library);
            if user && !loaded {
                stack.push((target, 0));
            }
        }
        // The entry module comes last here and first in the program.
        order.reverse();
        for &module in &order {
            self.check_imports(module);
        }
        for module in order {
            self.root(module);
        }
        id
    }

    fn add_slot(&mut self, path: &str, library: bool, state: State) -> ModuleId {
        let id = ModuleId(self.modules.len());
        self.modules.push(Slot {
            path: path.to_string(),
            library,
            state,
        });
        self.by_path.insert(path.to_string(), id);
        id
    }

    /// The path of a module.
    pub(super) fn path(&self, id: ModuleId) -> String {
        self.modules
            .get(id.0)
            .map(|slot| slot.path.clone())
            .unwrap_or_default()
    }

    /// Whether a module belongs to the library.
    pub(super) fn is_library(&self, id: ModuleId) -> bool {
        self.modules.get(id.0).is_some_and(|slot| slot.library)
    }

    /// The names of a module, which is parsed now if it was not before. `None` for one that cannot be parsed.
    pub(super) fn module(&mut self, id: ModuleId) -> Option<Rc<Module>> {
        let slot = self.modules.get_mut(id.0)?;
        match &slot.state {
            State::Ready(module) => return Some(module.clone()),
            State::Broken => return None,
            State::Found(_) => {}
        }
        let State::Found(file) = std::mem::replace(&mut slot.state, State::Broken) else {
            return None;
        };
        let cst = crate::parse::run(ir_defs::source::Source { file }, self.session);
        let ast = crate::build_ast::run(cst, self.session);
        self.check_header(id, &ast);
        self.scan(id, ast);
        match &self.modules.get(id.0)?.state {
            State::Ready(module) => Some(module.clone()),
            _ => None,
        }
    }

    /// The module of a path, found but not parsed. `Err` holds what the loader says of a file that cannot be read.
    pub(super) fn find_module(&mut self, path: &str) -> Result<Option<ModuleId>, String> {
        if let Some(&id) = self.by_path.get(path) {
            return Ok(Some(id));
        }
        let Some(source) = self.session.loader.module(path)? else {
            return Ok(None);
        };
        let Some(file) = self.session.core.sources.add(source.name, source.text) else {
            return Err("the program has more than 4 GiB of source text".to_string());
        };
        Ok(Some(self.add_slot(
            path,
            source.library,
            State::Found(file),
        )))
    }

    /// The module that a `use` names; reports one that is not there.
    pub(super) fn import_target(&mut self, path: Ident, library: bool) -> Option<ModuleId> {
        let text = self.text(path.name);
        match self.find_module(&text) {
            Ok(Some(id)) => return Some(id),
            // A module of the library may mention one that is not there yet: the mention is reported when it is used.
            Ok(None) if library => {}
            Ok(None) => {
                let all = self.session.loader.modules();
                let last = text.rsplit('.').next().unwrap_or(&text);
                let alike = all.iter().map(String::as_str).filter(|path| {
                    is_alike_module(&text, path) || path.rsplit('.').next() == Some(last)
                });
                let absent = absent::module(&text);
                let mut near = match absent {
                    Some(_) => Vec::new(),
                    None => nearest(&text, alike),
                };
                if matches!(text.as_str(), "aivi.string" | "aivi.strings" | "aivi.str") {
                    near = vec!["aivi.text"];
                }
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_MODULE,
                    format!("there is no module `{text}`"),
                )
                .at(path.span, "not found");
                if let Some(first) = near.first() {
                    diagnostic = diagnostic.help(format!("did you mean `{first}`?")).edit(
                        path.span,
                        *first,
                        "use the module of the nearest name",
                    );
                } else if let Some(help) = absent {
                    diagnostic = diagnostic.help(help);
                } else {
                    diagnostic = diagnostic.help(format!(
                        "its file would be `{}.aivi`",
                        text.replace('.', "/")
                    ));
                }
                self.session.report(diagnostic);
            }
            Err(reason) => self.session.report(
                Diagnostic::error(
                    codes::UNREADABLE_MODULE,
                    format!("cannot read the module `{text}`"),
                )
                .at(path.span, reason),
            ),
        }
        self.session.operators_missing |= !library;
        None
    }
}

/// Whether a module of another path could be meant: its last name is like the one that was written, in the same place,
/// or hardly anything differs.
fn is_alike_module(path: &str, candidate: &str) -> bool {
    match (path.rsplit_once('.'), candidate.rsplit_once('.')) {
        (Some((place, name)), Some((other_place, other))) if place == other_place => {
            is_alike(name, other)
        }
        (None, None) => is_alike(path, candidate),
        _ => edit_distance(path, candidate) <= 2,
    }
}
