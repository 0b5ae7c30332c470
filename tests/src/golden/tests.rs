//! The runner at work on a toy compiler: lines of words become upper-case.

use std::fs;

use nanopass::{Core, Diagnostic, FileId, Language, PrintOptions, ReadError, Span, Violation};

use super::Goldens;

/// A language of plain text.
macro_rules! text_language {
    ($name:ident, $check:expr) => {
        mod $name {
            use super::*;

            pub struct Entry(pub String);

            impl Language for Entry {
                type Session = Core;
                const NAME: &'static str = stringify!($name);

                fn print(&self, _: &Core, _: PrintOptions) -> String {
                    self.0.clone()
                }

                fn read(file: FileId, session: &mut Core) -> Result<Entry, ReadError> {
                    let file = session.sources.get(file);
                    Ok(Entry(
                        file.map_or(String::new(), |file| file.text.to_string()),
                    ))
                }

                fn check(&self, _: &Core) -> Vec<Violation> {
                    let check: fn(&str) -> bool = $check;
                    let violation =
                        || Violation::new("a lower-case word", self.0.trim(), Span::NONE);
                    (!check(&self.0)).then(violation).into_iter().collect()
                }
            }
        }
    };
}

text_language!(words, |_| true);
text_language!(loud_words, |text| !text
    .contains(|letter: char| letter.is_ascii_lowercase()));

mod raise {
    use super::*;

    pub fn run(program: words::Entry, session: &mut Core) -> loud_words::Entry {
        if let Some(at) = program.0.find('!') {
            let (_, file) = session.sources.iter().next().expect("there is a file");
            let span = file.span_of(at..at + 1);
            session.report(
                Diagnostic::warning("W1", "loud already")
                    .at(span, "here")
                    .note("really"),
            );
        }
        loud_words::Entry(program.0.to_uppercase())
    }
}

mod keep {
    use super::*;

    pub fn run(program: loud_words::Entry, _: &mut Core) -> loud_words::Entry {
        program
    }
}

nanopass::pipeline! {
    Core: words => loud_words {
        /// Raises the voice.
        raise: words => loud_words;
        /// Does nothing.
        keep: loud_words => loud_words;
    }
}

const GOLDENS: Goldens<Core> = Goldens {
    pipeline: &PIPELINE,
    session: |_| Core::new(),
    from_source: |_, _| None,
    program_session: Core::new,
    shown: |text| text,
    programs_until: None,
    command: "cargo test",
};

/// Runs one case in a folder of its own.
fn run(
    folder: &str,
    input: &str,
    golden: Option<&str>,
    bless: bool,
) -> (Result<(), String>, Option<String>) {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("case.in");
    fs::write(&path, input).expect("it is written");
    if let Some(golden) = golden {
        fs::write(path.with_extension("out"), golden).expect("it is written");
    }
    let result = GOLDENS.run_case(&path, bless);
    (result, fs::read_to_string(path.with_extension("out")).ok())
}

#[test]
fn a_golden_that_fits_passes() {
    assert_eq!(run("raise", "a b\n", Some("A B\n"), false).0, Ok(()));
    let (result, _) = run(
        "raise",
        "a!\n",
        Some("; warning W1: loud already\n;   at 1:2: here\n;   note: really\n\nA!\n"),
        false,
    );
    assert_eq!(result, Ok(()));
}

#[test]
fn a_stale_or_missing_golden_shows_the_difference_and_the_command() {
    let (result, golden) = run("raise", "a b\n", Some("A C\n"), false);
    let report = result.expect_err("it is stale");
    assert!(
        report.contains("case.out is stale:\n--- golden\n+++ now\n@@ -1 +1 @@\n-A C\n+A B\n"),
        "{report}"
    );
    assert!(
        report.ends_with("if this is right: BLESS=1 cargo test"),
        "{report}"
    );
    assert_eq!(golden.as_deref(), Some("A C\n"));
    let report = run("raise", "a b\n", None, false)
        .0
        .expect_err("it is missing");
    assert!(report.contains("case.out is missing:"), "{report}");
}

#[test]
fn blessing_writes_the_golden() {
    assert_eq!(
        run("raise", "a b\n", None, true),
        (Ok(()), Some("A B\n".to_owned()))
    );
}

#[test]
fn an_unknown_folder_fails() {
    let report = run("rise", "a\n", None, true)
        .0
        .expect_err("there is no such pass");
    assert!(
        report.contains("there is no pass `rise`; did you mean `raise`?"),
        "{report}"
    );
    let report = run("check/loud-word", "a\n", None, true)
        .0
        .expect_err("there is no such language");
    assert!(report.contains("did you mean `loud_words`?"), "{report}");
}

#[test]
fn an_output_without_input_fails() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("case.out");
    fs::write(&path, "A\n").expect("it is written");
    assert!(
        GOLDENS
            .run_case(&path, false)
            .expect_err("it has no input")
            .contains("case.out has no")
    );
    fs::write(path.with_extension("in"), "a\n").expect("it is written");
    assert_eq!(GOLDENS.run_case(&path, false), Ok(()));
}

#[test]
fn broken_programs_must_be_found_broken() {
    let (result, golden) = run("check/loud-words", "a\n", None, true);
    assert_eq!(
        (result, golden.as_deref()),
        (Ok(()), Some("a lower-case word\n  in a\n"))
    );
    let report = run("check/loud-words", "A\n", None, true)
        .0
        .expect_err("nothing is wrong");
    assert!(
        report.contains("the check of `loud-words` finds nothing wrong here"),
        "{report}"
    );
    let report = run("keep", "a\n", None, true)
        .0
        .expect_err("the input is broken");
    assert!(
        report.contains("this text breaks the invariants of `loud_words`"),
        "{report}"
    );
}

#[test]
fn whole_programs_keep_all_dumps() {
    let (result, golden) = run("programs", "a\n", None, true);
    assert_eq!(result, Ok(()));
    let golden = golden.expect("it is written");
    assert_eq!(
        golden,
        "\n;; raise: words => loud_words\n\nA\n\n;; keep: loud_words => loud_words\n\n(unchanged)\n"
    );
}
