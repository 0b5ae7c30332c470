//! Programs of `direct`, carried down to `loops` and `closed` and run there, simplified and as they are.

mod generate;

use interpreters::{Outcome, World, closed, loops};
use ir_defs::Session;
use ir_defs::session::OptLevel;
use nanopass::Language;
use passes::{
    convert_closures, introduce_loops, lift_lambdas, name_intermediates, simplify, uncurry,
};

/// Runs a program in both languages at both levels, with as much stack as the compiler needs; all four runs must end
/// alike.
fn run(defines: &str, order: &str, stdin: &str) -> (String, String, i32) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20);
        let thread = thread
            .spawn_scoped(scope, || run_here(defines, order, stdin))
            .expect("a thread");
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn run_here(defines: &str, order: &str, stdin: &str) -> (String, String, i32) {
    let text = format!("(program [] [{defines}] [{order}] @main.main)");
    let mut outcomes: Vec<Outcome> = Vec::new();
    for optimize in [OptLevel::O0, OptLevel::O2] {
        let mut session = Session::bare();
        session.options.optimize = optimize;
        let file = session
            .core
            .sources
            .add("test.direct", text.as_str())
            .expect("a short text");
        let program = match ir_defs::direct::Program::read(file, &mut session) {
            Ok(program) => program,
            Err(error) => panic!("{error}"),
        };
        checked(&program, &session);
        let program = simplify::run(program, &mut session);
        checked(&program, &session);
        let program = uncurry::run(program, &mut session);
        checked(&program, &session);
        let program = name_intermediates::run(program, &mut session);
        checked(&program, &session);
        let program = introduce_loops::run(program, &mut session);
        checked(&program, &session);
        let world = World::new(stdin, Vec::new());
        outcomes.push(loops::run(&program, &session, world.clone()));
        let program = lift_lambdas::run(program, &mut session);
        checked(&program, &session);
        let program = convert_closures::run(program, &mut session);
        checked(&program, &session);
        outcomes.push(closed::run(&program, &session, world));
    }
    let first = outcomes.first().cloned().expect("some outcomes");
    for outcome in &outcomes {
        assert_eq!(outcome, &first);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&first.stdout), text(&first.stderr), first.status)
}

fn checked<L: Language<Session = Session>>(program: &L, session: &Session) {
    let violations = program.check(session);
    assert!(
        violations.is_empty(),
        "{}: {violations:?}\n{}",
        L::NAME,
        program.print(session, Default::default())
    );
}

/// What a program prints whose main effect prints this number.
fn number(defines: &str, number: &str) -> String {
    let main = format!(
        "(define @main.main (Effect (row) Unit) no
           (suspend _ (prim console.print _ (prim int.to-text _ {number}))))"
    );
    let (stdout, stderr, status) = run(&format!("{defines} {main}"), "", "");
    assert_eq!((stderr.as_str(), status), ("", 0));
    stdout
}

#[test]
fn calls_with_too_few_and_too_many_arguments() {
    let defines = "
      (define @main.add (-> Int Int Int) no (lambda [(x Int)] (lambda [(y Int)] (prim int.add _ x y))))
      (define @main.pick (-> Int Int Int) no
        (lambda [(n Int)]
          (let [(bind (k Int) no (prim int.div _ 100 n))]
            (lambda [(m Int)] (prim int.mul _ k m)))))
      (define @main.apply (-> (-> Int Int Int) Int) no
        (lambda [(f (-> Int Int Int))]
          (let [(bind (g (-> Int Int)) no (apply f 5))] (prim int.add _ (apply g 1) (apply f 2 3)))))";
    let apply = |f: &str| {
        number(
            defines,
            &format!("(apply (global @main.apply (-> (-> Int Int Int) Int)) {f})"),
        )
    };
    assert_eq!(apply("(global @main.add (-> Int Int Int))"), "11");
    assert_eq!(apply("(global @main.pick (-> Int Int Int))"), "170");
    assert_eq!(
        apply("(lambda [(a Int) (b Int)] (prim int.sub _ a b))"),
        "3"
    );
    assert_eq!(
        apply("(apply (lambda [(c Int)] (global @main.pick (-> Int Int Int))) 0)"),
        "170"
    );
}

