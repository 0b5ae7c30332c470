//! What may explode has a limit, and an error that names it; and what the compiler copies has one, too.

use std::fmt::Write;

use aivic_tests::program::World;
use driver::{Request, compile_text};
use ir_defs::session::OptLevel;

/// An error: its code, its message, and the text that it is about.
type Found = (String, String, String);

/// All errors of a program.
fn errors_of(text: &str) -> Vec<Found> {
    driver::with_deep_stack(|| {
        let compilation = compile_text("main.aivi", text, Request::default());
        assert_eq!(compilation.bug, None);
        let diagnostics = compilation.session.core.diagnostics.iter();
        diagnostics
            .filter(|diagnostic| diagnostic.severity == nanopass::Severity::Error)
            .map(|diagnostic| {
                let span = diagnostic.primary.as_ref().map(|label| label.span);
                let sources = &compilation.session.core.sources;
                let place = span.map(|span| sources.text(span));
                (
                    diagnostic.code.to_string(),
                    diagnostic.message.clone(),
                    place.unwrap_or_default().to_owned(),
                )
            })
            .collect()
    })
}

fn found(code: &str, message: &str, place: &str) -> Found {
    (code.to_owned(), message.to_owned(), place.to_owned())
}

/// Each function uses the one before at two types, so there are twice as many instances at each step.
#[test]
fn instances_have_a_limit() {
    let mut text = "f0 = x => 1\n".to_owned();
    for index in 1..=17 {
        let before = index - 1;
        let _ = writeln!(text, "f{index} = x => f{before} (x, 1) + f{before} [x]");
    }
    text.push_str("main = printLine \"{f17 'a'}\"\n");
    assert_eq!(
        errors_of(&text),
        [found(
            "E0401",
            "the program needs more than 100000 copies of its definitions",
            "f1"
        )]
    );
}

/// Types that double at each step.
#[test]
fn types_have_a_limit() {
    let mut text = "pair = x => (x, x)\n".to_owned();
    let _ = writeln!(text, "big = {}1{}", "pair (".repeat(40), ")".repeat(40));
    text.push_str("main = printLine \"{toText big}\"\n");
    assert_eq!(
        errors_of(&text),
        [found(
            "E0217",
            "the type of this has more than 50000 parts",
            "big"
        )]
    );
}

/// A pair of pairs of pairs below the limit is a type as any other.
#[test]
fn large_types_work_below_the_limit() {
    let mut text = "pair = x => (x, x)\n".to_owned();
    let _ = writeln!(text, "big = {}1{}", "pair (".repeat(9), ")".repeat(9));
    text.push_str("main = printLine \"{toText big}\"\n");
    assert_eq!(errors_of(&text), []);
}

/// The size of a program's module, in bytes.
fn module_size(text: &str, level: OptLevel) -> usize {
    let name = std::path::Path::new("main.aivi");
    aivic_tests::program::compile(name, text, level)
        .expect("it compiles")
        .len()
}

/// What the runtime and one budget of copies take, whatever the program is, in bytes.
const FIXED: usize = 16 << 10;
/// The most bytes of a module for a byte of source.
const GROWTH: usize = 8;

/// Each function hands two new functions to the one before: copies for all of them would double at each step.
fn chain(length: usize) -> String {
    let mut text = "f0 : (Int -> Int) -> Int -> Int\nf0 = g x => g (g x)\n".to_owned();
    for index in 1..=length {
        let before = index - 1;
        let _ = writeln!(
            text,
            "f{index} : (Int -> Int) -> Int -> Int\n\
             f{index} = g x => f{before} (y => g (y + {index})) x + f{before} (y => g (y * {index})) (x + 1)"
        );
    }
    let _ = writeln!(text, "main = printLine \"{{f{length} (x => x + 1) 1}}\"");
    text
}

