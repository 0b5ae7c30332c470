//! The names of the library that passes speak of by themselves: what a literal, an operator or a block stands for.
//!
//! `resolve-names` keeps such a definition in the program wherever the form that needs it occurs, so a later pass may
//! ask the session for it by name. [`ROOTS`] says which form needs which.

use nanopass::TyId;

use crate::session::Session;

/// What stands for a class in a constraint with a mistake, which has been reported.
pub const ERROR_CLASS: &str = "error";

/// The class of `==`: `class Eq A = { eq : A -> A -> Bool }`.
pub const EQ_CLASS: &str = "aivi.logic.Eq";
/// The class of `<`: `class Ord A = { compare : A -> A -> Ordering, lte : A -> A -> Bool }`.
pub const ORD_CLASS: &str = "aivi.logic.Ord";
/// The class of interpolation: `class ToText A = { toText : A -> Text }`.
pub const TO_TEXT_CLASS: &str = "aivi.logic.ToText";
/// The class of what a text may stand for: `class FromText A = { fromText : Text -> A }`.
pub const FROM_TEXT_CLASS: &str = "aivi.logic.FromText";
/// The class of `++`: `class Semigroup A = { concat : A -> A -> A }`.
pub const SEMIGROUP_CLASS: &str = "aivi.logic.Semigroup";
/// The classes of what has sums, and of numbers.
pub const NUMBER_CLASSES: [&str; 2] = ["aivi.logic.Additive", "aivi.logic.Number"];

/// `Eq A => A -> A -> Bool`: `==`.
pub const EQ: &str = "aivi.logic.eq";
/// `Ord A => A -> A -> Ordering`: `<`, `<=`, `>`, `>=`.
pub const COMPARE: &str = "aivi.logic.compare";
/// `Ord A => A -> A -> Bool`: whether the first is not above the second.
pub const LTE: &str = "aivi.logic.lte";
/// `ToText A => A -> Text`: what stands in braces in a text.
pub const TO_TEXT: &str = "aivi.logic.toText";
/// `FromText A => Text -> A`: a text where such a type is expected.
pub const FROM_TEXT: &str = "aivi.logic.fromText";
/// `Semigroup A => A -> A -> A`: `++`.
pub const CONCAT: &str = "aivi.logic.concat";

/// `Bool -> Bool`: `!`.
pub const NOT: &str = "aivi.prelude.not";
/// `A -> Effect {} A`
pub const PURE: &str = "aivi.prelude.pure";
/// `Effect R A -> (A -> Effect R B) -> Effect R B`
pub const BIND: &str = "aivi.prelude.bind";
/// `T -> Effect { Fail T } A`
pub const FAIL: &str = "aivi.prelude.fail";
/// `Effect { Fail T, ...R } A -> Effect R (Result T A)`
pub const ATTEMPT: &str = "aivi.prelude.attempt";
/// `Effect R A -> (A -> Effect R Unit) -> (A -> Effect R B) -> Effect R B`
pub const BRACKET: &str = "aivi.prelude.bracket";

/// `Effect R (A, Effect R Unit) -> Resource R A`: what acquires and gives the release.
pub const RESOURCE: &str = "aivi.managed.make";
/// `Resource R A -> (A -> Effect R B) -> Effect R B`: `<-` of a resource in an `effect` block.
pub const ACQUIRE: &str = "aivi.managed.acquire";
/// The same in a `resource` block, where the release of the first comes after that of the second.
pub const ACQUIRE_WITHIN: &str = "aivi.managed.acquireWithin";
/// `Resource { Fail T, ...R } A -> Resource { Fail T, ...R } (Result T A)`: `<-` of a resource with a fallback.
pub const ATTEMPTED: &str = "aivi.managed.attempted";
/// The type of resources.
pub const RESOURCE_TYPE: &str = "aivi.managed.Resource";

/// The types whose texts are applications, such as `Queue.fromList [1]`.
const SHOWN_AS_APPLICATIONS: [&str; 3] = ["aivi.queue.Queue", "aivi.deque.Deque", "aivi.heap.Heap"];
/// The types whose texts are numbers, such as `-5` and `-5min`.
const SHOWN_AS_NUMBERS: [&str; 4] = [
    "aivi.number.bigint.BigInt",
    "aivi.number.decimal.Decimal",
    "aivi.number.rational.Rational",
    "aivi.duration.Duration",
];

/// When the text of an instance stands in parentheses as a constructor's argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Enclosed {
    /// It is a user's, which stands as it is, or one that needs none.
    Never,
    /// It is an application.
    Always,
    /// It is a number, which may begin with a minus.
    Negative,
}

/// When the text that an instance of `ToText` gives for a type stands in parentheses as a constructor's argument.
pub fn enclosed(session: &Session, ty: TyId) -> Enclosed {
    let Some((data, _)) = session.as_data(ty) else {
        return Enclosed::Never;
    };
    let name = session.tycons.name(data);
    if SHOWN_AS_APPLICATIONS.contains(&name) {
        Enclosed::Always
    } else if SHOWN_AS_NUMBERS.contains(&name) {
        Enclosed::Negative
    } else {
        Enclosed::Never
    }
}

