//! The words and operators of other languages, and how AIVI says what they mean.

/// Words that begin a declaration elsewhere, and how it is written here.
pub const DECLARATIONS: [(&[&str], &str); 9] = [
    (
        &["import", "from", "open", "require", "include", "using"],
        "a module is brought in by `use`: `use aivi.text (trim)`",
    ),
    (
        &["data", "newtype", "enum", "union", "variant"],
        "a data type is written `Shape = Circle Float | Square Float`",
    ),
    (
        &["struct", "record"],
        "a record type is written `Point = { x: Int, y: Int }`",
    ),
    (
        &["trait", "interface", "protocol", "typeclass"],
        "a class is written `class Shape A = { area : A -> Float }`",
    ),
    (
        &["impl", "implement", "derive", "deriving"],
        "an instance is written `instance Shape Circle = { area: c => 1.0 }`",
    ),
    (
        &["typedef", "alias"],
        "an alias of a type is written `Name = Text`",
    ),
    (
        &[
            "fn", "fun", "func", "function", "def", "sub", "proc", "public", "private", "pub",
            "async", "void", "int",
        ],
        "a function is written `add = x y => x + y`, and its type `add : Int -> Int -> Int` on the line above",
    ),
    (
        &["let", "var", "val", "const", "final", "mut"],
        "a definition needs no word in front: `name = value`",
    ),
    (
        &["namespace", "package"],
        "the header of a module is `module a.b`",
    ),
];

/// Operators of other languages, each of several tokens, and what stands for them.
pub const OPERATORS: [(&str, &str); 22] = [
    (
        "**",
        "there is no such operator; see `int.pow` and `math.pow`",
    ),
    (">>", "compose functions with a lambda: `x => g (f x)`"),
    ("<<", "compose functions with a lambda: `x => f (g x)`"),
    (
        ">>=",
        "run an effect with `<-` in an `effect` block, or use `bind`",
    ),
    ("<>", "`++` joins texts and lists, and `!=` is unequal"),
    ("<*>", "run effects with `<-` in an `effect` block"),
    ("===", "to compare, write `==`"),
    ("!==", "to compare, write `!=`"),
    ("=<", "to compare, write `<=`"),
    ("/=", "unequal is `!=`; nothing is assigned in AIVI"),
    (
        "+=",
        "nothing is assigned in AIVI; in a block `x = x + 1` gives `x` a new meaning",
    ),
    (
        "-=",
        "nothing is assigned in AIVI; in a block `x = x - 1` gives `x` a new meaning",
    ),
    (
        "*=",
        "nothing is assigned in AIVI; in a block `x = x * 2` gives `x` a new meaning",
    ),
    (
        "%=",
        "nothing is assigned in AIVI; in a block `x = x % 2` gives `x` a new meaning",
    ),
    (
        "?.",
        "what an `Option` holds is reached by a match, `Option.map` or `??`",
    ),
    ("?:", "the default of an `Option` is given with `??`"),
    (
        "??=",
        "nothing is assigned in AIVI; the default of an `Option` is given with `??`",
    ),
    ("..=", "a range holds both of its ends: `[1..10]`"),
    ("..<", "a range holds both of its ends: `[0..n - 1]`"),
    ("- >", "write `->` without a space"),
    ("= >", "write `=>` without a space"),
    ("< -", "write `<-` without a space"),
];

/// Words that begin an expression elsewhere, and what stands for it here.
pub const EXPRESSIONS: [(&[&str], &str); 4] = [
    (
        &["match", "switch", "case"],
        "a match is written `x ? | Some n => n | None => 0`",
    ),
    (
        &["for", "foreach", "while", "until"],
        "there are no loops: use `List.map`, `List.foldl`, a `generate` block or a function that calls itself",
    ),
    (
        &["try", "catch", "except"],
        "a failure is handled by `or`, as in `x <- file.readText p or \"\"`, or turned into a `Result` by `attempt`",
    ),
    (
        &["fun", "fn", "func", "function", "lambda"],
        "a function is written `x y => x + y`",
    ),
];
