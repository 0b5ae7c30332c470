//! The pages of `docs/errors/`: the example that fails gives the page's code and no other error, the one that works
//! gives none. The programs of `docs/language.md`: they have no errors, and write what their comments say.
//!
//! A page has paragraphs that begin with "This fails" or "This warns", and with "This works" or "This does not"; the
//! indented block after one is its program. Lines `// name.aivi` in it divide it into files, of which `main.aivi`, or
//! else the first one, is the entry. A paragraph that speaks of where its example stands is only prose.

use std::collections::BTreeMap;
use std::path::Path;

use aivic_tests::program::{World, compile, run};
use ir_defs::Session;
use ir_defs::session::{LoadedSource, Loader, OptLevel, Options};
use ir_defs::source::Source;
use nanopass::Severity;

/// The files of an example, then the library.
struct Files(BTreeMap<String, String>);

impl Loader for Files {
    fn module(&mut self, path: &str) -> Result<Option<LoadedSource>, String> {
        let name = format!("{}.aivi", path.replace('.', "/"));
        let own = self.0.get(&name).cloned();
        let library = own.is_none();
        let text = own.or_else(|| aivi_std::module(path).map(ToString::to_string));
        Ok(text.map(|text| LoadedSource {
            name,
            text,
            library,
        }))
    }

    fn modules(&mut self) -> Vec<String> {
        aivi_std::modules().map(ToString::to_string).collect()
    }
}