/// The type of generators.
pub const GENERATOR_TYPE: &str = "aivi.generator.Generator";
/// `(Unit -> Option (A, Generator A)) -> Generator A`: a whole block.
pub const GENERATOR_BLOCK: &str = "aivi.generator.generating";
/// `(Unit -> Option (A, Generator A)) -> Generator A`: what comes after a statement.
pub const GENERATOR_MAKE: &str = "aivi.generator.make";
/// `Generator A -> Option (A, Generator A)`
pub const GENERATOR_NEXT: &str = "aivi.generator.next";
/// `Generator A`
pub const GENERATOR_EMPTY: &str = "aivi.generator.empty";
/// `Generator A -> (A -> Generator B -> Option (B, Generator B)) -> Generator B -> Option (B, Generator B)`:
/// for each element, what a function makes of it and of the generator that follows; another generator at the end.
pub const GENERATOR_EACH: &str = "aivi.generator.each";
/// `S -> ((S -> Generator A -> Option (A, Generator A)) -> S -> Generator A -> Option (A, Generator A)) -> Generator A ->
/// Option (A, Generator A)`: a loop from its first state, given what begins it anew.
pub const GENERATOR_LOOPING: &str = "aivi.generator.looping";
/// `A -> Generator A -> Option (A, Generator A)`: an element, and what comes after it.
pub const GENERATOR_YIELD: &str = "aivi.generator.yielding";
/// `List (Unit -> A) -> Generator A -> Option (A, Generator A)`: elements that are computed when they are asked for.
pub const GENERATOR_YIELDS: &str = "aivi.generator.yields";
/// What stands for the conversion of a collection until `typecheck` knows it; defined nowhere.
pub const SOURCE: &str = "aivi.generator.source";
/// The type of sets.
pub const SET_TYPE: &str = "aivi.set.Set";
/// `Set A -> List A`
pub const SET_TO_LIST: &str = "aivi.set.toList";
/// The type of maps.
pub const MAP_TYPE: &str = "aivi.map.Map";
/// `Map K V -> List (K, V)`
pub const MAP_TO_LIST: &str = "aivi.map.toList";
/// `List A -> Generator A`
pub const GENERATOR_OF_LIST: &str = "aivi.generator.fromList";

/// `Int -> Int -> List Int`: `[a..b]`, both ends included, empty when descending.
pub const LIST_RANGE: &str = "aivi.list.range";
/// `List A -> List A -> List A`
pub const LIST_APPEND: &str = "aivi.list.append";
/// `List (List A) -> List A`: the parts of a list literal with spreads.
pub const LIST_CONCAT: &str = "aivi.list.concat";
/// `(A -> B) -> List A -> List B`: `[*]` in a patch of a list.
pub const LIST_MAP: &str = "aivi.list.map";
/// `(A -> Bool) -> List A -> List A`: `[predicate]: -` in a patch of a list.
pub const LIST_DROP_WHERE: &str = "aivi.list.dropWhere";
/// `({ key: K, value: V } -> Bool) -> Map K V -> Map K V`: `[predicate]: -` in a patch of a map.
pub const MAP_DROP_WHERE: &str = "aivi.map.dropWhere";
/// `(V -> W) -> Map K V -> Map K W`: `[*]` in a patch of a map.
pub const MAP_MAP: &str = "aivi.map.map";
/// `(K -> V -> W) -> Map K V -> Map K W`: `[predicate]` in a patch of a map.
pub const MAP_MAP_WITH_KEY: &str = "aivi.map.mapWithKey";
/// `Ord K => K -> (V -> V) -> Map K V -> Map K V`: `["k"]` in a patch.
pub const MAP_UPDATE: &str = "aivi.map.update";
/// `Ord K => K -> V -> Map K V -> Map K V`: `["k"]: v` in a patch.
pub const MAP_INSERT: &str = "aivi.map.insert";
/// `Ord K => K -> Map K V -> Map K V`: `["k"]: -` in a patch.
pub const MAP_REMOVE: &str = "aivi.map.remove";
/// `Map K V`: `~map{}`.
pub const MAP_EMPTY: &str = "aivi.map.empty";
/// `Ord K => List (K, V) -> Map K V`: entries in a row.
pub const MAP_FROM_LIST: &str = "aivi.map.fromList";
/// `Ord K => List (Map K V) -> Map K V`: the parts of a map literal with spreads; later ones win.
pub const MAP_CONCAT: &str = "aivi.map.concat";
/// `Set A`: `~set[]`.
pub const SET_EMPTY: &str = "aivi.set.empty";
/// `Ord A => List A -> Set A`: values in a row.
pub const SET_FROM_LIST: &str = "aivi.set.fromList";
/// `Ord A => List (Set A) -> Set A`: the parts of a set literal with spreads.
pub const SET_CONCAT: &str = "aivi.set.concat";
/// `List Text -> Text`: the parts of an interpolated text.
pub const TEXT_CONCAT: &str = "aivi.text.concat";

