//! A module imports what its types say, and no more: exactly, for small programs, and over all examples and programs.

use std::fs;
use std::path::Path;

use driver::{Compilation, Request, compile_text};
use ir_defs::session::{OptLevel, Options};
use wasmparser::{Parser, Payload};

fn compile(name: &str, text: &str, optimize: OptLevel) -> Compilation {
    let request = Request {
        options: Options {
            optimize,
            ..Options::default()
        },
        ..Request::default()
    };
    let compilation = compile_text(name, text, request);
    assert!(
        compilation.is_done(),
        "{name}: {}",
        aivic_tests::program::problems(&compilation)
    );
    compilation
}

/// The imports of a module, in order.
fn imports(module: &[u8]) -> Vec<(String, String)> {
    let mut imports = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(section) = payload.unwrap() {
            for import in section.into_imports() {
                let import = import.unwrap();
                imports.push((import.module.to_owned(), import.name.to_owned()));
            }
        }
    }
    imports.sort();
    imports
}

#[test]
fn small_programs_import_exactly_what_they_need() {
    let cases: &[(&str, &[&str])] = &[
        ("main = pure Unit", &[]),
        (
            "main : Effect { Console, File, Env } Unit\nmain = pure Unit",
            &[],
        ),
        ("main = printLine \"hi\"", &["fd_write"]),
        (
            "main = effect {\n  _ <- console.readLine Unit\n}",
            &["fd_read", "fd_write", "proc_exit"],
        ),
        (
            "main : Effect { Fail Text } Unit\nmain = fail \"no\"",
            &["fd_write", "proc_exit"],
        ),
        ("main = effect {\n  _ <- attempt (fail \"no\")\n}", &[]),
        // Dividing may fault.
        (
            "main = effect {\n  given <- args.all Unit\n  if 6 / List.length given == 2 then exit.exit 1 else Unit\n}",
            &["args_get", "args_sizes_get", "fd_write", "proc_exit"],
        ),
        (
            "main : Effect {} Unit\nmain = panic \"no\"",
            &["fd_write", "proc_exit"],
        ),
        ("main = exit.exit 3", &["proc_exit"]),
        ("main = clock.sleep (duration.seconds 1)", &["poll_oneoff"]),
        (
            "main = effect {\n  n <- clock.monotonic Unit\n  if n > duration.zero then exit.exit 1 else Unit\n}",
            &["clock_time_get", "proc_exit"],
        ),
        (
            "main = effect {\n  n <- random.bits Unit\n  if n > 0 then exit.exit 1 else Unit\n}",
            &["proc_exit", "random_get"],
        ),
    ];
    driver::with_deep_stack(|| {
        for (text, expected) in cases {
            let compilation = compile("small.aivi", text, OptLevel::O2);
            let found = imports(compilation.module().unwrap());
            let found: Vec<&str> = found.iter().map(|(_, field)| field.as_str()).collect();
            assert_eq!(found, *expected, "{text}");
        }
    });
}

#[test]
fn no_program_imports_what_its_types_do_not_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    driver::with_deep_stack(|| {
        for folder in ["../examples", "programs", "../golden/programs"] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|extension| extension != "aivi") {
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                for level in [OptLevel::O0, OptLevel::O2] {
                    let compilation = compile(&path.to_string_lossy(), &text, level);
                    let session = &compilation.session;
                    let granted = session.granted.as_ref().expect("the row of `main`");
                    let names: Vec<&str> = granted
                        .iter()
                        .map(|&capability| session.tycons.name(capability))
                        .collect();
                    for (module, field) in imports(compilation.module().unwrap()) {
                        let said = runtime_wat::CAPABILITIES
                            .iter()
                            .any(|(capability, fields)| {
                                names.contains(capability) && fields.contains(&field.as_str())
                            });
                        let fault = runtime_wat::FAULTS.contains(&field.as_str());
                        let own = granted.iter().any(|capability| {
                            session.host_modules.get(capability) == Some(&module)
                        });
                        assert!(
                            own || module == runtime_wat::WASI && (said || fault),
                            "{} imports {module}#{field}, and its row is {names:?}",
                            path.display()
                        );
                    }
                    count += 1;
                }
            }
        }
    });
    assert!(count > 40, "{count}");
}