/// The files of an example; the first is the entry.
fn files(example: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in example.lines() {
        match line.strip_prefix("// ") {
            Some(name) if name.ends_with(".aivi") => files.push((name.to_string(), String::new())),
            _ => {
                if files.is_empty() {
                    files.push(("main.aivi".to_string(), String::new()));
                }
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    files.sort_by_key(|(name, _)| name != "main.aivi");
    files
}

/// The codes of what the checks of a program report, errors first.
fn codes(example: &str) -> Vec<(Severity, String)> {
    let files = files(example);
    let Some((name, entry)) = files.first().cloned() else {
        return Vec::new();
    };
    let options = Options {
        library: true,
        ..Options::default()
    };
    let mut session = Session::new(options, Box::new(Files(files.into_iter().collect())));
    let file = session.core.sources.add(name, entry).expect("a file");
    let tree = passes::parse::run(Source { file }, &mut session);
    let tree = passes::build_ast::run(tree, &mut session);
    let program = passes::resolve_names::run(tree, &mut session);
    let program = passes::lower_sections::run(program, &mut session);
    let program = passes::lower_literals::run(program, &mut session);
    let program = passes::lower_pipes::run(program, &mut session);
    let program = passes::lower_generators::run(program, &mut session);
    let program = passes::lower_effects::run(program, &mut session);
    let program = passes::lower_branches::run(program, &mut session);
    let program = passes::typecheck::run(program, &mut session);
    if !session.core.diagnostics.has_errors() {
        let program = passes::check_matches::run(program, &mut session);
        let program = passes::lower_patches::run(program, &mut session);
        passes::compile_matches::run(program, &mut session);
    }
    let diagnostics = session.core.diagnostics.take();
    let found = diagnostics.into_iter();
    found
        .map(|one| (one.severity, one.code.into_owned()))
        .collect()
}

fn check_page(code: &str, page: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut lines = page.lines().peekable();
    let mut intro = String::new();
    while let Some(line) = lines.next() {
        if !line.starts_with("    ") {
            if !line.is_empty() {
                intro = line.to_string();
            }
            continue;
        }
        let mut example = format!("{}\n", &line[4..]);
        while let Some(next) =
            lines.next_if(|next| next.starts_with("    ") || next.trim().is_empty())
        {
            example.push_str(next.strip_prefix("    ").unwrap_or(""));
            example.push('\n');
        }
        blocks.push((std::mem::take(&mut intro), example));
    }
    for (intro, example) in blocks {
        let elsewhere = [
            "in a module of",
            "in the file",
            "there:",
            "aivic run",
            "where ",
        ];
        if elsewhere.iter().any(|place| intro.contains(place)) {
            continue;
        }
        let found = codes(&example);
        if intro.starts_with("This fails") || intro.starts_with("This warns") {
            // One mistake gives one error, except where a page shows two in one example.
            let strict = !code.starts_with("E03");
            let errors = found
                .iter()
                .filter(|(severity, _)| *severity == Severity::Error);
            let stray = strict && errors.clone().any(|(_, found)| found != code);
            if stray || !found.iter().any(|(_, found)| found == code) {
                problems.push(format!("{code}: the bad example gives {found:?}"));
            }
        } else if intro.starts_with("This works") || intro.starts_with("This does not") {
            let bad = |(severity, found): &&(Severity, String)| {
                *severity == Severity::Error || found == code
            };
            if let Some(first) = found.iter().find(bad) {
                problems.push(format!("{code}: the good example gives {first:?}"));
            }
        }
    }
    problems
}

#[test]
fn examples_do_what_their_pages_say() {
    let check = || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors");
        let mut problems = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder of pages") {
            let path = entry.expect("a page").path();
            let code = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let page = std::fs::read_to_string(&path).expect("a page");
            assert!(
                driver::explanations::EXPLANATIONS
                    .iter()
                    .any(|(known, _)| *known == code),
                "`aivic explain` does not know {code}"
            );
            problems.extend(check_page(&code, &page));
        }
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    let thread = thread.spawn(check).expect("a thread");
    assert!(thread.join().is_ok());
}

/// The programs of a page in Markdown, each with its line.
fn programs(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line == "```aivi" {
            let body = lines.by_ref().take_while(|(_, line)| *line != "```");
            let body: String = body.map(|(_, line)| format!("{line}\n")).collect();
            found.push((index + 1, body));
        }
    }
    found
}

/// What a program with a `main` writes and none of its comments says.
fn unsaid(name: &str, program: &str) -> Result<Vec<String>, String> {
    if !program.lines().any(|line| line.starts_with("main =")) {
        return Ok(Vec::new());
    }
    let path = Path::new(name);
    let module = compile(path, program, OptLevel::O2)?;
    let shown = run(&module, path, &World::default())?;
    if shown.status != 0 {
        return Err(shown.text());
    }
    let comments: Vec<&str> = program
        .lines()
        .filter_map(|line| line.rsplit_once("// "))
        .map(|(_, comment)| comment.trim())
        .collect();
    let lines = shown.stdout.lines().map(str::to_owned);
    Ok(lines
        .filter(|line| !comments.contains(&line.as_str()))
        .collect())
}

#[test]
fn programs_of_the_language_page_do_what_it_says() {
    let page = include_str!("../../docs/language.md");
    let problems = driver::with_deep_stack(|| {
        let mut problems = Vec::new();
        let programs = programs(page);
        assert!(programs.len() > 15, "only {} programs", programs.len());
        for (line, program) in programs {
            let errors = codes(&program).into_iter();
            let errors: Vec<_> = errors
                .filter(|(severity, _)| *severity == Severity::Error)
                .collect();
            if !errors.is_empty() {
                problems.push(format!("line {line}: {errors:?}"));
                continue;
            }
            match unsaid("language.aivi", &program) {
                Ok(lines) => {
                    problems.extend(
                        lines
                            .iter()
                            .map(|text| format!("line {line}: unsaid: {text}")),
                    );
                }
                Err(problem) => problems.push(format!("line {line}: {problem}")),
            }
        }
        problems
    });
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_code_has_a_page() {
    let codes = include_str!("../../passes/src/codes.rs");
    let missing: Vec<&str> = codes
        .split('"')
        .filter(|word| word.len() == 5 && word.starts_with(['E', 'W']))
        .filter(|word| word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|word| {
            let pages = driver::explanations::EXPLANATIONS;
            !pages.iter().any(|(known, _)| known == word)
        })
        .collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "`aivic explain` does not know these"
    );
}
