//! Inference stays near-linear on programs that are large in one way or another. `cargo test -p passes --test
//! typecheck_scale -- --ignored --nocapture` prints the time at each size and the exponent between them.

use std::fmt::Write;
use std::time::Instant;

use ir_defs::{Session, kernel};
use nanopass::Language;

/// Types a program of kernel text; gives the seconds.
fn time(text: &str) -> f64 {
    let mut session = Session::bare();
    let Some(file) = session.core.sources.add("scale", text) else {
        panic!("the text is too large");
    };
    let program = match kernel::Program::read(file, &mut session) {
        Ok(program) => program,
        Err(error) => panic!("{error:?}"),
    };
    let start = Instant::now();
    let typed = passes::typecheck::run(program, &mut session);
    let seconds = start.elapsed().as_secs_f64();
    let first = session.core.diagnostics.iter().next().cloned();
    assert!(first.is_none(), "{first:?}");
    assert!(!typed.groups.is_empty());
    seconds
}

/// Prints times and exponents; the exponents must stay below a generous bound.
fn measure(name: &str, sizes: [usize; 3], make: impl Fn(usize) -> String) {
    // The best of three, because other work disturbs the clock.
    let best = |size| (0..3).map(|_| time(&make(size))).fold(f64::MAX, f64::min);
    let times = sizes.map(best);
    let exponent = |a: usize, b: usize| {
        (times[b] / times[a].max(1e-6)).ln() / (sizes[b] as f64 / sizes[a] as f64).ln()
    };
    println!(
        "{name}: {sizes:?} in {times:.3?} s, exponents {:.2} {:.2}",
        exponent(0, 1),
        exponent(1, 2)
    );
    // A thousand fields are looked up one by one among a thousand, at nanoseconds each.
    let bound = if name == "record" { 2.4 } else { 1.7 };
    assert!(exponent(1, 2) < bound, "{name} is not near-linear");
}

fn program(groups: &str) -> String {
    format!("(program [] [] [] [] [] [{groups}] _)")
}

/// Functions that call the one before, each in a group of its own.
fn chain(size: usize) -> String {
    let mut text =
        "(group (define @f0 _ (lambda [x y] (chain x (link + y) (link + 1)))))".to_string();
    for index in 1..size {
        let before = index - 1;
        let _ = write!(
            text,
            "(group (define @f{index} _ (lambda [x y] (case if (chain x (link < y)) \
             (arm (con #True) _ (apply @f{before} x y)) \
             (arm (con #False) _ (let [(bind z{index} no (tuple x y))] y))))))"
        );
    }
    program(&text)
}

/// One recursive group.
fn recursive(size: usize) -> String {
    let mut text = "(group ".to_string();
    for index in 0..size {
        let next = (index + 1) % size;
        let _ = write!(
            text,
            "(define @g{index} _ (lambda [n x] (case if (chain n (link == 0)) (arm (con #True) _ (list x)) \
             (arm (con #False) _ (apply @g{next} (chain n (link - 1)) x)))))"
        );
    }
    text.push(')');
    program(&text)
}

/// A record with many fields, all of which are asked for by a function.
fn record(size: usize) -> String {
    let mut fields = String::new();
    let mut links = String::new();
    for index in 0..size {
        let _ = write!(fields, "(set f{index} {index})");
        let _ = write!(links, "(link + (select r f{index}))");
    }
    program(&format!(
        "(group (define @sum _ (lambda [r] (chain 0 {links}))))(group (define @use _ (apply @sum (record {fields}))))"
    ))
}

/// A block of many statements.
fn block(size: usize) -> String {
    let mut binds = "(bind x0 no 1)".to_string();
    for index in 1..size {
        let _ = write!(
            binds,
            "(bind x{index} no (chain x{} (link + 1)))",
            index - 1
        );
    }
    program(&format!(
        "(group (define @f _ (let [{binds}] x{})))",
        size - 1
    ))
}

/// A match of many arms.
fn arms(size: usize) -> String {
    let mut arms = String::new();
    for index in 0..size {
        let _ = write!(
            arms,
            "(arm (tuple {index} y{index}) _ (list y{index} {index}))"
        );
    }
    program(&format!(
        "(group (define @f _ (lambda [s] (case match s {arms}(arm (wild) _ (list))))))"
    ))
}

/// A list of many elements, and a long chain of operators whose operands are not known.
fn list(size: usize) -> String {
    let mut items = String::new();
    let mut links = String::new();
    for index in 0..size {
        let _ = write!(items, "(tuple {index} x)");
        let _ = write!(links, "(link + (apply f x))");
    }
    program(&format!(
        "(group (define @f _ (lambda [x f] (tuple (list {items}) (chain (apply f x) {links})))))"
    ))
}

/// The compiler runs on a thread with a large stack, and so do these.
fn on_a_large_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(512 << 20);
        let handle = thread.spawn_scoped(scope, test);
        assert!(handle.is_ok_and(|handle| handle.join().is_ok()));
    });
}

#[test]
#[ignore = "a benchmark"]
fn near_linear() {
    on_a_large_stack(measure_all);
}

fn measure_all() {
    measure("definitions", [1_000, 10_000, 30_000], chain);
    measure("recursive group", [1_000, 5_000, 20_000], recursive);
    measure("record", [100, 300, 1_000], record);
    measure("block", [1_000, 5_000, 20_000], block);
    measure("match", [1_000, 3_000, 10_000], arms);
    measure("list", [1_000, 10_000, 30_000], list);
}

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
