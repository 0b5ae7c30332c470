//! The generator: language pages in, plain Rust out.
//!
//! [`generate`] reads the pages of a folder (given as texts) and returns the generated files; [`run`] is the
//! command around it: it writes the files, or, with `--check`, reports those that are stale.

mod edge;
mod grammar;
mod language;
mod model;
mod naming;
mod page;
mod resolve;
mod sample;
mod syntax;
mod visit;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

pub use page::Input;
pub use sample::{Chooser, Grammar};

/// Something wrong with a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What, with the nearest valid names after a typo.
    pub message: String,
}

impl Error {
    fn new(place: Place, message: impl Into<String>) -> Error {
        Error {
            place,
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.place.path, self.place.line, self.place.column, self.message
        )
    }
}

/// A place in a page; line and column are counted from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The page.
    pub path: String,
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    fn of(input: &Input, offset: usize) -> Place {
        let before = input.text.get(..offset).unwrap_or(&input.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count())
            + 1;
        Place {
            path: input.path.clone(),
            line,
            column,
        }
    }
}

/// Generates the Rust of all languages: the files by name, not yet formatted.
///
/// `pages` are the language pages; a page without a `lang` block is ignored. `terminals` is the page with the
/// table of terminals. All errors that can be told apart are reported together.
pub fn generate(
    pages: &[Input],
    terminals: &Input,
) -> Result<BTreeMap<String, String>, Vec<Error>> {
    let mut errors = Vec::new();
    let terminals = page::read_terminals(terminals).unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    let mut read = Vec::new();
    for input in pages {
        match page::read_page(input) {
            Ok(page) => read.extend(page),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let model = resolve::resolve(read, terminals)?;
    let mut files = BTreeMap::new();
    for (index, language) in model.languages.iter().enumerate() {
        files.insert(
            format!("{}.rs", language.name),
            language::emit(&model, index),
        );
        for edge in &language.edges {
            let name = format!(
                "{}_to_{}.rs",
                model.languages[edge.from].name, language.name
            );
            files.insert(name, edge::emit(&model, edge, index));
        }
    }
    files.insert("mod.rs".to_owned(), language::emit_index(&model));
    Ok(files)
}

/// Runs the generator on the folder `pages`, which also has `terminals.md`; writes into the folder `target`, or,
/// with `check`, only compares. Returns a summary for standard output, or a report for standard error.
pub fn run(pages: &Path, target: &Path, check: bool) -> Result<String, String> {
    let (inputs, terminals) = read_inputs(pages)?;
    let files = generate(&inputs, &terminals).map_err(|errors| {
        let lines: Vec<String> = errors
            .iter()
            .map(|error| format!("error: {error}"))
            .collect();
        lines.join("\n")
    })?;
    let mut stale = Vec::new();
    for (name, text) in &files {
        let text = format_rust(name, text)?;
        let path = target.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale.push(path.display().to_string());
        if !check {
            std::fs::create_dir_all(target)
                .map_err(|error| format!("{}: {error}", target.display()))?;
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    for path in list(target, "rs").unwrap_or_default() {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if files.contains_key(&name) {
            continue;
        }
        stale.push(format!("{} (no page makes it)", path.display()));
        if !check {
            std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    match (check, stale.is_empty()) {
        (true, false) => Err(format!(
            "stale generated files; run `cargo xtask gen`:\n  {}",
            stale.join("\n  ")
        )),
        (_, true) => Ok(format!("{} files are up to date", files.len())),
        (false, false) => Ok(format!("wrote:\n  {}", stale.join("\n  "))),
    }
}

fn read_inputs(folder: &Path) -> Result<(Vec<Input>, Input), String> {
    let mut pages = Vec::new();
    let mut terminals = None;
    for path in list(folder, "md")? {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let input = Input {
            path: path.display().to_string(),
            text,
        };
        if path.file_name().is_some_and(|name| name == "terminals.md") {
            terminals = Some(input);
        } else {
            pages.push(input);
        }
    }
    let terminals =
        terminals.ok_or_else(|| format!("{}: there is no terminals.md", folder.display()))?;
    Ok((pages, terminals))
}

/// The files of a folder with an extension, sorted by name.
fn list(folder: &Path, extension: &str) -> Result<Vec<std::path::PathBuf>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    Ok(paths)
}

/// Formats with rustfmt's defaults.
fn format_rust(name: &str, text: &str) -> Result<String, String> {
    let failed = |message: String| format!("rustfmt on {name}: {message}");
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "skip_children=true"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut input = child
        .stdin
        .take()
        .ok_or_else(|| failed("no standard input".to_owned()))?;
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    let written = writer
        .join()
        .map_err(|_| failed("the writer failed".to_owned()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    written.map_err(|error| failed(error.to_string()))?;
    String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))
}
