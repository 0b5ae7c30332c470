//! Source files in one position space.

use std::sync::Arc;

use crate::Span;

/// The index of a file in [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// One file: its name, its text and where its text starts in the position space.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name to show to the user; usually the path as it was given.
    pub name: String,
    /// The whole text. Shared, so that a pass can hold it while it changes the session.
    pub text: Arc<str>,
    start: u32,
    lines: Vec<u32>,
}

impl SourceFile {
    /// The span of the whole text.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len() as u32)
    }

    /// The span of a range of bytes of this file's text.
    pub fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(
            self.start + range.start as u32,
            self.start + range.end as u32,
        )
    }

    /// The byte offset in this file's text of a position; clamped to the text.
    pub fn offset(&self, position: u32) -> usize {
        (position.saturating_sub(self.start) as usize).min(self.text.len())
    }

    /// The number of lines; a text that ends in a newline has an empty last line.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The text of a line, counted from 1, without its line break. Empty if there is no such line.
    pub fn line(&self, line: usize) -> &str {
        let Some(&start) = line.checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return "";
        };
        let end = self
            .lines
            .get(line)
            .map_or(self.text.len(), |&next| next as usize);
        self.text
            .get(start as usize..end)
            .unwrap_or("")
            .trim_end_matches(['\n', '\r'])
    }

    /// The line and the column, both counted from 1, of a byte offset; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let index = self
            .lines
            .partition_point(|&start| start as usize <= offset)
            .saturating_sub(1);
        let start = self.lines.get(index).map_or(0, |&start| start as usize);
        let column = self
            .text
            .get(start..offset.min(self.text.len()))
            .map_or(0, |before| before.chars().count());
        (index + 1, column + 1)
    }
}

/// A place for people: file, line and column (counted from 1, columns in characters) and the text of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file.
    pub file: FileId,
    /// Its name.
    pub name: &'a str,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The text of that line.
    pub text: &'a str,
}

/// All source files that have been read.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file after the others. One position lies between two files, so that the end of one is not the
    /// start of the next. `None` if the position space of 4 GiB is full.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Option<FileId> {
        let text = text.into();
        let start = self.files.last().map_or(1, |file| file.span().hi + 1);
        u32::try_from(text.len())
            .ok()?
            .checked_add(start)?
            .checked_add(1)?;
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at as u32 + 1))
            .collect();
        let file = FileId(self.files.len() as u32);
        self.files.push(SourceFile {
            name: name.into(),
            text,
            start,
            lines,
        });
        Some(file)
    }

    /// The file of an id.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// The files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// The file that a span starts in; `None` for [`Span::NONE`].
    pub fn file_of(&self, span: Span) -> Option<(FileId, &SourceFile)> {
        let index = self
            .files
            .partition_point(|file| file.start <= span.lo)
            .checked_sub(1)?;
        let file = self.files.get(index)?;
        (span.lo <= file.span().hi).then_some((FileId(index as u32), file))
    }

    /// The place where a span starts; `None` for [`Span::NONE`].
    pub fn locate(&self, span: Span) -> Option<Location<'_>> {
        let (id, file) = self.file_of(span)?;
        let (line, column) = file.line_column(file.offset(span.lo));
        Some(Location {
            file: id,
            name: &file.name,
            line,
            column,
            text: file.line(line),
        })
    }

    /// The text that a span covers; empty for [`Span::NONE`] or a span across files.
    pub fn text(&self, span: Span) -> &str {
        let file = self.file_of(span).map(|(_, file)| file);
        file.and_then(|file| file.text.get(file.offset(span.lo)..file.offset(span.hi)))
            .unwrap_or("")
    }
}
