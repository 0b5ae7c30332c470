//! Domains cost nothing: their operators and literals are computed when a program is compiled.

use driver::{Request, compile_text};
use nanopass::PrintOptions;

const PROGRAM: &str = "use aivi.duration (domain Duration)
wait = 2h + 30min - 500ms
add = x y => x + y
main = effect { printLine \"{add wait 1s * 2}\" }
";

/// What `simplify` makes of a program, as text.
fn simplified(source: &str) -> String {
    let source = source.to_owned();
    driver::with_deep_stack(move || {
        let request = Request {
            stop_after: Some("simplify".to_owned()),
            ..Request::default()
        };
        let compilation = compile_text("domains.aivi", &source, request);
        let program = compilation.program.as_ref().expect("a program");
        program.print(&compilation.session, PrintOptions::default())
    })
}

#[test]
fn literals_with_a_suffix_are_constants() {
    let program = simplified(PROGRAM);
    // Two hours and a half without half a second, in nanoseconds.
    let constant = "(construct #aivi.duration.Nanoseconds [] 8999500000000)";
    assert!(program.contains(constant), "{program}");
    for suffix in ["1h", "1min", "1ms"] {
        let function = format!("aivi.duration.Duration.{suffix}");
        assert!(!program.contains(&function), "{program}");
    }
}

#[test]
fn operators_are_calls_that_are_inlined() {
    let program = simplified(PROGRAM);
    assert!(!program.contains("aivi.duration.Duration.+"), "{program}");
    assert!(program.contains("int.add"), "{program}");
}
