//! What a compilation knows of its globals, constructors, type constructors and classes.
//!
//! Each is known by a unique printed name, and an id is the index of that name. So a pass can ask for a definition of
//! the library by name, and a piece of IR text can be read into an empty session.

use std::sync::Arc;

use nanopass::{Span, TyId};
use rustc_hash::FxHashMap;

use crate::prims::Prim;
use crate::types::{Kind, TyVarId};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);

        impl From<u32> for $name {
            fn from(index: u32) -> $name {
                $name(index)
            }
        }

        impl From<$name> for usize {
            fn from(id: $name) -> usize {
                id.0 as usize
            }
        }
    )*};
}

ids! {
    /// A top-level value, class member, instance, capability's operation or intrinsic: `aivi.list.map`.
    GlobalId;
    /// A data constructor: `Some`, `main.Circle`.
    ConId;
    /// A type constructor: data type, alias, capability or built-in: `Int`, `main.Shape`.
    TyConId;
    /// A type class: `Ord`.
    ClassId;
}

/// A data type where a program defines it; the definition itself is in the table of type constructors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DataDef(pub TyConId);

/// A class where a program defines it; the definition itself is in the table of classes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ClassDef(pub ClassId);

/// Entries that are found by unique name.
#[derive(Clone, Debug)]
pub struct Named<Id, Info> {
    names: Vec<Arc<str>>,
    infos: Vec<Info>,
    ids: FxHashMap<Arc<str>, u32>,
    marker: std::marker::PhantomData<Id>,
}

impl<Id, Info> Default for Named<Id, Info> {
    fn default() -> Self {
        Named {
            names: Vec::new(),
            infos: Vec::new(),
            ids: FxHashMap::default(),
            marker: std::marker::PhantomData,
        }
    }
}

impl<Id: Copy + From<u32> + Into<usize>, Info: Default> Named<Id, Info> {
    /// The id of a name, with an empty entry if there is none yet.
    pub fn id(&mut self, name: &str) -> Id {
        if let Some(&index) = self.ids.get(name) {
            return Id::from(index);
        }
        let index = self.names.len() as u32;
        let name: Arc<str> = Arc::from(name);
        self.names.push(name.clone());
        self.infos.push(Info::default());
        self.ids.insert(name, index);
        Id::from(index)
    }

    /// The id of a name that may not be there.
    pub fn find(&self, name: &str) -> Option<Id> {
        self.ids.get(name).map(|&index| Id::from(index))
    }

    /// The unique name.
    pub fn name(&self, id: Id) -> &str {
        self.names.get(id.into()).map_or("?", |name| name)
    }

    /// The entry; `None` for an id of another table.
    pub fn get(&self, id: Id) -> Option<&Info> {
        self.infos.get(id.into())
    }

    /// The entry, to change.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut Info> {
        self.infos.get_mut(id.into())
    }

    /// All ids, in the order of their creation.
    pub fn ids(&self) -> impl Iterator<Item = Id> + use<Id, Info> {
        (0..self.names.len() as u32).map(Id::from)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// What a global is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum GlobalKind {
    /// A definition of the program.
    #[default]
    Value,
    /// A member of a class.
    Member(ClassId),
    /// The evidence that an `instance` declares.
    Instance,
    /// An operation of a capability that the host provides.
    Operation(TyConId),
    /// A primitive operation under the name that the library gives it.
    Intrinsic(Prim),
}

/// What is known of a global.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GlobalInfo {
    /// What it is.
    pub kind: GlobalKind,
    /// Where it is defined.
    pub span: Span,
    /// Whether its module belongs to the library.
    pub library: bool,
    /// Marked `@inline`.
    pub inline: bool,
    /// The text of `@deprecated`.
    pub deprecated: Option<String>,
    /// Marked `@test`.
    pub test: bool,
    /// Marked `@static`: computed by the compiler.
    pub static_: bool,
    /// Marked `@mcp_tool` or `@mcp_resource`.
    pub mcp: Option<McpExport>,
}

/// How a component offers an exported definition to a client of the Model Context Protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum McpExport {
    /// Something to call: `@mcp_tool`.
    Tool,
    /// Something to read: `@mcp_resource`.
    Resource,
}

/// What is known of a constructor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConInfo {
    /// Its data type; `None` until that is defined.
    pub data: Option<TyConId>,
    /// Its place among the constructors of its type, from 0.
    pub index: u32,
    /// The number of its fields, known from `resolve-names` on.
    pub arity: u32,
    /// The types of its fields, over the parameters of its data type; filled by `typecheck`.
    pub fields: Vec<TyId>,
    /// Where it is defined.
    pub span: Span,
}

/// What a type constructor is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum TyConKind {
    /// Mentioned, not defined.
    #[default]
    Unknown,
    /// A type of the compiler's own: `Int`, `Text`, `Effect`, `Array`.
    Builtin,
    /// A data type.
    Data,
    /// Another name of a type.
    Alias,
    /// A capability; `fails` is the error type of its operations.
    Capability {
        /// The error type that its operations may fail with; filled by `typecheck`.
        fails: Option<TyId>,
    },
}

/// What is known of a type constructor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TyConInfo {
    /// What it is.
    pub kind: TyConKind,
    /// The name as the user writes it, for messages.
    pub short: String,
    /// Its parameters, filled by `typecheck` (for built-ins by the session).
    pub params: Vec<TyVarId>,
    /// The constructors of a data type.
    pub constructors: Vec<ConId>,
    /// What an alias stands for, over its parameters; filled by `typecheck`.
    pub alias: Option<TyId>,
    /// Where it is defined.
    pub span: Span,
    /// Whether its module belongs to the library.
    pub library: bool,
}

/// A constraint: the class holds at these types.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClassConstraint {
    /// The class.
    pub class: ClassId,
    /// One type for each parameter of the class.
    pub types: Vec<TyId>,
}

/// What is known of a class.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClassInfo {
    /// Its parameters.
    pub params: Vec<TyVarId>,
    /// The constraints that an instance must meet first, over the parameters.
    pub supers: Vec<ClassConstraint>,
    /// Its members, in the order of the declaration.
    pub members: Vec<MemberInfo>,
    /// Where it is defined.
    pub span: Span,
}

/// A member of a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberInfo {
    /// Its global, under which it is used.
    pub global: GlobalId,
    /// The variables that its own signature quantifies, beside the parameters of the class.
    pub types: Vec<TyVarId>,
    /// The constraints of its own signature.
    pub constraints: Vec<ClassConstraint>,
    /// Its type, over both.
    pub ty: TyId,
    /// The global that holds the default body: a function of evidence for the class.
    pub default: Option<GlobalId>,
}

/// The kind of a constructor with the given number of parameters of kind `*`.
pub fn kind_of_arity(arity: usize) -> Kind {
    if arity == 0 {
        Kind::Star
    } else {
        Kind::Arrow(vec![Kind::Star; arity], Box::new(Kind::Star))
    }
}
