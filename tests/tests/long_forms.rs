//! What is long in the source must not be deep in a tree, take more than near-linear time, or be refused: desugaring
//! and matches at sizes that no golden shows.

use ir_defs::{Session, hir, kernel, no_pipes, switched, typed};
use nanopass::Language;
use passes::{
    check_matches, codes, compile_matches, lower_branches, lower_effects, lower_generators,
    lower_literals, lower_patches, lower_pipes, lower_sections,
};

const LONG: usize = 100_000;
/// The deepest nesting of the source is 2,000.
const SHALLOW: usize = 4_000;

/// Runs a test with as much stack as the compiler has.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(512 << 20)
        .spawn(test)
        .expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn read<L: Language<Session = Session>>(text: String, session: &mut Session) -> L {
    let file = session
        .core
        .sources
        .add("long.in", text.as_str())
        .expect("it fits");
    L::read(file, session).expect("it reads")
}

/// The kernel of `main.f = value`, and how deep it is.
fn lowered(value: String) -> usize {
    let mut session = Session::bare();
    let text = format!("(program [] [] [] [] [] [(group (define @main.f _ {value}))] _)");
    let program: hir::Entry = read(text, &mut session);
    let program = lower_sections::run(program, &mut session);
    let program = lower_literals::run(program, &mut session);
    let program = lower_pipes::run(program, &mut session);
    let program = lower_generators::run(program, &mut session);
    let program = lower_effects::run(program, &mut session);
    let program = lower_branches::run(program, &mut session);
    assert!(session.core.diagnostics.is_empty());
    assert_eq!(program.check(&session), Vec::new());
    let mut depth = KernelDepth::default();
    kernel::Visit::program(&mut depth, &program);
    depth.deepest
}

/// The decision trees of `main.f : ty = value` with these data types, and how deep they are.
fn compiled(data: &str, ty: &str, value: &str) -> (Session, usize) {
    let mut session = Session::bare();
    let text = format!("(program [{data}] [] [] [(group (define @main.f [] [] {ty} {value}))] _)");
    let program: typed::Entry = read(text, &mut session);
    let program = check_matches::run(program, &mut session);
    let program = lower_patches::run(program, &mut session);
    let program = compile_matches::run(program, &mut session);
    if !session.core.diagnostics.has_errors() {
        assert_eq!(program.check(&session), Vec::new());
    }
    let mut depth = SwitchedDepth::default();
    switched::Visit::program(&mut depth, &program);
    (session, depth.deepest)
}

macro_rules! depth {
    ($name:ident, $language:ident) => {
        /// Measures how deep expressions nest.
        #[derive(Default)]
        struct $name {
            now: usize,
            deepest: usize,
        }

        impl $language::Visit for $name {
            fn expr(&mut self, node: &$language::Expr) {
                self.now += 1;
                self.deepest = self.deepest.max(self.now);
                $language::walk_expr(self, node);
                self.now -= 1;
            }
        }
    };
}
depth!(KernelDepth, kernel);
depth!(SwitchedDepth, switched);

fn codes_of(session: &Session) -> Vec<&str> {
    session
        .core
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code.as_ref())
        .collect()
}

#[test]
fn statements_of_a_generator_nest_up_to_a_limit() {
    with_stack(|| {
        for (count, fits) in [(1_000, true), (1_001, false), (LONG, false)] {
            let mut session = Session::bare();
            let draws = "(run (wild) @main.xs _) ".repeat(count);
            let text = format!(
                "(program [] [] [] [] [] [(group (define @main.f _ (generate {draws})))] _)"
            );
            let program: no_pipes::Entry = read(text, &mut session);
            lower_generators::run(program, &mut session);
            let expected: &[&str] = if fits { &[] } else { &[codes::TOO_DEEP] };
            assert_eq!(codes_of(&session), expected, "{count} draws");
        }
    });
}

#[test]
fn long_chains_stay_shallow() {
    with_stack(|| {
        for value in [
            format!("(pipe 1 {})", "@main.inc ".repeat(LONG)),
            format!("(chain 0 {})", "(link + 1) ".repeat(LONG)),
            format!("(lambda [a] (coalesce {} 1))", "a ".repeat(LONG)),
            format!("(lambda [a] (all {}))", "a ".repeat(LONG)),
            format!("(lambda [a] (any {}))", "a ".repeat(LONG)),
            format!("(lambda [a] (if [{}] 0))", "(a 1) ".repeat(LONG)),
            format!("(list {})", "(item 1) ".repeat(LONG)),
            format!("(generate {})", "(yield 1) ".repeat(LONG)),
            format!("(generate {})", "(let (wild) no 1) ".repeat(LONG)),
            format!("(resource {} (yield 1))", "(expr @main.e _) ".repeat(LONG)),
            format!(
                "(lambda [a] (list {}))",
                "(item 1) (spread a) ".repeat(LONG / 2)
            ),
            format!("(effect {})", "(expr @main.e _) ".repeat(LONG)),
        ] {
            let depth = lowered(value.clone());
            assert!(
                depth < SHALLOW,
                "{}… is {depth} deep",
                value.get(..30).unwrap_or("")
            );
        }
    });
}

