//! What is around a program, and how its run ends.

use ir_defs::Session;
use nanopass::Span;

use crate::{Files, Memory};

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
    /// The variables of the environment.
    pub env: Vec<(String, String)>,
    /// The files that the program may touch.
    pub files: Files,
    /// The state of the random numbers: a run is as random as its world says.
    pub random: u64,
    /// How much memory the run may take.
    pub memory: Memory,
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
    /// `R0002`: values, and what waits for them, take more than the [`Memory`] of the run.
    MemoryExhausted,
    /// `R0003`: more waits for a value than there is room for.
    StackExhausted,
    /// `R0004`: `panic`.
    Panic(String, Span),
    /// The text of a failure that nothing caught.
    Uncaught(String),
    /// The program needs this function, which only a host could provide.
    NoHost(String),
    /// The program ended the process with a status.
    Exit(i64),
    /// What the compiler computes does something that is not there while a program is compiled.
    NotAllowed(String, Span),
    /// What the compiler computes takes too many steps.
    Steps(u64),
    /// The program breaks the rules of its language, which its check reports, or it has run for too many steps.
    Broken(String),
}

/// How many frames of an interpreter may wait for a value: about what a compiled program has room for on its stack, and
/// few enough that a recursion without end does not take the machine's memory first.
const FRAME_LIMIT: usize = 10_000_000;

/// Stops a program that has so many frames on its stack if they are too many.
///
/// # Errors
///
/// [`Stop::StackExhausted`] above the limit.
fn check_depth(frames: usize) -> Result<(), Stop> {
    if frames > FRAME_LIMIT {
        return Err(Stop::StackExhausted);
    }
    Ok(())
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

    /// Stops a program that has so many frames on its stack if they, or all that it has, are too many.
    ///
    /// # Errors
    ///
    /// [`Stop::StackExhausted`] and [`Stop::MemoryExhausted`].
    pub(crate) fn check(&self, frames: usize) -> Result<(), Stop> {
        check_depth(frames)?;
        self.memory.check(0)
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

    /// The environment as WASI lays it out: four bytes for each variable, then their texts, each with a zero behind it.
    pub fn env_block(&self) -> Vec<u8> {
        let mut block = vec![0; 4 * self.env.len()];
        for (name, value) in &self.env {
            block.extend(format!("{name}={value}\0").bytes());
        }
        block
    }

    /// 64 bits of SplitMix64.
    pub fn random_bits(&mut self) -> i64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as i64
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
            Some(Stop::MemoryExhausted) => (70, "fault[R0002]: memory exhausted\n".to_owned()),
            Some(Stop::StackExhausted) => (70, "fault[R0003]: stack exhausted\n".to_owned()),
            Some(Stop::Panic(text, span)) => (70, format!("fault[R0004]: {text}{}\n", place(span))),
            Some(Stop::NoHost(name)) => (1, format!("error: nothing provides `{name}`\n")),
            // WASI leaves the statuses from 126 up to the host.
            Some(Stop::Exit(status)) => (
                i32::try_from(status)
                    .ok()
                    .filter(|status| (0..=125).contains(status))
                    .unwrap_or(125),
                String::new(),
            ),
            Some(Stop::Uncaught(text)) => (1, format!("error: {text}\n")),
            Some(Stop::NotAllowed(what, span)) => (
                101,
                format!("error: {what} is not allowed{}\n", place(span)),
            ),
            Some(Stop::Steps(limit)) => (101, format!("error: more than {limit} steps\n")),
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

#[cfg(test)]
mod tests {
    use super::{FRAME_LIMIT, Stop, check_depth};

    #[test]
    fn too_many_frames_stop_a_program() {
        assert_eq!(check_depth(FRAME_LIMIT), Ok(()));
        assert_eq!(check_depth(FRAME_LIMIT + 1), Err(Stop::StackExhausted));
    }
}
