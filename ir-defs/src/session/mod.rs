//! What all passes of one compilation share.

mod builtins;
mod types;

use nanopass::{Core, Diagnostic, FileId, Span, Symbol, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::mono;
use crate::prims::Prim;
use crate::tables::{
    ClassId, ClassInfo, ConId, ConInfo, GlobalId, GlobalInfo, GlobalKind, Named, TyConId, TyConInfo,
};
use crate::terminals::LabelId;
use crate::types::{TyVarId, TypeTable};

/// A source file that a [`Loader`] found.
#[derive(Clone, Debug)]
pub struct LoadedSource {
    /// The name to show to the user.
    pub name: String,
    /// The text.
    pub text: String,
    /// Whether it belongs to the library.
    pub library: bool,
}

/// Finds modules and files for passes, which touch no file system themselves.
pub trait Loader {
    /// The source of the module `a.b.c`. `Ok(None)`: there is no such module. `Err`: it is there and cannot be read;
    /// the text says why.
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String>;

    /// The paths of all modules that could be loaded, for suggestions.
    fn modules(&mut self) -> Vec<String>;
}

/// What the interpreter made of a definition that is marked `@static`.
pub struct Computed {
    /// The definition.
    pub global: GlobalId,
    /// The constant that it is, or why it is none.
    pub value: Result<mono::Expr, NoConstant>,
    /// Definitions that the constant mentions: parts of it that would nest too deeply.
    pub parts: Vec<mono::Define>,
}

/// Why a definition that is marked `@static` has no value.
pub struct NoConstant {
    /// What went wrong, as a message says it.
    pub problem: String,
    /// Where, if it is known better than by the definition.
    pub place: Span,
    /// Advice.
    pub help: Option<String>,
}

/// Computes all definitions of a program that are marked static. Passes have no interpreter; who has one gives it.
pub type ComputeStatics = fn(&mono::Program, &mut Session) -> Vec<Computed>;

/// A loader that finds nothing: for tests of single passes.
pub struct NoModules;

impl Loader for NoModules {
    fn module(&mut self, _path: &str) -> Result<Option<LoadedSource>, String> {
        Ok(None)
    }

    fn modules(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// How far `simplify` and its friends go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OptLevel {
    /// As written.
    O0,
    /// What makes code both smaller and faster.
    O1,
    /// The default.
    O2,
    /// Small before fast.
    Os,
}

/// How memory is reclaimed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Collector {
    /// Never.
    Bump,
    /// Objects stay where they are.
    MarkSweep,
    /// New objects are moved when they survive, old ones when they have doubled.
    Generational,
}

impl Collector {
    /// Whether it looks for roots.
    pub fn traces(self) -> bool {
        self != Collector::Bump
    }
}

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much to optimise.
    pub optimize: OptLevel,
    /// Whether producers are fused with their consumers, where it optimises. For measurements of what remains without.
    pub fuse: bool,
    /// Whether the module may use `return_call`.
    pub tail_calls: bool,
    /// Whether the names of locals go into the module.
    pub debug: bool,
    /// Whether to note where each instruction comes from, in [`Session::code_places`].
    pub places: bool,
    /// Whether a module without `main` is fine (checking a library module).
    pub library: bool,
    /// How memory is reclaimed.
    pub collector: Collector,
    /// Whether the collector runs as often as it can, and the heap is checked each time.
    pub collector_stress: bool,
    /// Whether the module exports what the collector counts.
    pub collector_counts: bool,
    /// The most pages of 64 KiB that the memory may have.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            optimize: OptLevel::O2,
            fuse: true,
            tail_calls: true,
            debug: false,
            places: false,
            library: false,
            collector: Collector::Generational,
            collector_stress: false,
            collector_counts: false,
            max_pages: None,
        }
    }
}

/// A name that is bound nowhere and was read as a field of a predicate's element.
#[derive(Clone, Copy, Debug)]
pub struct ImplicitField {
    /// Where it stands.
    pub span: Span,
    /// Whether it has been reported that the element has no such field.
    pub reported: bool,
}

