//! The custom sections for people: names, and who made the module.

use ir_defs::Session;
use ir_defs::wasm::Module;
use wasm_encoder as e;

use super::code::ordered_locals;

/// The names of functions and globals, for messages; of locals with `-g`.
pub(super) fn names(program: &Module, session: &Session) -> e::NameSection {
    let map = |names: &mut dyn Iterator<Item = &str>| {
        let mut map = e::NameMap::new();
        for (index, name) in (0..).zip(names) {
            map.append(index, name);
        }
        map
    };
    let imports = program.imports.iter().map(|import| &*import.name.0);
    let mut functions = imports.chain(program.functions.iter().map(|function| &*function.name.0));
    let mut section = e::NameSection::new();
    section.functions(&map(&mut functions));
    if session.options.debug {
        let mut all = e::IndirectNameMap::new();
        for (index, function) in (program.imports.len() as u32..).zip(&program.functions) {
            let locals = ordered_locals(function);
            all.append(
                index,
                &map(&mut locals.iter().map(|local| session.core.var_name(local.var))),
            );
        }
        section.locals(&all);
    }
    if !program.globals.is_empty() {
        section.globals(&map(&mut program
            .globals
            .iter()
            .map(|global| &*global.name.0)));
    }
    section
}

pub(super) fn producers() -> e::ProducersSection {
    let mut language = e::ProducersField::new();
    language.value("AIVI", "");
    let mut compiler = e::ProducersField::new();
    compiler.value("aivic", env!("CARGO_PKG_VERSION"));
    let mut section = e::ProducersSection::new();
    section
        .field("language", &language)
        .field("processed-by", &compiler);
    section
}
