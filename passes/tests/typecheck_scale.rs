//! Inference copes with programs that are large in one way or another, and says so where it cannot. How its time grows
//! is printed by `cargo run -p passes --example typecheck_times`.

mod scale;

use std::fmt::Write;

use ir_defs::{Session, kernel};
use nanopass::Language;
use scale::{arms, block, chain, list, program, record, recursive, time};

#[test]
fn small() {
    for make in [chain, recursive, record, block, arms, list] {
        time(&make(20));
    }
}

/// Types that double at each step reach the limit, not the end of memory or of patience.
#[test]
fn exponential_types_end_in_an_error() {
    let mut binds = "(bind x0 no (lambda [y0] (tuple y0 y0)))".to_string();
    for index in 1..60 {
        let _ = write!(
            binds,
            "(bind x{index} no (lambda [y{index}] (apply x{0} (apply x{0} y{index}))))",
            index - 1
        );
    }
    let nested = format!("{}1{}", "(apply @pair ".repeat(60), ")".repeat(60));
    let pair = "(group (define @pair _ (lambda [x] (tuple x x))))";
    for text in [
        format!("(group (define @f _ (let [{binds}] 1)))"),
        format!("{pair}(group (define @f _ {nested}))"),
        format!("{pair}(group (define @f _ (let [(bind y no {nested})] 1)))"),
    ] {
        let mut session = Session::bare();
        let file = session.core.sources.add("limit", program(&text));
        let file = file.expect("it fits");
        let program = kernel::Program::read(file, &mut session).expect("it reads");
        passes::typecheck::run(program, &mut session);
        let codes: Vec<&str> = session
            .core
            .diagnostics
            .iter()
            .map(|error| &*error.code)
            .collect();
        assert_eq!(codes, [passes::codes::TYPE_SIZE], "{text}");
    }
}
