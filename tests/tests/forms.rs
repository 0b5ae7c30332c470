//! Each form of each language occurs: in one of twenty random programs, as the pass that makes the language leaves it,
//! and in a golden.
//!
//! A form is recognised by the name that it is printed under. `EXCUSED` lists the forms that no source text can reach,
//! each with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use aivic_tests::sources;
use driver::{Request, compile_text};
use ir_defs::LANGUAGES;
use ir_defs::session::OptLevel;
use nanopass::Sexp;
use nanopass::generate::Grammar;
use passes::pipeline::PIPELINE;

/// How many programs together have every form of every language.
const ENOUGH: u64 = 20;

/// The forms that right programs cannot have.
const EXCUSED: &[(&str, &str)] = &[("error", "stands where a diagnostic has been reported")];

/// The names of forms in texts, by language.
type Seen = BTreeMap<String, BTreeSet<String>>;

/// Adds the first word of each list of an S-expression.
fn heads(sexp: &Sexp, names: &mut BTreeSet<String>) {
    let items = sexp.list().or_else(|| sexp.brackets()).unwrap_or_default();
    if let Some(name) = sexp.list().and_then(|items| items.first()?.atom()) {
        names.insert(name.to_owned());
    }
    for item in items {
        heads(item, names);
    }
}

fn add(seen: &mut Seen, language: &str, text: &str) {
    if let Ok(sexp) = Sexp::parse(text) {
        heads(&sexp, seen.entry(language.to_owned()).or_default());
    }
}

/// The forms of all languages that are printed as S-expressions and were not seen, as `language: Nonterminal.form`.
fn missing(seen: &Seen) -> Vec<String> {
    let mut missing = Vec::new();
    for language in LANGUAGES {
        let name = language.name.replace('_', "-");
        let Some(names) = seen.get(&name) else {
            missing.push(format!("{name}: the whole language"));
            continue;
        };
        let grammar = Grammar::parse(language.grammar).expect("the page has been read before");
        for (nonterminal, form) in grammar.forms() {
            let excused = EXCUSED.iter().any(|(excused, _)| *excused == form);
            if !excused && !names.contains(form) {
                missing.push(format!("{name}: {nonterminal}.{form}"));
            }
        }
    }
    missing
}

/// The forms of one random program, as each pass leaves it. Every fourth program is not optimised, because optimisation
/// removes forms that are rare.
fn forms_of(seed: u64) -> Seen {
    let folder = tempfile::tempdir().expect("a folder for dumps");
    let mut request = Request::default();
    request.dump.after = vec!["all".to_owned()];
    request.dump.folder = Some(folder.path().to_owned());
    request.dump.library = true;
    if seed % 4 == 3 {
        request.options.optimize = OptLevel::O0;
    }
    let text = sources::program(seed);
    driver::with_deep_stack(|| compile_text("random.aivi", &text, request).stop);
    let mut seen = Seen::new();
    for entry in fs::read_dir(folder.path()).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let language = path.extension().unwrap_or_default().to_string_lossy();
        if language != "binary" {
            let text = fs::read_to_string(&path).expect("a dump is text");
            add(&mut seen, &language, &text);
        }
    }
    seen
}

#[test]
fn random_programs_have_every_form_of_every_language() {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let mut seen = Seen::new();
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..workers)
            .map(|worker| {
                let share = (0..ENOUGH).filter(move |seed| seed % workers == worker);
                scope.spawn(|| share.map(forms_of).collect::<Vec<_>>())
            })
            .collect();
        for share in shares {
            for forms in share.join().expect("a program compiles without a panic") {
                for (language, names) in forms {
                    seen.entry(language).or_default().extend(names);
                }
            }
        }
    });
    assert_eq!(
        missing(&seen),
        Vec::<String>::new(),
        "no random program has these"
    );
}

#[test]
fn goldens_have_every_form_of_every_language() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
    let mut seen = Seen::new();
    for pass in PIPELINE.passes {
        let Ok(cases) = fs::read_dir(golden.join(pass.name)) else {
            panic!("{} has no goldens", pass.name);
        };
        for case in cases {
            let path = case.expect("it can be read").path();
            let language = match path.extension().unwrap_or_default().to_str() {
                Some("in") => pass.from,
                Some("out") => pass.to,
                _ => continue,
            };
            let text = fs::read_to_string(&path).expect("a golden is text");
            add(&mut seen, &language.replace('_', "-"), &text);
        }
    }
    assert_eq!(missing(&seen), Vec::<String>::new(), "no golden has these");
}
