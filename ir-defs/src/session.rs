//! What all passes of one compilation share.

use nanopass::{Core, Diagnostic, FileId, Span, Symbol, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::mono;
use crate::prims::Prim;
use crate::tables::{
    ClassId, ClassInfo, ConId, ConInfo, GlobalId, GlobalInfo, GlobalKind, Named, TyConId,
    TyConInfo, TyConKind,
};
use crate::terminals::LabelId;
use crate::types::{Kind, TyVarId, Type, TypeTable};

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
    /// Whether the module may use `return_call`.
    pub tail_calls: bool,
    /// Whether the names of locals go into the module.
    pub debug: bool,
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
            tail_calls: true,
            debug: false,
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
    /// The type variables of IR text, by the names that the reader has given to variables.
    pub(crate) read_type_vars: FxHashMap<VarId, TyVarId>,
}

/// The types that the compiler itself knows, with the kinds of their parameters.
const BUILTIN: &[(&str, &[Kind])] = &[
    ("Int", &[]),
    ("Float", &[]),
    ("Char", &[]),
    ("Text", &[]),
    ("Bytes", &[]),
    // Where a field is in an object: what a hole is filled by. No module can name it.
    ("place", &[]),
    // What a function of several results gives; applied to the types of these, as many as they are.
    ("results", &[]),
    // A mutable block of values under construction; only the library sees it.
    ("Array", &[Kind::Star]),
    ("Effect", &[Kind::Row, Kind::Star]),
    // What an effect row says of the error type; no type of values.
    ("Fail", &[Kind::Star]),
    // What instances of functions and tuples are of; applied to all arguments they are `Type::Fun` and `Type::Tuple`.
    ("function", &[Kind::Star, Kind::Star]),
    ("tuple.2", &[Kind::Star, Kind::Star]),
    ("tuple.3", &[Kind::Star, Kind::Star, Kind::Star]),
];

/// The names of constructors, each with the types of its fields.
type BuiltinConstructors = &'static [(&'static str, &'static [&'static str])];

