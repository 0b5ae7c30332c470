//! Lets a program allocate 10^9 objects of which 10^5 live, under each collector that frees, and prints what memory it
//! took against three times what lives.
//!
//! `cargo run --release -p benches --bin soak`. Names of collectors restrict it to these, and `--updates N` says how
//! often the program changes what lives.
//!
//! The program keeps a search tree with a node for each of 100,000 keys, and puts numbers at pseudo-random keys: each
//! time it copies the path from the root to the key, about 15.7 nodes, so that what lives is renewed all the time. The
//! sum of the tree in the end is held against the same computed here.

use std::time::Instant;

use driver::{Request, compile_text};
use engine::{Engine, Outcome, Run};
use ir_defs::session::{Collector, Options};

const PROGRAM: &str = include_str!("../../soak/soak.aivi");

/// How many keys there are, each with a node that lives.
const KEYS: u64 = 100_000;
/// A node: header, two pointers, padding, a number.
const NODE: u64 = 24;
/// The nursery of the generational collector.
const NURSERY: u64 = 4 << 20;
/// What the program has of memory before it allocates: the shadow stack.
const STACK: u64 = 4 << 20;

const COLLECTORS: [(&str, Collector); 2] = [
    ("mark-sweep", Collector::MarkSweep),
    ("generational", Collector::Generational),
];

struct Arguments {
    updates: u64,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        updates: 64_000_000,
        names: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--updates" {
            let count = arguments.next().and_then(|count| count.parse().ok());
            parsed.updates = count.ok_or("`--updates` wants a number")?;
        } else if COLLECTORS.iter().any(|(name, _)| *name == argument) {
            parsed.names.push(argument);
        } else {
            return Err(format!(
                "`{argument}` is no collector that frees: there are mark-sweep and generational"
            ));
        }
    }
    Ok(parsed)
}

fn main() -> Result<(), String> {
    let Arguments { updates, names } = arguments()?;
    let expected = simulate(updates);
    println!(
        "| collector | objects | live, KiB | limit, KiB | memory, KiB | collections | seconds |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut problems = Vec::new();
    for (name, collector) in COLLECTORS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let start = Instant::now();
        let outcome = soak(updates, collector)?;
        let seconds = start.elapsed().as_secs_f64();
        let shown = String::from_utf8_lossy(&outcome.stdout);
        if shown != format!("{}\n", expected.sum) {
            problems.push(format!("{name} gives {shown}, not {}", expected.sum));
        }
        let live = KEYS * NODE;
        let limit = 3 * live + NURSERY;
        let memory = outcome.memory.saturating_sub(STACK);
        if memory > limit {
            problems.push(format!("{name} takes {memory} bytes, above {limit}"));
        }
        let counters = outcome.counters.iter();
        let collections: u64 = counters
            .filter(|(name, _)| name.ends_with("_collections"))
            .map(|(_, count)| count)
            .sum();
        println!(
            "| {name} | {} | {} | {} | {} | {collections} | {seconds:.1} |",
            expected.objects,
            live >> 10,
            limit >> 10,
            memory >> 10,
        );
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("; ")),
    }
}

/// Runs the program under a collector.
fn soak(updates: u64, collector: Collector) -> Result<Outcome, String> {
    let options = Options {
        collector,
        collector_counts: true,
        ..Options::default()
    };
    let module = driver::with_deep_stack(|| {
        let request = Request {
            options,
            ..Request::default()
        };
        let compilation = compile_text("soak.aivi", PROGRAM, request);
        compilation.module().map(<[u8]>::to_vec)
    });
    let module = module.ok_or("the program does not compile")?;
    let run = Run {
        args: vec!["soak".to_owned(), updates.to_string()],
        ..Run::default()
    };
    Engine::new(engine::Options::default())
        .and_then(|engine| engine.compile(&module))
        .and_then(|program| program.run(run))
        .map_err(|error| error.to_string())
}

/// What the program should show, and how many nodes it should make.
struct Expected {
    sum: u64,
    objects: u64,
}

/// Does what the program does, without its tree.
fn simulate(updates: u64) -> Expected {
    let mut values: Vec<u64> = (0..KEYS).collect();
    let mut objects = KEYS;
    let mut random = 1;
    for update in 0..updates {
        random = (random * 1_103_515_245 + 12_345) % (1 << 31);
        let key = random % KEYS;
        let (mut low, mut high) = (0, KEYS);
        loop {
            objects += 1;
            let middle = (low + high) / 2;
            match key.cmp(&middle) {
                std::cmp::Ordering::Less => high = middle,
                std::cmp::Ordering::Greater => low = middle + 1,
                std::cmp::Ordering::Equal => break,
            }
        }
        if let Some(value) = values.get_mut(key as usize) {
            *value = update;
        }
    }
    Expected {
        sum: values.iter().sum(),
        objects,
    }
}
