//! Programs that are large by their data.

use std::fmt::Write;

use crate::{Program, Shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        name: "record",
        sizes: &[100, 1_000, 4_000],
        make: record,
    },
    Shape {
        name: "spreads",
        sizes: &[100, 1_000, 4_000],
        make: spreads,
    },
    Shape {
        name: "patches",
        sizes: &[100, 1_000, 4_000],
        make: patches,
    },
    Shape {
        name: "list",
        sizes: &[1_000, 10_000, 40_000],
        make: list,
    },
    Shape {
        name: "strings",
        sizes: &[1_000, 10_000, 40_000],
        make: strings,
    },
    Shape {
        name: "maps",
        sizes: &[1_000, 10_000, 40_000],
        make: maps,
    },
    Shape {
        name: "statics",
        sizes: &[1_000, 10_000, 20_000],
        make: statics,
    },
];

/// A record of many fields, all of which a function asks for.
fn record(size: usize) -> Program {
    let mut text = "all = {\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: {index}");
    }
    text.push_str("}\nsum = r => 0\n");
    for index in 0..size {
        let _ = writeln!(text, "  + r.field{index}");
    }
    text.push_str("main = printLine \"{sum all}\"\n");
    text.into()
}

/// A record of many fields, of which many are replaced.
fn spreads(size: usize) -> Program {
    let mut text = "all = n => {\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: n + {index}");
    }
    text.push_str("}\nother = n => { ...all n, ...{\n");
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: \"{{n}}\"");
    }
    text.push_str("} }\nmain = printLine \"{other 1}\"\n");
    text.into()
}

/// A patch that transforms every field of a record.
fn patches(size: usize) -> Program {
    let mut text = "all = n => {\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: n + {index}");
    }
    text.push_str("}\nmain = printLine \"{(all 1 <| {\n");
    for index in 0..size {
        let _ = writeln!(text, "  field{index}: _ + {index}");
    }
    text.push_str("}).field1}\"\n");
    text.into()
}

/// A list of many tuples.
fn list(size: usize) -> Program {
    let mut text = "all = [\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  ({index}, \"item {index}\", [{index}, 1])");
    }
    text.push_str("]\nmain = printLine \"{List.length all}\"\n");
    text.into()
}

/// Many texts, half of them equal.
fn strings(size: usize) -> Program {
    let mut text = "all = [\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  \"the text {}\"", index / 2);
    }
    text.push_str("]\nmain = printLine \"{text.concat all}\"\n");
    text.into()
}

/// A map of many entries.
fn maps(size: usize) -> Program {
    let mut text = "all = ~map{\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  \"key {index}\" => {index}");
    }
    text.push_str("}\nmain = printLine \"{Map.size all}\"\n");
    text.into()
}

/// A large table that is computed when the program is compiled.
fn statics(size: usize) -> Program {
    let mut text = "@static\nall = [\n".to_owned();
    for index in 0..size {
        let _ = writeln!(text, "  ({index}, \"item {index}\")");
    }
    text.push_str("]\nmain = printLine \"{List.length all}\"\n");
    text.into()
}
