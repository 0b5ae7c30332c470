//! The tutorial's own tests: what each pass makes, what is reported, and that all agree on the result.

use std::collections::HashMap;

use nanopass::{Language, PrintOptions, RunOptions};

use crate::{PIPELINE, Session, compile_and_run, core, describe, run, stack, surface};

/// What a pass makes of a text of its source language.
fn pass(name: &str, text: &str) -> String {
    let mut session = Session::new();
    let file = session.sources.add("test", text).expect("there is room");
    let program = PIPELINE
        .run_alone(name, file, &mut session)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut text = program.print(&session, PrintOptions::default());
    for diagnostic in &session.diagnostics {
        text.push_str(&describe(diagnostic, &session));
    }
    text.trim_end().to_owned()
}

#[test]
fn resolve_names_makes_variables_unique() {
    assert_eq!(
        pass("resolve-names", "(program (let [(x 1) (x (sum x 1))] x))"),
        "(program (let [(x 1) (x.1 (sum x 1))] x.1))"
    );
    assert_eq!(
        pass("resolve-names", "(program (sum y (let [(y 1)] y)))"),
        "(program (sum 0 (let [(y 1)] y)))\ntest:1:15: `y` is not bound"
    );
}

#[test]
fn lower_sugar_leaves_the_core() {
    assert_eq!(
        pass(
            "lower-sugar",
            "(program (let [(x 1) (y 2)] (when (less x y) (sum x y 3))))"
        ),
        "(program (let x 1 (let y 2 (if (binary (less) x y) (binary (add) (binary (add) x y) 3) 0))))"
    );
    assert_eq!(
        pass("lower-sugar", "(program (sum (sum) (product)))"),
        "(program (binary (add) 0 1))"
    );
}

#[test]
fn fold_constants_computes() {
    assert_eq!(
        pass(
            "fold-constants",
            "(program (let x 2 (if (binary (less) x 3) (binary (add) x (in a)) 0)))"
        ),
        "(program (binary (add) 2 (in a)))"
    );
}

#[test]
fn allocate_slots_reuses_slots() {
    assert_eq!(
        pass(
            "allocate-slots",
            "(program (binary (add) (let x (in a) x) (let y (in b) (let z y z))))"
        ),
        "(program 2
  (binary (add) (store s0 (in a) (load s0)) (store s0 (in b) (store s1 (load s0) (load s1)))))"
    );
}

#[test]
fn generate_code_jumps() {
    assert_eq!(
        pass(
            "generate-code",
            "(program 1 (store s0 (in a) (if (load s0) 1 (load s0))))"
        ),
        "(program 1
  (in a)
  (store s0)
  (load s0)
  (jump-if-zero l0)
  (push 1)
  (jump l1)
  (label l0)
  (load s0)
  (label l1))"
    );
}

#[test]
fn checks_find_broken_programs() {
    let broken = |pass: &str, text: &str| {
        let mut session = Session::new();
        let file = session.sources.add("test", text).expect("there is room");
        PIPELINE
            .run_alone(pass, file, &mut session)
            .map(|_| ())
            .expect_err("it is broken")
            .to_string()
    };
    assert_eq!(
        broken("fold-constants", "(program (let x 1 (let x 2 y)))"),
        "this text breaks the invariants of `core`:\n  `x` is bound twice\n    in (let x 2 y)\n  `y` is not bound\n    in y"
    );
    assert_eq!(
        broken("generate-code", "(program 1 (load s1))"),
        "this text breaks the invariants of `framed`:\n  the frame has no slot 1"
    );
}

/// The interpreter of `core` and the machine agree.
#[test]
fn all_agree_on_the_result() {
    let inputs = HashMap::from([("a".to_owned(), 5), ("b".to_owned(), -1)]);
    let programs = [
        ("(program 7)", 7),
        ("(program (sum 1 (in a) (product 2 (in b))))", 4),
        (
            "(program (let [(x (in a)) (x (sum x x))] (if (less x 10) x (product x x))))",
            100,
        ),
        (
            "(program (when (less (in b) 0) (let [(y (let [(z (in a))] (sum z 1)))] (product y y))))",
            36,
        ),
        ("(program (when (less 0 (in b)) 1))", 0),
    ];
    for (text, expected) in programs {
        let mut session = Session::new();
        let file = session.sources.add("test", text).expect("there is room");
        let program =
            surface::Program::read(file, &mut session).unwrap_or_else(|error| panic!("{error}"));
        let options = RunOptions {
            stop_after: Some("lower-sugar"),
            verify_each: true,
            ..RunOptions::default()
        };
        let outcome = PIPELINE.run(Box::new(program.clone()), &mut session, options, &mut ());
        let core = outcome.unwrap_or_else(|error| panic!("{error}")).program;
        let core = core
            .as_any()
            .downcast_ref::<core::Program>()
            .expect("the language of lower-sugar");
        assert_eq!(
            run::interpret(core, &inputs, &session),
            Ok(expected),
            "{text}"
        );
        let stack: stack::Program = crate::compile(program, &mut session).expect("no errors");
        assert_eq!(
            run::execute(&stack, &inputs, &session),
            Ok(expected),
            "{text}"
        );
        assert_eq!(compile_and_run(text, &inputs), Ok(expected), "{text}");
    }
    assert_eq!(
        compile_and_run("(program x)", &inputs),
        Err("input:1:10: `x` is not bound".to_owned())
    );
    assert_eq!(
        compile_and_run("(program (in c))", &inputs),
        Err("the input `c` is not given".to_owned())
    );
}
