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
/// `if` without `else`.
pub const MISSING_ELSE: &str = "E0011";
/// What stands before `=>`, `=`, `<-` or in an arm is no pattern.
pub const NOT_A_PATTERN: &str = "E0012";
/// `a < b < c`
pub const CHAINED_COMPARISON: &str = "E0013";
/// A number that its type cannot hold.
pub const OUT_OF_RANGE: &str = "E0014";
/// An escape that does not exist.
pub const BAD_ESCAPE: &str = "E0015";
/// `let x = e`
pub const DEFINITION_KEYWORD: &str = "E0016";
/// Something else where a declaration or a member needs a name, or a definition where none can stand.
pub const NOT_A_NAME: &str = "E0017";
/// An entry of a record that is no field.
pub const NOT_A_FIELD: &str = "E0018";
/// Something else where a type, a constraint or a type parameter is needed.
pub const NOT_A_TYPE: &str = "E0019";
/// A decorator that does not exist, or not here.
pub const DECORATOR_SYNTAX: &str = "E0020";
/// A block that ends in a binding.
pub const NO_RESULT: &str = "E0021";
/// A signature in a block.
pub const SIGNATURE_IN_BLOCK: &str = "E0022";

/// Two `_` in one section.
pub const TWO_HOLES: &str = "E0090";
/// Clauses of one function with different numbers of parameters.
pub const CLAUSE_ARITY: &str = "E0091";
/// `<-`, or an expression as a statement, outside of an `effect` block.
pub const STATEMENT_IN_BLOCK: &str = "E0092";

// Names and modules (resolve-names).

/// A value or a constructor of this name is nowhere in scope.
pub const UNKNOWN_NAME: &str = "E0101";
/// A type, class or capability of this name is nowhere in scope.
pub const UNKNOWN_TYPE: &str = "E0102";
/// A module of this path is not found.
pub const UNKNOWN_MODULE: &str = "E0103";
/// The module does not export this name.
pub const NOT_EXPORTED: &str = "E0104";
/// An unqualified name could mean several definitions.
pub const AMBIGUOUS_NAME: &str = "E0105";
/// A name is defined twice in one module.
pub const DUPLICATE_DEFINITION: &str = "E0106";
/// A pattern binds a name twice.
pub const DUPLICATE_VARIABLE: &str = "E0107";
/// Modules import each other in a circle.
pub const IMPORT_CYCLE: &str = "E0108";
/// A top-level value needs itself to be computed.
pub const VALUE_NEEDS_ITSELF: &str = "E0109";
/// A constructor pattern has too many or too few arguments.
pub const PATTERN_ARITY: &str = "E0110";
/// The program has no `main`.
pub const NO_MAIN: &str = "E0111";
/// A signature has no definition.
pub const SIGNATURE_ALONE: &str = "E0112";
/// A decorator is unknown, stands where it means nothing, or has the wrong argument.
pub const DECORATOR: &str = "E0113";
/// An `@intrinsic` names no primitive operation.
pub const UNKNOWN_INTRINSIC: &str = "E0114";
/// A type variable is not a parameter of the declaration.
pub const UNBOUND_TYPE_VARIABLE: &str = "E0115";
/// An instance has a member that its class lacks, or lacks one that has no default.
pub const INSTANCE_MEMBERS: &str = "E0116";
/// An instance stands neither beside its class nor beside its type.
pub const ORPHAN_INSTANCE: &str = "E0117";
/// A class where a type is expected, or a type where a class is.
pub const CLASS_OR_TYPE: &str = "E0118";
/// The file's header names another module than the one that was looked for.
pub const MODULE_PATH: &str = "E0120";
/// The module's file is there and cannot be read.
pub const UNREADABLE_MODULE: &str = "E0121";
/// `yield`, `recurse`, `loop`, a guard or a pattern with a condition where it does not belong.
pub const MISPLACED_STATEMENT: &str = "E0122";
/// A row operator of types is not given labels.
pub const LABELS_EXPECTED: &str = "E0123";
/// A suffix that no domain in scope has.
pub const UNKNOWN_SUFFIX: &str = "E0130";
/// The definition of a suffix does not hold exactly one literal `1`.
pub const DELTA_LITERAL: &str = "E0131";
/// A member of a domain is no operator that it may define.
pub const DOMAIN_MEMBER: &str = "E0132";
/// A sigil that there is not.
pub const UNKNOWN_SIGIL: &str = "E0133";
/// The content of a sigil or of an instant is not valid.
pub const INVALID_LITERAL: &str = "E0134";
/// The content of `~r` is no regular expression.
pub const INVALID_PATTERN: &str = "E0135";
/// A `resource` block without a `yield`, or with several.
pub const RESOURCE_YIELD: &str = "E0124";
/// An import that nothing uses.
pub const UNUSED_IMPORT: &str = "W0101";
/// A variable that nothing uses.
pub const UNUSED_VARIABLE: &str = "W0102";
/// A definition that is neither exported nor used.
pub const UNUSED_DEFINITION: &str = "W0103";
/// The use of a definition that is marked `@deprecated`.
pub const DEPRECATED: &str = "W0104";

// Types (typecheck).