/// The data types that the compiler itself knows, because literals, patterns or primitives speak of them. They are
/// defined here, so that each pass can rely on them, and no module defines them again.
const BUILTIN_DATA: &[(&str, &[&str], BuiltinConstructors)] = &[
    ("Unit", &[], &[("Unit", &[])]),
    ("Bool", &[], &[("False", &[]), ("True", &[])]),
    (
        "Ordering",
        &[],
        &[("Less", &[]), ("Equal", &[]), ("Greater", &[])],
    ),
    (
        "List",
        &["A"],
        &[("List.Nil", &[]), ("List.Cons", &["A", "List A"])],
    ),
    ("Option", &["A"], &[("None", &[]), ("Some", &["A"])]),
    ("Result", &["E", "A"], &[("Err", &["E"]), ("Ok", &["A"])]),
];

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
            read_type_vars: FxHashMap::default(),
        };
        session.define_builtins();
        session
    }

    /// A session for one pass on its own: default options, no modules.
    pub fn bare() -> Session {
        Session::new(Options::default(), Box::new(NoModules))
    }

    fn define_builtins(&mut self) {
        for (name, kinds) in BUILTIN {
            let id = self.tycons.id(name);
            let params = kinds
                .iter()
                .enumerate()
                .map(|(index, kind)| {
                    let symbol = self
                        .core
                        .intern(["A", "B"].get(index).copied().unwrap_or("C"));
                    self.types.fresh_var(symbol, kind.clone())
                })
                .collect();
            if let Some(info) = self.tycons.get_mut(id) {
                *info = TyConInfo {
                    kind: TyConKind::Builtin,
                    short: (*name).to_string(),
                    params,
                    library: true,
                    ..TyConInfo::default()
                };
            }
        }
        let arrow = self.tycons.id("function");
        let tuples = [
            (self.tycons.id("tuple.2"), 2),
            (self.tycons.id("tuple.3"), 3),
        ];
        self.types.name_functions_and_tuples(arrow, tuples);
        for (name, params, constructors) in BUILTIN_DATA {
            self.define_builtin_data(name, params, constructors);
        }
    }

    fn define_builtin_data(
        &mut self,
        name: &str,
        params: &[&str],
        constructors: &[(&str, &[&str])],
    ) {
        let data = self.tycons.id(name);
        let mut vars = Vec::new();
        let mut args = Vec::new();
        for param in params {
            let symbol = self.core.intern(param);
            let var = self.types.fresh_var(symbol, Kind::Star);
            vars.push(var);
            args.push(self.types.intern(Type::Var(var)));
        }
        let head = self.types.intern(Type::Con(data));
        let itself = self.types.apply(head, args.clone());
        let mut ids = Vec::new();
        for (index, (con, fields)) in constructors.iter().enumerate() {
            let id = self.constructors.id(con);
            ids.push(id);
            let fields: Vec<TyId> = fields
                .iter()
                .map(|field| {
                    let position = params.iter().position(|param| param == field);
                    position
                        .and_then(|position| args.get(position))
                        .copied()
                        .unwrap_or(itself)
                })
                .collect();
            if let Some(info) = self.constructors.get_mut(id) {
                *info = ConInfo {
                    data: Some(data),
                    index: index as u32,
                    arity: fields.len() as u32,
                    fields,
                    span: Span::NONE,
                };
            }
        }
        if let Some(info) = self.tycons.get_mut(data) {
            *info = TyConInfo {
                kind: TyConKind::Data,
                short: name.to_string(),
                params: vars,
                constructors: ids,
                library: true,
                ..TyConInfo::default()
            };
        }
    }

    /// The type constructor of a name, applied to nothing.
    pub fn ty_con(&mut self, name: &str) -> TyId {
        let id = self.tycons.id(name);
        self.types.intern(Type::Con(id))
    }

    /// `Int`.
    pub fn int(&mut self) -> TyId {
        self.ty_con("Int")
    }

    /// `Float`.
    pub fn float(&mut self) -> TyId {
        self.ty_con("Float")
    }

    /// `Bool`.
    pub fn bool(&mut self) -> TyId {
        self.ty_con("Bool")
    }

    /// `Char`.
    pub fn char(&mut self) -> TyId {
        self.ty_con("Char")
    }

    /// `Text`.
    pub fn text(&mut self) -> TyId {
        self.ty_con("Text")
    }

    /// `Unit`.
    pub fn unit(&mut self) -> TyId {
        self.ty_con("Unit")
    }

    /// `List item`.
    pub fn list(&mut self, item: TyId) -> TyId {
        let list = self.ty_con("List");
        self.types.apply(list, vec![item])
    }

    /// `params -> result`, curried.
    pub fn fun(&mut self, params: &[TyId], result: TyId) -> TyId {
        params.iter().rev().fold(result, |result, &param| {
            self.types.intern(Type::Fun(param, result))
        })
    }

    /// A tuple; of one component it is that component, of none it is `Unit`.
    pub fn tuple(&mut self, items: Vec<TyId>) -> TyId {
        match items.as_slice() {
            [] => self.unit(),
            &[item] => item,
            _ => self.types.intern(Type::Tuple(items)),
        }
    }

    /// A record; sorts the fields by label.
    pub fn record(&mut self, mut fields: Vec<(Symbol, TyId)>, tail: Option<TyId>) -> TyId {
        fields.sort_by(|a, b| self.core.text(a.0).cmp(self.core.text(b.0)));
        for (label, _) in &fields {
            self.types.spell_label(*label, self.core.text(*label));
        }
        self.types.normal(Type::Record { fields, tail })
    }

    /// An effect row; sorts the capabilities by name and drops repetitions.
    pub fn row(
        &mut self,
        mut capabilities: Vec<TyConId>,
        fail: Option<TyId>,
        tail: Option<TyId>,
    ) -> TyId {
        capabilities.sort_by(|a, b| self.tycons.name(*a).cmp(self.tycons.name(*b)));
        capabilities.dedup();
        for capability in &capabilities {
            self.types
                .spell_capability(*capability, self.tycons.name(*capability));
        }
        self.types.normal(Type::Row {
            capabilities,
            fail,
            tail,
        })
    }

    /// `Effect row result`.
    pub fn effect(&mut self, row: TyId, result: TyId) -> TyId {
        let effect = self.ty_con("Effect");
        self.types.apply(effect, vec![row, result])
    }

    /// The error row and the result of an `Effect`; `None` for any other type.
    pub fn as_effect(&self, ty: TyId) -> Option<(TyId, TyId)> {
        match self.types.get(ty) {
            Type::Apply(head, args) => match (self.types.get(*head), args.as_slice()) {
                (Type::Con(con), &[row, result]) if self.tycons.name(*con) == "Effect" => {
                    Some((row, result))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The type of what a value of this type gives when it is applied to so many arguments, and then performed if
    /// `performs`. `None` if the type is not such a function's.
    pub fn applied(&self, ty: TyId, args: usize, performs: bool) -> Option<TyId> {
        let mut ty = ty;
        for _ in 0..args {
            let Type::Fun(_, result) = self.types.get(ty) else {
                return None;
            };
            ty = *result;
        }
        if performs {
            self.as_effect(ty).map(|(_, result)| result)
        } else {
            Some(ty)
        }
    }

    /// The type of the failure of an effect; `None` for one that cannot fail, and for any other type.
    pub fn failure(&self, effect: TyId) -> Option<TyId> {
        match self.types.get(self.as_effect(effect)?.0) {
            Type::Row { fail, .. } => *fail,
            _ => None,
        }
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

    /// The types of a constructor's fields at the given arguments of its data type.
    pub fn field_types(&mut self, con: ConId, args: &[TyId]) -> Vec<TyId> {
        let Some(info) = self.constructors.get(con) else {
            return Vec::new();
        };
        let params = info
            .data
            .and_then(|data| self.tycons.get(data))
            .map(|data| data.params.clone());
        let replace = params
            .unwrap_or_default()
            .into_iter()
            .zip(args.iter().copied())
            .collect();
        info.fields
            .clone()
            .into_iter()
            .map(|field| self.types.substitute(field, &replace))
            .collect()
    }

    /// The type of what a function of several results gives.
    pub fn results(&mut self, items: Vec<TyId>) -> TyId {
        let head = self.ty_con("results");
        self.types.apply(head, items)
    }

    /// The types of several results.
    pub fn as_results(&self, ty: TyId) -> Option<&[TyId]> {
        let Type::Apply(head, items) = self.types.get(ty) else {
            return None;
        };
        let is_results =
            matches!(self.types.get(*head), Type::Con(con) if self.tycons.name(*con) == "results");
        is_results.then_some(items)
    }

    /// The data type and its arguments, if that is what the type is.
    pub fn as_data(&self, ty: TyId) -> Option<(TyConId, Vec<TyId>)> {
        let (con, args) = match self.types.get(ty) {
            Type::Con(con) => (*con, Vec::new()),
            Type::Apply(head, args) => match self.types.get(*head) {
                Type::Con(con) => (*con, args.clone()),
                _ => return None,
            },
            _ => return None,
        };
        matches!(self.tycons.get(con)?.kind, TyConKind::Data).then_some((con, args))
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
