//! The two examples of each long form of an error code: the first one has the error, the second one has none.

use ir_defs::Session;
use ir_defs::session::{LoadedSource, Loader, Options};
use ir_defs::source::Source;
use nanopass::{Diagnostic, Severity};

/// Finds the modules of the library.
struct Library;

impl Loader for Library {
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String> {
        let name = format!("{}.aivi", path.replace('.', "/"));
        let text = aivi_std::module(path).map(ToString::to_string);
        Ok(text.map(|text| LoadedSource {
            name,
            text,
            library: true,
        }))
    }

    fn modules(&mut self) -> Vec<String> {
        aivi_std::modules().map(ToString::to_string).collect()
    }
}

/// What the passes up to `compile-matches` have to say about a program.
fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let options = Options {
        library: !text.contains("main ="),
        ..Options::default()
    };
    let mut session = Session::new(options, Box::new(Library));
    let file = session
        .core
        .sources
        .add("example.aivi", text)
        .expect("room for the file");
    let tree = passes::parse::run(Source { file }, &mut session);
    let tree = passes::build_ast::run(tree, &mut session);
    let program = passes::resolve_names::run(tree, &mut session);
    let program = passes::lower_sections::run(program, &mut session);
    let program = passes::lower_literals::run(program, &mut session);
    let program = passes::lower_pipes::run(program, &mut session);
    let program = passes::lower_effects::run(program, &mut session);
    let program = passes::lower_branches::run(program, &mut session);
    let program = passes::typecheck::run(program, &mut session);
    if !session.core.diagnostics.has_errors() {
        let program = passes::check_matches::run(program, &mut session);
        passes::compile_matches::run(program, &mut session);
    }
    session.core.diagnostics.take()
}

/// The indented lines after a line of a page.
fn example(page: &str, after: &str) -> Option<String> {
    let (_, rest) = page.split_once(after)?;
    let lines: Vec<&str> = rest
        .lines()
        .skip_while(|line| line.is_empty())
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .map(|line| line.get(4..).unwrap_or(""))
        .collect();
    Some(lines.join("\n"))
}

fn errors_of(text: &str) -> Vec<Diagnostic> {
    let mut found = diagnostics(text);
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    found
}

#[test]
fn the_examples_of_type_errors_are_true() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (code, page) in driver::explanations::EXPLANATIONS {
        if !code.starts_with("E02") {
            continue;
        }
        let Some(fails) = example(page, "This fails:\n") else {
            continue;
        };
        let works = example(page, "This works:\n").expect("an example that works");
        let errors = errors_of(&fails);
        if errors.len() != 1 || errors.iter().any(|error| error.code != *code) {
            wrong.push(format!("{code}: the first example has {errors:#?}"));
        }
        let errors = errors_of(&works);
        if !errors.is_empty() {
            wrong.push(format!("{code}: the second example has {errors:#?}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 20, "{seen} pages with examples");
}
