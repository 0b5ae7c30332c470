//! Small programs of the wasm language through the last passes, and run: the runtime as it is linked.

use engine::{End, Engine, Options, Outcome, Run};
use ir_defs::{Session, binary};
use passes::pipeline::PIPELINE;

/// Links, shakes, tidies and encodes a module that stands in the text of the wasm language.
fn build(text: &str) -> Vec<u8> {
    let mut session = Session::bare();
    let file = session
        .core
        .sources
        .add("test", text)
        .expect("there is room");
    let program = PIPELINE.read("wasm", file, &mut session).expect("it reads");
    let program = ["link-runtime", "shake", "tidy-locals", "emit"]
        .iter()
        .fold(program, |program, name| {
            let (_, pass) = PIPELINE.find(name).expect("a pass");
            (pass.run)(program, &mut session).expect("its language")
        });
    let errors: Vec<_> = session
        .core
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.message.clone())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(program.check(&session), []);
    program
        .as_any()
        .downcast_ref::<binary::Entry>()
        .expect("a binary")
        .0
        .clone()
}

fn execute(binary: &[u8], run: Run) -> Outcome {
    let engine = Engine::new(Options {
        stack: 1 << 20,
        ..Options::default()
    })
    .expect("an engine");
    engine
        .compile(binary)
        .expect("it compiles")
        .run(run)
        .expect("it runs")
}

/// The sections that `strip` leaves.
fn stripped_size(binary: &[u8]) -> usize {
    let custom = |payload: &wasmparser::Payload| match payload {
        wasmparser::Payload::CustomSection(section) => section.range().len() + 3,
        _ => 0,
    };
    let payloads = wasmparser::Parser::new(0)
        .parse_all(binary)
        .map(|payload| payload.expect("a module"));
    binary.len() - payloads.map(|payload| custom(&payload)).sum::<usize>()
}

const HELLO: &str = r#"
(module [] []
  [(function $main [] [] [] (address $greeting 0) (call $host/console:print))]
  []
  [(data $greeting _ 8 "050000000e00000048656c6c6f2c20776f726c64210a" 2)]
  _
  (memory "memory") (func "_start" $main))
"#;

#[test]
fn hello_world_is_small_and_says_so() {
    let binary = build(HELLO);
    let outcome = execute(&binary, Run::default());
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "Hello, world!\n");
    assert_eq!(outcome.end, End::Returned(Vec::new()));
    let size = stripped_size(&binary);
    println!("hello world: {size} bytes");
    assert!(size < 300, "{size} bytes");
}