/// The function that is handed on holds the function that hands it on.
fn towers(length: usize) -> String {
    let mut text = "t0 : (Int -> Int) -> Int -> Int\nt0 = f x => f (f x)\n".to_owned();
    for index in 1..=length {
        let before = index - 1;
        let _ = writeln!(
            text,
            "t{index} : (Int -> Int) -> Int -> Int\n\
             t{index} = f x => t{before} (y => t{before} f (y + {index})) x"
        );
    }
    let _ = writeln!(text, "main = printLine \"{{t{length} (x => x + 1) 0}}\"");
    text
}

/// Each function calls the one before twice: inlined everywhere, the last one would be of exponential size.
fn doubling(length: usize) -> String {
    let mut text = "d0 : Int -> Int\nd0 = x => x * 3 + 1\n".to_owned();
    for index in 1..=length {
        let before = index - 1;
        let _ = writeln!(
            text,
            "d{index} : Int -> Int\nd{index} = x => d{before} x + d{before} (x + {index})"
        );
    }
    let _ = writeln!(text, "main = printLine \"{{d{length} 1}}\"");
    text
}

/// A function of some size that is called at many places, and one that is given another function at each.
fn many_calls(calls: usize) -> String {
    let mut text = "\
work : Int -> Int -> Int
work = a b => if a > b then (a - b) * 3 + a % 7 else if a == b then a * b else (b - a) * 5 + b % 9

go : (Int -> Int) -> Int -> Int -> Int
go = f n acc => if n == 0 then acc else go f (n - 1) (acc + f n)

main = effect {
"
    .to_owned();
    for index in 0..calls {
        let _ = writeln!(
            text,
            "  printLine \"{{work {index} {}}} {{go (x => x * {index} + 7) 3 0}}\"",
            index % 13
        );
    }
    text.push_str("}\n");
    text
}

/// Functions that fill holes of tuples, and that fill holes in turn, many in one circle.
fn rings(length: usize) -> String {
    let mut text = String::new();
    for index in 0..length {
        let (next, other) = ((index + 1) % length, (index * 7 + 3) % length);
        let _ = writeln!(
            text,
            "p{index} : List Int -> (List Int, List Int)\n\
             p{index} = xs => xs ?\n  | [] => ([], [])\n  | [h, ...t] => {{\n      (a, b) = p{index} t\n      \
             if h > {index} then ([h, ...a], b) else (a, [h, ...b])\n    }}\n\
             r{index} : List Int -> List Int\n\
             r{index} = xs => xs ?\n  | [] => []\n  \
             | [h, ...t] => if h > {index} then [h, ...r{next} t] else r{other} t"
        );
    }
    text.push_str("main = printLine \"{r0 [1, 2]}");
    for index in 0..length {
        let _ = write!(text, " {{p{index} [1]}}");
    }
    text.push_str("\"\n");
    text
}

#[test]
fn copies_have_a_limit() {
    let programs = [
        chain(15),
        towers(12),
        doubling(30),
        many_calls(1000),
        rings(50),
    ];
    for text in programs {
        let size = module_size(&text, OptLevel::O2);
        let plain = module_size(&text, OptLevel::O0);
        let bound = FIXED + (GROWTH * text.len()).min(plain + plain / 4);
        let (start, _) = text.split_at(text.len().min(200));
        assert!(
            size <= bound,
            "{size} bytes for {}, {plain} as it is: {start}",
            text.len()
        );
    }
}

/// A program of four times the size has a module of at most about four times the size.
#[test]
fn modules_grow_with_their_sources() {
    for program in [chain, towers, doubling, many_calls, rings] {
        let [small, large] = [10, 40].map(|length| module_size(&program(length), OptLevel::O2));
        assert!(large <= 5 * small, "{small} bytes, then {large}");
    }
}

/// Closures that hold one another, one of them more than an object has room for.
#[test]
fn a_group_of_closures_may_be_large() {
    let count = 300;
    let all: Vec<String> = (0..count).map(|index| format!("f{index}")).collect();
    let all = all.join(" ");
    let mut text = "(program [] [(function @main.main [] yes _ Unit (body [
      (let (x Int) (call @main.seed no _ Int 7)) (functions"
        .to_owned();
    for index in 0..count {
        let next = (index * 7 + 1) % count;
        // The first one holds all, the others one each.
        let held = match index {
            0 => all.clone(),
            _ => format!("f{next}"),
        };
        let _ = write!(
            text,
            "\n(local (f{index} (-> Int Int)) [(n{index} Int)] no _ Int (body [
              (let (l{index} (List (-> Int Int))) (list (-> Int Int) {held}))
              (let (c{index} Int) (call @main.count no _ Int l{index}))
              (let (m{index} Int) (prim int.sub _ n{index} 1))]
              (switch n{index} [(on-lit 0 (body [] (prim int.add _ x c{index})))]
                (body [] (tail-apply f{next} no m{index})))))"
        );
    }
    text.push_str(
        ")
      (let (r Int) (apply f0 no 5)) (let (t Text) (prim int.to-text _ r))] (prim console.print-line _ t)))
      (function @main.seed [(s Int)] no _ Int (body [] (prim int.mul _ s s)))
      (function @main.count [(fs (List (-> Int Int)))] no _ Int (body []
        (switch fs [(on-con #List.Nil [] (body [] 0))
          (on-con #List.Cons [(g (-> Int Int)) (rest (List (-> Int Int)))] (body [(let (k Int) (call @main.count no _ Int rest))]
            (prim int.add _ k 1)))] _)))]
      [] @main.main)",
    );
    let name = std::path::Path::new("large.lifted");
    for level in [OptLevel::O0, OptLevel::O2] {
        let module = aivic_tests::program::compile_from(Some("lifted"), name, &text, level)
            .expect("it compiles");
        let shown = aivic_tests::program::run(&module, name, &World::default()).expect("it runs");
        assert_eq!(shown.text(), "50\n");
    }
}

