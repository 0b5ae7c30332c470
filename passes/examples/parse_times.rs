//! How the time of `parse` and `build-ast` grows with the input: for each shape of program, the time at one size and
//! at twice that size, and the exponent, which is 1 for linear time.
//!
//!     cargo run -p passes --example parse_times
//!
//! The time at a size is the least of several runs, in processor time where the system tells it, so that other work of
//! the machine disturbs it little.

use std::time::{Duration, Instant};

use ir_defs::Session;
use ir_defs::source::Source;

/// The runs of which the fastest counts: so many, or as many as take this long.
const RUNS: u32 = 40;
const PATIENCE: Duration = Duration::from_secs(2);

/// A name, a size, and the program of a size.
type Shape = (&'static str, usize, fn(usize) -> String);

const SHAPES: [Shape; 12] = [
    ("nested ( )", 1_000, |n| nested("(", ")", n)),
    ("nested [ ]", 1_000, |n| nested("[", "]", n)),
    ("nested { }", 1_000, |n| nested("{ a: ", " }", n)),
    ("nested lambdas", 1_000, |n| nested("(x => ", ")", n)),
    ("nested if", 1_000, |n| nested("if a then ", " else b", n)),
    ("nested texts", 500, |n| nested("\"{", "}\"", n)),
    ("nested with an error inside", 1_000, |n| {
        format!("x = {}1 +{}\n", "(".repeat(n), ")".repeat(n))
    }),
    ("20,000 and more brackets", 20_000, |n| nested("(", "", n)),
    ("declarations", 10_000, |n| {
        "f = x y => x + y * 2\n".repeat(n)
    }),
    ("statements", 10_000, |n| {
        format!("x = effect {{\n{}}}\n", "  print \"{x}\"\n".repeat(n))
    }),
    ("operators", 20_000, |n| {
        format!("x = a{}\n", " + a".repeat(n))
    }),
    ("declarations with errors", 5_000, |n| "x = (\n".repeat(n)),
];

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("x = {}1{}\n", open.repeat(depth), close.repeat(depth))
}

fn main() {
    // The compiler's stack.
    let thread = std::thread::Builder::new()
        .stack_size(512 << 20)
        .spawn(table);
    if thread.map(std::thread::JoinHandle::join).is_err() {
        eprintln!("the thread did not start");
    }
}

fn table() {
    println!(
        "{:<28} {:>8} {:>12} {:>8} {:>12} {:>9}",
        "shape", "size", "time", "size", "time", "exponent"
    );
    for (name, size, program) in SHAPES {
        let (once, twice) = (time(&program(size)), time(&program(size * 2)));
        let exponent = (twice.as_secs_f64() / once.as_secs_f64()).log2();
        println!(
            "{name:<28} {size:>8} {once:>12.2?} {:>8} {twice:>12.2?} {exponent:>9.2}",
            size * 2
        );
    }
}

/// The least time that both passes take for a text.
fn time(text: &str) -> Duration {
    let begin = Instant::now();
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let mut session = Session::bare();
        let start = clock(begin);
        if let Some(file) = session.core.sources.add("main.aivi", text) {
            let tree = passes::parse::run(Source { file }, &mut session);
            passes::build_ast::run(tree, &mut session);
        }
        least = least.min(clock(begin).saturating_sub(start));
        if begin.elapsed() > PATIENCE {
            break;
        }
    }
    least
}

/// The processor time of this thread on Linux, the time since `begin` elsewhere.
fn clock(begin: Instant) -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = statistics
        .split(' ')
        .next()
        .and_then(|nanoseconds| nanoseconds.parse().ok());
    first.map_or_else(|| begin.elapsed(), Duration::from_nanos)
}
