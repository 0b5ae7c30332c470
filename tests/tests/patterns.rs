//! What the compiler says of the pattern of a `~r/…/` is what the library says of it at run time.

use std::fmt::Write as _;
use std::path::Path;

use aivic_tests::program::{World, compile, run};
use driver::{Request, compile_text};
use ir_defs::session::OptLevel;

/// Patterns with every kind of part and every mistake.
const PATTERNS: &[&str] = &[
    "",
    "a",
    "a|b|",
    "(a)",
    "(?:a)",
    "(?<n>a)",
    "(?P<n>a)",
    "(?i)a",
    "(?i-s:a)",
    "(?)",
    "(?-)",
    "(?i",
    "(?x)",
    "(?i:",
    "(?k:a)",
    "(?",
    "(?#a)",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(?<!a)",
    "(?<1>a)",
    "(?<>a)",
    "(?<n>a)(?<n>b)",
    "(?<n",
    "(",
    ")",
    "a)b",
    "((a)",
    "*",
    "a**",
    "a+?",
    "a??",
    "a{2}",
    "a{2,}",
    "a{2,3}?",
    "a{3,2}",
    "a{1001}",
    "a{,3}",
    "a{",
    "a{2",
    "{2}",
    "a|*",
    "(+)",
    "^*",
    "\\b+",
    "[a]",
    "[^a]",
    "[]",
    "[^]",
    "[]a]",
    "[a",
    "[a-",
    "[a-]",
    "[-a]",
    "[a-z0-9_]",
    "[z-a]",
    "[a-\\d]",
    "[\\d-a]",
    "[\\b]",
    "[[:alpha:]]",
    "[[]",
    "[\\]]",
    "[é-ü]",
    "\\d\\D\\w\\W\\s\\S",
    "\\A\\z\\B",
    "\\n\\r\\t\\f\\v\\0",
    "\\x41",
    "\\x4",
    "\\xzz",
    "\\x{1F600}",
    "\\x{110000}",
    "\\x{}",
    "\\x{41",
    "\\u00e9",
    "\\ud800",
    "\\u12",
    "\\u{e9}",
    "\\u{1234567}",
    "\\p{L}\\P{Lu}",
    "\\p{X}",
    "\\p{L",
    "\\pL",
    "\\1",
    "\\e",
    "\\é",
    "\\.\\*\\ \\-",
    "é+",
    "a{1000}{1000}",
    "(a{1000}){100}",
    "(a{1000}){99}",
    "(a{1000}){0}",
    "((((a{100}){100}){100}){100}){100}",
    "(a|b){5000}",
];

/// What random patterns are made of.
const PARTS: &[&str] = &[
    "a", "b", "|", "(", ")", "[", "]", "*", "+", "?", "{", "}", "1", "2", ",", "^", "$", ".", "-",
    ":", "<", ">", "=", "!", "i", "s", "é", "(?", "(?:", "(?<", "[^", "{1,2}", "{2}", "\\d", "\\w",
    "\\p{L}", "\\P", "\\x41", "\\u", "\\b", "\\1", "\\.", "\\n", "\\]", "\\q", "(?i)",
];

/// Short random patterns, always the same ones.
fn random_patterns(count: usize) -> Vec<String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    // The generator of G. Marsaglia, "Xorshift RNGs", 2003.
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    (0..count)
        .map(|_| {
            let length = 1 + below(8);
            (0..length).map(|_| PARTS[below(PARTS.len())]).collect()
        })
        .collect()
}

/// What the compiler says of each pattern: the number of characters before the place, and why; `ok` where it says
/// nothing.
fn said_by_the_compiler(patterns: &[String]) -> Vec<String> {
    let mut text = String::new();
    for (index, pattern) in patterns.iter().enumerate() {
        writeln!(text, "p{index} = ~r/{pattern}/").expect("a String grows");
    }
    text.push_str("main = printLine \"\"\n");
    driver::with_deep_stack(|| {
        let request = Request {
            stop_after: Some("lower-literals".to_owned()),
            ..Request::default()
        };
        let session = compile_text("patterns.aivi", &text, request).session;
        let mut said = vec!["ok".to_owned(); patterns.len()];
        for diagnostic in session.core.diagnostics.iter() {
            assert_eq!(diagnostic.code, "E0135", "{}", diagnostic.message);
            let place = session.core.sources.locate(diagnostic.span());
            let place = place.expect("a place in the text");
            let index = place.line as usize - 1;
            let before = place.column as usize - 1 - format!("p{index} = ~r/").len();
            let label = diagnostic.primary.as_ref().expect("a label");
            said[index] = format!("{before} {}", label.text);
        }
        said
    })
}

/// Reads patterns, one a line, and says the same of each.
const READER: &str = r#"
main = effect {
  input <- console.readAll Unit
  printLine (text.join "\n" (list.map (pattern => said (regex.compile pattern)) (text.split "\n" input)))
}

said : Result regex.RegexError Regex -> Text
said = outcome => outcome ?
  | Ok _ => "ok"
  | Err error => "{error.position} {error.message}"
"#;

#[test]
fn the_compiler_and_the_library_read_patterns_alike() {
    let mut patterns: Vec<String> = PATTERNS.iter().map(ToString::to_string).collect();
    patterns.extend(random_patterns(3000));
    let path = Path::new("reader.aivi");
    let module = compile(path, READER, OptLevel::O2).expect("a module");
    let world = World {
        stdin: patterns.join("\n").into_bytes(),
        ..World::default()
    };
    let shown = run(&module, path, &world).expect("a run");
    assert_eq!((shown.stderr.as_str(), shown.status), ("", 0));
    let by_library: Vec<&str> = shown.stdout.lines().collect();
    let by_compiler = said_by_the_compiler(&patterns);
    assert_eq!(by_library.len(), patterns.len());
    let right = by_compiler.iter().filter(|said| *said == "ok").count();
    assert!(right > 300, "only {right} patterns are well formed");
    for ((pattern, compiler), library) in patterns.iter().zip(&by_compiler).zip(by_library) {
        assert_eq!(compiler, library, "of the pattern {pattern:?}");
    }
}
