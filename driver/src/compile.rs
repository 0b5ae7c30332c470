//! Compiling one program: a file or a text in, what the passes made of it out.

use std::path::Path;
use std::time::Duration;

use ir_defs::Session;
use ir_defs::binary::Binary;
use ir_defs::session::{Loader, Options};
use ir_defs::source::Source;
use nanopass::{Diagnostic, PipelineError, Program, RunOptions, Stop};
use passes::codes;
use passes::pipeline::PIPELINE;

use crate::dump::{DumpOptions, Dumper};
use crate::load::{self, FileLoader};

/// What is asked of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the passes are told.
    pub options: Options,
    /// What to show.
    pub dump: DumpOptions,
    /// The last pass to run.
    pub stop_after: Option<String>,
    /// Having stopped, go on until what the program marks `@static` has been computed.
    pub statics: bool,
    /// The file holds IR text of this language.
    pub from: Option<String>,
    /// Check what each pass makes.
    pub verify: bool,
}

/// What a compilation leaves.
pub struct Compilation {
    /// The session, with all diagnostics.
    pub session: Session,
    /// The last program; `None` if there was nothing to begin with.
    pub program: Option<Program<Session>>,
    /// Why the passes stopped.
    pub stop: Stop,
    /// The passes that have run, with the time that each took. Empty if nobody asked for it.
    pub times: Vec<(&'static str, Duration)>,
    /// A misuse of the command: an unknown pass or language.
    pub usage: Option<String>,
    /// A bug of the compiler that a check found.
    pub bug: Option<String>,
    /// Dumps could not be written: why, or nothing if their reader has gone away.
    pub output: Option<Option<String>>,
}

impl Compilation {
    /// Whether everything that was asked for has been done.
    pub fn is_done(&self) -> bool {
        !self.session.core.diagnostics.has_errors()
            && self.usage.is_none()
            && self.bug.is_none()
            && self.output.is_none()
    }

    /// The encoded module, if the passes ran to the end.
    pub fn module(&self) -> Option<&[u8]> {
        let program = self.program.as_ref()?;
        program
            .as_any()
            .downcast_ref::<Binary>()
            .map(|binary| binary.0.as_slice())
    }
}

/// Compiles a file; `-` is standard input.
pub fn compile_file(file: &str, request: Request) -> Compilation {
    match read_entry(file) {
        Ok(text) => compile_text(file, &text, request),
        Err(problem) => unreadable(file, &problem, request),
    }
}

/// The text of the entry file; `-` is standard input.
///
/// # Errors
///
/// What is wrong with it, in the words of a message.
pub(crate) fn read_entry(file: &str) -> Result<String, String> {
    if file != "-" {
        return load::read(Path::new(file));
    }
    let mut bytes = Vec::new();
    let read = std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes);
    read.map_err(|error| error.to_string())
        .and_then(|_| load::text_of(bytes))
}

/// The compilation of a file that cannot be read.
pub(crate) fn unreadable(file: &str, problem: &str, request: Request) -> Compilation {
    let mut session = Session::new(request.options, Box::new(ir_defs::session::NoModules));
    let message = format!("cannot read `{file}`: {problem}");
    let mut diagnostic = Diagnostic::error(codes::UNREADABLE, message);
    // The place names the file for those who read JSON.
    if let Some(file) = session.core.sources.add(file, "")
        && let Some(source) = session.core.sources.get(file)
    {
        diagnostic = diagnostic.at(source.span(), "");
    }
    session.report(diagnostic);
    Compilation {
        session,
        program: None,
        stop: Stop::Errors,
        times: Vec::new(),
        usage: None,
        bug: None,
        output: None,
    }
}

/// Compiles a text. `name` is the file that it stands in, which tells where its modules are.
pub fn compile_text(name: &str, text: &str, request: Request) -> Compilation {
    let loader = FileLoader::for_entry(Path::new(name), text);
    compile_source(name, text, Box::new(loader), request)
}

/// Compiles a text whose modules the loader finds.
pub(crate) fn compile_source(
    name: &str,
    text: &str,
    loader: Box<dyn Loader>,
    request: Request,
) -> Compilation {
    let mut session = Session::new(request.options, loader);
    session.compute_statics = Some(interpreters::mono::compute_statics);
    let shown = if name == "-" { "<stdin>" } else { name };
    let mut compilation = Compilation {
        program: None,
        stop: Stop::Errors,
        times: Vec::new(),
        usage: None,
        bug: None,
        output: None,
        session: Session::bare(),
    };
    let Some(file) = session.core.sources.add(shown, text) else {
        let message = format!("cannot read `{name}`: it is too large");
        session.report(Diagnostic::error(codes::UNREADABLE, message));
        compilation.session = session;
        return compilation;
    };
    let mut dumper = Dumper::new(request.dump);
    let options = RunOptions {
        start: None,
        stop_after: request.stop_after.as_deref(),
        verify_each: request.verify,
    };
    let program = match &request.from {
        None => Ok(Box::new(Source { file }) as Program<Session>),
        Some(language) => PIPELINE.read(language, file, &mut session),
    };
    let outcome =
        program.and_then(|program| PIPELINE.run(program, &mut session, options, &mut dumper));
    let outcome = match outcome {
        Ok(done)
            if request.statics && matches!(done.stop, Stop::Asked) && has_statics(&session) =>
        {
            let options = RunOptions {
                start: Some("lower-patches"),
                stop_after: Some("evaluate-statics"),
                verify_each: request.verify,
            };
            PIPELINE.run(done.program, &mut session, options, &mut dumper)
        }
        outcome => outcome,
    };
    match outcome {
        Ok(outcome) => {
            compilation.stop = outcome.stop;
            compilation.program = Some(outcome.program);
        }
        Err(PipelineError::Read(error)) => {
            session.report(Diagnostic::error(codes::BAD_IR, error.to_string()));
        }
        Err(error @ PipelineError::Broken { pass: None, .. }) => {
            session.report(Diagnostic::error(codes::BAD_IR, error.to_string()));
        }
        Err(error @ (PipelineError::Broken { .. } | PipelineError::WrongLanguage { .. })) => {
            compilation.bug = Some(error.to_string());
        }
        Err(error) => compilation.usage = Some(error.to_string()),
    }
    compilation.times = dumper.times;
    compilation.output = dumper.problem;
    compilation.session = session;
    compilation
}

/// Whether the compiler has to compute something that the user wrote.
fn has_statics(session: &Session) -> bool {
    session.globals.ids().any(|global| {
        let info = session.globals.get(global);
        info.is_some_and(|info| info.static_ && !info.library)
    })
}
