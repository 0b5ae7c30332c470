//! A compiler in five passes, from arithmetic with `let` to a stack machine.
//!
//! It shows all of the framework in a few hundred lines. Read it in this order:
//!
//! 1. the language pages beside this file: `surface.md`, `core.md`, `framed.md`, `stack.md`;
//! 2. the pipeline, below;
//! 3. the passes in `passes/`, each a file: a rewrite from a language to itself (`resolve_names`), one to a smaller
//!    language (`lower_sugar`), one in place (`fold_constants`), one with a side table (`allocate_slots`), and one as
//!    plain recursive functions (`generate_code`);
//! 4. the invariants that no grammar can say, in `check.rs`;
//! 5. `run.rs`: an interpreter of `core` and the machine of `stack`, which must agree.
//!
//! `cargo run -p nanopass --example tutorial -- '(program (sum 1 (in a)))' a=41` prints the program after each pass,
//! and its result. `cargo xtask gen` has written `gen/` from the pages.

mod check;
#[allow(
    dead_code,
    unused_imports,
    reason = "a small compiler does not use all that is generated"
)]
#[path = "gen/mod.rs"]
mod generated;
mod passes;
mod run;
mod terminals;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use nanopass::{AnyProgram, Hooks, Pass, PrintOptions, RunOptions};

use generated::*;
use passes::*;
use terminals::{Label, Number, Slot};

/// What the passes share. A compiler with types has tables of its own beside the core, and implements
/// [`nanopass::Context`] for a struct that holds both.
type Session = nanopass::Core;

nanopass::pipeline! {
    Session: surface => stack {
        /// Gives each binding a variable of its own, and reports names that are not bound.
        resolve_names: surface => surface [gate];
        /// Leaves one binding form, binary operations and one conditional.
        lower_sugar: surface => core;
        /// Computes what does not depend on inputs.
        fold_constants: core => core;
        /// Replaces variables by slots of the frame.
        allocate_slots: core => framed;
        /// Writes the code of the machine.
        generate_code: framed => stack;
    }
}

/// The program to compile if none is given.
const SAMPLE: &str = "(program (let [(x 2) (y (in a))] (when (less x y) (sum x y (product x 3)))))";

/// Prints the program after each pass.
struct Dump;

impl Hooks<Session> for Dump {
    fn after(
        &mut self,
        pass: &Pass<Session>,
        program: &dyn AnyProgram<Session>,
        session: &Session,
        _: Duration,
    ) {
        println!("; {}: {}", pass.name, pass.summary());
        println!("{}", program.print(session, PrintOptions::default()));
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let text = arguments.next().unwrap_or_else(|| SAMPLE.to_owned());
    let inputs: HashMap<String, i64> = arguments
        .filter_map(|argument| {
            let (name, value) = argument.split_once('=')?;
            Some((name.to_owned(), value.parse().ok()?))
        })
        .collect();
    match compile_and_run(&text, &inputs) {
        Ok(result) => {
            println!("; result: {result}");
            ExitCode::SUCCESS
        }
        Err(report) => {
            eprintln!("{report}");
            ExitCode::FAILURE
        }
    }
}

/// Compiles a text with dumps and checks after each pass, and runs it.
fn compile_and_run(text: &str, inputs: &HashMap<String, i64>) -> Result<i64, String> {
    let mut session = Session::new();
    let file = session
        .sources
        .add("input", text)
        .ok_or("the program is too long")?;
    let program = PIPELINE
        .read("surface", file, &mut session)
        .map_err(|error| error.to_string())?;
    let options = RunOptions {
        verify_each: true,
        ..RunOptions::default()
    };
    let outcome = PIPELINE
        .run(program, &mut session, options, &mut Dump)
        .map_err(|error| error.to_string())?;
    let reports: Vec<String> = session
        .diagnostics
        .iter()
        .map(|diagnostic| describe(diagnostic, &session))
        .collect();
    match outcome.program.into_any().downcast::<stack::Program>() {
        Ok(program) => run::execute(&program, inputs, &session),
        Err(_) => Err(reports.join("\n")),
    }
}

/// A diagnostic in one line.
fn describe(diagnostic: &nanopass::Diagnostic, session: &Session) -> String {
    let place = session.sources.locate(diagnostic.span());
    let place = place.map_or(String::new(), |at| {
        format!("{}:{}:{}: ", at.name, at.line, at.column)
    });
    format!("{place}{}", diagnostic.message)
}
