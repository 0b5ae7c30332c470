//! Goldens: what a pass makes of a small program, kept as text.
//!
//! - `golden/<pass>/<case>.in` is text of the language that the pass reads, `<case>.out` what the pass makes of it:
//!   the diagnostics that it reports, as comments, and the program. Both ends are checked, and printing, reading and
//!   printing again must give the same text.
//!   The first passes read AIVI: there the case is a source file, with further modules after lines `// file: PATH`.
//!   A case whose text says `--no-tail-call` is compiled with that option. A comment line `; @inline main.f` or
//!   `; @static main.x` marks what is not marked in the text of a language.
//! - `golden/check/<language>/<case>.in` is text of that language that breaks an invariant, `<case>.out` the
//!   violations that the language's check finds. A check that finds nothing fails.
//! - `golden/programs/<case>.in` is a whole program, `<case>.out` what each pass makes of it.
//!
//! A golden that is missing or stale fails with the difference and with the command that blesses it: the environment
//! variable `BLESS=1` rewrites goldens, except where `CI` is set.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use nanopass::{
    AnyProgram, Context, Diagnostic, FileId, Hooks, Label, Pass, Pipeline, PipelineError,
    PrintOptions, RunOptions, Severity, Span,
};

/// The folder of broken programs, one folder per language inside.
const CHECK: &str = "check";
/// The folder of whole programs.
const PROGRAMS: &str = "programs";
/// As much stack as the compiler has, so that deep programs may be goldens.
const STACK: usize = 512 << 20;

/// How to run the goldens of a compiler.
pub struct Goldens<S: Context + 'static> {
    /// The passes; folders are named after them.
    pub pipeline: &'static Pipeline<S>,
    /// Makes a session for one case, given its text, whose first comment may ask for options.
    pub session: fn(&str) -> S,
    /// Runs a pass whose cases are source files, given its name and the text; `None` for any other pass.
    pub from_source: fn(&str, &str) -> Option<FromSource<S>>,
    /// Makes a session for a whole program: one that finds the library.
    pub program_session: fn() -> S,
    /// What the golden of a whole program shows of a dump.
    pub shown: fn(String) -> String,
    /// The last pass whose output goes into the goldens of whole programs.
    pub programs_until: Option<&'static str>,
    /// The command that runs the goldens.
    pub command: &'static str,
}

/// What a pass made of a source file.
pub struct FromSource<S> {
    /// The session in which it ran.
    pub session: S,
    /// The source file.
    pub file: FileId,
    /// The program that it made.
    pub program: Box<dyn AnyProgram<S>>,
}

