//! The names of other languages, and what stands for them in AIVI.

/// What stands for names, with the name that replaces it where one does.
pub(super) struct Advice {
    pub names: &'static [&'static str],
    pub replacement: &'static str,
    pub help: &'static str,
}

const fn advice(
    names: &'static [&'static str],
    replacement: &'static str,
    help: &'static str,
) -> Advice {
    Advice {
        names,
        replacement,
        help,
    }
}

/// Words that elsewhere give an expression its form: what they stand beside means nothing without them.
pub(super) const FORMS: [Advice; 11] = [
    advice(
        &["match", "switch", "case"],
        "",
        "a match is written `x ? | Some n => n | None => 0`",
    ),
    advice(
        &["for", "foreach", "while", "until"],
        "",
        "there are no loops: use `List.map`, `List.foldl`, a `generate` block or a function that calls itself, and in effects `_ <- logic.traverse (x => …) xs`",
    ),
    advice(
        &["do", "begin"],
        "effect",
        "effects run in a block: `effect { … }`",
    ),
    advice(
        &["try", "catch", "except", "finally"],
        "",
        "a failure is handled by `or`, as in `x <- file.readText p or \"\"`, or turned into a `Result` by `attempt`",
    ),
    advice(&["mod", "rem"], "%", "the remainder is written `a % b`"),
    advice(
        &["div", "quot"],
        "/",
        "a division of `Int`s is written `a / b`, and truncates",
    ),
    advice(&["and"], "&&", "write `a && b`"),
    advice(&["elif", "elseif", "elsif"], "else if", "write `else if`"),
    advice(
        &["let", "var", "val", "const"],
        "",
        "a definition needs no word in front: `name = value`",
    ),
    advice(
        &["where"],
        "",
        "local definitions stand in a block: `{ y = x + 1; y * 2 }`",
    ),
    advice(
        &["await", "async"],
        "",
        "run an effect with `<-` in an `effect` block: `text <- file.readText p`",
    ),
];

/// Values.
pub(super) const VALUES: [Advice; 20] = [
    advice(
        &["defer"],
        "",
        "what is released at the end of a block is a `resource { … }`, acquired with `<-`",
    ),
    advice(
        &["return"],
        "",
        "an `effect` block gives a value back with `pure`; a function gives its last expression",
    ),
    advice(
        &["throw", "raise", "throwError"],
        "",
        "an effect fails with `fail error`; a plain value says so in its type: `Err error` of a `Result`",
    ),
    advice(
        &["error", "undefined", "todo", "unreachable", "unimplemented"],
        "",
        "`panic \"…\"` ends the program; what can go wrong has the type `Option` or `Result`, or fails in an effect",
    ),
    advice(
        &["null", "nil", "none", "nothing", "Nothing", "Null", "Nil"],
        "None",
        "a value that may be missing is an `Option`: `None` or `Some value`",
    ),
    advice(
        &["Just", "some", "just"],
        "Some",
        "a value that may be missing is an `Option`: `None` or `Some value`",
    ),
    advice(
        &["Right", "Success"],
        "Ok",
        "what may go wrong is a `Result`: `Ok value` or `Err error`",
    ),
    advice(
        &["Left", "Failure", "Error"],
        "Err",
        "what may go wrong is a `Result`: `Ok value` or `Err error`",
    ),
    advice(
        &["true", "yes"],
        "True",
        "the values of `Bool` are `True` and `False`",
    ),
    advice(
        &["false", "no"],
        "False",
        "the values of `Bool` are `True` and `False`",
    ),
    advice(
        &["LT"],
        "Less",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["EQ"],
        "Equal",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["GT"],
        "Greater",
        "the values of `Ordering` are `Less`, `Equal` and `Greater`",
    ),
    advice(
        &["putStrLn", "puts", "echo", "writeln", "printf", "putStr"],
        "printLine",
        "a line is written with `printLine text`",
    ),
    advice(
        &["getLine", "input", "gets", "readLine", "readln"],
        "",
        "a line is read with `line <- console.readLine Unit`, which gives an `Option`",
    ),
    advice(
        &["fst", "snd"],
        "",
        "a pair is taken apart by a pattern: `(a, b) = pair`",
    ),
    advice(&["otherwise", "default"], "", "the last arm is `| _ => …`"),
    advice(
        &["show", "str", "toString", "string", "String"],
        "toText",
        "a value becomes a text with `toText`, or in a text: `\"{value}\"`",
    ),
    advice(
        &["this", "self"],
        "",
        "a function gets what it works on as a parameter",
    ),
    advice(&["Cons"], "", "a list with a first element is `[x, ...xs]`"),
];

/// Types and classes.
pub(super) const TYPES: [Advice; 17] = [
    advice(
        &["String", "Str", "string"],
        "Text",
        "a text has the type `Text`",
    ),
    advice(
        &["Integer", "Number", "Long", "Int64", "I64"],
        "Int",
        "whole numbers have the type `Int`",
    ),
    advice(
        &["Double", "Real", "Float64", "F64"],
        "Float",
        "numbers with a fraction have the type `Float`",
    ),
    advice(&["Boolean"], "Bool", "truth values have the type `Bool`"),
    advice(
        &["Character"],
        "Char",
        "a single character has the type `Char`",
    ),
    advice(
        &["Void", "Nil", "Null"],
        "Unit",
        "the type without information is `Unit`",
    ),
    advice(
        &["Maybe", "Optional", "Nullable"],
        "Option",
        "a value that may be missing has the type `Option A`",
    ),
    advice(
        &["Either", "Try"],
        "Result",
        "what may go wrong has the type `Result E A`",
    ),
    advice(
        &["Array", "Vec", "Vector", "Seq", "Sequence", "Slice"],
        "List",
        "a sequence has the type `List A`",
    ),
    advice(
        &["Dict", "Dictionary", "HashMap", "Hash", "Object"],
        "Map",
        "a map has the type `Map K V`",
    ),
    advice(&["HashSet", "TreeSet"], "Set", "a set has the type `Set A`"),
    advice(
        &[
            "IO", "Task", "Promise", "Future", "Async", "Cmd", "Eff", "Action",
        ],
        "",
        "a computation that does something has the type `Effect { Console } A`, with its capabilities",
    ),
    advice(
        &["Show", "Display", "Printable", "Debug", "Stringable"],
        "ToText",
        "the class of what has a text is `ToText`",
    ),
    advice(
        &["PartialEq", "Equatable", "Equal"],
        "Eq",
        "the class of what can be compared is `Eq`",
    ),
    advice(
        &["PartialOrd", "Comparable", "Orderable"],
        "Ord",
        "the class of what has an order is `Ord`",
    ),
    advice(
        &["Num", "Numeric"],
        "",
        "a constraint on an operator is written `with (A: +)`",
    ),
    advice(
        &["Iterable", "Iterator", "Stream"],
        "Generator",
        "a sequence that is computed when asked for is a `Generator A`",
    ),
];
