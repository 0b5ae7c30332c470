//! Programs of `mono` and what they do.

use interpreters::{Outcome, World, mono};
use ir_defs::Session;
use nanopass::Language;

/// Runs a program, whose definitions are given as text, with this input.
fn run(defines: &str, order: &str, world: World) -> Outcome {
    let text = format!("(program [] [] [{defines}] [{order}] @main.main)");
    let mut session = Session::bare();
    let file = session
        .core
        .sources
        .add("test.mono", text)
        .expect("a short text");
    let program = match ir_defs::mono::Program::read(file, &mut session) {
        Ok(program) => program,
        Err(error) => panic!("{error}"),
    };
    let violations = program.check(&session);
    assert!(violations.is_empty(), "{violations:?}");
    mono::run(&program, &mut session, world)
}

/// What a program writes and its status.
fn output(defines: &str, order: &str, stdin: &str) -> (String, String, i32) {
    let outcome = run(defines, order, World::new(stdin, vec!["one".to_owned()]));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&outcome.stdout), text(&outcome.stderr), outcome.status)
}

/// The standard output of an effect.
fn printed(effect: &str) -> String {
    let (stdout, stderr, status) = output(
        &format!("(define @main.main (Effect (row) Unit) no {effect})"),
        "",
        "",
    );
    assert_eq!((stderr.as_str(), status), ("", 0));
    stdout
}

