//! Recursion that the compiler makes iteration of runs over a million elements under the stack that wasmtime gives by
//! default; what stays recursion ends in fault R0003 with the function's name.

use std::path::Path;

use aivic_tests::program::compile_with;
use engine::{End, Engine, Outcome, Run};
use ir_defs::session::{Collector, Options};

/// The stack of wasmtime's own options, in bytes.
const STOCK: usize = 512 << 10;

fn run(text: &str, collector: Collector) -> Outcome {
    let options = Options {
        collector,
        ..Options::default()
    };
    let module = compile_with(None, Path::new("main.aivi"), text, options).expect("it compiles");
    let options = engine::Options {
        stack: STOCK,
        ..engine::Options::default()
    };
    let engine = Engine::new(options).expect("an engine");
    let program = engine.compile(&module).expect("a module");
    program.run(Run::default()).expect("it runs")
}

/// What a program with these definitions shows of `expression`, with each collector.
fn shows(definitions: &str, expression: &str, expected: &str) {
    let text = format!("{definitions}\nmain = printLine \"{{{expression}}}\"\n");
    for collector in [
        Collector::Bump,
        Collector::MarkSweep,
        Collector::Generational,
    ] {
        let outcome = run(&text, collector);
        let shown = String::from_utf8_lossy(&outcome.stdout).into_owned();
        assert_eq!(shown.trim_end(), expected, "{definitions}");
    }
}

const SUM: &str = "\
sum : List Int -> Int
sum = xs => List.foldl (a b => a + b) 0 xs
";

#[test]
fn lists_under_constructors() {
    let map = "\
twice : List Int -> List Int
twice = xs => xs ?
  | [] => []
  | [h, ...t] => [h * 2, ...twice t]
";
    shows(
        &format!("{SUM}{map}"),
        "sum (twice (List.range 1 1000000))",
        "1000001000000",
    );
}

#[test]
fn functions_in_turn() {
    let turns = "\
evens : List Int -> List Int
evens = xs => xs ?
  | [] => []
  | [h, ...t] => [h * 2, ...odds t]

odds : List Int -> List Int
odds = xs => xs ?
  | [] => []
  | [h, ...t] => if h == 6 then evens t else [h * 3, ...evens t]
";
    shows(
        &format!("{SUM}{turns}"),
        "(sum (evens (List.range 1 1000000)), evens [1, 2, 3, 6, 5])",
        "(1250001499982, [2, 6, 6, 10])",
    );
}

#[test]
fn tuples_of_lists() {
    let unzip = "\
unzip : List (Int, Int) -> (List Int, List Int)
unzip = xs => xs ?
  | [] => ([], [])
  | [(a, b), ...t] => {
      (ls, rs) = unzip t
      ([a, ...ls], [b, ...rs])
    }

result = unzip (List.map (x => (x, x + 1)) (List.range 1 1000000))
";
    shows(
        &format!("{SUM}{unzip}"),
        "result ? | (ls, rs) => (sum ls, sum rs)",
        "(500000500000, 500001500000)",
    );
}

#[test]
fn tuples_of_which_one_component_grows() {
    let partition = "\
partition : (Int -> Bool) -> List Int -> (List Int, List Int)
partition = p xs => xs ?
  | [] => ([], [])
  | [h, ...t] =>
      if p h
        then { (yes, no) = partition p t
               ([h, ...yes], no) }
        else { (yes, no) = partition p t
               (yes, [h, ...no]) }

below : Int -> List Int -> (List Int, List Int)
below = n xs => xs ?
  | [] => ([], [])
  | [h, ...t] => {
      (yes, no) = below n t
      if h < n then ([h, ...yes], no) else (yes, [h, ...no])
    }

span : (Int -> Bool) -> List Int -> (List Int, List Int)
span = p xs => xs ?
  | [] => ([], [])
  | [h, ...t] =>
      if p h
        then { (yes, rest) = span p t
               ([h, ...yes], rest) }
        else ([], xs)

deal : List Int -> (List Int, List Int)
deal = xs => xs ?
  | [] => ([], [])
  | [h, ...t] => {
      (a, b) = deal t
      ([h, ...b], a)
    }

xs = List.range 1 1000000

sums : (List Int, List Int) -> (Int, Int)
sums = both => both ?
  | (ls, rs) => (sum ls, sum rs)
";
    shows(
        &format!("{SUM}{partition}"),
        "[sums (partition (x => x % 3 == 0) xs), sums (below 500 xs), sums (span (x => x < 999999) xs), sums (deal xs)]",
        "[(166666833333, 333333666667), (124750, 500000375250), (499998500001, 1999999), (250000000000, 250000500000)]",
    );
}

#[test]
fn records_of_lists() {
    let three = "\
three : List Int -> { small: List Int, middle: List Int, large: List Int }
three = xs => xs ?
  | [] => { small: [], middle: [], large: [] }
  | [h, ...t] => {
      r = three t
      if h < 10 then { small: [h, ...r.small], middle: r.middle, large: r.large }
      else if h < 20 then { small: r.small, middle: [h, ...r.middle], large: r.large }
      else { small: r.small, middle: r.middle, large: [h, ...r.large] }
    }

result = three (List.range 1 1000000)
";
    shows(
        &format!("{SUM}{three}"),
        "(sum result.small, sum result.middle, sum result.large)",
        "(45, 145, 500000499810)",
    );
}

#[test]
fn sums_and_products() {
    let numbers = "\
horner : Int -> List Int -> Int
horner = x cs => cs ?
  | [] => 0
  | [c, ...rest] => c + x * horner x rest

alternate : List Int -> Int
alternate = xs => xs ?
  | [] => 0
  | [h, ...t] => h - alternate t

some : List Int -> Int
some = xs => xs ?
  | [] => 0
  | [h, ...t] => {
      s = some t
      if h > 3 && h < 900 then h + s else s
    }
";
    shows(
        numbers,
        "(horner 3 (List.range 1 1000000), horner 2 [1, 2, 3], alternate (List.range 1 1000000), some (List.range 1 1000000))",
        "(-3696702234462988320, 17, -500000, 404544)",
    );
}

#[test]
fn lists_behind_and_before() {
    let lists = "\
Tree = Leaf | Node Tree Int Tree

backwards : List Int -> List Int
backwards = xs => xs ?
  | [] => []
  | [h, ...t] => backwards t ++ [h]

flat : Tree -> List Int
flat = t => t ?
  | Leaf => []
  | Node l x r => flat l ++ [x, ...flat r]

right : Int -> Tree -> Tree
right = n t => if n == 0 then t else right (n - 1) (Node Leaf n t)
";
    shows(
        &format!("{SUM}{lists}"),
        "(List.take 3 (backwards (List.range 1 1000000)), sum (flat (right 1000000 Leaf)))",
        "([1000000, 999999, 999998], 500000500000)",
    );
}

/// The order of additions of `Float` is part of what a program says, so this one is as deep as its list.
#[test]
fn what_stays_deep_ends_in_a_fault() {
    let text = "\
total : List Float -> Float
total = xs => xs ?
  | [] => 0.0
  | [h, ...t] => h + total t

build : Int -> List Float -> List Float
build = n xs => if n == 0 then xs else build (n - 1) [0.5, ...xs]

main = printLine \"{total (build 1000000 [])}\"
";
    let outcome = run(text, Collector::Generational);
    let End::StackExhausted(Some(name)) = &outcome.end else {
        panic!("{:?}", outcome.end);
    };
    assert_eq!(name, "main.total");
    assert_eq!(outcome.end.status(), 70);
}
