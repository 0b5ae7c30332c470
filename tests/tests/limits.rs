//! What may explode has a limit, and an error that names it.

use std::fmt::Write;

use driver::{Request, compile_text};

/// The codes and messages of all errors of a program.
fn errors_of(text: &str) -> Vec<(String, String)> {
    driver::with_deep_stack(|| {
        let compilation = compile_text("main.aivi", text, Request::default());
        assert_eq!(compilation.bug, None);
        let diagnostics = compilation.session.core.diagnostics.iter();
        diagnostics
            .filter(|diagnostic| diagnostic.severity == nanopass::Severity::Error)
            .map(|diagnostic| (diagnostic.code.to_string(), diagnostic.message.clone()))
            .collect()
    })
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
        [(
            "E0401".to_owned(),
            "the program needs more than 100000 copies of its definitions".to_owned()
        )]
    );
}

/// Types that double at each step.
#[test]
fn types_have_a_limit() {
    let mut text = "pair = x => (x, x)\n".to_owned();
    let _ = writeln!(text, "big = {}1{}", "pair (".repeat(40), ")".repeat(40));
    text.push_str("main = printLine \"{toText big}\"\n");
    let codes: Vec<String> = errors_of(&text).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["E0217"]);
}

/// A pair of pairs of pairs below the limit is a type as any other.
#[test]
fn large_types_work_below_the_limit() {
    let mut text = "pair = x => (x, x)\n".to_owned();
    let _ = writeln!(text, "big = {}1{}", "pair (".repeat(9), ")".repeat(9));
    text.push_str("main = printLine \"{toText big}\"\n");
    assert_eq!(errors_of(&text), []);
}
