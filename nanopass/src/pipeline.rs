//! The pipeline: one list of passes, from which everything else is derived.
//!
//! [`pipeline!`](crate::pipeline!) makes from the list a typed function that runs all passes (so a wrong order does
//! not compile) and a [`Pipeline`], which drivers and tests use: it knows the passes by name, reads a program of any
//! language from text, runs from there, calls [`Hooks`] around each pass, and checks what each pass makes.

use std::any::Any;
use std::fmt;
use std::time::{Duration, Instant};

use crate::{Context, FileId, Language, PrintOptions, ReadError, Violation, nearest};

/// Defines a pipeline.
///
/// ```text
/// nanopass::pipeline! {
///     Session: source => module {
///         /// Reads the source text.
///         parse: source => cst [gate];
///         /// Forgets how it was written.
///         build_ast: cst => ast [tolerant];
///         /// Does everything else.
///         generate: ast => module;
///     }
/// }
/// ```
///
/// The head names the session and the two ends. A line names a pass, its two languages and its flags; its doc comment
/// describes it. Names are looked up where the macro stands: a pass `p` is the function `p::run(from::Entry, &mut
/// Session) -> to::Entry`, and a language `l` is the type `l::Entry`, which implements [`Language`].
///
/// - `gate`: the pipeline stops after this pass if an error has been reported.
/// - `tolerant`: the pass also runs if an error has been reported. Others do not.
///
/// The macro makes `pub const PIPELINE: Pipeline<Session>` and `pub fn compile(program, session)`, which runs all
/// passes and returns `None` if errors stopped it. Without the two ends, `Session { … }`, it makes `PIPELINE` alone, and
/// the passes need not form a chain.
#[macro_export]
macro_rules! pipeline {
    ($session:ty: $first:tt => $last:tt {
        $($(#[doc = $doc:literal])* $pass:ident: $from:tt => $to:tt $([$($flag:ident),*])?;)*
    }) => {
        $crate::pipeline! {
            $session { $($(#[doc = $doc])* $pass: $from => $to $([$($flag),*])?;)* }
        }

        /// Runs all passes; `None` if errors stopped it.
        ///
        /// The program is called by its language at each point, so a wrong order is reported at its line: its language
        /// is not there yet, or is there no longer.
        pub fn compile($first: $first::Entry, session: &mut $session) -> Option<$last::Entry> {
            $(
                // A pass may have every flag that there is.
                #[allow(clippy::needless_update)]
                let flags = $crate::PassFlags { $($($flag: true,)*)? ..$crate::PassFlags::NONE };
                if !flags.may_enter(session) {
                    return None;
                }
                let $to: $to::Entry = $pass::run($from, session);
                if !flags.may_leave(session) {
                    return None;
                }
            )*
            Some($last)
        }
    };
    ($session:ty {
        $($(#[doc = $doc:literal])* $pass:ident: $from:tt => $to:tt $([$($flag:ident),*])?;)*
    }) => {
        /// All passes, in order.
        pub const PIPELINE: $crate::Pipeline<$session> = $crate::Pipeline {
            passes: &[$($crate::Pass {
                name: {
                    const TEXT: &str = stringify!($pass);
                    const BYTES: [u8; TEXT.len()] = $crate::kebab_bytes(TEXT);
                    match ::core::str::from_utf8(&BYTES) {
                        Ok(name) => name,
                        Err(_) => TEXT,
                    }
                },
                from: <$from::Entry as $crate::Language>::NAME,
                to: <$to::Entry as $crate::Language>::NAME,
                description: concat!($($doc, "\n"),*),
                #[allow(clippy::needless_update)]
                flags: $crate::PassFlags { $($($flag: true,)*)? ..$crate::PassFlags::NONE },
                run: |program, session| match program.into_any().downcast::<$from::Entry>() {
                    Ok(program) => Ok(Box::new($pass::run(*program, session))),
                    Err(_) => Err($crate::PipelineError::WrongLanguage { pass: stringify!($pass) }),
                },
                read_from: $crate::read_program::<$from::Entry>,
                read_to: $crate::read_program::<$to::Entry>,
            }),*],
        };
    };
}

/// What `compile` and [`Pipeline::run`] do about errors around a pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PassFlags {
    /// The pipeline stops after this pass if an error has been reported.
    pub gate: bool,
    /// The pass also runs if an error has been reported.
    pub tolerant: bool,
}

impl PassFlags {
    /// No flag.
    pub const NONE: PassFlags = PassFlags {
        gate: false,
        tolerant: false,
    };

    /// Whether the pass may run.
    pub fn may_enter<C: Context>(self, session: &C) -> bool {
        self.tolerant || !session.core().diagnostics.has_errors()
    }

    /// Whether the pipeline may go on after the pass.
    pub fn may_leave<C: Context>(self, session: &C) -> bool {
        !self.gate || !session.core().diagnostics.has_errors()
    }
}

/// A program of some language.
pub trait AnyProgram<S>: Any {
    /// The name of the language.
    fn language(&self) -> &'static str;
    /// See [`Language::print`].
    fn print(&self, session: &S, options: PrintOptions) -> String;
    /// See [`Language::check`].
    fn check(&self, session: &S) -> Vec<Violation>;
    /// For downcasting to the entry type of the language.
    fn as_any(&self) -> &dyn Any;
    /// For downcasting to the entry type of the language.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<S, L: Language<Session = S>> AnyProgram<S> for L {
    fn language(&self) -> &'static str {
        L::NAME
    }

    fn print(&self, session: &S, options: PrintOptions) -> String {
        Language::print(self, session, options)
    }

    fn check(&self, session: &S) -> Vec<Violation> {
        Language::check(self, session)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A program of some language, owned.
pub type Program<S> = Box<dyn AnyProgram<S>>;

/// Reads a program of a statically known language as a program of some language.
pub fn read_program<L: Language>(
    file: FileId,
    session: &mut L::Session,
) -> Result<Program<L::Session>, ReadError> {
    Ok(Box::new(L::read(file, session)?))
}

/// The bytes of a name in kebab-case, from snake case.
#[allow(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which reports an index outside of the name"
)]
pub const fn kebab_bytes<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        bytes[at] = if name.as_bytes()[at] == b'_' {
            b'-'
        } else {
            name.as_bytes()[at]
        };
        at += 1;
    }
    bytes
}

/// One pass, as data.
pub struct Pass<S: 'static> {
    /// Its name in kebab-case.
    pub name: &'static str,
    /// The language it reads, in snake case.
    pub from: &'static str,
    /// The language it makes, in snake case.
    pub to: &'static str,
    /// Its doc comment in the list.
    pub description: &'static str,
    /// What happens around it when there are errors.
    pub flags: PassFlags,
    /// Runs it on a program of its language.
    pub run: fn(Program<S>, &mut S) -> Result<Program<S>, PipelineError>,
    /// Reads a program of the language it reads.
    pub read_from: fn(FileId, &mut S) -> Result<Program<S>, ReadError>,
    /// Reads a program of the language it makes.
    pub read_to: fn(FileId, &mut S) -> Result<Program<S>, ReadError>,
}

impl<S> Pass<S> {
    /// The description in one line.
    pub fn summary(&self) -> String {
        self.description
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// All passes of a compiler.
pub struct Pipeline<S: 'static> {
    /// In the order in which they run.
    pub passes: &'static [Pass<S>],
}

/// Why a pipeline did not do what it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PipelineError {
    /// There is no such pass.
    UnknownPass {
        /// What was asked for.
        name: String,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// No pass reads or makes such a language.
    UnknownLanguage {
        /// What was asked for.
        name: String,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// A pass got a program of a language that it does not read.
    WrongLanguage {
        /// The pass, in snake case.
        pass: &'static str,
    },
    /// The pass to stop after runs before the pass to start with.
    StopBeforeStart {
        /// The pass to start with, or the language of the program if no pass reads it.
        start: &'static str,
        /// The pass to stop after.
        stop: &'static str,
    },
    /// The text is not a program of the language.
    Read(ReadError),
    /// A check found violations: a bug of the compiler, or of the text that was read.
    Broken {
        /// The pass that made the program; `None` if it was read from text.
        pass: Option<&'static str>,
        /// The language of the program.
        language: &'static str,
        /// What is wrong.
        violations: Vec<Violation>,
    },
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = |f: &mut fmt::Formatter<'_>, what: &str, name: &str, nearest: &[String]| {
            write!(f, "there is no {what} `{name}`")?;
            if nearest.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
            write!(f, "; did you mean {}?", names.join(" or "))
        };
        match self {
            PipelineError::UnknownPass { name, nearest } => unknown(f, "pass", name, nearest),
            PipelineError::UnknownLanguage { name, nearest } => {
                unknown(f, "language", name, nearest)
            }
            PipelineError::WrongLanguage { pass } => {
                write!(f, "`{pass}` does not read this language")
            }
            PipelineError::StopBeforeStart { start, stop } => {
                write!(
                    f,
                    "cannot stop after `{stop}`, which is over when `{start}` starts"
                )
            }
            PipelineError::Read(error) => error.fmt(f),
            PipelineError::Broken {
                pass,
                language,
                violations,
            } => {
                match pass {
                    Some(pass) => {
                        write!(f, "the pass `{pass}` broke the invariants of `{language}`:")?
                    }
                    None => write!(f, "this text breaks the invariants of `{language}`:")?,
                }
                for violation in violations {
                    write!(f, "\n  {}", violation.message)?;
                    if !violation.node.is_empty() {
                        write!(f, "\n    in {}", violation.node)?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for PipelineError {}

impl From<ReadError> for PipelineError {
    fn from(error: ReadError) -> PipelineError {
        PipelineError::Read(error)
    }
}

/// What to do around each pass: dump, measure, stop.
pub trait Hooks<S> {
    /// Called before a pass with its input.
    fn before(&mut self, pass: &Pass<S>, program: &dyn AnyProgram<S>, session: &S) {
        let _ = (pass, program, session);
    }

    /// Called after a pass with its output and the time that it took.
    fn after(&mut self, pass: &Pass<S>, program: &dyn AnyProgram<S>, session: &S, time: Duration) {
        let _ = (pass, program, session, time);
    }
}

/// No hooks.
impl<S> Hooks<S> for () {}

/// Which part of a pipeline to run, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RunOptions<'a> {
    /// The pass to start with; otherwise the first one that reads the program's language.
    pub start: Option<&'a str>,
    /// The last pass to run.
    pub stop_after: Option<&'a str>,
    /// Check the program that is given and what each pass makes, unless there are errors already.
    pub verify_each: bool,
}

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// All passes have run.
    End,
    /// The pass to stop after has run.
    Asked,
    /// Errors have been reported.
    Errors,
}

/// What a run leaves.
pub struct Outcome<S> {
    /// The last program.
    pub program: Program<S>,
    /// Why the run ended.
    pub stop: Stop,
}

impl<S: Context> Pipeline<S> {
    /// The pass of a name in kebab-case or snake case, and its position.
    pub fn find(&self, name: &str) -> Result<(usize, &'static Pass<S>), PipelineError> {
        let wanted = name.replace('_', "-");
        let found = self
            .passes
            .iter()
            .enumerate()
            .find(|(_, pass)| pass.name == wanted);
        found.ok_or_else(|| PipelineError::UnknownPass {
            name: name.to_owned(),
            nearest: owned(nearest(&wanted, self.passes.iter().map(|pass| pass.name))),
        })
    }

    /// The names of the languages, in snake case, in the order in which they are reached.
    pub fn languages(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for name in self.passes.iter().flat_map(|pass| [pass.from, pass.to]) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Reads a program of a language by the language's name, in snake case or kebab-case.
    pub fn read(
        &self,
        language: &str,
        file: FileId,
        session: &mut S,
    ) -> Result<Program<S>, PipelineError> {
        let wanted = language.replace('-', "_");
        for pass in self.passes {
            if pass.from == wanted {
                return Ok((pass.read_from)(file, session)?);
            }
            if pass.to == wanted {
                return Ok((pass.read_to)(file, session)?);
            }
        }
        let nearest = owned(nearest(&wanted, self.languages()));
        Err(PipelineError::UnknownLanguage {
            name: language.to_owned(),
            nearest,
        })
    }

    /// Runs a part of the pipeline on a program.
    pub fn run(
        &self,
        program: Program<S>,
        session: &mut S,
        options: RunOptions<'_>,
        hooks: &mut dyn Hooks<S>,
    ) -> Result<Outcome<S>, PipelineError> {
        let start = match options.start {
            Some(name) => self.find(name)?.0,
            None => {
                let language = program.language();
                self.passes
                    .iter()
                    .position(|pass| pass.from == language)
                    .unwrap_or(self.passes.len())
            }
        };
        let last = options.stop_after.map(|name| self.find(name)).transpose()?;
        if let Some((index, pass)) = last
            && index < start
        {
            let start = self
                .passes
                .get(start)
                .map_or(program.language(), |pass| pass.name);
            return Err(PipelineError::StopBeforeStart {
                start,
                stop: pass.name,
            });
        }
        let last = last.map(|(index, _)| index);
        let mut program = program;
        if options.verify_each {
            verify(None, &*program, session)?;
        }
        for (index, pass) in self.passes.iter().enumerate().skip(start) {
            if !pass.flags.may_enter(session) {
                return Ok(Outcome {
                    program,
                    stop: Stop::Errors,
                });
            }
            hooks.before(pass, &*program, session);
            let clock = Instant::now();
            program = (pass.run)(program, session)?;
            let time = clock.elapsed();
            hooks.after(pass, &*program, session, time);
            if options.verify_each {
                verify(Some(pass.name), &*program, session)?;
            }
            if Some(index) == last {
                return Ok(Outcome {
                    program,
                    stop: Stop::Asked,
                });
            }
            if !pass.flags.may_leave(session) {
                return Ok(Outcome {
                    program,
                    stop: Stop::Errors,
                });
            }
        }
        Ok(Outcome {
            program,
            stop: Stop::End,
        })
    }

    /// Reads text of the source language of a pass, runs that pass alone, and checks both ends: for goldens.
    pub fn run_alone(
        &self,
        pass: &str,
        file: FileId,
        session: &mut S,
    ) -> Result<Program<S>, PipelineError> {
        let (_, pass) = self.find(pass)?;
        let program = (pass.read_from)(file, session)?;
        verify(None, &*program, session)?;
        let program = (pass.run)(program, session)?;
        verify(Some(pass.name), &*program, session)?;
        Ok(program)
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// Checks a program, unless errors have been reported: then it may be incomplete.
fn verify<S: Context + 'static>(
    pass: Option<&'static str>,
    program: &dyn AnyProgram<S>,
    session: &S,
) -> Result<(), PipelineError> {
    if session.core().diagnostics.has_errors() {
        return Ok(());
    }
    let violations = program.check(session);
    if violations.is_empty() {
        return Ok(());
    }
    Err(PipelineError::Broken {
        pass,
        language: program.language(),
        violations,
    })
}
