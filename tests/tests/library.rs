//! The standard library is checked whole: each module alone, as a program would have it if it used all of it.

use ir_defs::Session;
use ir_defs::session::{LoadedSource, Loader, Options};
use ir_defs::source::Source;
use nanopass::{Diagnostic, Language, Severity};

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

fn check_module(path: &'static str) -> (Session, Vec<Diagnostic>) {
    let options = Options {
        library: true,
        ..Options::default()
    };
    let mut session = Session::new(options, Box::new(Library));
    let text = aivi_std::module(path).expect("a module of the library");
    let file = session
        .core
        .sources
        .add(path, text)
        .expect("room for the file");
    let tree = passes::parse::run(Source { file }, &mut session);
    let tree = passes::build_ast::run(tree, &mut session);
    let program = passes::resolve_names::run(tree, &mut session);
    let violations = program.check(&session);
    assert!(violations.is_empty(), "{path}: {violations:?}");
    if !session.core.diagnostics.has_errors() {
        let program = passes::lower_sections::run(program, &mut session);
        let program = passes::lower_literals::run(program, &mut session);
        let program = passes::lower_pipes::run(program, &mut session);
        let program = passes::lower_generators::run(program, &mut session);
        let program = passes::lower_effects::run(program, &mut session);
        let program = passes::lower_branches::run(program, &mut session);
        let program = passes::typecheck::run(program, &mut session);
        if !session.core.diagnostics.has_errors() {
            passes::check_matches::run(program, &mut session);
        }
    }
    let diagnostics = session.core.diagnostics.take();
    (session, diagnostics)
}

#[test]
fn the_library_has_no_errors() {
    let check = || {
        let mut report = String::new();
        for path in aivi_std::modules() {
            let (session, diagnostics) = check_module(path);
            for diagnostic in diagnostics
                .iter()
                .filter(|one| one.severity > Severity::Note)
            {
                let at = session.core.sources.locate(diagnostic.span());
                let place = at
                    .map(|at| format!("{}:{}:{}", at.name, at.line, at.column))
                    .unwrap_or_default();
                report += &format!(
                    "{path}: {place}: {}: {}\n",
                    diagnostic.code, diagnostic.message
                );
                for note in diagnostic.notes.iter().chain(&diagnostic.helps) {
                    report += &format!("    {note}\n");
                }
            }
        }
        assert!(report.is_empty(), "\n{report}");
    };
    let thread = std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(check)
        .expect("a thread");
    assert!(thread.join().is_ok());
}

/// The exported names of a module that have no documentation.
fn undocumented(path: &'static str) -> Vec<String> {
    use ir_defs::ast::Item;

    let mut session = Session::bare();
    let text = aivi_std::module(path).expect("a module of the library");
    let file = session
        .core
        .sources
        .add(path, text)
        .expect("room for the file");
    let tree = passes::parse::run(Source { file }, &mut session);
    let module = passes::build_ast::run(tree, &mut session);
    let mut exported = Vec::new();
    let mut defined = Vec::new();
    for item in &module.items {
        match item {
            Item::Export { names, .. } => exported.extend(names.iter().map(|name| name.name.name)),
            Item::Sig { name, docs, .. }
            | Item::Data { name, docs, .. }
            | Item::Alias { name, docs, .. }
            | Item::Capability { name, docs, .. } => defined.push((name.name, docs.is_some())),
            Item::Class {
                name,
                docs,
                members,
                ..
            } => {
                exported.push(name.name);
                defined.push((name.name, docs.is_some()));
                for member in members {
                    if let Item::Sig { name, docs, .. } = member {
                        exported.push(name.name);
                        defined.push((name.name, docs.is_some()));
                    }
                }
            }
            _ => {}
        }
    }
    let bare = defined
        .into_iter()
        .filter(|(name, docs)| !docs && exported.contains(name));
    bare.map(|(name, _)| format!("{path}.{}", session.core.text(name)))
        .collect()
}

#[test]
fn what_the_library_exports_is_documented() {
    let bare: Vec<String> = aivi_std::modules().flat_map(undocumented).collect();
    assert!(bare.is_empty(), "without a doc comment: {bare:?}");
}

/// Runs the tests of a file, which must hold; how many there are.
fn run_marked(file: &str, text: &str, library: bool) -> usize {
    use driver::tests::{Tested, Tests, run_tests};

    let tested = Tested {
        file,
        text,
        library,
    };
    let world = || engine::Run {
        stdout: engine::Output::Capture,
        stderr: engine::Output::Capture,
        ..engine::Run::default()
    };
    match run_tests(&tested, &driver::Request::default(), world) {
        Ok(Tests::Ran { tests, .. }) => {
            for test in &tests {
                assert_eq!(test.failure, None, "{file}: {}", test.name);
            }
            tests.len()
        }
        Ok(Tests::Rejected(compilation)) => {
            panic!("{file}: {}", aivic_tests::program::problems(&compilation))
        }
        Err(problem) => panic!("{file}: {problem}"),
    }
}

