//! How programs end, and what they see.

use std::time::Duration;

use engine::{End, Engine, Input, Options, Outcome, Output, Run, Value};

fn small() -> Options {
    Options {
        stack: 1 << 20,
        ..Options::default()
    }
}

fn run_with(options: Options, wat: &str, run: Run) -> Outcome {
    let engine = Engine::new(options).expect("an engine");
    let program = engine.compile(&binary(wat)).expect("it compiles");
    program.run(run).expect("it runs")
}

fn binary(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).expect("it is a module")
}

fn run(wat: &str) -> Outcome {
    run_with(small(), wat, Run::default())
}

const EXIT: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 7))))"#;

#[test]
fn a_program_returns_or_exits() {
    let outcome = run(r#"(module (func (export "_start")))"#);
    assert_eq!(outcome.end, End::Returned(Vec::new()));
    assert_eq!(outcome.end.status(), 0);
    let outcome = run(EXIT);
    assert_eq!(outcome.end, End::Exited(7));
    assert_eq!(outcome.end.status(), 7);
}

#[test]
fn an_exhausted_stack_is_a_fault_with_the_name_of_the_function() {
    let outcome = run(r#"(module
      (func $main.deep (param i32) (result i32)
        (i32.add (i32.const 1) (call $main.deep (i32.add (local.get 0) (i32.const 1)))))
      (func (export "_start") (drop (call $main.deep (i32.const 0)))))"#);
    assert_eq!(outcome.end, End::StackExhausted(Some("main.deep".into())));
    assert_eq!(outcome.end.status(), 70);
    assert_eq!(
        String::from_utf8_lossy(&outcome.stderr),
        "fault[R0003]: stack exhausted in `main.deep`\n"
    );
}

/// Ten million frames of a recursion that is no tail call do not fit; a million do.
#[test]
fn the_stack_is_large() {
    let wat = r#"(module
      (func $deep (param i64) (result i64)
        (if (result i64) (i64.eqz (local.get 0))
          (then (i64.const 0))
          (else (i64.add (i64.const 1) (call $deep (i64.sub (local.get 0) (i64.const 1)))))))
      (func (export "deep") (param i64) (result i64) (call $deep (local.get 0))))"#;
    let engine = Engine::new(Options::default()).expect("an engine");
    let program = engine.compile(&binary(wat)).expect("it compiles");
    let outcome = program
        .invoke(Run::default(), "deep", &[Value::I64(1_000_000)])
        .expect("it runs");
    assert_eq!(outcome.end, End::Returned(vec![Value::I64(1_000_000)]));
}

#[test]
fn tail_calls_take_no_stack() {
    let outcome = run(r#"(module
      (func $even (param i64) (result i32)
        (if (result i32) (i64.eqz (local.get 0))
          (then (i32.const 1))
          (else (return_call $odd (i64.sub (local.get 0) (i64.const 1))))))
      (func $odd (param i64) (result i32)
        (if (result i32) (i64.eqz (local.get 0))
          (then (i32.const 0))
          (else (return_call $even (i64.sub (local.get 0) (i64.const 1))))))
      (func (export "_start") (drop (call $even (i64.const 10000000)))))"#);
    assert_eq!(outcome.end, End::Returned(Vec::new()));
}

#[test]
fn time_and_fuel_are_bounded() {
    let forever = r#"(module (func (export "_start") (loop $again (br $again))))"#;
    let time = Some(Duration::from_millis(20));
    let outcome = run_with(Options { time, ..small() }, forever, Run::default());
    assert_eq!(outcome.end, End::TimedOut);
    let fuel = Some(10_000);
    let outcome = run_with(Options { fuel, ..small() }, forever, Run::default());
    assert_eq!(outcome.end, End::TimedOut);
    assert_eq!(outcome.end.status(), 124);
}

#[test]
fn other_traps_are_told() {
    let outcome =
        run(r#"(module (func $main (unreachable)) (func (export "_start") (call $main)))"#);
    let message = "wasm trap: wasm `unreachable` instruction executed in `main`";
    assert_eq!(outcome.end, End::Trapped(message.into()));
}

#[test]
fn a_closed_output_is_a_quiet_end() {
    let outcome = run(
        r#"(module (func $host/stream:write (unreachable)) (func (export "_start") (call $host/stream:write)))"#,
    );
    assert_eq!(outcome.end, End::OutputClosed);
    assert_eq!((outcome.end.status(), outcome.stderr), (0, Vec::new()));
}

#[test]
fn exports_are_called_with_numbers() {
    let wat = r#"(module (func (export "add") (param i64 f64) (result f64)
      (f64.add (f64.convert_i64_s (local.get 0)) (local.get 1))))"#;
    let engine = Engine::new(small()).expect("an engine");
    let program = engine.compile(&binary(wat)).expect("it compiles");
    let call = |name: &str, arguments: &[Value]| program.invoke(Run::default(), name, arguments);
    let outcome = call("add", &[Value::I64(2), Value::F64(0.5)]).expect("it runs");
    assert_eq!(outcome.end, End::Returned(vec![Value::F64(2.5)]));
    let error = |name: &str, arguments: &[Value]| {
        call(name, arguments).map(|_| ()).map_err(|error| error.0)
    };
    assert_eq!(
        error("ad", &[]),
        Err("the module exports no function `ad`".into())
    );
    assert_eq!(
        error("add", &[Value::I64(1)]),
        Err("`add` takes 2 arguments, not 1".into())
    );
    assert_eq!(
        error("add", &[Value::I64(1), Value::I64(1)]),
        Err("`add` takes arguments of other types".into())
    );
}

/// Writes what a WASI function gives, eight bytes, to standard output.
fn sizes(function: &str) -> String {
    format!(
        r#"(module
      (import "wasi_snapshot_preview1" "{function}" (func $sizes (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\10\00\00\00\08\00\00\00")
      (func (export "_start")
        (drop (call $sizes (i32.const 16) (i32.const 20)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#
    )
}

#[test]
fn a_program_sees_the_world_that_the_run_describes() {
    let run = Run {
        args: vec!["program".into(), "b".into()],
        env: vec![("A".into(), "1".into())],
        stdin: Input::Bytes(b"x".to_vec()),
        stdout: Output::Capture,
        ..Run::default()
    };
    let outcome = run_with(small(), &sizes("args_sizes_get"), run.clone());
    assert_eq!(outcome.stdout, [2, 0, 0, 0, 10, 0, 0, 0]);
    let outcome = run_with(small(), &sizes("environ_sizes_get"), run);
    assert_eq!(outcome.stdout, [1, 0, 0, 0, 4, 0, 0, 0]);
}

#[test]
fn what_is_no_program_is_an_error() {
    let engine = Engine::new(small()).expect("an engine");
    assert!(engine.compile(b"no module").is_err());
    let module = |wat: &str| engine.compile(&binary(wat)).expect("it compiles");
    assert!(module("(module)").run(Run::default()).is_err());
    let foreign = module(r#"(module (import "env" "f" (func)) (func (export "_start")))"#);
    assert_eq!(foreign.imports(), [("env".to_string(), "f".to_string())]);
    assert!(foreign.run(Run::default()).is_err());
    let missing = Run {
        dirs: vec![("/no/such/directory".into(), "/".into())],
        ..Run::default()
    };
    assert!(
        module(r#"(module (func (export "_start")))"#)
            .run(missing)
            .is_err()
    );
}

#[test]
fn modules_are_precompiled() {
    let engine = Engine::new(small()).expect("an engine");
    let code = engine.precompile(&binary(EXIT)).expect("it compiles");
    assert!(code.len() > EXIT.len());
}
