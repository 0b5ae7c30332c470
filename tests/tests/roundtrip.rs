//! Random programs of every language: what is printed reads back, and prints the same again.
//!
//! The programs come from the grammars, so they make no sense; only the text form is tested. A terminal or a language
//! that is new fails here until `SAMPLES` knows it.

use ir_defs::{LANGUAGES, Session};
use nanopass::generate::{Chooser, Grammar};
use nanopass::{Doc, FileId, PrintOptions, Program, ReadError, Sexp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

type Read = fn(FileId, &mut Session) -> Result<Program<Session>, ReadError>;

macro_rules! readers {
    ($($language:ident)*) => {
        /// How to read each language that is printed as S-expressions.
        const READERS: &[(&str, Read)] =
            &[$((stringify!($language), nanopass::read_program::<ir_defs::$language::Entry>)),*];
    };
}

readers! {
    cst ast hir no_sections plain_literals no_pipes no_generators no_blocks kernel typed unpatched switched mono derived
    direct nary anf loops lifted closed laid_out memory rooted wasm
}

/// Texts of each terminal.
const SAMPLES: &[(&str, &[&str])] = &[
    ("Token", &["\"x\"", "(\" # why\\n\" \"y\")"]),
    ("SyntaxKind", &["paren", "list"]),
    ("Ident", &["area", "aivi.list.map", "Some", "|odd name|"]),
    ("Symbol", &["id", "Name", "|a b|", "|_|", "|7|", "|a;|"]),
    ("Operator", &["+", "==", "++"]),
    (
        "Lit",
        &[
            "0",
            "-7",
            "1.5",
            "-0.0",
            "1e300",
            "+inf",
            "\"a \\\"text\\\"\\n\"",
            "(char \"a\")",
            "(char \")\")",
        ],
    ),
    ("Text", &["\"\"", "\"text\""]),
    ("Flag", &["yes", "no"]),
    ("Reason", &["if", "clauses", "match"]),
    ("VarId", &["x", "y", "_z", "list", "|Upper|", "ü"]),
    (
        "Binder",
        &[
            "x",
            "y",
            "(x Int)",
            "(f (-> Int ?A (tuple Int Text)))",
            "(|list| (List Int))",
            "(|tuple| Int)",
            "(char Char)",
        ],
    ),
    ("EvVar", &["x", "ord"]),
    ("LabelId", &["join", "loop"]),
    (
        "GlobalId",
        &["@main.area", "@aivi.list.map", "|@main.odd name|"],
    ),
    ("ConId", &["#Some", "#main.Circle"]),
    ("TyConId", &["Int", "main.Shape"]),
    ("ClassId", &["Ord", "main.Shaped"]),
    (
        "DataDef",
        &["(data main.Shape [?A] (#main.Circle Float) (#main.Box ?A (List ?A)) (#main.Dot))"],
    ),
    (
        "ClassDef",
        &["(class Ord [?A] [(Eq ?A)] (member @compare [?B] [] (-> ?A ?A Ordering) _))"],
    ),
    (
        "TyId",
        &[
            "Int",
            "-",
            "(List ?A)",
            "(-> Int Int)",
            "(record (a Int) (... ?R))",
            "(row Console (fail Text) (... ?E))",
        ],
    ),
    ("TyVarId", &["?A", "?B"]),
    ("Prim", &["int.add"]),
    ("Derivation", &["eq", "to-text"]),
    ("Rep", &["i32", "i64", "f64", "value"]),
    ("Local", &["(x i64)", "(y value)"]),
    ("Layout", &["(layout 0)", "(layout 3 value i64)"]),
    ("Int", &["0", "42"]),
    (
        "WasmOp",
        &[
            "i64.add",
            "drop",
            "(i32.const -5)",
            "(i32.load 4)",
            "(f64.const 0x3ff8000000000000)",
        ],
    ),
    ("WasmName", &["$main.fib", "|$odd name|"]),
    ("WasmType", &["i32", "i64", "f64"]),
    ("FuncType", &["(func [i32] [i64])", "(func [] [])"]),
    ("Bytes", &["\"\"", "\"00ff61\""]),
];

/// Choices from a tape of numbers; zeros when it ends, so that shrinking the tape shrinks the program.
struct Tape<'a> {
    numbers: std::slice::Iter<'a, u16>,
}

impl Chooser for Tape<'_> {
    fn choose(&mut self, count: usize) -> usize {
        self.numbers
            .next()
            .map_or(0, |&number| usize::from(number) % count)
    }

    fn terminal(&mut self, name: &str) -> Option<Doc> {
        let (_, samples) = SAMPLES.iter().find(|(known, _)| *known == name)?;
        let chosen = self.choose(samples.len());
        samples.get(chosen).map(|text| Doc::atom(*text))
    }
}

fn read(read: Read, text: &str) -> Result<(Program<Session>, Session), String> {
    let mut session = Session::bare();
    let file = session
        .core
        .sources
        .add("test", text)
        .ok_or("the text is too long")?;
    let program = read(file, &mut session).map_err(|error| format!("{error}\n{text}"))?;
    Ok((program, session))
}

/// Reads, prints, reads and prints. Where reading computes the types of nodes, they only mean something, and are only
/// shown, if the program is well typed.
fn round_trip(reader: Read, retypes: bool, text: &str) -> Result<(), String> {
    let (program, session) = read(reader, text)?;
    for show_types in [false, true] {
        if show_types && retypes && !program.check(&session).is_empty() {
            continue;
        }
        let options = PrintOptions { show_types };
        let first = program.print(&session, options);
        let (again, fresh) = read(reader, &first)?;
        let second = again.print(&fresh, options);
        if first != second {
            let difference = similar::TextDiff::from_lines(first.as_str(), second.as_str());
            return Err(difference
                .unified_diff()
                .header("printed", "printed again")
                .to_string());
        }
        // Stable names aside, nothing of the text is lost.
        let words = |text: &str| {
            Sexp::parse(text)
                .map(|sexp| shape(&sexp))
                .map_err(|error| error.message)
        };
        if !show_types && words(text)? != words(&first)? {
            return Err(format!(
                "another program was read:\n{text}\nprints as\n{first}"
            ));
        }
    }
    Ok(())
}

/// The lists of an S-expression, without its words.
fn shape(sexp: &Sexp) -> String {
    let all = |items: &[Sexp]| items.iter().map(shape).collect::<String>();
    match (sexp.list(), sexp.brackets()) {
        (Some(items), _) => format!("({})", all(items)),
        (_, Some(items)) => format!("[{}]", all(items)),
        _ => ".".to_owned(),
    }
}

#[test]
fn every_language_has_a_reader() {
    for language in LANGUAGES {
        assert!(
            READERS.iter().any(|(name, _)| *name == language.name),
            "{}",
            language.name
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_reading_agree(index in 0..READERS.len(), tape in prop::collection::vec(any::<u16>(), 0..400)) {
        let (name, reader) = READERS[index];
        let info = LANGUAGES.iter().find(|language| language.name == name);
        let grammar = Grammar::parse(info.map_or("", |info| info.grammar)).map_err(TestCaseError::fail)?;
        let mut chooser = Tape { numbers: tape.iter() };
        let text = grammar.sample(tape.len() / 4, &mut chooser).map_err(TestCaseError::fail)?.render(100);
        let retypes = info.is_some_and(|info| info.definition.lines().any(|line| line.trim() == "retype"));
        round_trip(reader, retypes, &text).map_err(|error| TestCaseError::fail(format!("{name}: {error}")))?;
    }
}
