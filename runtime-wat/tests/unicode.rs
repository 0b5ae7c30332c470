//! The tables of `unicode.wat`, held against the database in Rust's library; `BLESS=1` writes them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// What follows this line in the file is written here.
const MARK: &str = "  ;; ---------------------------------------------------------------- tables\n";

/// What a character maps to.
type Mapping = fn(char) -> Vec<char>;

/// Characters that map in the same way.
struct Run {
    first: u32,
    count: u32,
    stride: u32,
    word: u32,
}

/// The runs of a mapping; characters that map to several are added to `several`.
fn runs(map: Mapping, several: &mut Vec<[u16; 3]>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for char in '\0'..=char::MAX {
        let code = u32::from(char);
        let word = match map(char).as_slice() {
            [one] if *one == char => continue,
            [one] => u32::from(*one).wrapping_sub(code),
            many => {
                let mut entry = [0; 3];
                for (slot, char) in entry.iter_mut().zip(many) {
                    *slot = u16::try_from(u32::from(*char)).expect("a character of 16 bits");
                }
                several.push(entry);
                1 << 30 | (several.len() as u32 - 1)
            }
        };
        if let Some(run) = runs.last_mut()
            && run.word == word
            && run.count < 1023
        {
            let gap = code - (run.first + (run.count - 1) * run.stride);
            if gap == run.stride || run.count == 1 && gap == 2 {
                run.stride = gap;
                run.count += 1;
                continue;
            }
        }
        let (first, count, stride) = (code, 1, 1);
        runs.push(Run {
            first,
            count,
            stride,
            word,
        });
    }
    runs
}

fn segment(text: &mut String, name: &str, bytes: &[u8]) {
    write!(text, "  (data (global.get ${name})").expect("a String grows");
    for line in bytes.chunks(32) {
        let digits: String = line.iter().map(|byte| format!("\\{byte:02x}")).collect();
        write!(text, "\n    \"{digits}\"").expect("a String grows");
    }
    text.push_str(")\n");
}

/// The bits of a character's class, as `unicode.class` gives them.
fn class(char: char) -> u8 {
    u8::from(char.is_alphabetic())
        | u8::from(char.is_uppercase()) << 1
        | u8::from(char.is_lowercase()) << 2
        | u8::from(char.is_numeric()) << 3
        | u8::from(char.is_whitespace()) << 4
        | u8::from(char.is_control()) << 5
}

/// All runs of characters of one class: first character, length, class. The last one reaches beyond all characters.
fn class_runs() -> Vec<(u32, u32, u8)> {
    let mut runs: Vec<(u32, u32, u8)> = Vec::new();
    for code in 0..0x11_0000 {
        // Surrogates are no characters, and have the class of what is around them.
        let class = match (char::from_u32(code), runs.last()) {
            (Some(char), _) => class(char),
            (None, Some((_, _, class))) => *class,
            (None, None) => 0,
        };
        match runs.last_mut() {
            Some((_, length, last)) if *last == class => *length += 1,
            _ => runs.push((code, 1, class)),
        }
    }
    if let Some((_, length, _)) = runs.last_mut() {
        *length += 1;
    }
    runs
}

fn class_tables(text: &mut String) {
    let runs = class_runs();
    let kinds: BTreeSet<u8> = runs.iter().map(|(_, _, class)| *class).collect();
    let kinds: Vec<u8> = kinds.into_iter().collect();
    assert!(kinds.len() <= 16, "four bits are not enough: {kinds:?}");
    let (mut bytes, mut checkpoints) = (Vec::new(), Vec::new());
    for (index, (first, length, class)) in runs.into_iter().enumerate() {
        if index % 64 == 0 {
            checkpoints.extend(first.to_le_bytes());
            checkpoints.extend((bytes.len() as u32).to_le_bytes());
        }
        let kind = kinds.iter().position(|kind| *kind == class);
        let mut number = length << 4 | kind.map_or(0, |kind| kind as u32);
        while number > 0x7f {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
    }
    let count = checkpoints.len() / 8;
    writeln!(text, "  (global $checkpoint_count i32 (i32.const {count}))").expect("a String grows");
    segment(text, "kinds", &kinds);
    segment(text, "checkpoints", &checkpoints);
    segment(text, "classes", &bytes);
}

fn tables() -> String {
    let mut text = String::new();
    let mut several = Vec::new();
    let mappings: [(&str, Mapping); 2] = [
        ("upper", |char| char.to_uppercase().collect()),
        ("lower", |char| char.to_lowercase().collect()),
    ];
    for (name, map) in mappings {
        let mut bytes = Vec::new();
        let runs = runs(map, &mut several);
        for run in &runs {
            let first = run.first | (run.stride - 1) << 21 | run.count << 22;
            bytes.extend(first.to_le_bytes());
            bytes.extend(run.word.to_le_bytes());
        }
        writeln!(
            text,
            "  (global ${name}_runs i32 (i32.const {}))",
            runs.len()
        )
        .expect("a String grows");
        segment(&mut text, name, &bytes);
    }
    let bytes: Vec<u8> = several
        .iter()
        .flatten()
        .flat_map(|char| char.to_le_bytes())
        .collect();
    segment(&mut text, "several", &bytes);
    class_tables(&mut text);
    text.push_str(")\n");
    text
}

#[test]
fn the_tables_are_those_of_the_database() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("unicode.wat");
    let text = std::fs::read_to_string(&path).expect("the file");
    let (code, found) = text.split_once(MARK).expect("the mark");
    let expected = tables();
    if found == expected {
        return;
    }
    if std::env::var_os("BLESS").is_some_and(|value| value == "1")
        && std::env::var_os("CI").is_none()
    {
        std::fs::write(&path, format!("{code}{MARK}{expected}")).expect("it is written");
        return;
    }
    panic!("the tables are stale: BLESS=1 cargo test -p runtime-wat --test unicode");
}
