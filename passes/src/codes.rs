//! The codes of all diagnostics, one constant each: what went wrong, in one line.
//!
//! `E00xx` are errors of syntax, `E01xx` of names and modules, `E02xx` of types, `E03xx` of matches, `E04xx` of what
//! comes after them; `W` are warnings. A code never changes its meaning.

// Syntax (parse, build-ast).

/// A token stands where no declaration, expression, pattern or type has one.
pub const UNEXPECTED_TOKEN: &str = "E0001";
/// A bracket is not closed, or closed by one of another kind.
pub const UNMATCHED_BRACKET: &str = "E0002";
/// A bracket closes nothing.
pub const STRAY_BRACKET: &str = "E0003";
/// A text is not closed.
pub const UNCLOSED_TEXT: &str = "E0004";
/// A block comment is not closed.
pub const UNCLOSED_COMMENT: &str = "E0005";
/// A character that no token begins with.
pub const UNKNOWN_CHARACTER: &str = "E0006";
/// A number, character or sigil that is not well formed.
pub const MALFORMED_TOKEN: &str = "E0007";
/// Brackets, `if`s or arms nest too deeply.
pub const TOO_DEEP: &str = "E0008";
/// The file is too large.
pub const TOO_LARGE: &str = "E0009";
/// A reserved word stands where a name is needed.
pub const KEYWORD_AS_NAME: &str = "E0010";

/// The form is part of the language, and this version of the compiler does not support it yet.
pub const NOT_SUPPORTED: &str = "E0099";

/// Two `_` in one section.
pub const TWO_HOLES: &str = "E0090";
/// Clauses of one function with different numbers of parameters.
pub const CLAUSE_ARITY: &str = "E0091";
/// `<-`, or an expression as a statement, outside of an `effect` block.
pub const STATEMENT_IN_BLOCK: &str = "E0092";

// Names and modules (resolve-names).

// Types (typecheck).

// Matches (check-matches, compile-matches).

/// A match that leaves values uncovered.
pub const NOT_EXHAUSTIVE: &str = "E0301";
/// A pattern that can fail in a place where it must not.
pub const REFUTABLE: &str = "E0302";
/// A match that takes too many steps to check.
pub const MATCH_TOO_COMPLEX: &str = "E0303";
/// A match whose decision tree has too many nodes.
pub const TREE_TOO_LARGE: &str = "E0304";
/// An arm that no value reaches.
pub const UNREACHABLE_ARM: &str = "W0301";

// Everything after types (monomorphize and later).

/// A definition is needed at endlessly many types: polymorphic recursion.
pub const ENDLESS_INSTANCES: &str = "E0401";
/// A top-level value needs itself to be computed.
pub const VALUE_CYCLE: &str = "E0402";
/// A data type with more constructors than an object's header can tell apart.
pub const TOO_MANY_CONSTRUCTORS: &str = "E0451";
/// The compiler and its runtime disagree. A fault of the compiler.
pub const RUNTIME: &str = "E0490";
/// The module that was made is not valid. A fault of the compiler.
pub const INVALID_MODULE: &str = "E0491";

// The command.

/// A source file that cannot be read: missing, a directory, not UTF-8, too large.
pub const UNREADABLE: &str = "E0501";
/// Text that is no program of the intermediate language that it is said to be.
pub const BAD_IR: &str = "E0502";
/// A module that the engine does not run.
pub const NOT_RUNNABLE: &str = "E0503";
