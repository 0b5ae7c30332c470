//! The goldens of all passes. `BLESS=1 cargo test -p aivic-tests --test goldens` rewrites them.

use std::collections::BTreeMap;
use std::path::Path;

use aivic_tests::golden::{FromSource, Goldens};
use driver::FileLoader;
use ir_defs::Session;
use ir_defs::session::{LoadedSource, Loader, Options};
use passes::pipeline::PIPELINE;

const GOLDENS: Goldens<Session> = Goldens {
    pipeline: &PIPELINE,
    session,
    from_source,
    // From here on the whole runtime would be in the dumps.
    programs_until: Some("lower-to-wasm"),
    program_session,
    shown: |text| driver::without_library(&text).unwrap_or(text),
    command: "cargo test -p aivic-tests --test goldens",
};

/// A session without a library, with the options and decorators that a case asks for: `; @inline main.f` says what no
/// text of a language does.
fn session(text: &str) -> Session {
    let mut session = Session::bare();
    session.options.tail_calls = !text.contains("--no-tail-call");
    for line in text.lines().filter_map(|line| line.strip_prefix("; ")) {
        let Some((decorator @ ("@inline" | "@static"), name)) = line.split_once(' ') else {
            continue;
        };
        let global = session.global(name);
        if let Some(info) = session.globals.get_mut(global) {
            info.inline |= decorator == "@inline";
            info.static_ |= decorator == "@static";
        }
    }
    session.compute_statics = Some(interpreters::mono::compute_statics);
    session
}

/// A session that finds the library and nothing else.
fn program_session() -> Session {
    let loader = FileLoader::for_entry(Path::new("golden.aivi"), "");
    let mut session = Session::new(Options::default(), Box::new(loader));
    session.compute_statics = Some(interpreters::mono::compute_statics);
    session
}

/// The modules of a case, each under the path of its file; those of `aivi` are the library.
struct Modules(BTreeMap<String, String>);

impl Loader for Modules {
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String> {
        let name = format!("{}.aivi", path.replace('.', "/"));
        Ok(self.0.get(&name).map(|text| LoadedSource {
            name,
            text: text.clone(),
            library: path.split('.').next() == Some("aivi"),
        }))
    }

    fn modules(&mut self) -> Vec<String> {
        let names = self.0.keys();
        names
            .map(|name| name.trim_end_matches(".aivi").replace('/', "."))
            .collect()
    }
}

/// Runs a pass on AIVI. A case that says `needs main` is checked as a program, any other as a module.
fn from_source(pass: &str, text: &str) -> Option<FromSource<Session>> {
    if pass == "build-ast" {
        let mut session = Session::bare();
        let file = session.core.sources.add("main.aivi", text)?;
        let tree = passes::parse::run(ir_defs::source::Source { file }, &mut session);
        let program = Box::new(passes::build_ast::run(tree, &mut session));
        return Some(FromSource {
            session,
            file,
            program,
        });
    }
    if pass != "resolve-names" {
        return None;
    }
    let mut parts = text.split("// file: ");
    let entry = parts.next()?;
    let modules = parts.filter_map(|part| part.split_once('\n'));
    let modules = modules
        .map(|(name, text)| (name.trim().to_string(), text.to_string()))
        .collect();
    let options = Options {
        library: !entry.contains("needs main"),
        ..Options::default()
    };
    let mut session = Session::new(options, Box::new(Modules(modules)));
    let file = session.core.sources.add("main.aivi", entry)?;
    let tree = passes::parse::run(ir_defs::source::Source { file }, &mut session);
    let tree = passes::build_ast::run(tree, &mut session);
    let program = Box::new(passes::resolve_names::run(tree, &mut session));
    Some(FromSource {
        session,
        file,
        program,
    })
}

fn golden(path: &Path) -> datatest_stable::Result<()> {
    GOLDENS.run(path).map_err(Into::into)
}

datatest_stable::harness! {
    { test = golden, root = "../golden", pattern = r"\.(in|out)$" },
}
