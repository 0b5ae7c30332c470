//! What the framework knows of every language.

use crate::{Context, FileId, PrintOptions, ReadError, Violation};

/// A language, known by the type of its whole programs. The generator implements it for the entry of a page; what
/// stands at the ends of a pipeline (source text, an encoded module) implements it by hand.
pub trait Language: Sized + 'static {
    /// The session of the compiler.
    type Session: Context;

    /// The name, in snake case.
    const NAME: &'static str;

    /// The text form of a program.
    fn print(&self, session: &Self::Session, options: PrintOptions) -> String;

    /// Reads a program from a source file that holds its text form.
    fn read(file: FileId, session: &mut Self::Session) -> Result<Self, ReadError>;

    /// Looks for violations of what the grammar cannot say.
    fn check(&self, session: &Self::Session) -> Vec<Violation>;
}

/// What a language is, for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LanguageInfo {
    /// Its name, in snake case.
    pub name: &'static str,
    /// The language that it descends from.
    pub parent: Option<&'static str>,
    /// The first sentence of its page.
    pub purpose: &'static str,
    /// Its whole grammar, in the notation of the pages.
    pub grammar: &'static str,
    /// What changed since the parent; empty without one.
    pub diff: &'static str,
    /// The `lang` block of its page.
    pub definition: &'static str,
}
