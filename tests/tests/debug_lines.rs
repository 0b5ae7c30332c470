//! With `-g` a consumer of DWARF finds the source line of each instruction. `addr2line` is what wasmtime reads lines
//! with for its backtraces.

use std::collections::BTreeMap;

use driver::{Request, compile_text};
use gimli::{EndianSlice, LittleEndian};
use wasmparser::{Operator, Parser, Payload};

const PROGRAM: &str = "// The line of each product is known.
times : Int -> Int -> Int
times = n by =>
  n * by

main = effect {
  input <- console.readAll Unit
  n = text.length input
  printLine \"{times 10 n}\"
  printLine \"{List.map (x =>
    x * n) [1, 2]}\"
}
";

fn module(debug: bool) -> Vec<u8> {
    driver::with_deep_stack(|| {
        let mut request = Request::default();
        request.options.debug = debug;
        let compilation = compile_text("lines.aivi", PROGRAM, request);
        compilation.module().expect("it compiles").to_vec()
    })
}

/// The DWARF sections of a module by name, and the addresses of its integer multiplications: bytes from the start of
/// the code section's contents.
fn parsed(module: &[u8]) -> (BTreeMap<String, Vec<u8>>, Vec<u64>) {
    let (mut sections, mut products, mut code) = (BTreeMap::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload.expect("it is valid") {
            Payload::CodeSectionStart { range, .. } => code = range.start,
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().expect("it is valid");
                for operator in operators.into_iter_with_offsets() {
                    let (operator, offset) = operator.expect("it is valid");
                    if matches!(operator, Operator::I64Mul) {
                        products.push((offset - code) as u64);
                    }
                }
            }
            Payload::CustomSection(section) if section.name().starts_with(".debug") => {
                sections.insert(section.name().to_owned(), section.data().to_vec());
            }
            _ => {}
        }
    }
    (sections, products)
}

#[test]
fn products_are_found_on_their_lines() {
    let (sections, products) = parsed(&module(true));
    let load = |id: gimli::SectionId| -> Result<_, gimli::Error> {
        let data = sections.get(id.name()).map_or(&[][..], Vec::as_slice);
        Ok(EndianSlice::new(data, LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(load).expect("there are sections");
    let context = addr2line::Context::from_dwarf(dwarf).expect("they can be read");
    let mut found = Vec::new();
    for address in products {
        let place = context.find_location(address).expect("it can be read");
        let place = place.expect("every function has rows");
        // The runtime comes from no source.
        if let (Some(file), Some(line)) = (place.file, place.line)
            && file.ends_with("lines.aivi")
        {
            found.push(line);
        }
    }
    assert!(found.contains(&4), "the product of `times`: {found:?}");
    assert!(found.contains(&11), "the product of the lambda: {found:?}");
    assert!(found.iter().all(|line| matches!(line, 4 | 11)), "{found:?}");
}

#[test]
fn subprograms_have_the_names_of_functions() {
    let (sections, products) = parsed(&module(true));
    let load = |id: gimli::SectionId| -> Result<_, gimli::Error> {
        let data = sections.get(id.name()).map_or(&[][..], Vec::as_slice);
        Ok(EndianSlice::new(data, LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(load).expect("there are sections");
    let mut units = dwarf.units();
    let header = units.next().expect("it can be read").expect("one unit");
    let unit = dwarf.unit(header).expect("it can be read");
    let mut entries = unit.entries();
    let mut around = Vec::new();
    while let Some(entry) = entries.next_dfs().expect("it can be read") {
        if entry.tag() != gimli::DW_TAG_subprogram {
            continue;
        }
        let value = |name| entry.attr_value(name);
        let (Some(gimli::AttributeValue::Addr(low)), Some(high)) =
            (value(gimli::DW_AT_low_pc), value(gimli::DW_AT_high_pc))
        else {
            panic!("a subprogram without its range");
        };
        let high = low + high.udata_value().expect("a length");
        if products.iter().any(|at| (low..high).contains(at)) {
            let name = value(gimli::DW_AT_name).expect("a name");
            let name = dwarf.attr_string(&unit, name).expect("a text");
            around.push(name.to_string_lossy().into_owned());
        }
    }
    assert!(
        around.iter().any(|name| name.starts_with("main.")),
        "{around:?}"
    );
}

#[test]
fn without_the_option_there_are_no_lines() {
    assert!(parsed(&module(false)).0.is_empty());
}
