//! How deep programs go under the stack that stock wasmtime gives, 512 KiB: what takes none of it, and what takes a
//! bounded part.

use std::path::Path;

use aivic_tests::program::compile_with;
use engine::{Engine, Run};
use ir_defs::session::Options;

/// The default of `max_wasm_stack` in wasmtime.
const STOCK: usize = 512 << 10;

/// Compiles a program, runs it and gives all that it writes.
fn run(text: &str) -> String {
    let module =
        compile_with(None, Path::new("main.aivi"), text, Options::default()).expect("it compiles");
    let options = engine::Options {
        stack: STOCK,
        ..engine::Options::default()
    };
    let engine = Engine::new(options).expect("an engine");
    let program = engine.compile(&module).expect("a module");
    let outcome = program.run(Run::default()).expect("it runs");
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    format!("{}{stderr}", String::from_utf8_lossy(&outcome.stdout))
}

/// The textbook's recursions over ten million elements.
#[test]
fn textbook_recursion_over_lists_takes_no_stack() {
    let functions = "\
from : Int -> Int -> List Int
from = low high => if low > high then [] else [low, ...from (low + 1) high]

myMap : (A -> B) -> List A -> List B
myMap = f items => items ?
  | [] => []
  | [item, ...rest] => [f item, ...myMap f rest]

myFilter : (A -> Bool) -> List A -> List A
myFilter = accept items => items ?
  | [] => []
  | [item, ...rest] => if accept item then [item, ...myFilter accept rest] else myFilter accept rest

myAppend : List A -> List A -> List A
myAppend = first second => first ?
  | [] => second
  | [item, ...rest] => [item, ...myAppend rest second]

myZip : List A -> List B -> List (A, B)
myZip = first second => (first, second) ?
  | ([a, ...others], [b, ...rest]) => [(a, b), ...myZip others rest]
  | _ => []

total : List Int -> Int
total = items => items ?
  | [] => 0
  | [item, ...rest] => item + total rest

product : List Int -> Int
product = items => items ?
  | [] => 1
  | [item, ...rest] => item * product rest

count : List A -> Int
count = items => items ?
  | [] => 0
  | [_, ...rest] => 1 + count rest

sized : (A -> Bool) -> List A -> (Int, List A)
sized = accept items => items ?
  | [] => (0, [])
  | [item, ...rest] => sized accept rest ?
    | (size, found) => if accept item then (size + 1, [item, ...found]) else (size, found)

flat : List (List A) -> List A
flat = lists => lists ?
  | [] => []
  | [list, ...rest] => list ++ flat rest

";
    let cases = [
        ("total (from 1 10000000)", "50000005000000"),
        (
            "total (myMap (x => x * 2) (from 1 10000000))",
            "100000010000000",
        ),
        (
            "total (myFilter (x => x % 2 == 0) (from 1 10000000))",
            "25000005000000",
        ),
        ("count (myAppend (from 1 10000000) (from 1 10))", "10000010"),
        (
            "count (myZip (from 1 10000000) (from 1 10000000))",
            "10000000",
        ),
        (
            "sized (x => x % 2 == 0) (from 1 10000000) ? | (size, found) => size + count found",
            "10000000",
        ),
        (
            "product (myMap (x => x % 2 * 2 - 1) (from 1 10000000))",
            "1",
        ),
        (
            "count (flat (myMap (x => [x]) (from 1 10000000)))",
            "10000000",
        ),
        (
            "List.length (List.map (x => x + 1) (List.filter (x => x > 5) (from 1 10000000)))",
            "9999995",
        ),
        (
            "List.length (List.append (from 1 10000000) [1])",
            "10000001",
        ),
        (
            "List.length (List.zip (from 1 10000000) (from 1 10000000))",
            "10000000",
        ),
    ];
    for (expression, value) in cases {
        let program = format!("{functions}main = printLine \"{{{expression}}}\"\n");
        assert_eq!(run(&program), format!("{value}\n"), "{expression}");
    }
}

const DEEP: &str = "\
Left = Nil | Node Left Int
Right = End | Link Int Right
Both = Tip | Fork Both Both
type Rose = | Rose (List Rose)
Wrapped = Plain Int | Wrapped (Option Wrapped)
Inner = Stop | Inner { inner: Inner, name: Text }
Pair = Leaf Int | Pair (Pair, Pair)

left : Int -> Left -> Left
left = n tree => if n == 0 then tree else left (n - 1) (Node tree n)

right : Int -> Right -> Right
right = n tree => if n == 0 then tree else right (n - 1) (Link n tree)

zigzag : Int -> Both -> Both
zigzag = n tree => if n == 0 then tree else if n % 2 == 0 then zigzag (n - 1) (Fork tree Tip) else zigzag (n - 1) (Fork Tip tree)

rose : Int -> Rose -> Rose
rose = n tree => if n == 0 then tree else rose (n - 1) (Rose [Rose [], tree])

