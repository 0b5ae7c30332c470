//! Dumps: the program before and after passes, and how long each pass took.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ir_defs::Session;
use nanopass::{AnyProgram, Doc, Hooks, Pass, PrintOptions, Sexp, SexpKind, WIDTH};

use crate::clock::Clock;
use crate::output;

/// What to dump.
#[derive(Clone, Default, Debug)]
pub struct DumpOptions {
    /// Passes after which the program is shown; `all` are all.
    pub after: Vec<String>,
    /// Passes before which the program is shown.
    pub before: Vec<String>,
    /// Write files here instead of to standard output.
    pub folder: Option<PathBuf>,
    /// Show the type of each node.
    pub types: bool,
    /// Show the definitions of the library, too.
    pub library: bool,
    /// Show how long each pass took.
    pub times: bool,
}

/// Dumps as the passes run.
pub(crate) struct Dumper {
    options: DumpOptions,
    number: usize,
    clock: Option<Clock>,
    /// The passes that have run, with the time that each took, if that is asked for.
    pub times: Vec<(&'static str, Duration)>,
    /// What went wrong with the output: `Some(None)` if its reader has gone away.
    pub problem: Option<Option<String>>,
}

impl Dumper {
    pub fn new(options: DumpOptions) -> Dumper {
        Dumper {
            options,
            number: 0,
            clock: None,
            times: Vec::new(),
            problem: None,
        }
    }

    fn wants(list: &[String], pass: &str) -> bool {
        list.iter()
            .any(|name| name == "all" || name.replace('_', "-") == pass)
    }

    fn dump(
        &mut self,
        when: &str,
        pass: &Pass<Session>,
        program: &dyn AnyProgram<Session>,
        session: &Session,
    ) {
        let options = PrintOptions {
            show_types: self.options.types,
        };
        let text = program.print(session, options);
        let text = match self.options.library {
            true => text,
            false => without_library(&text).unwrap_or(text),
        };
        let language = program.language().replace('_', "-");
        match &self.options.folder {
            None => {
                let text = format!("; {when} {}: {language}\n{text}\n", pass.name);
                if let Err(problem) = output::print(&text) {
                    self.problem.get_or_insert(problem);
                }
            }
            Some(folder) => {
                let name = format!("{:02}-{}.{language}", self.number, pass.name);
                let written =
                    fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(name), text));
                if let Err(error) = written {
                    let problem = format!("cannot write to {}: {error}", folder.display());
                    self.problem.get_or_insert(Some(problem));
                }
            }
        }
    }
}

/// The table of `--time-passes`.
pub(crate) fn table(times: &[(&'static str, Duration)]) -> String {
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    let rows = times.iter().copied().chain([("total", total)]);
    rows.map(|(name, time)| format!("{:>10.3} ms  {name}\n", time.as_secs_f64() * 1000.0))
        .collect()
}

impl Hooks<Session> for Dumper {
    fn before(
        &mut self,
        pass: &Pass<Session>,
        program: &dyn AnyProgram<Session>,
        session: &Session,
    ) {
        self.number += 1;
        if Dumper::wants(&self.options.before, pass.name) {
            self.dump("before", pass, program, session);
        }
        self.clock = self.options.times.then(Clock::now);
    }

    fn after(
        &mut self,
        pass: &Pass<Session>,
        program: &dyn AnyProgram<Session>,
        session: &Session,
        _: Duration,
    ) {
        if let Some(clock) = &self.clock {
            self.times.push((pass.name, clock.spent()));
        }
        if Dumper::wants(&self.options.after, pass.name) {
            self.dump("after", pass, program, session);
        }
    }
}

/// The text of a program without the definitions whose names belong to the library. `None` for text that is no
/// S-expression: source, or a module.
pub fn without_library(text: &str) -> Option<String> {
    let mut program = Sexp::parse(text).ok()?;
    drop_library(&mut program);
    Some(doc(&program).render(WIDTH))
}

/// Definitions stand in the program, in its lists, and in groups. Inside of a definition none is looked for: a
/// parameter may look like one, such as `(value Bool)`.
fn drop_library(sexp: &mut Sexp) {
    let (SexpKind::List(items) | SexpKind::Brackets(items)) = &mut sexp.kind else {
        return;
    };
    items.retain_mut(|item| {
        if is_of_library(item.untyped()) {
            return false;
        }
        let group = item.is_form(&["group"]);
        if group || matches!(item.kind, SexpKind::Brackets(_)) {
            drop_library(item);
        }
        !(group && item.list().is_some_and(|items| items.len() == 1))
    });
}

fn is_of_library(sexp: &Sexp) -> bool {
    const DEFINITIONS: &[&str] = &[
        "alias-decl",
        "capability-decl",
        "class",
        "class-decl",
        "data",
        "data-decl",
        "define",
        "function",
        "instance",
        "instance-decl",
        "override",
        "static",
        "value",
    ];
    let Some((form, items)) = sexp.form() else {
        return false;
    };
    let name = items
        .first()
        .and_then(Sexp::name)
        .map(|name| name.trim_start_matches(['@', '$', '#']));
    DEFINITIONS.contains(&form)
        && name.is_some_and(|name| name.starts_with("aivi.") || BUILTIN.contains(&name))
}

/// The data types that the compiler itself defines.
const BUILTIN: &[&str] = &["Unit", "Bool", "Ordering", "List", "Option", "Result"];

fn doc(sexp: &Sexp) -> Doc {
    match &sexp.kind {
        SexpKind::Atom(text) => Doc::atom(text.to_string()),
        SexpKind::Barred(text) => Doc::barred(text),
        SexpKind::Text(text) => Doc::text(text),
        SexpKind::List(items) => Doc::list(items.iter().map(doc).collect()),
        SexpKind::Brackets(items) => Doc::brackets(items.iter().map(doc).collect()),
    }
}
