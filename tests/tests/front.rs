//! `parse` and `build-ast` on everything: programs of the repository, generated ones, broken ones, huge ones.
//!
//! Whatever the input is, the concrete tree prints back to it byte for byte, no pass panics, and every error has a
//! place inside the file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ir_defs::Session;
use ir_defs::cst::{self, Node};
use ir_defs::source::Source;
use nanopass::{Language, PrintOptions};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// As much stack as the compiler has.
const STACK: usize = 512 << 20;

/// Runs a test on a thread with the compiler's stack.
fn with_stack<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(test);
    thread
        .expect("a thread starts")
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What the front makes of a text.
struct Front {
    session: Session,
    tree: cst::File,
    ast: ir_defs::ast::Module,
}

impl Front {
    fn of(text: &str) -> Front {
        let mut session = Session::bare();
        let file = session
            .core
            .sources
            .add("main.aivi", text)
            .expect("it fits");
        let tree = passes::parse::run(Source { file }, &mut session);
        let ast = passes::build_ast::run(tree.clone(), &mut session);
        Front { session, tree, ast }
    }

    fn errors(&self) -> Vec<String> {
        let place = |span| {
            self.session
                .core
                .sources
                .locate(span)
                .map_or(String::new(), |place| {
                    format!("{}:{}", place.line, place.column)
                })
        };
        let diagnostics = self.session.core.diagnostics.iter();
        diagnostics
            .map(|error| format!("{} {} {}", place(error.span()), error.code, error.message))
            .collect()
    }
}

fn write_back(node: &Node, text: &mut String) {
    match node {
        Node::Leaf { token } => {
            text.push_str(&token.trivia);
            text.push_str(&token.text);
        }
        Node::Branch { children, .. } => {
            for child in children {
                write_back(child, text);
            }
        }
    }
}

/// What holds for every text.
fn check(text: &str) -> Front {
    let front = Front::of(text);
    let mut back = String::with_capacity(text.len());
    for node in &front.tree.nodes {
        write_back(node, &mut back);
    }
    assert!(
        back == text,
        "the tree prints back something else:\n{text}\n---\n{back}"
    );
    let violations = front.tree.check(&front.session);
    assert!(violations.is_empty(), "{violations:?}\n{text}");
    let end = text.len() as u32 + 1;
    for error in front.session.core.diagnostics.iter() {
        let span = error.span();
        assert!(1 <= span.lo && span.hi <= end, "{error:?}\n{text}");
        // `E0216` is an alias that is read as the data type which it should be.
        let of_the_front = error.code.starts_with("E00") || error.code == "E0216";
        assert!(!error.message.is_empty() && of_the_front, "{error:?}");
        let edges = [span.lo, span.hi].map(|position| text.is_char_boundary(position as usize - 1));
        assert_eq!(edges, [true; 2], "{error:?}\n{text}");
    }
    front
}

/// The sources of the repository.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["std", "examples", "golden", "tests", "benches"]
        .iter()
        .map(|folder| root.join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_source = path
                .extension()
                .is_some_and(|extension| extension == "aivi")
                || ["parse", "build-ast"].iter().any(|pass| {
                    folder.ends_with(Path::new("golden").join(pass))
                        && path.extension().is_some_and(|extension| extension == "in")
                });
            if path.is_dir() {
                folders.push(path);
            } else if is_source && let Ok(text) = std::fs::read_to_string(&path) {
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 60, "only {} sources found", found.len());
    found
}

#[test]
fn every_source_of_the_repository_is_lossless() {
    with_stack(|| {
        for (path, text) in sources() {
            let front = check(&text);
            // What stands among the goldens may be wrong on purpose.
            let is_program = !path.components().any(|part| part.as_os_str() == "golden");
            if is_program {
                assert_eq!(front.errors(), Vec::<String>::new(), "{}", path.display());
            }
        }
    });
}

/// A generator of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64, Steele, Lea and Flood 2014.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % limit.max(1) as u64) as usize
    }
}

