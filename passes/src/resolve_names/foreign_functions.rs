//! Functions of the library by the names that they have in other languages.

use ir_defs::terminals::Ident;
use nanopass::Diagnostic;

use super::Resolver;
use crate::codes;

/// What modules call a function, before the names that it has elsewhere.
type Names = [(&'static str, &'static [&'static str])];

const SIZE: (&str, &[&str]) = ("size", &["length", "len", "count", "cardinality"]);

const LIST: &Names = &[
    ("length", &["len", "size", "count"]),
    ("foldl", &["reduce", "foldLeft", "inject", "accumulate"]),
    ("foldr", &["foldRight", "reduceRight"]),
    ("at", &["nth", "get", "elementAt", "index", "lookup"]),
    ("head", &["first"]),
    ("tail", &["rest"]),
    ("contains", &["elem", "includes", "member", "has"]),
    ("flatMap", &["concatMap", "bind", "andThen", "chain"]),
    ("filterMap", &["mapMaybe", "choose"]),
    ("unique", &["nub", "distinct", "uniq"]),
    ("uniqueBy", &["nubBy", "distinctBy"]),
    ("sortBy", &["sortOn", "orderBy"]),
    ("any", &["exists", "some"]),
    ("all", &["every", "forAll"]),
    ("repeat", &["replicate", "fill"]),
    ("isEmpty", &["null"]),
    ("scanl", &["scan", "scanLeft"]),
    ("enumerate", &["indexed", "withIndex", "zipWithIndex"]),
    ("maximum", &["max"]),
    ("minimum", &["min"]),
    ("concat", &["flatten"]),
    ("chunk", &["chunksOf", "chunks", "grouped"]),
    ("filter", &["where", "select", "keep"]),
];

const TEXT: &Names = &[
    ("length", &["size"]),
    ("trim", &["strip"]),
    ("trimStart", &["trimLeft", "lstrip", "stripStart"]),
    ("trimEnd", &["trimRight", "rstrip", "stripEnd"]),
    ("slice", &["substring", "substr", "sub"]),
    (
        "toUpper",
        &["upper", "toUpperCase", "toUppercase", "uppercase"],
    ),
    (
        "toLower",
        &["lower", "toLowerCase", "toLowercase", "lowercase"],
    ),
    ("indexOf", &["find", "search"]),
    ("contains", &["includes", "has"]),
    ("startsWith", &["hasPrefix", "isPrefixOf"]),
    ("endsWith", &["hasSuffix", "isSuffixOf"]),
    ("join", &["intercalate"]),
    ("padStart", &["padLeft", "rjust"]),
    ("padEnd", &["padRight", "ljust"]),
    ("chars", &["toChars", "toList", "characters"]),
    ("fromChars", &["fromList", "pack"]),
    ("parseInt", &["toInt"]),
    ("parseFloat", &["toFloat", "parseDouble"]),
    ("repeat", &["replicate"]),
];

const MAP: &Names = &[
    SIZE,
    ("get", &["lookup"]),
    ("insert", &["put", "set", "add"]),
    ("remove", &["delete", "erase"]),
    (
        "has",
        &["contains", "containsKey", "member", "hasKey", "includes"],
    ),
    ("update", &["adjust", "modify"]),
    ("entries", &["items", "pairs", "toAscList"]),
    ("mergeWith", &["merge", "unionWith"]),
    ("values", &["elems"]),
    ("getOrElse", &["findWithDefault", "getOr", "getOrDefault"]),
    ("foldWithKey", &["foldlWithKey", "foldrWithKey"]),
    ("min", &["minimum", "first", "findMin", "lookupMin"]),
    ("max", &["maximum", "last", "findMax", "lookupMax"]),
];

const SET: &Names = &[
    SIZE,
    ("has", &["member", "includes", "elem"]),
    ("insert", &["add", "put"]),
    ("remove", &["delete", "erase"]),
    ("difference", &["minus", "subtract"]),
    ("intersection", &["intersect"]),
    ("min", &["minimum", "first", "findMin"]),
    ("max", &["maximum", "last", "findMax"]),
];

const QUEUE: &Names = &[
    SIZE,
    ("enqueue", &["push", "add", "offer", "snoc"]),
    ("dequeue", &["pop", "shift", "take"]),
    ("peek", &["front", "first", "head"]),
];

const DEQUE: &Names = &[
    SIZE,
    ("pushBack", &["push", "snoc", "pushRight", "addLast"]),
    ("popBack", &["pop", "popRight"]),
    ("pushFront", &["cons", "prepend", "pushLeft", "addFirst"]),
    ("popFront", &["shift", "popLeft"]),
    ("peekFront", &["front", "first", "head"]),
    ("peekBack", &["back", "last"]),
];

const HEAP: &Names = &[
    SIZE,
    ("push", &["insert", "add"]),
    ("popMin", &["pop", "extractMin", "removeMin", "deleteMin"]),
    ("peekMin", &["peek", "top", "findMin", "min"]),
];

const OPTION: &Names = &[
    (
        "withDefault",
        &[
            "getOrElse",
            "unwrapOr",
            "getOrDefault",
            "fromMaybe",
            "valueOr",
        ],
    ),
    ("flatMap", &["bind", "andThen", "chain"]),
    ("isSome", &["isDefined", "isPresent", "isJust"]),
    ("isNone", &["isEmpty", "isNothing"]),
    ("orElse", &["or", "alternative"]),
    ("toResult", &["okOr"]),
    ("collect", &["sequence"]),
];

const RESULT: &Names = &[
    (
        "withDefault",
        &["getOrElse", "unwrapOr", "getOrDefault", "valueOr"],
    ),
    ("flatMap", &["bind", "andThen", "chain"]),
    ("mapErr", &["mapError"]),
    ("collect", &["sequence"]),
];

const GENERATOR: &Names = &[
    ("foldl", &["reduce"]),
    ("flatMap", &["bind", "andThen", "chain"]),
    ("toList", &["collect"]),
    ("length", &["size", "count", "len"]),
];

const NUMBER: &Names = &[
    ("parse", &["fromText", "fromString"]),
    ("toText", &["toString", "show"]),
    ("pow", &["power"]),
];

const INT: &Names = &[
    ("parse", &["fromText", "fromString"]),
    ("toText", &["toString", "show"]),
    ("toFloat", &["toDouble"]),
    ("pow", &["power"]),
    ("bits", &["popCount"]),
];

const MATH: &Names = &[
    ("log", &["ln"]),
    ("pow", &["power"]),
    ("ceil", &["ceiling"]),
    ("trunc", &["truncate"]),
    ("abs", &["fabs"]),
];

const CHAR: &Names = &[
    ("code", &["ord", "toInt"]),
    ("fromCode", &["chr", "fromInt"]),
    ("isLetter", &["isAlpha", "isAlphabetic"]),
    ("isAlphanumeric", &["isAlnum", "isAlphaNum"]),
    ("isSpace", &["isWhitespace"]),
    ("digit", &["digitToInt"]),
];

const JSON: &Names = &[
    ("stringify", &["encode", "serialize", "toText"]),
    ("parse", &["deserialize", "fromText"]),
];

const REGEX: &Names = &[
    ("test", &["match", "matches", "isMatch"]),
    ("find", &["exec", "search"]),
    ("findAll", &["matchAll"]),
];

const FILE: &Names = &[
    ("readText", &["readFile", "readAllText"]),
    ("writeText", &["writeFile", "save"]),
    ("appendText", &["append", "appendFile"]),
    ("delete", &["remove", "unlink"]),
    ("rename", &["move"]),
    ("createDir", &["mkdir"]),
    ("list", &["listDir", "readDir", "ls"]),
];

const RANDOM: &Names = &[
    ("int", &["randint", "between", "range", "randomInt"]),
    ("float", &["random", "next", "double"]),
    ("choose", &["choice", "pick"]),
    ("bool", &["boolean"]),
];

const PATH: &Names = &[
    ("name", &["basename", "fileName"]),
    ("parent", &["dirname"]),
    ("extension", &["ext"]),
];

/// The modules with the names of their functions elsewhere.
const MODULES: [(&str, &Names); 26] = [
    ("aivi.list", LIST),
    ("aivi.text", TEXT),
    ("aivi.map", MAP),
    ("aivi.set", SET),
    ("aivi.queue", QUEUE),
    ("aivi.deque", DEQUE),
    ("aivi.heap", HEAP),
    ("aivi.option", OPTION),
    ("aivi.result", RESULT),
    ("aivi.generator", GENERATOR),
    ("aivi.int", INT),
    ("aivi.float", NUMBER),
    ("aivi.u64", NUMBER),
    ("aivi.number.bigint", NUMBER),
    ("aivi.number.decimal", NUMBER),
    ("aivi.number.rational", NUMBER),
    ("aivi.math", MATH),
    ("aivi.char", CHAR),
    ("aivi.json", JSON),
    ("aivi.regex", REGEX),
    ("aivi.file", FILE),
    ("aivi.random", RANDOM),
    ("aivi.path", PATH),
    (
        "aivi.console",
        &[("printLine", &["log", "write", "info", "puts"])],
    ),
    (
        "aivi.clock",
        &[("now", &["time"]), ("sleep", &["wait", "delay"])],
    ),
    ("aivi.env", &[("get", &["lookup", "getEnv", "var"])]),
];

/// What a module of the library calls a function that other languages call otherwise.
fn function(module: &str, name: &str) -> Option<&'static str> {
    let (_, functions) = MODULES.iter().find(|(path, _)| *path == module)?;
    let (own, _) = functions
        .iter()
        .find(|(_, others)| others.contains(&name))?;
    Some(*own)
}

impl Resolver<'_> {
    /// Reports a name that a module of the library does not have, if other languages call one of its functions so.
    pub(super) fn report_foreign_function(
        &mut self,
        module: &str,
        name: Ident,
        message: &str,
    ) -> bool {
        let Some(own) = function(module, &self.text(name.name)) else {
            return false;
        };
        let diagnostic = Diagnostic::error(codes::NOT_EXPORTED, message)
            .at(name.span, "not found")
            .help(format!("it is called `{own}` here"))
            .edit(name.span, own, format!("write `{own}`"));
        self.session.report(diagnostic);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_module_are_not_its_own_and_have_one_meaning() {
        for (module, functions) in MODULES {
            let mut seen: Vec<&str> = functions.iter().map(|(own, _)| *own).collect();
            for other in functions.iter().flat_map(|(_, others)| *others) {
                assert!(!seen.contains(other), "{module}: {other}");
                seen.push(other);
            }
        }
    }
}
