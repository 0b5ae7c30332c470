//! The first language: the text of a file. Its text form is itself.

use nanopass::{FileId, Language, PrintOptions, ReadError, Violation};

use crate::Session;

/// A file of the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// The file.
    pub file: FileId,
}

/// Whole programs of the language.
pub type Entry = Source;

impl Language for Source {
    type Session = Session;

    const NAME: &'static str = "source";

    fn print(&self, session: &Session, _: PrintOptions) -> String {
        session
            .core
            .sources
            .get(self.file)
            .map_or_else(String::new, |source| source.text.to_string())
    }

    fn read(file: FileId, _: &mut Session) -> Result<Source, ReadError> {
        Ok(Source { file })
    }

    fn check(&self, _: &Session) -> Vec<Violation> {
        Vec::new()
    }
}
