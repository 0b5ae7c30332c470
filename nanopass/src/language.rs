//! What the framework knows of every language.

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