#[test]
fn closures_of_each_round_of_a_loop() {
    let defines = "
      (define @main.build (-> Int (List (-> Int Int)) (List (-> Int Int))) no
        (lambda [(n Int) (fs (List (-> Int Int)))]
          (switch n [(on-lit 0 fs)]
            (apply (global @main.build (-> Int (List (-> Int Int)) (List (-> Int Int)))) (prim int.sub _ n 1)
              (construct #List.Cons [(-> Int Int)] (lambda [(x Int)] (prim int.mul _ x n)) fs)))))
      (define @main.sum (-> (List (-> Int Int)) Int Int) no
        (lambda [(gs (List (-> Int Int))) (acc Int)]
          (switch gs
            [(on-con #List.Nil [] acc)
             (on-con #List.Cons [(g (-> Int Int)) (rest (List (-> Int Int)))]
               (apply (global @main.sum (-> (List (-> Int Int)) Int Int)) rest
                 (prim int.add _ (prim int.mul _ acc 10) (apply g 1))))] _)))";
    let sum = "(apply (global @main.sum (-> (List (-> Int Int)) Int Int))
      (apply (global @main.build (-> Int (List (-> Int Int)) (List (-> Int Int)))) 4 (list (-> Int Int))) 0)";
    assert_eq!(number(defines, sum), "1234");
}

#[test]
fn local_functions_that_call_one_another() {
    let defines = "
      (define @main.f (-> Int Int) no
        (lambda [(x Int)]
          (let [(bind (down (-> Int Int Int)) yes
                  (lambda [(n Int) (acc Int)]
                    (switch n [(on-lit 0 (prim int.add _ acc x))]
                      (apply down (prim int.sub _ n 1) (prim int.add _ acc n)))))
                (bind (twice (-> (-> Int Int) Int)) no (lambda [(g (-> Int Int))] (apply g (apply g 3))))]
            (prim int.add _ (apply down 100 0) (apply twice (apply down 4))))))";
    // down 100 0 = 5050 + x; down 4 3 = 13 + x, down 4 of that = 23 + 2 x
    assert_eq!(
        number(defines, "(apply (global @main.f (-> Int Int)) 7)"),
        "5094"
    );
}

#[test]
fn failures_leave_through_frames() {
    let defines = "
      (define @main.check (-> Int (Effect (row (fail Text)) Int)) no
        (lambda [(n Int)]
          (suspend Text
            (switch (prim int.gt _ n 3)
              [(on-con #True [] (fail (prim text.concat _ \"big \" (prim int.to-text _ n)) Int))
               (on-con #False [] n)] _))))
      (define @main.sum (-> Int (Effect (row (fail Text)) Int)) no
        (lambda [(m Int)]
          (suspend Text
            (switch m [(on-lit 0 0)]
              (let [(bind (a Int) no (perform (apply (global @main.check (-> Int (Effect (row (fail Text)) Int))) m)))
                    (bind (b Int) no
                      (perform (apply (global @main.sum (-> Int (Effect (row (fail Text)) Int))) (prim int.sub _ m 1))))]
                (prim int.add _ a b))))))
      (define @main.show (-> Int (Effect (row) Unit)) no
        (lambda [(k Int)]
          (suspend _
            (let [(bind (r (Result Text Int)) no
                    (attempt Text
                      (let [(bind (s Int) no (perform (apply (global @main.sum (-> Int (Effect (row (fail Text)) Int))) k)))]
                        (prim int.mul _ s 10))))]
              (switch r
                [(on-con #Err [(e Text)] (prim console.print-line _ e))
                 (on-con #Ok [(v Int)] (prim console.print-line _ (prim int.to-text _ v)))] _)))))
      (define @main.main (Effect (row) Unit) no
        (suspend _
          (let [(bind (u Unit) no (perform (apply (global @main.show (-> Int (Effect (row) Unit))) 3)))]
            (perform (apply (global @main.show (-> Int (Effect (row) Unit))) 5)))))";
    assert_eq!(run(defines, "", "").0, "60\nbig 5\n");
}

#[test]
fn effects_are_values_until_performed() {
    let defines = "
      (define @main.twice (-> (Effect (row) Unit) (Effect (row) Unit)) no
        (lambda [(e (Effect (row) Unit))]
          (suspend _ (let [(bind (u Unit) no (perform e))] (perform e)))))
      (define @main.say (-> Text Text (Effect (row) Unit)) no
        (lambda [(a Text)] (lambda [(b Text)] (suspend _ (prim console.print _ (prim text.concat _ a b))))))
      (define @main.pair (tuple (Effect (row) Unit) (-> Text (Effect (row) Unit))) no
        (tuple
          (apply (global @main.say (-> Text Text (Effect (row) Unit))) \"x\" \"y\")
          (apply (global @main.say (-> Text Text (Effect (row) Unit))) \"z\")))
      (define @main.main (Effect (row) Unit) no
        (suspend _
          (let [(bind (u1 Unit) no
                  (perform
                    (apply (global @main.twice (-> (Effect (row) Unit) (Effect (row) Unit)))
                      (item (global @main.pair (tuple (Effect (row) Unit) (-> Text (Effect (row) Unit)))) 0))))]
            (perform
              (apply (item (global @main.pair (tuple (Effect (row) Unit) (-> Text (Effect (row) Unit)))) 1) \"!\")))))";
    assert_eq!(run(defines, "@main.pair", "").0, "xyxyz!");
}

#[test]
fn arguments_before_calls_and_from_left_to_right() {
    let defines = "
      (define @main.trace (-> Text Int (Effect (row) Int)) no
        (lambda [(t Text) (n Int)] (suspend _ (let [(bind (u Unit) no (prim console.print _ t))] n))))
      (define @main.main (Effect (row) Unit) no
        (suspend _
          (let [(bind (s Int) no
                  (prim int.sub _
                    (perform (apply (global @main.trace (-> Text Int (Effect (row) Int))) \"a\" 5))
                    (perform (apply (global @main.trace (-> Text Int (Effect (row) Int))) \"b\" 2))))
                (bind (p (record (x Int) (y Int))) no
                  (record
                    (field x (perform (apply (global @main.trace (-> Text Int (Effect (row) Int))) \"c\" 1)))
                    (field y (perform (apply (global @main.trace (-> Text Int (Effect (row) Int))) \"d\" s)))))]
            (prim console.print _ (prim int.to-text _ (select p y))))))";
    assert_eq!(run(defines, "", "").0, "abcd3");
}

#[test]
fn faults_end_the_program() {
    let defines = "
      (define @main.unused Int no (prim int.div _ 1 0))
      (define @main.main (Effect (row) Unit) no (suspend _ (prim console.print _ \"never\")))";
    let (stdout, stderr, status) = run(defines, "@main.unused", "");
    assert_eq!((stdout.as_str(), status), ("", 70));
    assert!(stderr.starts_with("fault[R0001]"), "{stderr}");
}

#[test]
fn long_lists_and_deep_recursion() {
    let items: Vec<String> = (0..3000)
        .map(|index| format!("(prim int.sub _ {index} one)"))
        .collect();
    let defines = format!(
        "(define @main.sum (-> (List Int) Int) no
           (lambda [(xs (List Int))]
             (switch xs
               [(on-con #List.Nil [] 0)
                (on-con #List.Cons [(x Int) (rest (List Int))]
                  (prim int.sub _ x (apply (global @main.sum (-> (List Int) Int)) rest)))] _)))
         (define @main.list (-> Int (List Int)) no (lambda [(one Int)] (list Int {})))
         (define @main.even (-> Int Bool) no
           (lambda [(n Int)]
             (switch n [(on-lit 0 (construct #True []))] (apply (global @main.odd (-> Int Bool)) (prim int.sub _ n 1)))))
         (define @main.odd (-> Int Bool) no
           (lambda [(m Int)]
             (switch m [(on-lit 0 (construct #False []))] (apply (global @main.even (-> Int Bool)) (prim int.sub _ m 1)))))",
        items.join(" ")
    );
    let list = "(apply (global @main.list (-> Int (List Int))) 1)";
    let sum = format!("(apply (global @main.sum (-> (List Int) Int)) {list})");
    assert_eq!(number(&defines, &sum), "-1500");
    let even = "(switch (apply (global @main.even (-> Int Bool)) 100001) [(on-con #True [] 1) (on-con #False [] 0)] _)";
    assert_eq!(number(&defines, even), "0");
}

#[test]
fn local_functions_with_very_many_free_variables() {
    let count = 300;
    let binds: String = (0..count)
        .map(|index| format!("(bind (x{index} Int) no (prim int.div _ {index} one))"))
        .collect();
    let sum = (0..count).fold("k".to_owned(), |sum, index| {
        format!("(prim int.add _ {sum} x{index})")
    });
    let defines = format!(
        "(define @main.f (-> Int Int) no
           (lambda [(one Int)]
             (let [{binds}
                   (bind (go (-> Int Int Int)) yes
                     (lambda [(n Int) (k Int)]
                       (switch n [(on-lit 0 k)] (apply go (prim int.sub _ n 1) {sum}))))
                   (bind (once (-> Int Int)) no (lambda [(m Int)] (apply go m (apply go 1 m))))]
               (prim int.add _ (apply once 2) (apply once 1)))))"
    );
    // One round adds 44850.
    assert_eq!(
        number(&defines, "(apply (global @main.f (-> Int Int)) 1)"),
        "224253"
    );
}

#[test]
fn long_lists_of_what_is_done() {
    let check = "(global @main.check (-> Int (Effect (row (fail Text)) Int)))";
    let program = |bad: usize| {
        let items: Vec<String> = (0..1200)
            .map(|index| {
                format!(
                    "(perform (apply {check} {}))",
                    if index == bad { 0 } else { index + 1 }
                )
            })
            .collect();
        format!(
            "(define @main.check (-> Int (Effect (row (fail Text)) Int)) no
               (lambda [(n Int)]
                 (suspend Text
                   (switch n
                     [(on-lit 0 (fail \"zero\" Int)) (on-lit 1 (let [(bind (u Unit) no (prim console.print _ \"one \"))] 1))]
                     n))))
             (define @main.last (-> (List Int) Int Int) no
               (lambda [(xs (List Int)) (found Int)]
                 (switch xs
                   [(on-con #List.Nil [] found)
                    (on-con #List.Cons [(x Int) (rest (List Int))]
                      (apply (global @main.last (-> (List Int) Int Int)) rest x))] _)))
             (define @main.main (Effect (row) Unit) no
               (suspend _
                 (switch (attempt Text (list Int {}))
                   [(on-con #Err [(e Text)] (prim console.print _ e))
                    (on-con #Ok [(l (List Int))]
                      (prim console.print _
                        (prim int.to-text _ (apply (global @main.last (-> (List Int) Int Int)) l 0))))] _)))",
            items.join(" ")
        )
    };
    assert_eq!(run(&program(2000), "", "").0, "one 1200");
    assert_eq!(run(&program(1100), "", "").0, "one zero");
}

/// Programs that the generator makes of the numbers below 200, or of `SEEDS=4689..4690`.
#[test]
fn random_programs() {
    let seeds = std::env::var("SEEDS").unwrap_or_else(|_| "0..200".to_owned());
    let (first, end) = seeds.split_once("..").expect("a range of seeds");
    let seeds = first.parse::<u64>().expect("a seed")..end.parse().expect("a seed");
    for seed in seeds {
        let (defines, order) = generate::Generator::program(seed);
        let outcome = std::panic::catch_unwind(|| run(&defines, &order, ""));
        assert!(outcome.is_ok(), "seed {seed}:\n{defines}\n[{order}]");
    }
}
