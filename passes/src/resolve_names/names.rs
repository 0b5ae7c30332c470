//! What a name may mean, and where a definition waits until something reaches it.

use ir_defs::ast;
use ir_defs::tables::{ClassId, ConId, GlobalId, TyConId};
use ir_defs::terminals::Ident;
use nanopass::{Span, Symbol};

/// An index into the modules of the [`super::Resolver`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct ModuleId(pub usize);

/// What a name in an expression or a pattern means when it is no local variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Value {
    Global(GlobalId),
    Con(ConId),
}

/// What a name in a type means when it is no variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum TypeName {
    Con(TyConId),
    Class(ClassId),
}

/// The result of looking for an unqualified or a qualified name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found<T> {
    Nothing,
    One(T),
    /// Several definitions; each with the place that brings it into scope.
    Many(Vec<(T, Span)>),
    /// Reported already, as a form that is not supported yet.
    Reported,
}

/// `use` as the module table keeps it.
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub span: Span,
    /// The path as written, for messages.
    pub path: Ident,
    /// `None` where there is no such module; that has been reported.
    pub target: Option<ModuleId>,
    /// The name under which the module's exports are available qualified.
    pub qualifier: Symbol,
    pub selection: Selection,
}

/// What a `use` brings into scope without a qualifier.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    Everything,
    Only(Vec<ast::Exposed>),
    Hiding(Vec<ast::Exposed>),
    /// `use a.b as B`
    Nothing,
}

/// The parts of a value's definition, wherever they stand in the module.
#[derive(Debug)]
pub(super) struct ValueSource {
    pub module: ModuleId,
    pub span: Span,
    pub signature: Option<(ast::Type, Vec<ast::Constraint>)>,
    /// Absent in an intrinsic.
    pub value: Option<ValueBody>,
}

/// What a value is defined as.
#[derive(Debug)]
pub(super) enum ValueBody {
    Expr(ast::Expr),
    /// `(a, b) = e`: the hidden definition that computes `e`, takes it apart and gives a tuple of the variables.
    Parts {
        pattern: ast::Pattern,
        value: ast::Expr,
        names: Vec<Ident>,
    },
    /// `1px = e` in a domain: the function of the number that a suffix is.
    Delta(ast::Expr),
    /// One variable of such a definition: the item of that index of the hidden tuple, of that many items.
    Part {
        whole: GlobalId,
        index: usize,
        count: usize,
    },
}

/// A declaration of a data type, alias or capability.
#[derive(Debug)]
pub(super) struct TypeSource {
    pub module: ModuleId,
    pub item: ast::Item,
}

/// A `domain`, until what it is of is in the program.
#[derive(Debug)]
pub(super) struct DomainSource {
    /// The table of its own names.
    pub module: ModuleId,
    /// Absent once it is in the program.
    pub carrier: Option<ast::Type>,
    pub operators: Vec<GlobalId>,
}

/// An `instance` and whether it is in the program yet.
#[derive(Debug)]
pub(super) struct InstanceSource {
    pub module: ModuleId,
    pub item: Option<ast::Item>,
}