wrapped : Int -> Wrapped -> Wrapped
wrapped = n value => if n == 0 then value else wrapped (n - 1) (Wrapped (Some value))

inner : Int -> Inner -> Inner
inner = n value => if n == 0 then value else inner (n - 1) (Inner { inner: value, name: \"\" })

pair : Int -> Pair -> Pair
pair = n value => if n == 0 then value else if n % 3 == 0 then pair (n - 1) (Pair (value, Leaf n)) else pair (n - 1) (Pair (Leaf n, value))

";

fn structural(cases: &[(&str, &str)]) {
    for (expression, value) in cases {
        let program = format!("{DEEP}main = printLine \"{{{expression}}}\"\n");
        assert_eq!(run(&program), format!("{value}\n"), "{expression}");
    }
}

#[test]
fn structural_operations_take_no_stack_along_the_last_field() {
    let cases = [
        ("right 1000000 End == right 1000000 End", "True"),
        (
            "compare (right 1000000 End) (right 1000000 (Link 1 End))",
            "Less",
        ),
        ("Text.length (toText (right 1000000 End))", "13888897"),
        // The last field of its own type, not the last of all.
        ("left 1000000 Nil == left 1000000 Nil", "True"),
        ("left 1000000 Nil == left 1000000 (Node Nil 1)", "False"),
        (
            "wrapped 100000 (Plain 1) == wrapped 100000 (Plain 2)",
            "False",
        ),
    ];
    structural(&cases);
}

#[test]
fn structural_operations_take_a_bounded_stack_elsewhere() {
    let cases = [
        (
            "compare (left 1000000 (Node Nil 1)) (left 1000000 Nil)",
            "Greater",
        ),
        ("Text.length (toText (left 1000000 Nil))", "13888897"),
        ("zigzag 1000000 Tip == zigzag 1000000 Tip", "True"),
        (
            "compare (zigzag 1000000 Tip) (zigzag 1000000 (Fork Tip Tip))",
            "Less",
        ),
        ("Text.length (toText (zigzag 1000000 Tip))", "11000001"),
        ("rose 1000000 (Rose []) == rose 1000000 (Rose [])", "True"),
        (
            "compare (rose 1000000 (Rose [])) (rose 1000000 (Rose []))",
            "Equal",
        ),
        ("Text.length (toText (rose 1000000 (Rose [])))", "16000007"),
        (
            "compare (wrapped 1000000 (Plain 1)) (wrapped 1000000 (Plain 2))",
            "Less",
        ),
        (
            "Text.length (toText (wrapped 1000000 (Plain 1)))",
            "17000007",
        ),
        ("inner 1000000 Stop == inner 1000000 Stop", "True"),
        ("Text.length (toText (inner 1000000 Stop))", "27000004"),
        ("pair 1000000 (Leaf 1) == pair 1000000 (Leaf 2)", "False"),
        (
            "compare (pair 1000000 (Leaf 3)) (pair 1000000 (Leaf 2))",
            "Greater",
        ),
        ("Text.length (toText (pair 1000000 (Leaf 1)))", "19888902"),
    ];
    structural(&cases);
}

/// `STEPS=1000000000 cargo test --workspace --test stock_stack` takes a thousand million steps.
#[test]
fn mutual_tail_calls_take_no_stack() {
    let steps = std::env::var("STEPS").ok();
    let steps: u64 = steps.and_then(|n| n.parse().ok()).unwrap_or(10_000_000);
    let program = format!(
        "isEven : Int -> Bool\n\
         isEven = n => if n == 0 then True else isOdd (n - 1)\n\n\
         isOdd : Int -> Bool\n\
         isOdd = n => if n == 0 then False else isEven (n - 1)\n\n\
         ping : Text -> Int -> Int -> Int\n\
         ping = text sum n => if n == 0 then sum else pong n (text ++ \"\") (sum + Text.length text)\n\n\
         pong : Int -> Text -> Int -> Int\n\
         pong = n text sum => if n == 0 then sum else ping text sum (n - 1)\n\n\
         main = effect {{\n  printLine \"{{isEven {steps}}}\"\n  printLine \"{{ping \"ab\" 0 {steps}}}\"\n}}\n"
    );
    assert_eq!(run(&program), format!("True\n{}\n", 2 * steps));
}

/// Calls of closures in tail position, whose callee nobody knows.
#[test]
fn tail_calls_of_closures_take_no_stack() {
    let program = "\
bounce : List (Int -> (Int -> Int) -> Int) -> Int -> Int
bounce = steps n => steps ?
  | [step, ...rest] => if n == 0 then 7 else step n (m => bounce [...rest, step] (m - 1))
  | [] => 0

main = printLine \"{bounce [n k => k n, n k => k (n + 1 - 1)] 1000000}\"
";
    assert_eq!(run(program), "7\n");
}
