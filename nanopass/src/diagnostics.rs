//! What a pass has to say to the user, and what a check has to say to the compiler's authors.

use std::borrow::Cow;

use crate::Span;

/// How bad it is. Only [`Severity::Error`] stops the pipeline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// For information only.
    Note,
    /// The program is compiled nevertheless.
    Warning,
    /// The program is not compiled.
    Error,
}

/// A place and what to say about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to write beside it; may be empty.
    pub text: String,
}

/// An edit that would help: replace the text of `span`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What to replace; an empty span inserts.
    pub span: Span,
    /// The text to put there.
    pub replacement: String,
    /// Why, as an imperative: "add the missing arm".
    pub message: String,
}

/// A message about the user's program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable code, such as `E0099`; may be empty.
    pub code: Cow<'static, str>,
    /// The message in one line.
    pub message: String,
    /// The place that it is about.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Facts.
    pub notes: Vec<String>,
    /// Advice.
    pub helps: Vec<String>,
    /// Edits that the user may accept.
    pub edits: Vec<Edit>,
}

impl Diagnostic {
    /// A diagnostic without a place yet.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity,
            code: code.into(),
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// An error.
    pub fn error(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message)
    }

    /// Sets the primary place.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.primary = Some(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a secondary place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.helps.push(text.into());
        self
    }

    /// Adds an edit.
    pub fn edit(
        mut self,
        span: Span,
        replacement: impl Into<String>,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.edits.push(Edit {
            span,
            replacement: replacement.into(),
            message: message.into(),
        });
        self
    }

    /// The place that it is about, or [`Span::NONE`].
    pub fn span(&self) -> Span {
        self.primary.as_ref().map_or(Span::NONE, |label| label.span)
    }
}

/// The diagnostics of a compilation, in the order in which they were reported.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: usize,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.list.push(diagnostic);
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were reported.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Takes all of them out.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        self.errors = 0;
        std::mem::take(&mut self.list)
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// What a language's check found wrong with a tree: a bug of the compiler, never the user's error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which invariant is broken, and how.
    pub message: String,
    /// The text of the offending node; may be empty.
    pub node: String,
    /// Where the node comes from.
    pub span: Span,
}

impl Violation {
    /// A violation at a node.
    pub fn new(message: impl Into<String>, node: impl Into<String>, span: Span) -> Violation {
        Violation {
            message: message.into(),
            node: node.into(),
            span,
        }
    }
}