impl<S: Context + 'static> Goldens<S> {
    /// Runs the case of an `.in` file, or checks that an `.out` file has an `.in` file.
    pub fn run(&self, path: &Path) -> Result<(), String> {
        let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
        if bless && std::env::var_os("CI").is_some() {
            return Err(
                "BLESS=1 is refused where CI is set: goldens are blessed by people".to_owned(),
            );
        }
        self.run_case(path, bless)
    }

    fn run_case(&self, path: &Path, bless: bool) -> Result<(), String> {
        if path.extension().is_some_and(|extension| extension == "out") {
            let input = path.with_extension("in");
            let orphan = format!("{} has no {}", path.display(), input.display());
            return if input.is_file() { Ok(()) } else { Err(orphan) };
        }
        let case = Case::of(path)?;
        let actual = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let thread = thread
                .spawn_scoped(scope, || self.actual(&case))
                .map_err(|error| error.to_string())?;
            thread
                .join()
                .map_err(|_| format!("{}: the pass panicked", path.display()))?
        })?;
        self.compare(&path.with_extension("out"), &actual, bless)
    }

    fn compare(&self, path: &Path, actual: &str, bless: bool) -> Result<(), String> {
        let expected = match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        if expected.as_deref() == Some(actual) {
            return Ok(());
        }
        if bless {
            return std::fs::write(path, actual)
                .map_err(|error| format!("{}: {error}", path.display()));
        }
        let what = if expected.is_some() {
            "is stale"
        } else {
            "is missing"
        };
        let expected = expected.unwrap_or_default();
        let difference = similar::TextDiff::from_lines(expected.as_str(), actual);
        let difference = difference
            .unified_diff()
            .context_radius(3)
            .header("golden", "now")
            .to_string();
        Err(format!(
            "{} {what}:\n{difference}\nif this is right: BLESS=1 {}",
            path.display(),
            self.command
        ))
    }

    /// What the golden of a case should be.
    fn actual(&self, case: &Case) -> Result<String, String> {
        if let Kind::Pass(pass) = &case.kind
            && let Some(made) = (self.from_source)(pass, &case.text)
        {
            return self
                .of_source(&made)
                .map_err(|error| format!("{}: {error}", case.file));
        }
        let mut session = match &case.kind {
            Kind::Program => (self.program_session)(),
            Kind::Pass(_) | Kind::Check(_) => (self.session)(&case.text),
        };
        let file = session
            .core_mut()
            .sources
            .add(case.file.clone(), case.text.as_str());
        let file = file.ok_or("the source files are too long")?;
        match &case.kind {
            Kind::Pass(pass) => self.pass(pass, file, session),
            Kind::Check(language) => self.check(language, file, session),
            Kind::Program => self.program(file, session),
        }
        .map_err(|error| format!("{}: {error}", case.file))
    }

    fn pass(&self, name: &str, file: FileId, mut session: S) -> Result<String, String> {
        let (_, pass) = self.pipeline.find(name).map_err(unknown_folder)?;
        let text = self
            .pipeline
            .read(pass.from, file, &mut session)
            .map_err(|error| error.to_string())?;
        self.same_after_reading(&*text, &session)?;
        // A fresh session, in which reading for the comparison has left nothing.
        let mut session = copy_of(self.session, file, &session)?;
        let program = self
            .pipeline
            .run_alone(name, file, &mut session)
            .map_err(|error| error.to_string())?;
        self.same_after_reading(&*program, &session)?;
        let mut result = diagnostics(&session, file);
        result.push_str(&program.print(&session, PrintOptions::default()));
        Ok(result)
    }

    fn of_source(&self, made: &FromSource<S>) -> Result<String, String> {
        self.same_after_reading(&*made.program, &made.session)?;
        let violations = made.program.check(&made.session);
        if let Some(violation) = violations.first() {
            return Err(format!("{} in {}", violation.message, violation.node));
        }
        let mut result = diagnostics(&made.session, made.file);
        result.push_str(&made.program.print(&made.session, PrintOptions::default()));
        Ok(result)
    }

    /// Printing, reading and printing again gives the same text.
    fn same_after_reading(&self, program: &dyn AnyProgram<S>, session: &S) -> Result<(), String> {
        let first = program.print(session, PrintOptions::default());
        let mut fresh = (self.session)(&first);
        let file = fresh
            .core_mut()
            .sources
            .add("what was printed", first.as_str());
        let file = file.ok_or("the printed program is too long")?;
        let language = program.language();
        let again = self.pipeline.read(language, file, &mut fresh);
        let again = again.map_err(|error| {
            format!("`{language}` does not read what it prints: {error}\n{first}")
        })?;
        let second = again.print(&fresh, PrintOptions::default());
        if first == second {
            return Ok(());
        }
        let difference = similar::TextDiff::from_lines(first.as_str(), second.as_str());
        let difference = difference
            .unified_diff()
            .header("printed", "printed again")
            .to_string();
        Err(format!(
            "`{language}` does not print what it has read:\n{difference}"
        ))
    }

    fn check(&self, language: &str, file: FileId, mut session: S) -> Result<String, String> {
        let program = self
            .pipeline
            .read(language, file, &mut session)
            .map_err(unknown_folder)?;
        let violations = program.check(&session);
        if violations.is_empty() {
            return Err(format!(
                "the check of `{language}` finds nothing wrong here"
            ));
        }
        let mut result = String::new();
        for violation in violations {
            let _ = writeln!(result, "{}", violation.message);
            if !violation.node.is_empty() {
                let _ = writeln!(result, "  in {}", violation.node);
            }
        }
        Ok(result)
    }

    fn program(&self, file: FileId, mut session: S) -> Result<String, String> {
        let first = self
            .pipeline
            .passes
            .first()
            .ok_or("the pipeline has no passes")?;
        let program = (first.read_from)(file, &mut session).map_err(|error| error.to_string())?;
        let mut dump = Dump {
            text: String::new(),
            last: (self.shown)(program.print(&session, PrintOptions::default())),
            shown: self.shown,
        };
        let options = RunOptions {
            stop_after: self.programs_until,
            verify_each: true,
            ..RunOptions::default()
        };
        self.pipeline
            .run(program, &mut session, options, &mut dump)
            .map_err(|error| error.to_string())?;
        Ok(format!("{}{}", diagnostics(&session, file), dump.text))
    }
}

