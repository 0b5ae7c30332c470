//! Showing diagnostics: for people, and as JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use nanopass::{Diagnostic, Edit, Severity, SourceFile, Sources, Span};
use serde_json::{Value, json};

/// How wide messages may be.
const WIDTH: usize = 120;
/// How many messages are drawn for people. Nobody reads more, and each is drawn with the whole of its lines.
const MOST: usize = 200;

/// The diagnostics as a person reads them: in the order of the source, each with its lines and what points at them;
/// of very many the first ones.
pub fn render_human(diagnostics: &[Diagnostic], sources: &Sources, colours: bool) -> String {
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH);
    let mut text = String::new();
    let mut ordered = in_order(diagnostics);
    if ordered.len() > MOST {
        // What keeps the program from running is not to be lost behind warnings.
        ordered.sort_by_key(|diagnostic| diagnostic.severity != Severity::Error);
    }
    for diagnostic in ordered.iter().take(MOST) {
        text.push_str(&renderer.render(&report(diagnostic, sources)));
        text.push_str("\n\n");
    }
    if let Some(more @ 1..) = ordered.len().checked_sub(MOST) {
        let messages = if more == 1 { "message" } else { "messages" };
        text.push_str(&format!("… and {more} {messages} more\n\n"));
    }
    text
}

/// The diagnostics as JSON, one object a line, with byte offsets into the file.
pub fn render_json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let lines = in_order(diagnostics).into_iter().map(|diagnostic| {
        let label = |span: Span, text: &str| {
            let mut place = place(span, sources);
            if let Value::Object(fields) = &mut place {
                fields.insert("text".to_owned(), json!(text));
            }
            place
        };
        let labels: Vec<Value> = diagnostic
            .secondary
            .iter()
            .map(|it| label(it.span, &it.text))
            .collect();
        let edits: Vec<Value> = diagnostic
            .edits
            .iter()
            .map(|edit| {
                json!({
                    "message": edit.message,
                    "replacement": edit.replacement,
                    "span": place(edit.span, sources),
                })
            })
            .collect();
        let object = json!({
            "severity": severity(diagnostic.severity),
            "code": diagnostic.code,
            "message": diagnostic.message,
            "primary": diagnostic.primary.as_ref().map(|it| label(it.span, &it.text)),
            "labels": labels,
            "notes": diagnostic.notes,
            "helps": diagnostic.helps,
            "edits": edits,
        });
        format!("{object}\n")
    });
    lines.collect()
}

/// In the order of the source; those without a place first.
fn in_order(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|diagnostic| diagnostic.span().lo);
    ordered.dedup();
    ordered
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn place(span: Span, sources: &Sources) -> Value {
    let Some((_, file)) = sources.file_of(span) else {
        return Value::Null;
    };
    let (start, end) = (file.offset(span.lo), file.offset(span.hi));
    let (line, column) = file.line_column(start);
    json!({ "file": file.name, "start": start, "end": end, "line": line, "column": column })
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let mut title = level.primary_title(diagnostic.message.as_str());
    if !diagnostic.code.is_empty() {
        title = title.id(diagnostic.code.as_ref());
    }
    let mut group = Group::with_title(title);
    let label = diagnostic.primary.as_ref();
    let says_more = label.is_some_and(|label| !label.text.is_empty());
    for file in files(diagnostic, sources) {
        // There is nothing to show of a file that cannot be read.
        if file.text.is_empty() && !says_more {
            continue;
        }
        group = group.element(snippet(diagnostic, file));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.helps {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut groups = vec![group];
    // The edits of a message belong together: one picture for each file shows them all.
    let mut edits = diagnostic.edits.as_slice();
    while let Some(first) = edits.first() {
        let Some((_, file)) = sources.file_of(first.span) else {
            break;
        };
        let inside = |edit: &Edit| file.span().lo <= edit.span.lo && edit.span.hi <= file.span().hi;
        let count = edits.iter().take_while(|edit| inside(edit)).count();
        let (here, rest) = edits.split_at(count.max(1));
        edits = rest;
        let lines = Lines::around(file, here.iter().map(|edit| edit.span));
        let mut snippet = Snippet::source(lines.text)
            .line_start(lines.first)
            .path(file.name.as_str());
        for edit in here {
            snippet = snippet.patch(Patch::new(
                lines.range(edit.span),
                edit.replacement.as_str(),
            ));
        }
        groups.push(
            Level::HELP
                .secondary_title(first.message.as_str())
                .element(snippet),
        );
    }
    groups
}

/// The files that a diagnostic points into, the primary place's first.
fn files<'a>(diagnostic: &Diagnostic, sources: &'a Sources) -> Vec<&'a SourceFile> {
    let mut files: Vec<&SourceFile> = Vec::new();
    for label in diagnostic.primary.iter().chain(&diagnostic.secondary) {
        if let Some((_, file)) = sources.file_of(label.span)
            && !files.iter().any(|known| known.span() == file.span())
        {
            files.push(file);
        }
    }
    files
}

fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    file: &'a SourceFile,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let inside = |span: Span| file.span().lo <= span.lo && span.hi <= file.span().hi;
    let labels = diagnostic.primary.iter().chain(&diagnostic.secondary);
    let spans = labels.map(|label| label.span).filter(|&span| inside(span));
    let lines = Lines::around(file, spans);
    let mut snippet = Snippet::source(lines.text)
        .line_start(lines.first)
        .path(file.name.as_str())
        .fold(true);
    if let Some(label) = diagnostic
        .primary
        .as_ref()
        .filter(|label| inside(label.span))
    {
        let mark = AnnotationKind::Primary.span(lines.range(label.span));
        snippet = snippet.annotation(match label.text.as_str() {
            "" => mark,
            text => mark.label(text),
        });
    }
    for label in diagnostic
        .secondary
        .iter()
        .filter(|label| inside(label.span))
    {
        let mark = AnnotationKind::Context.span(lines.range(label.span));
        snippet = snippet.annotation(match label.text.as_str() {
            "" => mark,
            text => mark.label(text),
        });
    }
    snippet
}

/// The lines of a file that a message is about. The renderer walks through all that it is given, which would take too
/// long if each of many messages gave it a whole large file.
struct Lines<'a> {
    file: &'a SourceFile,
    text: &'a str,
    /// The number of the first line.
    first: usize,
    /// The offset in the file where they start.
    start: usize,
}

impl<'a> Lines<'a> {
    fn around(file: &'a SourceFile, spans: impl Iterator<Item = Span>) -> Lines<'a> {
        let spans: Vec<Span> = spans.collect();
        let low = spans
            .iter()
            .map(|span| file.offset(span.lo))
            .min()
            .unwrap_or(0);
        let high = spans
            .iter()
            .map(|span| file.offset(span.hi))
            .max()
            .unwrap_or(0);
        let start = file.text.get(..low).and_then(|before| before.rfind('\n'));
        let start = start.map_or(0, |newline| newline + 1);
        let end = file.text.get(high..).and_then(|after| after.find('\n'));
        let end = end.map_or(file.text.len(), |newline| high + newline + 1);
        Lines {
            file,
            text: file.text.get(start..end).unwrap_or(""),
            first: file.line_column(start).0,
            start,
        }
    }

    /// The range of a span in these lines.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        self.file.offset(span.lo) - self.start..self.file.offset(span.hi) - self.start
    }
}
