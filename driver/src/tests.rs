//! `aivic test`: running what a module marks with `@test`.
//!
//! The tests become a module of their own that uses the tested one, and whose `main` runs the one that its argument
//! tells, so that a fault ends only one of them:
//!
//! ```text
//! module aivicTests
//! use shop as Tested
//! use aivi.prelude as P
//! use aivi.args as A
//! use aivi.console as C
//! use aivi.exit as X
//! test0 = if Tested.positive then P.pure Unit else X.exit 1
//! test1 = effect {
//!   outcome <- P.attempt Tested.rounding
//!   outcome ?
//!     | P.Ok _ => P.pure Unit
//!     | P.Err error => effect { C.error "{error}"; X.exit 1 }
//! }
//! main = effect {
//!   chosen <- A.all Unit
//!   chosen ?
//!     | ["0"] => test0
//!     | ["1"] => test1
//!     | _ => P.pure Unit
//! }
//! ```
//!
//! Top-level values are computed before `main`, so a fault in one of them would hide all others: if nothing runs when no
//! test is chosen, each test gets a program of its own.

use std::path::Path;

use engine::{Engine, Options, Outcome, Program, Run};
use ir_defs::session::LoadedSource;
use ir_defs::typed;

use crate::compile::{Compilation, Request, compile_source};
use crate::load::{FileLoader, WithEntry, header};

const MODULE: &str = "aivicTests";
const MADE: &str = "<tests>";

/// A file with tests.
pub struct Tested<'t> {
    /// The file, as messages show it.
    pub file: &'t str,
    /// What stands in it.
    pub text: &'t str,
    /// Whether it is a module of the standard library.
    pub library: bool,
}

/// A test of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Test {
    name: String,
    is_condition: bool,
}

/// A test that has run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// What it wrote and why it failed, if it did.
    pub failure: Option<String>,
}

/// What became of the tests of a file.
pub enum Tests {
    /// The file, or a program of its tests, has errors.
    Rejected(Box<Compilation>),
    /// They ran.
    Ran {
        /// The compilation of the file, with its warnings.
        compilation: Box<Compilation>,
        /// The tests, in the order of the file.
        tests: Vec<Ran>,
    },
}

/// Compiles a file and runs its tests, each in a process of its own as `world` says.
///
/// # Errors
///
/// The engine refuses a module.
pub fn run_tests(
    tested: &Tested<'_>,
    request: &Request,
    world: impl Fn() -> Run,
) -> Result<Tests, String> {
    let mut first = request.clone();
    first.options.library = true;
    first.stop_after = Some("check-matches".to_owned());
    let loader = FileLoader::for_entry(Path::new(tested.file), tested.text);
    let compilation = compile_source(tested.file, tested.text, Box::new(loader), first);
    if !compilation.is_done() {
        return Ok(Tests::Rejected(Box::new(compilation)));
    }
    let found = tests_of(&compilation, tested.text);
    let mut ran = Vec::with_capacity(found.len());
    let together = match compile_tests(tested, &found, request) {
        Ok(module) => runnable(&module)?,
        Err(rejected) => return Ok(Tests::Rejected(rejected)),
    };
    let run = |program: &Program, argument: String, is_condition: bool| {
        let mut run = world();
        run.args = vec![tested.file.to_owned(), argument];
        match program.run(run) {
            Ok(outcome) => failure(&outcome, is_condition),
            Err(problem) => Some(format!("cannot run it: {problem}")),
        }
    };
    let starts = found.is_empty() || run(&together, String::new(), true).is_none();
    for (index, test) in found.iter().enumerate() {
        let failure = if starts {
            run(&together, index.to_string(), test.is_condition)
        } else {
            match compile_tests(tested, std::slice::from_ref(test), request) {
                Ok(module) => run(&runnable(&module)?, "0".to_owned(), test.is_condition),
                Err(rejected) => return Ok(Tests::Rejected(rejected)),
            }
        };
        ran.push(Ran {
            name: test.name.clone(),
            failure,
        });
    }
    Ok(Tests::Ran {
        compilation: Box::new(compilation),
        tests: ran,
    })
}