/// Arms of pairs, a third of which match any number: for each number, all of these are to be looked at.
fn pairs(size: usize) -> String {
    let mut text = "f = a b => (a, b) ?\n".to_owned();
    for index in 0..size {
        let _ = match index % 3 {
            0 => writeln!(text, "  | (Some {index}, [x, ...]) => x"),
            1 => writeln!(text, "  | (Some n, [{index}, ...]) when n > 0 => n"),
            _ => writeln!(text, "  | (None, [{index}]) => {index}"),
        };
    }
    text.push_str("  | _ => 0\nmain = printLine \"{f None [2]}\"\n");
    text
}

#[test]
fn checking_a_match_has_a_limit() {
    let expected = found("E0303", "this match is too complex to check", "(a, b)");
    assert_eq!(errors_of(&pairs(2_400)), [expected]);
}

/// A pattern of many literals is a test of each.
#[test]
fn decision_trees_have_a_limit() {
    let items = |count: usize| {
        let ones = "1, ".repeat(count);
        format!(
            "f = list => list ?\n  | [{ones}] => 1\n  | _ => 2\nmain = printLine \"{{f [1]}}\"\n"
        )
    };
    let expected = found(
        "E0304",
        "the decision tree of this match is too large",
        "list",
    );
    assert_eq!(errors_of(&items(30_000)), [expected]);
    assert_eq!(errors_of(&items(500)), []);
}

#[test]
fn nesting_has_a_limit() {
    let text = format!(
        "x = {}1{}\nmain = printLine \"{{x}}\"\n",
        "(".repeat(2_001),
        ")".repeat(2_001)
    );
    let expected = found("E0008", "this nests more than 2000 levels deep", "(");
    assert_eq!(errors_of(&text), [expected]);
}

#[test]
fn files_have_a_limit() {
    let text = "// Nothing.\n".repeat((17 << 20) / 12);
    let expected = found("E0009", "this file has 17 MB; the limit is 16 MB", "");
    assert_eq!(errors_of(&text), [expected]);
}

#[test]
fn computing_a_static_has_a_limit() {
    let text = "count = n => if n == 0 then 0 else count (n - 1)\n@static\nzero = count 100000000\n\
                main = printLine \"{zero}\"\n";
    let expected = found(
        "E0402",
        "`zero` cannot be computed: it takes more than 10000000 steps",
        "zero",
    );
    assert_eq!(errors_of(text), [expected]);
}