#[test]
fn prints_and_reads() {
    let main = "(define @main.main (Effect (row) Unit) no
      (do [(run (lines (Array Text)) (prim console.read-line _ (construct #Unit [])))
           (run (rest Text) (prim console.read-all _ (construct #Unit [])))
           (run (args (Array Text)) (prim args.all _ (construct #Unit [])))
           (run (u Unit) (prim console.error _ rest))
           (run (v Unit) (prim console.print _ (prim array.get _ args 0)))]
        (prim console.print-line _ (prim array.get _ lines 0))))";
    assert_eq!(
        output(main, "", "first\r\nsecond\nthird"),
        ("onefirst\n".into(), "second\nthird\n".into(), 0)
    );
}

#[test]
fn loops_without_stack() {
    let defines = "(define @main.count (-> Int Int Int) no
        (lambda [(n Int) (sum Int)]
          (switch n [(on-lit 0 sum)]
            (apply (global @main.count (-> Int Int Int)) (prim int.sub _ n 1) (prim int.add _ sum n)))))
      (define @main.build (-> Int (List Int)) no
        (lambda [(n Int)]
          (switch n [(on-lit 0 (list Int))]
            (construct #List.Cons [Int] n (apply (global @main.build (-> Int (List Int))) (prim int.sub _ n 1))))))
      (define @main.loop (-> Int (Effect (row) Unit)) no
        (lambda [(n Int)]
          (switch n [(on-lit 0 (prim effect.pure _ (construct #Unit [])))]
            (do [(run (u Unit) (prim effect.pure _ (construct #Unit [])))]
              (apply (global @main.loop (-> Int (Effect (row) Unit))) (prim int.sub _ n 1))))))
      (define @main.main (Effect (row) Unit) no
        (do [(let (bind (l (List Int)) no (apply (global @main.build (-> Int (List Int))) 300000)))
             (let (bind (same Bool) no (apply (derived eq (List Int)) l l)))
             (run (u Unit) (apply (global @main.loop (-> Int (Effect (row) Unit))) 100000))
             (run (v Unit) (prim console.print-line _ (apply (derived to-text Bool) same)))]
          (prim console.print _ (prim int.to-text _ (apply (global @main.count (-> Int Int Int)) 100000 0)))))";
    assert_eq!(output(defines, "", "").0, "True\n5000050000");
}

#[test]
fn shows_values_as_source() {
    let ty = "(tuple (List (Option Int)) (record (a Char) (b Text)) (Result Float Unit))";
    let value = "(tuple (list (Option Int) (construct #Some [Int] -3) (construct #None [Int]))
        (record (field a (char \"x\")) (field b \"q\\\"\")) (construct #Err [Float Unit] -0.5))";
    let text = format!("(prim console.print _ (apply (derived to-text {ty}) {value}))");
    let expected = "([Some (-3), None], { a: 'x', b: \"q\\\"\" }, Err (-0.5))";
    assert_eq!(printed(&text), expected);
}

#[test]
fn compares_by_structure() {
    let ty = "(tuple Int (List Text))";
    let order = |a: &str, b: &str| {
        printed(&format!(
            "(prim console.print _ (apply (derived to-text Ordering) (apply (derived compare {ty}) {a} {b})))"
        ))
    };
    assert_eq!(
        order(
            "(tuple 1 (list Text \"a\"))",
            "(tuple 1 (list Text \"a\" \"b\"))"
        ),
        "Less"
    );
    assert_eq!(
        order("(tuple 2 (list Text))", "(tuple 1 (list Text \"a\"))"),
        "Greater"
    );
    let nan = "(prim float.div _ 0.0 0.0)";
    let float = |derivation: &str, result: &str| {
        printed(&format!(
            "(prim console.print _ (apply (derived to-text {result})
               (apply (derived {derivation} (tuple Float Int)) (tuple {nan} 1) (tuple {nan} 1))))"
        ))
    };
    assert_eq!(
        (
            float("eq", "Bool").as_str(),
            float("compare", "Ordering").as_str()
        ),
        ("False", "Equal")
    );
}

#[test]
fn failures_are_caught_and_releases_run() {
    let fail = "(prim effect.fail (Effect (row (fail Text)) Int) \"no\")";
    let say = |text: &str| format!("(prim console.print _ \"{text} \")");
    let release = |effect: &str| {
        format!(
            "(lambda [(opened Int)] (do [(run (u Unit) (widen {} (Effect (row (fail Text)) Unit)))] {effect}))",
            say("release")
        )
    };
    let quiet = "(widen (prim effect.pure _ (construct #Unit [])) (Effect (row (fail Text)) Unit))";
    let failing = "(prim effect.fail (Effect (row (fail Text)) Unit) \"stuck\")";
    let run = |release: &str, used: &str| {
        printed(&format!(
            "(do [(run (r (Result Text Int)) (prim effect.attempt (Effect (row) (Result Text Int))
                (prim effect.bracket _ (widen (prim effect.pure _ 1) (Effect (row (fail Text)) Int))
                  {release} (lambda [(x Int)] {used}))))]
              (prim console.print _ (apply (derived to-text (Result Text Int)) r)))"
        ))
    };
    let fine = "(widen (prim effect.pure _ 2) (Effect (row (fail Text)) Int))";
    assert_eq!(run(&release(quiet), fine), "release Ok 2");
    assert_eq!(run(&release(quiet), fail), "release Err \"no\"");
    assert_eq!(run(&release(failing), fine), "release Err \"stuck\"");
    assert_eq!(run(&release(failing), fail), "release Err \"no\"");
}

#[test]
fn faults_end_the_program() {
    let value = "(define @main.v Int no (prim int.div _ 1 0))
      (define @main.main (Effect (row) Unit) no (prim console.print _ (prim int.to-text _ (global @main.v Int))))";
    let (stdout, stderr, status) = output(value, "@main.v", "");
    assert_eq!((stdout.as_str(), status), ("", 70));
    assert_eq!(
        stderr,
        "fault[R0001]: division by zero\n  --> test.mono:1:40\n"
    );
    let uncaught = "(define @main.main (Effect (row) Unit) no
      (do [(run (u Unit) (prim console.print _ \"before\"))] (prim uncaught (Effect (row) Unit) \"oh\")))";
    assert_eq!(
        output(uncaught, "", ""),
        ("before".into(), "error: oh\n".into(), 1)
    );
}

#[test]
fn a_function_computes_when_its_effect_is_performed() {
    let defines = "(define @main.f (-> Int (Effect (row) Unit)) no
        (lambda [(n Int)] (prim panic (Effect (row) Unit) \"never\")))
      (define @main.main (Effect (row) Unit) no
        (do [(let (bind (e (Effect (row) Unit)) no (apply (global @main.f (-> Int (Effect (row) Unit))) 1)))]
          (prim console.print _ \"fine\")))";
    assert_eq!(output(defines, "", ""), ("fine".into(), String::new(), 0));
}