#[test]
fn the_tests_of_the_library_hold() {
    let count: usize = driver::with_deep_stack(|| {
        let modules = aivi_std::modules().map(|path| {
            let text = aivi_std::module(path).expect("a module of the library");
            run_marked(&format!("{}.aivi", path.replace('.', "/")), text, true)
        });
        modules.sum()
    });
    assert!(count > 100, "only {count} tests were found");
}

#[test]
fn the_tests_of_the_examples_hold() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let files = std::fs::read_dir(folder).expect("the folder of examples");
    let paths = files.map(|entry| entry.expect("an example").path());
    let marked: Vec<(String, String)> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "aivi")
        })
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("an example");
            (path.to_string_lossy().into_owned(), text)
        })
        .filter(|(_, text)| text.contains("@test"))
        .collect();
    let count: usize = driver::with_deep_stack(|| {
        let counts = marked
            .iter()
            .map(|(file, text)| run_marked(file, text, false));
        counts.sum()
    });
    assert!(count > 4, "only {count} tests were found");
}

#[test]
fn a_program_holds_only_what_it_reaches() {
    let mut session = Session::new(Options::default(), Box::new(Library));
    let text = "main = printLine \"hello\"\n";
    let file = session
        .core
        .sources
        .add("main.aivi", text)
        .expect("room for the file");
    let tree = passes::parse::run(Source { file }, &mut session);
    let tree = passes::build_ast::run(tree, &mut session);
    let program = passes::resolve_names::run(tree, &mut session);
    let defined = program.groups.iter().flat_map(|group| &group.binds);
    let names: Vec<&str> = defined
        .map(|define| session.globals.name(define.global))
        .collect();
    assert_eq!(names, ["aivi.console.printLine", "main.main"]);
    assert!(program.classes.is_empty() && program.instances.is_empty() && program.data.is_empty());
    assert!(
        session.globals.find("aivi.list.map").is_none(),
        "a module that nothing mentions is not even parsed"
    );
}

/// The head of an instance's type, as the names of laws spell it: `Map` of `(Map K *)`, `, ` of a tuple, `->` of a
/// function.
fn head_of(ty: &str) -> &str {
    let inner = ty.trim_start_matches('(');
    if ty.contains("->") {
        "->"
    } else if inner.contains(',') {
        ", "
    } else {
        inner.split([' ', ')']).next().unwrap_or(inner)
    }
}

/// The classes whose laws are tried together with those of a class.
fn tried_with(class: &str) -> &'static [&'static str] {
    match class {
        "Monad" => &["Functor", "Apply", "Applicative", "Chain"],
        "Monoid" => &["Semigroup"],
        "Ord" => &["Eq"],
        "Number" => &["Additive"],
        _ => &[],
    }
}

#[test]
fn the_laws_of_each_instance_of_the_library_are_tried() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut tried: Vec<(String, String)> = Vec::new();
    for name in ["laws", "laws-random", "laws-random-others"] {
        let shown = std::fs::read_to_string(folder.join(format!("{name}.out")))
            .expect("the output of a program of laws");
        for line in shown.lines() {
            assert!(
                !line.contains("broken") || line.starts_with("broken: smallness"),
                "{name}: {line}"
            );
            if let Some((class, ty)) = line.split_once(' ') {
                let classes = std::iter::once(&class).chain(tried_with(class));
                tried.extend(classes.map(|class| ((*class).to_string(), ty.to_string())));
            }
        }
    }
    let mut missing = Vec::new();
    for path in aivi_std::modules() {
        for line in aivi_std::module(path).unwrap_or_default().lines() {
            let Some(instance) = line.strip_prefix("instance ") else {
                continue;
            };
            let instance = instance.split(" with ").next().unwrap_or(instance);
            let instance = instance.split(" = ").next().unwrap_or(instance);
            let (class, ty) = instance.split_once(' ').unwrap_or((instance, ""));
            // They have no laws, or are classes that the library keeps for itself.
            if matches!(class, "ToText" | "FromText" | "Amount") {
                continue;
            }
            let head = head_of(ty);
            let is_tried =
                |(other, shown): &(String, String)| other == class && shown.contains(head);
            if !tried.iter().any(is_tried) {
                missing.push(format!("{class} {ty}"));
            }
        }
    }
    assert!(missing.is_empty(), "nothing tries the laws of {missing:?}");
}
