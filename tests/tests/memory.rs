//! What programs take of memory: garbage gives its room back, limits end in a fault, and depth ends where it should.

use std::path::Path;

use aivic_tests::program::compile_with;
use engine::{Engine, Outcome, Run};
use ir_defs::session::{Collector, Options};

fn run(text: &str, options: Options) -> Outcome {
    let module = compile_with(None, Path::new("main.aivi"), text, options).expect("it compiles");
    let engine = Engine::new(engine::Options::default()).expect("an engine");
    let program = engine.compile(&module).expect("a module");
    program.run(Run::default()).expect("it runs")
}

fn with(collector: Collector) -> Options {
    Options {
        collector,
        ..Options::default()
    }
}

/// Twenty million objects pass, of which a hundred thousand live.
const SOAK: &str = "\
build : Int -> List Int -> List Int
build = n list => if n == 0 then list else build (n - 1) [n, ...list]

soak : Int -> List Int -> Int -> Int
soak = rounds kept sum =>
  if rounds == 0 then sum else soak (rounds - 1) kept (sum + List.length (build 100000 []) + List.length kept)

main = printLine \"{soak 200 (build 100000 []) 0}\"
";

#[test]
fn garbage_gives_its_room_back() {
    // Objects of 16 bytes: those that are kept, and those of one round.
    let live = 2 * 100_000 * 16;
    let (nursery, stack, rest) = (4 << 20, 4 << 20, 1 << 20);
    for collector in [Collector::Generational, Collector::MarkSweep] {
        let outcome = run(SOAK, with(collector));
        assert_eq!(String::from_utf8_lossy(&outcome.stdout), "40000000\n");
        let most = 3 * live + nursery + stack + rest;
        assert!(
            outcome.memory <= most,
            "{collector:?}: {} of {most}",
            outcome.memory
        );
    }
}

