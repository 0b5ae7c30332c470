//! What a module may import: that which the types of its exports name, and what a fault or an uncaught failure needs.
//!
//! It is checked on the bytes, with the names of functions that stand in them, and trusts no pass. A violation is a
//! fault of the compiler.

use ir_defs::Session;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// The imports, as `module#name`, that nothing allows. Without a type that says what is granted, everything is.
pub(crate) fn ungranted(module: &[u8], session: &Session) -> Vec<String> {
    let Some(granted) = &session.granted else {
        return Vec::new();
    };
    let modules: Vec<&str> = granted
        .iter()
        .filter_map(|capability| session.host_modules.get(capability))
        .map(String::as_str)
        .collect();
    let names: Vec<&str> = granted
        .iter()
        .map(|&capability| session.tycons.name(capability))
        .collect();
    let (imports, faults) = imports(module);
    let allowed = |module: &str, field: &str| {
        if module != runtime_wat::WASI {
            return modules.contains(&module);
        }
        let of_capability = runtime_wat::CAPABILITIES
            .iter()
            .any(|(capability, fields)| names.contains(capability) && fields.contains(&field));
        of_capability || (faults && runtime_wat::FAULTS.contains(&field))
    };
    imports
        .into_iter()
        .filter(|(module, field)| !allowed(module, field))
        .map(|(module, field)| format!("{module}#{field}"))
        .collect()
}

/// The functions that a module imports, and whether it has one that ends the program by a fault.
fn imports(module: &[u8]) -> (Vec<(String, String)>, bool) {
    let mut imports = Vec::new();
    let mut faults = false;
    for payload in Parser::new(0).parse_all(module) {
        match payload {
            Ok(Payload::ImportSection(section)) => {
                for import in section.into_imports().flatten() {
                    if matches!(import.ty, TypeRef::Func(_)) {
                        imports.push((import.module.to_owned(), import.name.to_owned()));
                    }
                }
            }
            Ok(Payload::CustomSection(section)) => {
                let KnownCustom::Name(names) = section.as_known() else {
                    continue;
                };
                for name in names.into_iter().flatten() {
                    if let Name::Function(functions) = name {
                        faults |= functions
                            .into_iter()
                            .flatten()
                            .any(|function| function.name.starts_with("fault:"));
                    }
                }
            }
            // The validator reports what is no module.
            Ok(_) | Err(_) => {}
        }
    }
    (imports, faults)
}

#[cfg(test)]
mod tests {
    use ir_defs::binary::Binary;
    use nanopass::Language;

    use super::*;

    const WRITES: &str = r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (import "acme:shop/inventory@1.0.0" "stock" (func (result i64))))"#;

    fn found(wat: &str, session: &mut Session) -> Vec<String> {
        let file = session.core.sources.add("module.wat", wat).expect("a file");
        let module = Binary::read(file, session).expect("a module");
        ungranted(&module.0, session)
    }

    #[test]
    fn what_no_type_names_is_found() {
        let mut session = Session::bare();
        assert!(found(WRITES, &mut session).is_empty());
        session.granted = Some(Vec::new());
        assert_eq!(
            found(WRITES, &mut session),
            [
                "wasi_snapshot_preview1#fd_write",
                "acme:shop/inventory@1.0.0#stock"
            ]
        );
        let console = session.tycons.id("aivi.console.Console");
        let inventory = session.tycons.id("main.Inventory");
        session.granted = Some(vec![console]);
        assert_eq!(
            found(WRITES, &mut session),
            ["acme:shop/inventory@1.0.0#stock"]
        );
        session.granted = Some(vec![console, inventory]);
        let module = "acme:shop/inventory@1.0.0".to_owned();
        session.host_modules.insert(inventory, module);
        assert!(found(WRITES, &mut session).is_empty());
    }

    #[test]
    fn a_fault_allows_its_own_imports_only() {
        let mut session = Session::bare();
        session.granted = Some(Vec::new());
        let wat = r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
            (func $fault:panic))"#;
        assert_eq!(found(wat, &mut session), ["wasi_snapshot_preview1#fd_read"]);
    }
}
