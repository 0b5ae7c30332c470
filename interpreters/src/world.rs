//! What is around a program, and how its run ends.

use ir_defs::Session;
use nanopass::Span;

/// Input and output of a program.
#[derive(Clone, Default, Debug)]
pub struct World {
    /// The arguments, without the program's name.
    pub args: Vec<String>,
    /// What is left of standard input.
    pub stdin: std::collections::VecDeque<u8>,
    /// What was written to standard output.
    pub stdout: Vec<u8>,
    /// What was written to standard error.
    pub stderr: Vec<u8>,
}

/// How a run ended and what it wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// The exit status.
    pub status: i32,
}

/// Why a program stops before its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// `R0001`, at a place in the source.
    DivisionByZero(Span),
    /// `R0004`: `panic`.
    Panic(String, Span),
    /// The text of a failure that nothing caught.
    Uncaught(String),
    /// The program breaks the rules of its language, which its check reports, or it has run for too many steps.
    Broken(String),
}

impl World {
    /// A world with this standard input and these arguments.
    pub fn new(stdin: impl Into<Vec<u8>>, args: Vec<String>) -> World {
        World {
            args,
            stdin: stdin.into().into(),
            ..World::default()
        }
    }

    /// The next line without its end, `\n` or `\r\n`; `None` at the end of the input.
    pub fn read_line(&mut self) -> Option<String> {
        if self.stdin.is_empty() {
            return None;
        }
        let end = self.stdin.iter().position(|&byte| byte == b'\n');
        let mut line: Vec<u8> = self
            .stdin
            .drain(..end.map_or(self.stdin.len(), |end| end + 1))
            .collect();
        if line.pop_if(|last| *last == b'\n').is_some() {
            line.pop_if(|last| *last == b'\r');
        }
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    /// All that is left of the input.
    pub fn read_all(&mut self) -> String {
        let bytes: Vec<u8> = self.stdin.drain(..).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What a run has come to: writes what the end has to say.
    pub fn end(mut self, stop: Option<Stop>, session: &Session) -> Outcome {
        let place = |span: Span| match session.core.sources.locate(span) {
            Some(place) => format!("\n  --> {}:{}:{}", place.name, place.line, place.column),
            None => "\n  --> unknown place".to_owned(),
        };
        let (status, message) = match stop {
            None => (0, String::new()),
            Some(Stop::DivisionByZero(span)) => (
                70,
                format!("fault[R0001]: division by zero{}\n", place(span)),
            ),
            Some(Stop::Panic(text, span)) => (70, format!("fault[R0004]: {text}{}\n", place(span))),
            Some(Stop::Uncaught(text)) => (1, format!("error: {text}\n")),
            Some(Stop::Broken(what)) => (101, format!("error: this is a bug in aivic: {what}\n")),
        };
        self.stderr.extend(message.as_bytes());
        Outcome {
            stdout: self.stdout,
            stderr: self.stderr,
            status,
        }
    }
}
