//! Lines for debuggers, with `-g`: which source line each instruction comes from, as DWARF 4 in custom sections.
//!
//! Addresses count bytes from the start of the code section's contents, as "DWARF for WebAssembly" lays down. There is
//! one compilation unit with a subprogram for each function and a line program with a sequence for each. Instructions
//! that come from no source, such as the runtime's, are on line 0.

use gimli::write::{
    Address, AttributeValue, DirectoryId, Dwarf, EndianVec, FileId, LineProgram, LineString,
    Sections, Unit,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian};
use ir_defs::Session;
use nanopass::Span;
use rustc_hash::FxHashMap;

/// Where the instructions of one function come from.
pub(super) struct FunctionLines {
    /// As in the name section.
    pub name: String,
    /// Where it is defined.
    pub span: Span,
    /// The start of an instruction, in bytes from the start of the function's body, and its source.
    pub rows: Vec<(usize, Span)>,
    /// The length of the body.
    pub length: usize,
}

/// How many bytes an unsigned number takes in LEB128.
fn leb_length(number: usize) -> usize {
    let bits = usize::BITS - number.leading_zeros();
    bits.div_ceil(7).max(1) as usize
}

/// Functions with the addresses of their bodies. Their count stands before the first one, and each has its length before
/// it.
fn bodies(functions: &[FunctionLines]) -> impl Iterator<Item = (usize, &FunctionLines)> {
    let mut end = leb_length(functions.len());
    functions.iter().map(move |function| {
        let address = end + leb_length(function.length);
        end = address + function.length;
        (address, function)
    })
}

/// How long the contents of the code section are.
pub(super) fn contents_length(functions: &[FunctionLines]) -> usize {
    let last = bodies(functions).last();
    last.map_or(1, |(address, function)| address + function.length)
}

/// Where instructions begin, in ascending order, and what they come from, in a module whose code section has its
/// contents at an address. Neighbours from the same place share one.
pub(super) fn places(functions: &[FunctionLines], contents: usize) -> Vec<(usize, Span)> {
    let mut places: Vec<(usize, Span)> = Vec::new();
    for (address, function) in bodies(functions) {
        for &(offset, span) in &function.rows {
            if places.last().is_none_or(|&(_, last)| last != span) {
                places.push((contents + address + offset, span));
            }
        }
    }
    places
}

/// The custom sections, each with its name.
pub(super) fn sections(functions: &[FunctionLines], session: &Session) -> Vec<(String, Vec<u8>)> {
    let encoding = Encoding {
        format: Format::Dwarf32,
        version: 4,
        address_size: 4,
    };
    let mut dwarf = Dwarf::new();
    let mut files = Files::new(encoding, session);
    let mut subprograms = Vec::with_capacity(functions.len());
    for (address, function) in bodies(functions) {
        let declared = files.locate(function.span);
        files.sequence(address, function);
        subprograms.push((address, function, declared));
    }
    let unit = dwarf.units.add(Unit::new(encoding, files.program));
    let unit = dwarf.units.get_mut(unit);
    let root = unit.root();
    let text = |text: &str| AttributeValue::String(text.as_bytes().to_vec());
    let start = |at: usize| AttributeValue::Address(Address::Constant(at as u64));
    let entry = unit.get_mut(root);
    entry.set(gimli::DW_AT_producer, text("aivic"));
    entry.set(gimli::DW_AT_name, text(&files.main));
    entry.set(gimli::DW_AT_low_pc, start(0));
    entry.set(
        gimli::DW_AT_high_pc,
        AttributeValue::Udata(contents_length(functions) as u64),
    );
    for (at, function, declared) in subprograms {
        let child = unit.add(root, gimli::DW_TAG_subprogram);
        let entry = unit.get_mut(child);
        entry.set(gimli::DW_AT_name, text(&function.name));
        entry.set(gimli::DW_AT_low_pc, start(at));
        entry.set(
            gimli::DW_AT_high_pc,
            AttributeValue::Udata(function.length as u64),
        );
        if let Some((file, line, _)) = declared {
            entry.set(
                gimli::DW_AT_decl_file,
                AttributeValue::FileIndex(Some(file)),
            );
            entry.set(gimli::DW_AT_decl_line, AttributeValue::Udata(line));
        }
    }
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    let mut written = Vec::new();
    // Writing fails only for addresses and references that do not fit, and a module is smaller than that.
    if dwarf.write(&mut sections).is_ok() {
        let _ = sections.for_each(|id, data| -> Result<(), ()> {
            if !data.slice().is_empty() {
                written.push((id.name().to_owned(), data.slice().to_vec()));
            }
            Ok(())
        });
    }
    written
}

/// The line program, and the files that it has so far.
struct Files<'s> {
    session: &'s Session,
    program: LineProgram,
    ids: FxHashMap<nanopass::FileId, FileId>,
    directory: DirectoryId,
    /// The name of the file that the program begins in.
    main: String,
}

impl<'s> Files<'s> {
    fn new(encoding: Encoding, session: &'s Session) -> Files<'s> {
        let first = session.core.sources.iter().next();
        let main = first.map_or_else(String::new, |(_, file)| file.name.clone());
        // An empty name, or one with a zero byte, cannot be written.
        let main = match main.is_empty() || main.contains('\0') {
            true => "main.aivi".to_owned(),
            false => main,
        };
        let program = LineProgram::new(
            encoding,
            LineEncoding::default(),
            LineString::String(b".".to_vec()),
            None,
            LineString::String(main.clone().into_bytes()),
            None,
        );
        Files {
            session,
            directory: program.default_directory(),
            program,
            ids: FxHashMap::default(),
            main,
        }
    }

    /// The file, line and column of a place, counted from 1.
    fn locate(&mut self, span: Span) -> Option<(FileId, u64, u64)> {
        let place = self.session.core.sources.locate(span)?;
        if place.name.is_empty() || place.name.contains('\0') {
            return None;
        }
        let (program, directory) = (&mut self.program, self.directory);
        let id = *self.ids.entry(place.file).or_insert_with(|| {
            let name = LineString::String(place.name.as_bytes().to_vec());
            program.add_file(name, directory, None)
        });
        Some((id, place.line as u64, place.column as u64))
    }

    /// The rows of a function whose body is at an address. Neighbours from the same place share one.
    fn sequence(&mut self, address: usize, function: &FunctionLines) {
        self.program
            .begin_sequence(Some(Address::Constant(address as u64)));
        let mut last = None;
        for &(offset, span) in &function.rows {
            let place = self.locate(span);
            if last == Some(place) {
                continue;
            }
            last = Some(place);
            let row = self.program.row();
            row.address_offset = offset as u64;
            match place {
                Some((file, line, column)) => {
                    (row.file, row.line, row.column) = (file, line, column);
                }
                None => (row.line, row.column) = (0, 0),
            }
            self.program.generate_row();
        }
        self.program.end_sequence(function.length as u64);
    }
}