/// A session in which the file is read anew.
fn copy_of<S: Context>(make: fn(&str) -> S, file: FileId, session: &S) -> Result<S, String> {
    let source = session
        .core()
        .sources
        .get(file)
        .ok_or("the source file is gone")?;
    let mut fresh = make(&source.text);
    fresh
        .core_mut()
        .sources
        .add(source.name.clone(), source.text.clone());
    Ok(fresh)
}

/// An unknown name of a pass or a language is an unknown folder here.
fn unknown_folder(error: PipelineError) -> String {
    match error {
        PipelineError::UnknownPass { .. } | PipelineError::UnknownLanguage { .. } => {
            format!("{error} (the folder of a golden is named after its pass)")
        }
        other => other.to_string(),
    }
}

/// A case, as its path and its text tell.
struct Case {
    kind: Kind,
    /// The name of the source file in the session.
    file: String,
    text: String,
}

enum Kind {
    Pass(String),
    Check(String),
    Program,
}

impl Case {
    fn of(path: &Path) -> Result<Case, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let name = |path: Option<&Path>| {
            path.and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let folder = path.parent();
        let kind = match (name(folder.and_then(Path::parent)).as_str(), name(folder)) {
            (CHECK, language) => Kind::Check(language),
            (_, folder) if folder == PROGRAMS => Kind::Program,
            (_, pass) => Kind::Pass(pass),
        };
        Ok(Case {
            kind,
            file: name(Some(path)),
            text,
        })
    }
}

/// Writes down what each pass makes.
struct Dump {
    text: String,
    last: String,
    shown: fn(String) -> String,
}

impl<S> Hooks<S> for Dump {
    fn after(&mut self, pass: &Pass<S>, program: &dyn AnyProgram<S>, session: &S, _: Duration) {
        let text = (self.shown)(program.print(session, PrintOptions::default()));
        let _ = writeln!(
            self.text,
            "\n;; {}: {} => {}\n",
            pass.name, pass.from, pass.to
        );
        if text == self.last {
            self.text.push_str("(unchanged)\n");
        } else {
            self.text.push_str(&text);
        }
        self.last = text;
    }
}

/// The diagnostics of a session as comments.
fn diagnostics<S: Context>(session: &S, file: FileId) -> String {
    let mut text = String::new();
    for diagnostic in &session.core().diagnostics {
        write_diagnostic(session, file, diagnostic, &mut text);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn write_diagnostic<S: Context>(
    session: &S,
    file: FileId,
    diagnostic: &Diagnostic,
    text: &mut String,
) {
    let severity = match diagnostic.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let code = if diagnostic.code.is_empty() {
        String::new()
    } else {
        format!(" {}", diagnostic.code)
    };
    let mut line = |indent: &str, message: &str| {
        for part in message.lines() {
            let _ = writeln!(text, ";{indent}{part}");
        }
    };
    line(" ", &format!("{severity}{code}: {}", diagnostic.message));
    let mut label = |label: &Label| {
        let place = place(session, file, label.span);
        line(
            "   ",
            format!("at {place}: {}", label.text).trim_end_matches([':', ' ']),
        );
    };
    diagnostic.primary.iter().for_each(&mut label);
    diagnostic.secondary.iter().for_each(&mut label);
    diagnostic
        .notes
        .iter()
        .for_each(|note| line("   ", &format!("note: {note}")));
    diagnostic
        .helps
        .iter()
        .for_each(|help| line("   ", &format!("help: {help}")));
    for edit in &diagnostic.edits {
        let place = place(session, file, edit.span);
        line(
            "   ",
            &format!("edit at {place}: {:?}: {}", edit.replacement, edit.message),
        );
    }
}

/// `line:column`, with the file where it is another one than the case's.
fn place<S: Context>(session: &S, file: FileId, span: Span) -> String {
    match session.core().sources.locate(span) {
        None => "nowhere".to_owned(),
        Some(at) if at.file == file => format!("{}:{}", at.line, at.column),
        Some(at) => format!("{}:{}:{}", at.name, at.line, at.column),
    }
}

#[cfg(test)]
mod tests;
