//! The standard library of AIVI, in AIVI: the files of `aivi/`, embedded.
//!
//! A module is looked up by its path; nothing is parsed before a program mentions it.

/// Each module's path with its source.
const MODULES: &[(&str, &str)] = &[
    ("aivi", include_str!("../aivi/aivi.aivi")),
    ("aivi.args", include_str!("../aivi/args.aivi")),
    ("aivi.bytes", include_str!("../aivi/bytes.aivi")),
    ("aivi.char", include_str!("../aivi/char.aivi")),
    ("aivi.clock", include_str!("../aivi/clock.aivi")),
    ("aivi.console", include_str!("../aivi/console.aivi")),
    ("aivi.date", include_str!("../aivi/date.aivi")),
    ("aivi.deque", include_str!("../aivi/deque.aivi")),
    ("aivi.duration", include_str!("../aivi/duration.aivi")),
    ("aivi.env", include_str!("../aivi/env.aivi")),
    ("aivi.exit", include_str!("../aivi/exit.aivi")),
    ("aivi.file", include_str!("../aivi/file.aivi")),
    ("aivi.float", include_str!("../aivi/float.aivi")),
    ("aivi.generator", include_str!("../aivi/generator.aivi")),
    ("aivi.heap", include_str!("../aivi/heap.aivi")),
    ("aivi.instant", include_str!("../aivi/instant.aivi")),
    ("aivi.int", include_str!("../aivi/int.aivi")),
    ("aivi.intrinsics", include_str!("../aivi/intrinsics.aivi")),
    ("aivi.json", include_str!("../aivi/json.aivi")),
    ("aivi.json.syntax", include_str!("../aivi/json/syntax.aivi")),
    ("aivi.json.value", include_str!("../aivi/json/value.aivi")),
    ("aivi.list", include_str!("../aivi/list.aivi")),
    ("aivi.logic", include_str!("../aivi/logic.aivi")),
    ("aivi.managed", include_str!("../aivi/managed.aivi")),
    ("aivi.map", include_str!("../aivi/map.aivi")),
    ("aivi.math", include_str!("../aivi/math.aivi")),
    (
        "aivi.math.circular",
        include_str!("../aivi/math/circular.aivi"),
    ),
    (
        "aivi.math.exponential",
        include_str!("../aivi/math/exponential.aivi"),
    ),
    ("aivi.math.pairs", include_str!("../aivi/math/pairs.aivi")),
    (
        "aivi.number.bigint",
        include_str!("../aivi/number/bigint.aivi"),
    ),
    (
        "aivi.number.decimal",
        include_str!("../aivi/number/decimal.aivi"),
    ),
    (
        "aivi.number.rational",
        include_str!("../aivi/number/rational.aivi"),
    ),
    ("aivi.option", include_str!("../aivi/option.aivi")),
    ("aivi.path", include_str!("../aivi/path.aivi")),
    ("aivi.prelude", include_str!("../aivi/prelude.aivi")),
    ("aivi.queue", include_str!("../aivi/queue.aivi")),
    ("aivi.random", include_str!("../aivi/random.aivi")),
    ("aivi.regex", include_str!("../aivi/regex.aivi")),
    (
        "aivi.regex.classes",
        include_str!("../aivi/regex/classes.aivi"),
    ),
    (
        "aivi.regex.program",
        include_str!("../aivi/regex/program.aivi"),
    ),
    (
        "aivi.regex.syntax",
        include_str!("../aivi/regex/syntax.aivi"),
    ),
    ("aivi.result", include_str!("../aivi/result.aivi")),
    ("aivi.set", include_str!("../aivi/set.aivi")),
    ("aivi.testing", include_str!("../aivi/testing.aivi")),
    ("aivi.text", include_str!("../aivi/text.aivi")),
    (
        "aivi.text.encodings",
        include_str!("../aivi/text/encodings.aivi"),
    ),
    ("aivi.u64", include_str!("../aivi/u64.aivi")),
];

/// The source of a module; `None` if the library has no such module.
pub fn module(path: &str) -> Option<&'static str> {
    MODULES
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, source)| *source)
}

/// The paths of all modules, in alphabetical order.
pub fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_in_order_and_say_their_paths() {
        let paths: Vec<&str> = modules().collect();
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        assert_eq!(paths, sorted);
        for path in paths {
            let source = module(path).unwrap_or_default();
            assert!(
                source.contains(&format!("\nmodule {path}\n")),
                "{path} does not say its path"
            );
        }
    }
}