/// A type is not the one that is expected.
pub const TYPE_MISMATCH: &str = "E0201";
/// A type would contain itself.
pub const INFINITE_TYPE: &str = "E0202";
/// Something that is no function is called, or a function with too many arguments.
pub const NOT_A_FUNCTION: &str = "E0203";
/// A record has no such field, or a field is taken of what is no record.
pub const NO_FIELD: &str = "E0204";
/// A class does not hold for a type.
pub const NO_INSTANCE: &str = "E0205";
/// An operator is not defined for the type of its operands.
pub const OPERATOR: &str = "E0206";
/// A signature promises more types than the definition works for.
pub const RIGID: &str = "E0207";
/// Effects that fail differently are joined, or one fails where it must not.
pub const FAILURE_MISMATCH: &str = "E0208";
/// An effect needs a capability that the effect row does not hold.
pub const CAPABILITY: &str = "E0209";
/// An effect is used as if it were its result.
pub const EFFECT_AS_VALUE: &str = "E0210";
/// A statement gives something else than `Unit`.
pub const STATEMENT: &str = "E0211";
/// `=` binds an effect in an `effect` block.
pub const EFFECT_BOUND: &str = "E0212";
/// What is run, or ends an `effect` block, is no effect.
pub const NOT_AN_EFFECT: &str = "E0213";
/// `main` is no effect that gives `Unit`.
pub const MAIN: &str = "E0214";
/// A type has too many or too few arguments, or arguments of the wrong kind.
pub const KIND_MISMATCH: &str = "E0215";
/// An alias contains itself.
pub const TYPE_ALIAS_CYCLE: &str = "E0216";
/// A type is beyond the limit.
pub const TYPE_SIZE: &str = "E0217";
/// Nothing decides which instance of a class is meant.
pub const AMBIGUOUS_INSTANCE: &str = "E0218";
/// An instance lacks a member or has one too many.
pub const INSTANCE_MEMBER: &str = "E0219";
/// A class has two instances for one type constructor.
pub const INSTANCE_OVERLAP: &str = "E0220";
/// An instance is of something that is no type constructor.
pub const INSTANCE_HEAD: &str = "E0221";
/// The search of an instance does not end.
pub const ENDLESS_INSTANCE: &str = "E0222";
/// An operator on record types does not fit its record.
pub const RECORD_OPERATOR: &str = "E0223";
/// A spread that is not the first has unknown fields.
pub const SPREAD: &str = "E0224";
/// The short form of an effect row stands where the whole row is needed.
pub const SHORT_ROW: &str = "E0225";
/// Something in an effect row is neither a capability nor `Fail T`.
pub const ROW_ITEM: &str = "E0227";
/// A generator draws from what is no collection.
pub const NOT_A_SOURCE: &str = "E0229";
/// A definition of the library is not there.
pub const UNDEFINED: &str = "E0228";
/// Several signatures of an operator fit its operands.
pub const AMBIGUOUS_OPERATOR: &str = "E0230";
/// A number that a suffix does not take.
pub const SUFFIX_NUMBER: &str = "E0232";
/// An operator is defined twice for the same operands.
pub const OPERATOR_OVERLAP: &str = "E0231";
/// An operation of the host takes or gives what has no form outside of the program.
pub const HOST_TYPE: &str = "E0257";
/// What is marked as a test can neither hold nor fail.
pub const TEST_TYPE: &str = "E0258";
/// A class of no or of several types, or an instance that names several.
pub const CLASS_PARAMETERS: &str = "E0270";
/// A class that is its own superclass.
pub const CLASS_CIRCLE: &str = "E0271";

/// Nothing says whether the instruction of a patch is a function.
pub const PATCH_INSTRUCTION: &str = "E0240";
/// A step of a patch's path does not fit what it stands on.
pub const PATCH_PATH: &str = "E0241";
/// Two entries of a patch change the same place.
pub const PATCH_COLLISION: &str = "E0242";
/// A patch removes what is not there or cannot be removed.
pub const PATCH_REMOVAL: &str = "E0243";
/// A patch adds or removes a field where the type cannot change.
pub const PATCH_FIXED: &str = "E0244";
/// A patch adds a field that is spelt almost like a present one.
pub const SIMILAR_FIELD: &str = "W0240";

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
/// A definition that is marked `@static` has no value at compile time.
pub const STATIC: &str = "E0402";
/// A data type with more constructors than an object's header can tell apart.
pub const TOO_MANY_CONSTRUCTORS: &str = "E0451";
/// A function that is used as a value takes more arguments than a closure can tell.
pub const TOO_MANY_ARGUMENTS: &str = "E0452";
/// The program begins with more memory than it may have.
pub const MEMORY_LIMIT: &str = "E0453";
/// Calls that would be tail calls, where the module must do without.
pub const PLAIN_TAIL_CALLS: &str = "W0401";
/// The compiler and its runtime disagree. A fault of the compiler.
pub const RUNTIME: &str = "E0490";
/// The module that was made is not valid. A fault of the compiler.
pub const INVALID_MODULE: &str = "E0491";
/// The module imports what the types of its exports do not name. A fault of the compiler.
pub const UNGRANTED_IMPORT: &str = "E0492";
/// An intermediate program asks for what its types do not have. A fault of the compiler, or of a text that was read.
pub const LOST_EVIDENCE: &str = "E0493";

// The command.

/// A source file that cannot be read: missing, a directory, not UTF-8, too large.
pub const UNREADABLE: &str = "E0501";
/// Text that is no program of the intermediate language that it is said to be.
pub const BAD_IR: &str = "E0502";
/// A module that the engine does not run.
pub const NOT_RUNNABLE: &str = "E0503";