/// The numbers that a suffix of the library takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Digits {
    /// Whole numbers of any length.
    Whole,
    /// Numbers with or without a fraction, in decimal digits.
    Fraction,
    /// The same, and an exponent of ten.
    Decimal,
    /// Whole numbers of 64 bits, of which those beyond the range of `Int` stand for its negative numbers.
    Unsigned,
}

/// Suffixes whose numbers are checked when a program is compiled.
pub const SUFFIXES: &[(&str, Digits)] = &[
    ("aivi.number.bigint.BigInt.1n", Digits::Whole),
    ("aivi.number.rational.Rational.1rat", Digits::Fraction),
    ("aivi.number.decimal.Decimal.1dec", Digits::Decimal),
    ("aivi.u64.U64.1u", Digits::Unsigned),
];

/// `Int -> Int -> Instant`: the seconds since 1970 in UTC, and the nanoseconds above them.
pub const INSTANT: &str = "aivi.instant.fromParts";
/// `Int -> Int -> Int -> Date`: a year, a month and a day that there is.
pub const DATE: &str = "aivi.date.fromParts";
/// `Text -> Path`: `~path[a/b]`.
pub const PATH: &str = "aivi.path.parse";
/// `Text -> Text -> Regex`: a pattern that is well formed, and its flags.
pub const REGEX: &str = "aivi.regex.literal";
/// `A -> A`: what `@static` computes.
pub const STATIC_VALUE: &str = "aivi.intrinsics.staticValue";
/// `Effect R A -> A`: what `@static` computes where that is an effect.
pub const STATIC_RUN: &str = "aivi.intrinsics.staticRun";

/// The name in an effect row that holds the error type: `Fail T`. A type constructor of the compiler's own.
pub const FAIL_ROW: &str = "Fail";

/// A form of `hir` that a later pass turns into calls of the library.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Need {
    /// `==`, `!=`
    Equality,
    /// `<`, `<=`, `>`, `>=`
    Order,
    /// `++`
    Append,
    /// `!e`
    Not,
    /// `"{e}"`
    Interpolation,
    /// `[a..b]`
    Range,
    /// `[...a, b]`
    Spread,
    /// `~map{ k => v }`
    Map,
    /// `~map{ ...m }`
    MapSpread,
    /// `~set[ a ]`
    Set,
    /// `~set[ ...s ]`
    SetSpread,
    /// `[*]` in the path of a patch
    PatchAll,
    /// `[predicate]` in the path of a patch
    PatchWhere,
    /// `["k"]` in the path of a patch, or a predicate that is a key
    PatchKey,
    /// `effect { }`
    Effect,
    /// `x <- e or …`
    Fallback,
    /// `2024-05-21T12:00:00Z`
    Instant,
    /// `~d(2024-05-21)`
    Date,
    /// `~path[a/b]`
    Path,
    /// `~r/a+/i`
    Regex,
    /// `@static`
    Static,
    /// `x <- e` in an `effect` or a `resource` block.
    Run,
    /// `resource { }`
    Resource,
    /// `generate { }`
    Generate,
}

/// The globals that each form needs.
pub const ROOTS: &[(Need, &[&str])] = &[
    (Need::Equality, &[EQ]),
    (Need::Order, &[COMPARE]),
    (Need::Append, &[CONCAT]),
    (Need::Not, &[NOT]),
    (Need::Interpolation, &[TO_TEXT, TEXT_CONCAT]),
    (Need::Range, &[LIST_RANGE]),
    (Need::Spread, &[LIST_APPEND, LIST_CONCAT]),
    (Need::Map, &[MAP_EMPTY, MAP_FROM_LIST]),
    (Need::MapSpread, &[MAP_CONCAT]),
    (Need::Set, &[SET_EMPTY, SET_FROM_LIST]),
    (Need::SetSpread, &[SET_CONCAT]),
    (Need::PatchAll, &[LIST_MAP, MAP_MAP]),
    (
        Need::PatchWhere,
        &[LIST_MAP, LIST_DROP_WHERE, MAP_MAP_WITH_KEY, MAP_DROP_WHERE],
    ),
    (Need::PatchKey, &[MAP_UPDATE, MAP_INSERT, MAP_REMOVE]),
    (Need::Effect, &[PURE, BIND]),
    (Need::Fallback, &[PURE, BIND, FAIL, ATTEMPT, ATTEMPTED]),
    (Need::Instant, &[INSTANT]),
    (Need::Date, &[DATE]),
    (Need::Path, &[PATH]),
    (Need::Regex, &[REGEX]),
    (Need::Static, &[STATIC_VALUE, STATIC_RUN]),
    (Need::Run, &[ACQUIRE, ACQUIRE_WITHIN]),
    (Need::Resource, &[RESOURCE]),
    (
        Need::Generate,
        &[
            GENERATOR_BLOCK,
            GENERATOR_MAKE,
            GENERATOR_NEXT,
            GENERATOR_EMPTY,
            GENERATOR_EACH,
            GENERATOR_LOOPING,
            GENERATOR_YIELD,
            GENERATOR_YIELDS,
            GENERATOR_OF_LIST,
        ],
    ),
];