#[test]
fn mutated_programs_stay_lossless() {
    /// Pieces that syntax errors are made of.
    const PIECES: [&str; 40] = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "'",
        "/*",
        "*/",
        "//",
        "\n",
        "\r\n",
        "=",
        "=>",
        "->",
        "<-",
        ":",
        ":=",
        "|",
        "?",
        "or",
        "if",
        "then",
        "else",
        "type",
        "module x = {",
        "@",
        "~r/",
        "~map{",
        "...",
        "..",
        ".",
        ",",
        ";",
        "1px",
        "%",
        "é",
        "\\u{",
    ];
    with_stack(|| {
        let mut dice = Dice(1);
        for (_, text) in sources().iter().filter(|(_, text)| text.len() < 20_000) {
            for _ in 0..2 {
                let mut chars: Vec<char> = text.chars().collect();
                for _ in 0..=dice.below(3) {
                    let at = dice.below(chars.len() + 1);
                    let end = (at + dice.below(12)).min(chars.len());
                    let piece = PIECES[dice.below(PIECES.len())].chars();
                    match dice.below(3) {
                        0 => chars.splice(at..at, piece).for_each(drop),
                        1 => chars.drain(at..end).for_each(drop),
                        _ => chars.splice(at..end, piece).for_each(drop),
                    }
                }
                check(&chars.into_iter().collect::<String>());
            }
        }
    });
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn any_text_is_lossless() {
    with_stack(|| {
        let token = prop_oneof![
            3 => prop::sample::select(vec![
                "x", "Y", "1", "1px", "2024-05-21T12:00:00Z", "'a'", "\"", "{", "}", "(", ")", "[", "]", "=", ":", "=>",
                "->", "<-", "|", "?", "or", "if", "then", "else", "when", "with", "+", "-", "*", "%", "<", ">", "|>",
                "<|", "...", "..", ".", ",", ";", "\n", " ", " ", "@", "_", "~set", "~map", "~d(1)", "effect", "generate",
                "yield", "loop", "patch", "module", "use", "export", "class", "instance", "type", "domain", "over",
                "capability", "fails", "//", "/*", "*/", "\"\"\"", "\\", "×", "é", "\u{feff}", "\t", "\r",
            ])
            .prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        let text = prop::collection::vec(token, 0..60).prop_map(|pieces| pieces.concat());
        runner(2_000)
            .run(&text, |text| {
                check(&text);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    });
}

/// Programs that are right, as text.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "Some",
        "list.map",
        "42",
        "-1",
        "10px",
        "0xff",
        "1.5",
        "'c'",
        "\"t\"",
        "\"\"\"r\"\"\"",
        "_",
        "[]",
        "{}",
        "()",
        ".name",
        "~r/a/i",
        "~d(2024-01-01)",
        "[1..10]",
        "(+)",
        "2024-05-21T12:00:00Z",
        "50%",
        "r.type",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 60, 4, |inner| {
        let e = inner.clone();
        let atom = || e.clone().prop_map(|inner| format!("({inner})"));
        prop_oneof![
            (
                atom(),
                prop::sample::select(vec!["+", "*", "|>", "??", "&&", "==", "++", "/"]),
                atom()
            )
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (atom(), atom()).prop_map(|(f, a)| format!("{f} {a}")),
            inner.clone().prop_map(|body| format!(
                "x (Some y) [z, ...rest] {{ a, b.c: d }} all@(_, 1) => {body}"
            )),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if {a} then {b} else\n {c}")),
            (atom(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("{a} ?\n | Some x when x > 1 => ({b})\n | _ => {c}")),
            (atom(), inner.clone()).prop_map(|(a, b)| format!("{a} or ({b})")),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|items| format!("({})", items.join(", "))),
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}, ...xs]", items.join("\n"))),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("{{ x: {a}\n type: {b}, ...r }}")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("{{ x = {a}; (y, _) = 1 // c\n {b} }}")),
            inner.clone().prop_map(|a| format!("\"a \\{{ {{{a}}} b\"")),
            inner
                .clone()
                .prop_map(|a| format!("effect {{ x <- {a} or ({a})\n  print x\n /* c */ y = 1 }}")),
            inner.clone().prop_map(|a| format!(
                "generate {{ x <- {a}; x -> x > 1\n yield {a}; loop n = 0 => {{ recurse n }} }}"
            )),
            inner
                .clone()
                .prop_map(|a| format!("(r <| {{ a.b: {a}, c[*].d: -, [x > 1]: f, e: := {a} }})")),
            inner
                .clone()
                .prop_map(|a| format!("~map{{ 1 => {a}, ...m }}")),
            inner.prop_map(|a| format!("~set[{a}]")),
            atom().prop_map(|a| format!("{a}px")),
        ]
    })
}

#[test]
fn generated_programs_have_no_errors_and_round_trip() {
    with_stack(|| {
        let header = prop::sample::select(vec![
            "",
            "module a.b\n",
            "@no_prelude\nmodule a\n\n",
            "\u{feff}",
        ]);
        let values = prop::collection::vec(expression(), 1..4);
        let crlf = any::<bool>();
        runner(400)
            .run(&(header, values, crlf), |(header, values, crlf)| {
                let mut text = format!("{header}use a.b (x, y as z)\n");
                for (number, value) in values.iter().enumerate() {
                    let _ = write!(
                        text,
                        "// doc\nv{number} : Int -> A with (A: Eq)\nv{number} = {value}\n\n"
                    );
                }
                let text = if crlf {
                    text.replace('\n', "\r\n")
                } else {
                    text
                };
                let front = check(&text);
                let errors = front.errors();
                // A predicate or a hole may make no sense; syntax does.
                prop_assert!(errors.is_empty(), "{errors:?}\n{text}");
                let printed = front.tree.print(&front.session, PrintOptions::default());
                let mut fresh = Session::bare();
                let file = fresh
                    .core
                    .sources
                    .add("cst", printed.as_str())
                    .expect("it fits");
                let again = cst::File::read(file, &mut fresh);
                let again =
                    again.map_err(|error| TestCaseError::fail(format!("{error}\n{printed}")))?;
                prop_assert_eq!(&again, &front.tree);
                let printed = front.ast.print(&front.session, PrintOptions::default());
                let mut fresh = Session::bare();
                let file = fresh
                    .core
                    .sources
                    .add("ast", printed.as_str())
                    .expect("it fits");
                let again = ir_defs::ast::Module::read(file, &mut fresh);
                let again =
                    again.map_err(|error| TestCaseError::fail(format!("{error}\n{printed}")))?;
                prop_assert_eq!(again.print(&fresh, PrintOptions::default()), printed);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    });
}

/// A construct that nests, opened and closed so many times.
fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("x = {}{inner}{}\n", open.repeat(depth), close.repeat(depth))
}

#[test]
fn nesting_up_to_the_limit_is_fine() {
    with_stack(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{ a: ", "1", " }"),
            ("f (", "1", ")"),
            ("(x => ", "1", ")"),
            ("if a then ", "1", " else 2"),
            ("~set[", "1", "]"),
        ] {
            let text = nested(open, inner, close, 1_990);
            assert_eq!(check(&text).errors(), Vec::<String>::new(), "{open}");
        }
        let texts = nested("\"{", "1", "}\"", 990);
        assert_eq!(check(&texts).errors(), Vec::<String>::new());
        let types = format!("x : {}A{}\n", "List (".repeat(1_990), ")".repeat(1_990));
        assert_eq!(check(&types).errors(), Vec::<String>::new());
    });
}

