//! Small programs of the wasm language through the last passes, and run: the runtime as it is linked.

use engine::{End, Engine, Input, Options, Outcome, Run, Value};
use ir_defs::session::Collector;
use ir_defs::{Session, binary};
use passes::pipeline::PIPELINE;

/// Links, shakes, tidies and encodes a module that stands in the text of the wasm language.
fn build(text: &str) -> Vec<u8> {
    build_with(text, ir_defs::session::Options::default().collector)
}

fn build_with(text: &str, collector: Collector) -> Vec<u8> {
    let mut session = Session::bare();
    session.options.collector = collector;
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
            assert_eq!(program.check(&session), [], "before {name}");
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

fn stdin(text: &[u8]) -> Run {
    Run {
        stdin: Input::Bytes(text.into()),
        ..Run::default()
    }
}

/// A module with one function `_start`, or an export `call` with these parameters and results.
fn module(function: &str) -> Vec<u8> {
    build(&text_of(function))
}

fn text_of(function: &str) -> String {
    format!(
        r#"(module [] [] [{function}] [] [(data $place _ 8 "050000000800000061612e313a322e33" 0)] _
             (memory "memory") (func "_start" $main))"#
    )
}

#[test]
fn all_input_comes_out_again_with_replacements_for_what_is_no_utf8() {
    let binary = module(
        "(function $main [] [] [] (call $host/console:read_all) (call $host/console:print))",
    );
    let text = "ä line\r\nand more: 🦀\n".repeat(10_000);
    assert_eq!(
        execute(&binary, stdin(text.as_bytes())).stdout,
        text.as_bytes()
    );
    let broken = b"a\xff\xe2\x82b\xf0\x9f\x92\xc3";
    let outcome = execute(&binary, stdin(broken));
    assert_eq!(
        String::from_utf8_lossy(&outcome.stdout),
        String::from_utf8_lossy(broken)
    );
}

#[test]
fn lines_come_without_their_ends() {
    let binary = module(
        "(function $main [] [] [(wasm-local line i32)]
           (loop next [] []
             (call $host/console:read_line) (tee line) (call $object:array_length) (i64.const 0) i64.ne
             (if _ [] []
               [(get line) (i64.const 0) (call $object:array_get) (call $quote:text) (call $host/console:print_line)
                (br next)])))",
    );
    let long = "x".repeat(100_000);
    let outcome = execute(
        &binary,
        stdin(format!("one\n\ntwo\r\n{long}\nthree\\{{").as_bytes()),
    );
    let expected = format!("\"one\"\n\"\"\n\"two\"\n\"{long}\"\n\"three\\\\\\{{\"\n");
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), expected);
}

#[test]
fn arguments_come_without_the_name_of_the_program() {
    let binary = module(
        "(function $main [] [] [] (call $host/args:all) (call $text:concat_all) (call $host/console:print_line))",
    );
    let args = ["program", "a", "", "ü"].map(String::from).to_vec();
    let outcome = execute(
        &binary,
        Run {
            args,
            ..Run::default()
        },
    );
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "aü\n");
    assert_eq!(execute(&binary, Run::default()).stdout, b"\n");
}

#[test]
fn numbers_survive_the_way_to_text_and_back() {
    let binary = module(
        "(function $main [(wasm-local x f64)] [f64] [] (get x) (call $float:to_text) (call $float:parse))",
    );
    let engine = Engine::new(Options::default()).expect("an engine");
    let program = engine.compile(&binary).expect("it compiles");
    for x in [
        0.1,
        1.0 / 3.0,
        5e-324,
        f64::MAX,
        1e21,
        123456.789,
        -2.5e-7,
        f64::INFINITY,
    ] {
        let outcome = program
            .invoke(Run::default(), "_start", &[Value::F64(x)])
            .expect("it runs");
        assert_eq!(outcome.end, End::Returned(vec![Value::F64(x)]));
    }
    let binary = module(
        "(function $main [(wasm-local x i64)] [i64] [] (get x) (call $int:to_text) (call $int:parse))",
    );
    let program = engine.compile(&binary).expect("it compiles");
    for x in [0, 1, -1, 10, 99, 100, i64::MAX, i64::MIN, -1_000_000] {
        let outcome = program
            .invoke(Run::default(), "_start", &[Value::I64(x)])
            .expect("it runs");
        assert_eq!(outcome.end, End::Returned(vec![Value::I64(x)]));
    }
}

#[test]
fn faults_name_their_place_and_end_with_status_70() {
    let binary = module(
        "(function $main [] [] [] (i64.const 1) (i64.const 0) (address $place 0) (call $int:divide) drop)",
    );
    let outcome = execute(&binary, Run::default());
    assert_eq!(outcome.end, End::Exited(70));
    assert_eq!(
        String::from_utf8_lossy(&outcome.stderr),
        "fault[R0001]: division by zero\n  --> aa.1:2.3\n"
    );
    let binary = module("(function $main [] [] [] (address $place 0) (call $fault:uncaught))");
    let outcome = execute(&binary, Run::default());
    assert_eq!(
        (outcome.end, &*outcome.stderr),
        (End::Exited(1), &b"error: aa.1:2.3\n"[..])
    );
}

#[test]
fn memory_grows_until_it_is_exhausted() {
    let grow = "(function $main [] [] []
        (loop next [] [] (i32.const 1000000) (call $object:bytes_new) drop (br next)))";
    let options = Options {
        memory: Some(64 << 20),
        ..Options::default()
    };
    let program = Engine::new(options)
        .expect("an engine")
        // Nothing lives here, so only a memory that is never freed fills up.
        .compile(&build_with(&text_of(grow), Collector::Bump))
        .expect("it compiles");
    let outcome = program.run(Run::default()).expect("it runs");
    assert_eq!(outcome.end, End::MemoryExhausted(Some("main".into())));
    assert_eq!(
        String::from_utf8_lossy(&outcome.stderr),
        "fault[R0002]: memory exhausted\n  in `main`\n"
    );
}