/// The tests that a module marks, in the order of their places.
fn tests_of(compilation: &Compilation, text: &str) -> Vec<Test> {
    let session = &compilation.session;
    let program = compilation.program.as_ref().map(|program| program.as_any());
    let Some(program) = program.and_then(|program| program.downcast_ref::<typed::Program>()) else {
        return Vec::new();
    };
    let module = header(text).unwrap_or("main");
    let defines = program.groups.iter().flat_map(|group| &group.binds);
    let mut found: Vec<_> = defines
        .filter_map(|define| {
            let info = session.globals.get(define.global)?;
            let (path, name) = session.globals.name(define.global).rsplit_once('.')?;
            let test = Test {
                name: name.to_owned(),
                is_condition: session.as_effect(define.type_).is_none(),
            };
            (info.test && path == module).then_some((info.span, test))
        })
        .collect();
    found.sort_by_key(|(span, _)| span.lo);
    found.into_iter().map(|(_, test)| test).collect()
}

/// The module that runs some tests; the compilation if it has errors.
fn compile_tests(
    tested: &Tested<'_>,
    tests: &[Test],
    request: &Request,
) -> Result<Vec<u8>, Box<Compilation>> {
    let module = header(tested.text).unwrap_or("main");
    let loader = WithEntry {
        module: module.to_owned(),
        entry: LoadedSource {
            name: tested.file.to_owned(),
            text: exporting(tested.text, tests),
            library: tested.library,
        },
        rest: FileLoader::for_entry(Path::new(tested.file), tested.text),
    };
    let text = program_of(module, tests);
    let compilation = compile_source(MADE, &text, Box::new(loader), request.clone());
    match compilation.module() {
        Some(module) if compilation.is_done() => Ok(module.to_vec()),
        _ => Err(Box::new(compilation)),
    }
}

/// The text of a module that exports its tests, too.
fn exporting(text: &str, tests: &[Test]) -> String {
    // A file without a header exports everything.
    let Some(path) = header(text).filter(|_| !tests.is_empty()) else {
        return text.to_owned();
    };
    let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    let export = format!("\nexport {}\n", names.join(", "));
    let at = path.as_ptr() as usize - text.as_ptr() as usize + path.len();
    let is_block = |body: &str| body.trim_start().starts_with('=');
    match text.split_at_checked(at) {
        // `module a = { … }`
        Some((before, body)) if is_block(body) => match body.split_once('{') {
            Some((equals, body)) => format!("{before}{equals}{{{export}{body}"),
            None => text.to_owned(),
        },
        _ => format!("{text}{export}"),
    }
}

/// The text of the module that runs tests.
fn program_of(module: &str, tests: &[Test]) -> String {
    let mut text = format!(
        "module {MODULE}\n\nuse {module} as Tested\nuse aivi.prelude as P\nuse aivi.args as A\nuse aivi.console as C\nuse aivi.exit as X\n"
    );
    let mut arms = String::new();
    for (index, test) in tests.iter().enumerate() {
        let name = &test.name;
        arms.push_str(&format!("    | [\"{index}\"] => test{index}\n"));
        if test.is_condition {
            text.push_str(&format!(
                "\ntest{index} = if Tested.{name} then P.pure Unit else X.exit 1\n"
            ));
        } else {
            text.push_str(&format!(
                "\ntest{index} = effect {{\n  outcome <- P.attempt Tested.{name}\n  outcome ?\n    | P.Ok _ => P.pure Unit\n    | P.Err error => effect {{\n        C.error \"{{error}}\"\n        X.exit 1\n      }}\n}}\n"
            ));
        }
    }
    text.push_str("\nmain = effect {\n  chosen <- A.all Unit\n  chosen ?\n");
    text.push_str(&arms);
    text.push_str("    | _ => P.pure Unit\n}\n");
    text
}

fn runnable(module: &[u8]) -> Result<Program, String> {
    Engine::new(Options::default())
        .and_then(|engine| engine.compile(module))
        .map_err(|error| error.to_string())
}

/// What a run wrote and why it failed, if it did.
fn failure(outcome: &Outcome, is_condition: bool) -> Option<String> {
    let status = outcome.end.status();
    if status == 0 {
        return None;
    }
    let mut text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&outcome.stderr));
    if text.is_empty() {
        text = if is_condition && status == 1 {
            "it is `False`".to_owned()
        } else {
            format!("it ended with the status {status}")
        };
    }
    Some(text)
}
