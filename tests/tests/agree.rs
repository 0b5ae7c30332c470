//! Random well-typed programs mean the same everywhere: to the interpreters of all milestones, and as modules.

use std::collections::BTreeSet;
use std::path::Path;

use aivic_tests::pipelines::pipelines;
use aivic_tests::program::{Shown, World, compile, compile_with, interpret, problems, run};
use aivic_tests::sources;
use driver::milestones::MILESTONES;
use driver::{Request, compile_text};
use ir_defs::ast;
use ir_defs::session::{Collector, OptLevel, Options};

/// How many programs a run compares. `AIVIC_SEEDS=FROM..TO` compares others, `AIVIC_COLLECTORS=1` under each collector,
/// too.
const PROGRAMS: u64 = 50;
/// How many programs together have every form of the language.
const ENOUGH: u64 = 20;

/// The collectors that are not the default, and whether under stress.
const COLLECTORS: [(Collector, bool); 3] = [
    (Collector::Bump, false),
    (Collector::MarkSweep, true),
    (Collector::Generational, true),
];

fn seeds() -> std::ops::Range<u64> {
    let chosen = std::env::var("AIVIC_SEEDS").unwrap_or_default();
    match chosen.split_once("..") {
        Some((from, to)) => {
            from.parse().expect("the first seed")..to.parse().expect("the seed after the last")
        }
        None => 0..PROGRAMS,
    }
}

/// What a program shows, in every way to run it; or how two ways differ.
fn agreed(text: &str) -> Result<Shown, String> {
    let (name, world) = (Path::new("random.aivi"), World::default());
    let mut ways: Vec<(String, Shown)> = Vec::new();
    for level in [OptLevel::O0, OptLevel::O2] {
        let module =
            compile(name, text, level).map_err(|error| format!("at {level:?}: {error}"))?;
        ways.push((format!("{level:?}"), run(&module, name, &world)?));
    }
    if std::env::var_os("AIVIC_COLLECTORS").is_some() {
        for (collector, collector_stress) in COLLECTORS {
            let options = Options {
                collector,
                collector_stress,
                ..Options::default()
            };
            let way = format!("{collector:?}, stress {collector_stress}");
            let module = compile_with(None, name, text, options)
                .map_err(|error| format!("with {way}: {error}"))?;
            ways.push((way, run(&module, name, &world)?));
        }
    }
    for milestone in MILESTONES {
        let shown = interpret(milestone, None, name, text, &world)
            .map_err(|error| format!("as {}: {error}", milestone.language))?;
        ways.push((milestone.language.to_owned(), shown));
    }
    let (_, first) = &ways[0];
    if ways.iter().all(|(_, shown)| shown == first) {
        return Ok(first.clone());
    }
    let ways: Vec<_> = ways
        .iter()
        .map(|(way, shown)| format!("== {way}\n{}", shown.text()))
        .collect();
    Err(ways.join("\n"))
}

#[test]
fn random_programs_mean_the_same_everywhere() {
    all_agree(sources::program);
}

/// What is fused must not be noticed, least of all which fault comes first.
#[test]
fn random_pipelines_mean_the_same_everywhere() {
    all_agree(pipelines);
}

/// Compares the programs of all seeds.
fn all_agree(program: fn(u64) -> String) {
    let seeds: Vec<u64> = seeds().collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = seeds.len().div_ceil(workers).max(1);
    let failures = std::thread::scope(|scope| {
        let shares = seeds.chunks(share);
        let workers: Vec<_> = shares
            .map(|seeds| scope.spawn(move || differing(seeds, program)))
            .collect();
        let failures = workers.into_iter().map(|worker| worker.join());
        failures.collect::<Result<Vec<_>, _>>()
    });
    let failures = match failures {
        Ok(failures) => failures.concat(),
        Err(panic) => std::panic::resume_unwind(panic),
    };
    assert!(
        failures.is_empty(),
        "{}\n{} programs differ",
        failures.join("\n\n"),
        failures.len()
    );
}

/// The seeds whose programs do not mean the same everywhere, with the programs and how they differ.
fn differing(seeds: &[u64], program: fn(u64) -> String) -> Vec<String> {
    let mut failures = Vec::new();
    for seed in seeds {
        let text = program(*seed);
        let agreed = std::panic::catch_unwind(|| agreed(&text));
        let error = match agreed {
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => error,
            Err(_) => "the compiler panics".to_owned(),
        };
        // Most of what the compiler says of such programs is that variables are unused.
        let errors = error
            .split("\n\n")
            .filter(|part| !part.starts_with("warning"));
        let errors: Vec<_> = errors.collect();
        failures.push(format!("seed {seed}\n{text}\n{}", errors.join("\n\n")));
    }
    failures
}

/// Which forms there are in a program. Each match names every form, so that a new one is counted.
#[derive(Default)]
struct Forms(BTreeSet<&'static str>);

macro_rules! forms {
    ($($method:ident $walk:ident $node:ident: $($form:ident)*, later $($later:ident)*;)*) => {
        /// The forms that programs can have.
        const FORMS: &[&str] = &[$($(concat!(stringify!($node), ".", stringify!($form)),)*)*];

        impl ast::Visit for Forms {
            $(fn $method(&mut self, node: &ast::$node) {
                match node {
                    $(ast::$node::$form { .. } => {
                        self.0.insert(concat!(stringify!($node), ".", stringify!($form)));
                    })*
                    $(ast::$node::$later { .. } => {})*
                }
                ast::$walk(self, node);
            })*
        }
    };
}

// `later` are the forms that no program can have: errors.
forms! {
    expr walk_expr Expr:
        Lit Name Select Apply Lambda Clauses If Match Or Pipe Coalesce Any All Chain Prefix Tuple List Record
        Map Set Interpolate Block Effect Generate Resource Accessor Hole When Paren Sigil Instant Delta Suffixed
        Patch PatchFunction,
        later Error;
    element walk_element Element: Item Spread Range, later;
    map_entry walk_map_entry MapEntry: Entry Spread, later;
    field_init walk_field_init FieldInit: Set Spread, later;
    handler walk_handler Handler: Default Arms, later;
    part walk_part Part: Literal Hole, later;
    stmt walk_stmt Stmt: Let Run Expr Yield Guard Loop Recurse, later;
    pattern walk_pattern Pattern: Wild Bind As Lit Delta Instant Con Tuple List Record Paren, later Error;
}

#[test]
fn random_programs_have_every_form() {
    let mut forms = Forms::default();
    for seed in 0..ENOUGH {
        let text = sources::program(seed);
        driver::with_deep_stack(|| {
            let request = Request {
                stop_after: Some("build-ast".to_owned()),
                ..Request::default()
            };
            let compilation = compile_text("random.aivi", &text, request);
            let module = compilation
                .program
                .as_ref()
                .and_then(|program| program.as_any().downcast_ref::<ast::Entry>());
            let module = module.unwrap_or_else(|| panic!("{}", problems(&compilation)));
            ast::Visit::module(&mut forms, module);
        });
    }
    let missing: Vec<_> = FORMS
        .iter()
        .filter(|form| !forms.0.contains(*form))
        .collect();
    assert!(missing.is_empty(), "no program has {missing:?}");
}
