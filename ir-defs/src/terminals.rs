//! The leaves of the trees that are not ids into a table.

use std::sync::Arc;

use nanopass::{Span, Symbol, TyId, VarId};

/// A name as written, qualified (`text.trim`) or not, with its place.
#[derive(Clone, Copy, Eq, Debug)]
pub struct Ident {
    /// The name.
    pub name: Symbol,
    /// Where it stands.
    pub span: Span,
}

/// Two identifiers are equal when their names are, wherever they stand.
impl PartialEq for Ident {
    fn eq(&self, other: &Ident) -> bool {
        self.name == other.name
    }
}

/// An operator of the surface language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`, with one operand or two
    Sub,
    /// `*`
    Mul,
    /// `×`
    Times,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `++`
    Append,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `-e`
    Negate,
    /// `!e`
    Not,
}

/// All operators with their spelling. `Negate` is told from `Sub` by the name `neg`.
pub const OPERATORS: &[(Operator, &str)] = &[
    (Operator::Add, "+"),
    (Operator::Sub, "-"),
    (Operator::Mul, "*"),
    (Operator::Times, "×"),
    (Operator::Div, "/"),
    (Operator::Rem, "%"),
    (Operator::Append, "++"),
    (Operator::Eq, "=="),
    (Operator::Ne, "!="),
    (Operator::Lt, "<"),
    (Operator::Le, "<="),
    (Operator::Gt, ">"),
    (Operator::Ge, ">="),
    (Operator::Negate, "neg"),
    (Operator::Not, "!"),
];

impl Operator {
    /// The spelling in IR text; in the source, `neg` is written `-`.
    pub fn text(self) -> &'static str {
        OPERATORS
            .iter()
            .find(|(operator, _)| *operator == self)
            .map_or("?", |(_, text)| text)
    }

    /// The operator of a spelling.
    pub fn of(text: &str) -> Option<Operator> {
        OPERATORS
            .iter()
            .find(|(_, spelling)| *spelling == text)
            .map(|(operator, _)| *operator)
    }
}

/// A literal.
#[derive(Clone, Debug)]
pub enum Lit {
    /// `42`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `'a'`
    Char(char),
    /// `"text"`
    Text(Arc<str>),
}

/// Floats are equal when their bits are, so that trees with `NaN` compare equal to themselves.
impl PartialEq for Lit {
    fn eq(&self, other: &Lit) -> bool {
        match (self, other) {
            (Lit::Int(a), Lit::Int(b)) => a == b,
            (Lit::Float(a), Lit::Float(b)) => a.to_bits() == b.to_bits(),
            (Lit::Char(a), Lit::Char(b)) => a == b,
            (Lit::Text(a), Lit::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Lit {}

/// Text that is no literal expression: a documentation comment, the digits of a number, the content of a sigil.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextLit(pub Arc<str>);

/// Yes or no.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flag(pub bool);

/// Which sugar made a node, so that messages can speak of what was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// A `?` match, written as such.
    Match,
    /// `if`
    If,
    /// `&&` or `||`
    Logic,
    /// Clauses of a function.
    Clauses,
    /// A pattern of a binding or a parameter, which must not fail.
    Binding,
    /// One variable out of a pattern that another node, with the reason [`Reason::Binding`], has matched already.
    Project,
    /// `or` on a `Result`.
    Or,
    /// The fallback of an effect.
    Fallback,
    /// `??`
    Coalesce,
    /// `[...xs]`, where `xs` must be a list.
    Spread,
    /// A predicate made of a pattern.
    Predicate,
    /// `x -> x > 2`
    Guard,
    /// `x <- e`
    Run,
    /// An expression that stands as a statement.
    Statement,
}

/// All reasons with their spelling in IR text.
pub const REASONS: &[(Reason, &str)] = &[
    (Reason::Match, "match"),
    (Reason::If, "if"),
    (Reason::Logic, "logic"),
    (Reason::Clauses, "clauses"),
    (Reason::Binding, "binding"),
    (Reason::Project, "project"),
    (Reason::Or, "or"),
    (Reason::Fallback, "fallback"),
    (Reason::Coalesce, "coalesce"),
    (Reason::Spread, "spread"),
    (Reason::Predicate, "predicate"),
    (Reason::Guard, "guard"),
    (Reason::Run, "run"),
    (Reason::Statement, "statement"),
];

/// The place where a local variable is bound. Before `typed`, `ty` is [`TyId::NONE`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Binder {
    /// The variable.
    pub var: VarId,
    /// Its type.
    pub ty: TyId,
}

impl Binder {
    /// A binder before types are known.
    pub fn untyped(var: VarId) -> Binder {
        Binder {
            var,
            ty: TyId::NONE,
        }
    }

    /// A binder with its type.
    pub fn new(var: VarId, ty: TyId) -> Binder {
        Binder { var, ty }
    }
}

/// A variable that stands for class evidence. It is a variable of the session with a namespace of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EvVar(pub VarId);

/// A join point or the head of a loop. It is a variable of the session with a namespace of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LabelId(pub VarId);

/// A structural operation that is demanded of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Derivation {
    /// `T -> T -> Bool`: `==`
    Eq,
    /// `T -> T -> Ordering`: the total order
    Compare,
    /// `T -> Text`: the text by itself, where a `Text` or `Char` is raw
    ToText,
    /// `T -> Text`: the text inside a structure, where a `Text` or `Char` is quoted
    Show,
    /// `T -> Text`: as `Show`, in parentheses where an argument of a constructor needs them
    ShowArgument,
}

/// All derivations with their spelling in IR text.
pub const DERIVATIONS: &[(Derivation, &str)] = &[
    (Derivation::Eq, "eq"),
    (Derivation::Compare, "compare"),
    (Derivation::ToText, "to-text"),
    (Derivation::Show, "show"),
    (Derivation::ShowArgument, "show-argument"),
];

/// A number of the compiler's own: an index, an offset, a size.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct IntLit(pub u32);

/// Raw bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ByteString(pub Arc<[u8]>);