#[test]
fn nesting_beyond_the_limit_is_one_clear_error() {
    with_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("(", ""),
            ("{[(", ""),
            ("if a then ", " else 2"),
            ("x ? | a => ", ""),
            ("\"{", "}\""),
            ("!", ""),
            ("- ", ""),
            ("yield ", ""),
            ("a@", ""),
        ] {
            let text = nested(open, "1", close, 20_000);
            let errors = check(&text).errors();
            let limit = errors
                .iter()
                .filter(|error| error.contains("E0008"))
                .count();
            assert!(limit == 1 || open == "a@", "{open}: {errors:?}");
            assert_eq!(errors.len(), 1, "{open}: {errors:?}");
        }
    });
}

#[test]
fn what_is_flat_may_be_long() {
    with_stack(|| {
        let many = 100_000;
        for text in [
            format!("x = {}\n", vec!["a"; many].join(" + ")),
            format!("x = {}\n", vec!["a"; many].join(" |> ")),
            format!("x = {}\n", vec!["a"; many].join(" ?? ")),
            format!("x = {}\n", vec!["a"; many].join(" => ")),
            format!("x : {}\n", vec!["A"; many].join(" -> ")),
            format!("x = [{}]\n", vec!["1"; many].join(", ")),
            format!("x = f {}\n", vec!["1"; many].join(" ")),
            format!("x = effect {{\n{}\n}}\n", vec!["print x"; many].join("\n")),
            format!("x = {}z\n", "if a then b else ".repeat(many)),
            format!("x = a ?{}\n", "\n | 1 => if a then b else c".repeat(many)),
            format!("T ={}\n", " | A".repeat(many)),
            "x = 1\n".repeat(many),
        ] {
            assert_eq!(check(&text).errors(), Vec::<String>::new());
        }
    });
}

#[test]
fn errors_in_many_declarations_take_linear_time() {
    with_stack(|| {
        for line in [
            "x = (\n",
            "x = \"\n",
            "x = \"\"\"\n",
            "x = 1 /*\n",
            "x = )\n",
            "x = (]\n",
            "x = é\n",
        ] {
            check(&line.repeat(10_001));
        }
    });
}

#[test]
fn a_file_that_is_too_large_is_one_error() {
    with_stack(|| {
        let text = "x = 1\n".repeat((50 << 20) / 6);
        let errors = check(&text).errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("E0009"), "{errors:?}");
    });
}