/// Arrays are filled while the nursery has not got its size, and much lives and dies after that.
#[test]
fn arrays_of_the_beginning_do_no_harm() {
    let text = "\
type Tree = | Leaf | Node Tree Int Tree

build : Int -> Int -> Tree
build = low high => if low >= high then Leaf else join low ((low + high) / 2) high

join : Int -> Int -> Int -> Tree
join = low middle high => Node (build low middle) middle (build (middle + 1) high)

total : Tree -> Int
total = tree => tree ?
  | Leaf => 0
  | Node left value right => total left + value + total right

totals : Int -> Int -> Tree -> Int
totals = rounds sum tree => if rounds == 0 then sum + total tree else totals (rounds - 1) (sum + total tree) (build 0 50000)

main = effect {
  arguments <- args.all Unit
  first = map.fromList [(\"b\", 2), (\"a\", 1)]
  printLine \"{List.length (List.sort [\"b\", \"a\"])} {map.toList first} {totals 40 0 (build 0 50000)} {arguments}\"
}
";
    for collector in [Collector::Generational, Collector::MarkSweep] {
        let module = compile_with(None, Path::new("main.aivi"), text, with(collector));
        let engine = Engine::new(engine::Options::default()).expect("an engine");
        let program = engine.compile(&module.expect("it compiles"));
        let run = Run {
            args: ["main", "one", "two"].map(str::to_owned).to_vec(),
            ..Run::default()
        };
        let outcome = program.expect("a module").run(run).expect("it runs");
        assert_eq!(
            String::from_utf8_lossy(&outcome.stdout),
            "2 [(\"a\", 1), (\"b\", 2)] 51248975000 [\"one\", \"two\"]\n",
            "{collector:?}: {:?}",
            outcome.end
        );
    }
}

#[test]
fn a_limit_ends_in_a_fault() {
    let text = "\
build : Int -> List Int -> List Int
build = n list => if n == 0 then list else build (n - 1) [n, ...list]

main = printLine \"{List.length (build 10000000 [])}\"
";
    for collector in [
        Collector::Bump,
        Collector::MarkSweep,
        Collector::Generational,
    ] {
        let options = Options {
            max_pages: Some(256),
            ..with(collector)
        };
        let outcome = run(text, options);
        assert_eq!(
            String::from_utf8_lossy(&outcome.stderr),
            "fault[R0002]: memory exhausted\n  in `main.build`\n"
        );
        assert_eq!(outcome.end.status(), 70, "{collector:?}");
        assert!(outcome.memory <= 256 << 16);
    }
}

#[test]
fn recursion_that_keeps_pointers_is_deep() {
    let text = "\
Tree = Leaf | Node Tree Int

grow : Int -> Tree
grow = n => if n == 0 then Leaf else join (grow (n - 1)) (toText n)

join : Tree -> Text -> Tree
join = tree text => Node tree (Text.length text)

total : Tree -> Int
total = tree => tree ?
  | Leaf => 0
  | Node rest n => n + total rest

main = printLine \"{total (grow 100000)}\"
";
    let outcome = run(text, with(Collector::Generational));
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "488895\n");
}

/// The programs `memory-*`, at a size at which everything is collected again and again.
#[test]
fn collectors_agree_over_long_runs() {
    for (name, scale) in [
        ("memory-churn", 300),
        ("memory-holes", 300),
        ("memory-large", 10),
        ("memory-roots", 60),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("programs")
            .join(name)
            .with_extension("aivi");
        let text = std::fs::read_to_string(&path).expect("the program");
        let shown = |collector| {
            let module = compile_with(None, &path, &text, with(collector)).expect("it compiles");
            let engine = Engine::new(engine::Options::default()).expect("an engine");
            let program = engine.compile(&module).expect("a module");
            let run = Run {
                args: vec![name.to_owned(), scale.to_string()],
                ..Run::default()
            };
            let outcome = program.run(run).expect("it runs");
            let shown = String::from_utf8_lossy(&outcome.stdout).into_owned();
            (shown, outcome.end.status())
        };
        let bump = shown(Collector::Bump);
        assert_eq!(bump.1, 0, "{name}: {}", bump.0);
        assert_eq!(shown(Collector::Generational), bump, "{name}");
        assert_eq!(shown(Collector::MarkSweep), bump, "{name}");
    }
}

/// The names of functions stand in the module as they are.
#[test]
fn only_the_collector_that_is_asked_for_is_linked() {
    let modules = |text: &str| {
        let collectors = [
            Collector::Bump,
            Collector::MarkSweep,
            Collector::Generational,
        ];
        collectors.map(|collector| {
            compile_with(None, Path::new("m.aivi"), text, with(collector)).expect("it compiles")
        })
    };
    let has = |module: &[u8], name: &str| {
        let mut windows = module.windows(name.len());
        windows.any(|window| window == name.as_bytes())
    };
    let of_mark_sweep = ["collect:$mark_all", "collect:$next_run"];
    let of_generational = ["collect:$scan_chunks", "collect:$minor"];
    let allocating = "main = printLine \"{List.map (_ + 1) [1, 2]}\"\n";
    let [bump, mark_sweep, generational] = modules(allocating);
    for (module, own) in [
        (&bump, &[][..]),
        (&mark_sweep, &of_mark_sweep),
        (&generational, &of_generational),
    ] {
        for name in of_mark_sweep.iter().chain(&of_generational) {
            assert_eq!(has(module, name), own.contains(name), "{name}");
        }
        assert!(has(module, "collect:alloc") || has(module, "collect:reserve"));
    }
    for text in [
        "main = printLine \"hello\"\n",
        "fib : Int -> Int\nfib = n => if n < 2 then n else fib (n - 1) + fib (n - 2)\n\nmain = exit.exit (fib 10)\n",
    ] {
        for module in modules(text) {
            assert!(!has(&module, "collect:"), "{text}");
        }
    }
}