/// What all passes of one compilation share.
pub struct Session {
    /// Names, variables, source files and diagnostics.
    pub core: Core,
    /// What the user asked for.
    pub options: Options,
    /// Finds modules.
    pub loader: Box<dyn Loader>,
    /// Computes what is marked `@static`.
    pub compute_statics: Option<ComputeStatics>,
    /// All types.
    pub types: TypeTable,
    /// Top-level values.
    pub globals: Named<GlobalId, GlobalInfo>,
    /// Constructors.
    pub constructors: Named<ConId, ConInfo>,
    /// Type constructors.
    pub tycons: Named<TyConId, TyConInfo>,
    /// Classes.
    pub classes: Named<ClassId, ClassInfo>,
    /// Field accesses whose record is a variable that hides a module, by their place: for the message if there is no
    /// such field.
    pub hidden_modules: FxHashMap<Span, String>,
    /// Names that are bound nowhere and were read as fields of a predicate's element, by their label.
    pub implicit_fields: FxHashMap<Symbol, Vec<ImplicitField>>,
    /// The classes and types of instances that could not be read: that they hold is not known.
    pub lost_instances: FxHashSet<Symbol>,
    /// An import is missing, which has been reported: it may have brought any operator.
    pub operators_missing: bool,
    /// Definitions and instances in which an error has been found: what follows from it is not reported again.
    pub flawed: FxHashSet<GlobalId>,
    /// The domains whose operators a file sees, by their paths. One without an entry sees those of all domains.
    pub operator_scopes: FxHashMap<FileId, FxHashSet<Symbol>>,
    /// What brings a domain into scope, for those that their modules export: a module, and the domain's name.
    pub domain_homes: FxHashMap<Symbol, (String, String)>,
    /// The module of the imports that a capability's operations become; the library's capabilities have none.
    pub host_modules: FxHashMap<TyConId, String>,
    /// The capabilities that the types of what the module exports name; `None` where no type has said so.
    pub granted: Option<Vec<TyConId>>,
    /// Where instructions of the module begin, in bytes from its start, ascending, and what they come from.
    pub code_places: Vec<(usize, Span)>,
    /// The type variables of IR text, by the names that the reader has given to variables.
    pub(crate) read_type_vars: FxHashMap<VarId, TyVarId>,
}

impl Session {
    /// A session that knows the built-in types and nothing else.
    pub fn new(options: Options, loader: Box<dyn Loader>) -> Session {
        let mut session = Session {
            core: Core::new(),
            options,
            loader,
            compute_statics: None,
            types: TypeTable::default(),
            globals: Named::default(),
            constructors: Named::default(),
            tycons: Named::default(),
            classes: Named::default(),
            hidden_modules: FxHashMap::default(),
            implicit_fields: FxHashMap::default(),
            lost_instances: FxHashSet::default(),
            operators_missing: false,
            flawed: FxHashSet::default(),
            operator_scopes: FxHashMap::default(),
            domain_homes: FxHashMap::default(),
            host_modules: FxHashMap::default(),
            granted: None,
            code_places: Vec::new(),
            read_type_vars: FxHashMap::default(),
        };
        session.define_builtins();
        session
    }

    /// A session for one pass on its own: default options, no modules.
    pub fn bare() -> Session {
        Session::new(Options::default(), Box::new(NoModules))
    }

    /// The global of a unique name, which need not be defined yet.
    pub fn global(&mut self, name: &str) -> GlobalId {
        self.globals.id(name)
    }

    /// What a global is.
    pub fn global_kind(&self, global: GlobalId) -> GlobalKind {
        self.globals
            .get(global)
            .map_or(GlobalKind::Value, |info| info.kind)
    }

    /// The primitive that a global is another name of.
    pub fn intrinsic(&self, global: GlobalId) -> Option<Prim> {
        match self.global_kind(global) {
            GlobalKind::Intrinsic(prim) => Some(prim),
            _ => None,
        }
    }

    /// A global that no other one is named like: `base`, or `base.1`, `base.2`, …
    pub fn fresh_global(&mut self, base: &str) -> GlobalId {
        if self.globals.find(base).is_none() {
            return self.globals.id(base);
        }
        let mut number = 1;
        loop {
            let name = format!("{base}.{number}");
            if self.globals.find(&name).is_none() {
                return self.globals.id(&name);
            }
            number += 1;
        }
    }

    /// Names for what comes out of a definition: `base.0`, then `base.1` and so on, without those that are taken.
    /// `number` is the first one to try, and becomes the one after that of the name.
    pub fn numbered_global(&mut self, base: &str, number: &mut usize) -> GlobalId {
        loop {
            let name = format!("{base}.{number}");
            *number += 1;
            if self.globals.find(&name).is_none() {
                return self.globals.id(&name);
            }
        }
    }

    /// A new label with a telling name: `join`, `loop`.
    pub fn fresh_label(&mut self, name: &str) -> LabelId {
        LabelId(self.core.fresh_named(name, Span::NONE))
    }

    /// Reports a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.core.report(diagnostic);
    }
}