#[test]
fn wide_destructuring_stays_shallow() {
    with_stack(|| {
        let vars: Vec<String> = (0..2_000).map(|index| format!("v{index}")).collect();
        let vars = vars.join(" ");
        let depth = lowered(format!(
            "(lambda [e] (block [(let (tuple {vars}) no e)] v7))"
        ));
        assert!(depth < 10, "{depth}");
        let many: Vec<String> = (0..10_000)
            .map(|index| format!("(let (tuple a{index} b{index}) no e)"))
            .collect();
        let depth = lowered(format!("(lambda [e] (block [{}] e))", many.join(" ")));
        assert!(depth < 10, "{depth}");
    });
}

#[test]
fn long_else_if_compiles_to_shallow_switches() {
    with_stack(|| {
        let arms = "(arm (wild Unit) (var a []) 1) ".repeat(LONG);
        let value =
            format!("(lambda [(a Bool)] (case if (con #Unit) {arms} (arm (wild Unit) _ 2)))");
        let (session, depth) = compiled("", "(-> Bool Int)", &value);
        assert!(codes_of(&session).is_empty());
        assert!(depth < SHALLOW, "{depth}");
    });
}

#[test]
fn matches_of_many_arms_are_near_linear() {
    with_stack(|| {
        let arms: String = (0..10_000)
            .map(|index| format!("(arm {index} _ {index}) "))
            .collect();
        let value =
            format!("(lambda [(n Int)] (case match (var n []) {arms} (arm (wild Int) _ -1)))");
        let (session, depth) = compiled("", "(-> Int Int)", &value);
        assert!(codes_of(&session).is_empty());
        assert!(depth < 10);

        let constructors: String = (0..10_000)
            .map(|index| format!("(#main.C{index} Int) "))
            .collect();
        let arms: String = (0..10_000)
            .map(|index| {
                format!("(arm (con #main.C{index} [] (x{index} Int)) _ (var x{index} [])) ")
            })
            .collect();
        let data = format!("(data main.T [] {constructors})");
        let value = format!("(lambda [(t main.T)] (case match (var t []) {arms}))");
        let (session, depth) = compiled(&data, "(-> main.T Int)", &value);
        assert!(codes_of(&session).is_empty());
        assert!(depth < 10);

        let arms: String = (0..5_000)
            .map(|index| format!("(arm (tuple {index} \"t{index}\") _ {index}) "))
            .collect();
        let value = format!(
            "(lambda [(n Int) (t Text)] (case match (tuple (var n []) (var t [])) {arms} (arm (tuple (wild Int) (wild Text)) _ -1)))"
        );
        let (session, _) = compiled("", "(-> Int Text Int)", &value);
        assert!(codes_of(&session).is_empty());
    });
}

/// A match on `width` places, whose arms ask three of them each, in no order that helps.
fn scattered(width: usize, arms: usize) -> String {
    let params: String = (0..width).map(|place| format!("(v{place} Int) ")).collect();
    let items: String = (0..width)
        .map(|place| format!("(var v{place} []) "))
        .collect();
    let mut text = String::new();
    for arm in 0..arms {
        let asked = [arm % width, (arm * 7 + 3) % width, (arm * 5 + 11) % width];
        let row: String = (0..width)
            .map(|place| {
                if asked.contains(&place) {
                    format!("{arm} ")
                } else {
                    "(wild Int) ".to_owned()
                }
            })
            .collect();
        text.push_str(&format!("(arm (tuple {row}) _ {arm}) "));
    }
    let rest = "(wild Int) ".repeat(width);
    format!("(lambda [{params}] (case match (tuple {items}) {text} (arm (tuple {rest}) _ -1)))")
}

#[test]
fn matches_without_bound_are_given_up() {
    with_stack(|| {
        let ty = format!("(-> {} Int)", "Int ".repeat(40));
        let (session, _) = compiled("", &ty, &scattered(40, 400));
        assert_eq!(
            codes_of(&session),
            [codes::MATCH_TOO_COMPLEX, codes::TREE_TOO_LARGE]
        );
    });
}

#[test]
fn long_list_patterns_work_up_to_the_bound() {
    with_stack(|| {
        let list = |length: usize| {
            format!(
                "(lambda [(l (List Int))] (case match (var l []) (arm (list Int [{}] _) _ 1) (arm (wild (List Int)) _ 2)))",
                "1 ".repeat(length)
            )
        };
        let (session, _) = compiled("", "(-> (List Int) Int)", &list(1_000));
        assert!(codes_of(&session).is_empty());
        let (session, _) = compiled("", "(-> (List Int) Int)", &list(30_000));
        assert_eq!(codes_of(&session), [codes::TREE_TOO_LARGE]);
    });
}
