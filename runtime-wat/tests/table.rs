//! The table of exports, held against the decoded files.

use std::collections::{BTreeMap, BTreeSet};

use runtime_wat::{COLLECTORS, EXPORTS, Export, FILES, File, Type};
use wasmparser::{ExternalKind, FuncType, Operator, Parser, Payload, TypeRef, ValType, Validator};

type Name = (String, String);

/// Exported functions of all files with their types, and who calls whom. Functions that are not exported are named by
/// their index.
#[derive(Default)]
struct Decoded {
    exports: BTreeMap<Name, FuncType>,
    calls: BTreeMap<Name, BTreeSet<Name>>,
}

/// All files, with this collector.
fn files(collector: &'static File) -> impl Iterator<Item = &'static File> {
    let is_other = |file: &&File| file.name != "collect";
    FILES.iter().filter(is_other).chain([collector])
}

fn decode(collector: &'static File) -> Decoded {
    let mut decoded = Decoded::default();
    for file in files(collector) {
        let binary = file.binary().unwrap();
        Validator::new().validate_all(&binary).unwrap();
        let mut types = Vec::new();
        let mut functions: Vec<(Name, usize)> = Vec::new();
        let mut imported = 0;
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(&binary) {
            match payload.unwrap() {
                Payload::TypeSection(section) => {
                    types = section
                        .into_iter_err_on_gc_types()
                        .map(Result::unwrap)
                        .collect();
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.unwrap();
                        if let TypeRef::Func(index) = import.ty {
                            functions
                                .push(((import.module.into(), import.name.into()), index as usize));
                            imported += 1;
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        let name = (file.name.to_string(), functions.len().to_string());
                        functions.push((name, index.unwrap() as usize));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.unwrap();
                        if export.kind == ExternalKind::Func {
                            let (name, ty) = &mut functions[export.index as usize];
                            *name = (file.name.into(), export.name.into());
                            assert!(
                                decoded
                                    .exports
                                    .insert(name.clone(), types[*ty].clone())
                                    .is_none()
                            );
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        for (index, body) in bodies.into_iter().enumerate() {
            let caller = functions[imported + index].0.clone();
            let callees = decoded.calls.entry(caller).or_default();
            for operator in body.get_operators_reader().unwrap() {
                if let Operator::Call { function_index } = operator.unwrap() {
                    callees.insert(functions[function_index as usize].0.clone());
                }
            }
        }
    }
    decoded
}

/// Whether a function is, or calls directly or not, one that `found` accepts.
fn reaches(decoded: &Decoded, from: &Name, found: &dyn Fn(&Name) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(name) = open.pop() {
        if found(&name) {
            return true;
        }
        if seen.insert(name.clone()) {
            open.extend(decoded.calls.get(&name).into_iter().flatten().cloned());
        }
    }
    false
}

fn types(list: &[Type]) -> Vec<ValType> {
    let wasm = |ty: &Type| match ty {
        Type::I32 | Type::Value => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F64 => ValType::F64,
    };
    list.iter().map(wasm).collect()
}

#[test]
fn every_export_is_in_the_table_and_the_table_has_no_other() {
    for (_, collector) in COLLECTORS {
        compare_exports(&decode(collector));
    }
}

fn compare_exports(decoded: &Decoded) {
    let name = |export: &Export| (export.file.to_string(), export.name.to_string());
    let listed: BTreeSet<Name> = EXPORTS.iter().map(name).collect();
    let found: BTreeSet<Name> = decoded.exports.keys().cloned().collect();
    assert_eq!(listed, found);
    assert_eq!(listed.len(), EXPORTS.len());
    for export in EXPORTS {
        let ty = &decoded.exports[&name(export)];
        assert_eq!(
            types(export.params),
            ty.params(),
            "{}.{}",
            export.file,
            export.name
        );
        assert_eq!(
            types(export.results),
            ty.results(),
            "{}.{}",
            export.file,
            export.name
        );
    }
}

#[test]
fn what_may_collect_or_fault_follows_from_the_calls() {
    let mut collectors = COLLECTORS.iter();
    let default = collectors.find(|(option, _)| *option == "generational");
    let (_, collector) = default.expect("the default");
    let decoded = decode(collector);
    let faults = ["division_by_zero", "memory_exhausted", "panic"];
    for export in EXPORTS {
        let name = (export.file.to_string(), export.name.to_string());
        let collects = reaches(&decoded, &name, &|(file, name)| {
            file == "collect" && name == "reserve"
        });
        assert_eq!(
            export.may_collect, collects,
            "{}.{} may collect",
            export.file, export.name
        );
        let fails = reaches(&decoded, &name, &|(file, name)| {
            file == "fault" && faults.contains(&name.as_str())
        });
        assert_eq!(
            export.may_fault, fails,
            "{}.{} may fault",
            export.file, export.name
        );
    }
}

#[test]
fn each_import_is_an_export_of_a_file_or_of_the_linker() {
    let collectors = COLLECTORS.iter().map(|(_, file)| file);
    for file in FILES.iter().chain(collectors) {
        for payload in Parser::new(0).parse_all(&file.binary().unwrap()) {
            let Payload::ImportSection(section) = payload.unwrap() else {
                continue;
            };
            for import in section.into_imports() {
                let import = import.unwrap();
                let linker = ["link", "data", "program", "wasi_snapshot_preview1"]
                    .contains(&import.module)
                    || import
                        .module
                        .strip_prefix("zeroed ")
                        .is_some_and(|size| size.parse::<u32>().is_ok());
                let sibling = runtime_wat::export(import.module, import.name).is_some()
                    || (import.module == "heap"
                        && ["memory", "free", "limit", "stack"].contains(&import.name));
                assert!(
                    linker || sibling,
                    "{}: {}.{}",
                    file.path,
                    import.module,
                    import.name
                );
            }
        }
    }
}
