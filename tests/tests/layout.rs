//! Random objects of random layouts: what is constructed is what is read back, in a memory image written by the
//! definition of the layout and in the memory of a program that the last passes make, where each collector carries them
//! through a collection at every allocation.

use std::fmt::Write as _;

use engine::{Engine, Options, Run};
use ir_defs::layout::{Header, Kind, offsets, start};
use ir_defs::reps::{Layout, Rep};
use ir_defs::session::Collector;
use ir_defs::{Session, binary};
use passes::pipeline::PIPELINE;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A value, as the memory holds it.
#[derive(Clone, Debug)]
enum Value {
    Int(i64),
    Float(f64),
    Small(u32),
    Immediate(u32),
    Text(String),
    /// The tag, the fields in the order of memory, and whether the object is static.
    Object(u32, Vec<Value>, bool),
}

impl Value {
    fn rep(&self) -> Rep {
        match self {
            Value::Int(_) => Rep::I64,
            Value::Float(_) => Rep::F64,
            Value::Small(_) => Rep::I32,
            Value::Immediate(_) | Value::Text(_) | Value::Object(..) => Rep::Value,
        }
    }
}

fn layout(tag: u32, fields: &[Value]) -> Layout {
    Layout {
        tag,
        fields: fields.iter().map(Value::rep).collect(),
    }
}

/// An object with its fields in the order of memory.
fn object(tag: u32, mut fields: Vec<Value>, is_static: bool) -> Value {
    fields.sort_by_key(|field| match field.rep() {
        Rep::Value => 0,
        Rep::I64 | Rep::F64 => 1,
        Rep::I32 | Rep::Nothing | Rep::Results(_) => 2,
    });
    Value::Object(tag, fields, is_static)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        (0..0x11_0000_u32).prop_map(Value::Small),
        (0..1000_u32).prop_map(Value::Immediate),
        "[a-zé]{0,9}".prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let fields = proptest::collection::vec(inner, 1..6);
        (0..512_u32, fields, any::<bool>())
            .prop_map(|(tag, fields, is_static)| object(tag, fields, is_static))
    })
}

fn root() -> impl Strategy<Value = Value> {
    let fields = proptest::collection::vec(value(), 1..8);
    (0..512_u32, fields).prop_map(|(tag, fields)| object(tag, fields, false))
}

// A memory image.

/// Writes a value behind what is there, and gives its bytes.
fn write(value: &Value, memory: &mut Vec<u8>) -> Vec<u8> {
    match value {
        Value::Int(value) => value.to_le_bytes().to_vec(),
        Value::Float(value) => value.to_le_bytes().to_vec(),
        Value::Small(value) => value.to_le_bytes().to_vec(),
        Value::Immediate(value) => (value << 1 | 1).to_le_bytes().to_vec(),
        Value::Text(text) => {
            let at = memory.len() as u32;
            let header = Header {
                kind: Kind::Bytes,
                tag: 0,
                pointers: 0,
                raw_words: 0,
            };
            memory.extend(header.word().to_le_bytes());
            memory.extend((text.len() as u32).to_le_bytes());
            memory.extend(text.bytes());
            memory.resize(memory.len().next_multiple_of(8), 0);
            at.to_le_bytes().to_vec()
        }
        Value::Object(tag, fields, _) => {
            let offsets = offsets(&layout(*tag, fields), Kind::Fields);
            let mut bytes = vec![0; offsets.size as usize];
            bytes[..4].copy_from_slice(&offsets.header.to_le_bytes());
            for (field, &offset) in fields.iter().zip(&offsets.fields) {
                let word = write(field, memory);
                bytes[offset as usize..][..word.len()].copy_from_slice(&word);
            }
            let at = memory.len() as u32;
            memory.extend(bytes);
            at.to_le_bytes().to_vec()
        }
    }
}

fn word(memory: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(memory[at..at + 4].try_into().expect("four bytes"))
}

fn wide(memory: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(memory[at..at + 8].try_into().expect("eight bytes"))
}

/// What lies at an offset is the value.
fn read(value: &Value, memory: &[u8], at: usize) {
    match value {
        Value::Int(value) => assert_eq!(wide(memory, at), value.cast_unsigned()),
        Value::Float(value) => assert_eq!(wide(memory, at), value.to_bits()),
        Value::Small(value) => assert_eq!(word(memory, at), *value),
        Value::Immediate(value) => assert_eq!(word(memory, at), value << 1 | 1),
        Value::Text(text) => {
            let at = word(memory, at) as usize;
            let header = Header::of(word(memory, at)).expect("a header");
            assert_eq!(header.kind, Kind::Bytes);
            assert_eq!(word(memory, at + 4) as usize, text.len());
            let bytes = &memory[at + start(Kind::Bytes) as usize..][..text.len()];
            assert_eq!(bytes, text.as_bytes());
        }
        Value::Object(tag, fields, _) => {
            let at = word(memory, at) as usize;
            assert!(at.is_multiple_of(8));
            let offsets = offsets(&layout(*tag, fields), Kind::Fields);
            let header = Header::of(word(memory, at)).expect("a header");
            assert_eq!((header.kind, header.tag), (Kind::Fields, *tag));
            assert_eq!(header.size(), offsets.size);
            let pointers = fields.iter().filter(|field| field.rep() == Rep::Value);
            assert_eq!(header.pointers as usize, pointers.count());
            for (field, &offset) in fields.iter().zip(&offsets.fields) {
                if matches!(field, Value::Int(_) | Value::Float(_)) {
                    assert!(offset.is_multiple_of(8));
                }
                read(field, memory, at + offset as usize);
            }
        }
    }
}

/// Follows the value words of an object as a collector does, which knows nothing but headers.
fn scan(memory: &[u8], at: u32) -> usize {
    if at & 1 == 1 {
        return 0;
    }
    let header = Header::of(word(memory, at as usize)).expect("a header");
    let first = at + start(header.kind);
    let pointers = (0..header.pointers).map(|index| word(memory, (first + 4 * index) as usize));
    1 + pointers.map(|pointer| scan(memory, pointer)).sum::<usize>()
}

fn objects(value: &Value) -> usize {
    match value {
        Value::Text(_) => 1,
        Value::Object(_, fields, _) => 1 + fields.iter().map(objects).sum::<usize>(),
        _ => 0,
    }
}

// A program.

/// Statements that build values, and statements that fold what they read into a number.
#[derive(Default)]
struct Code {
    statements: String,
    names: usize,
}

impl Code {
    fn name(&mut self, rep: &str, value: &str) -> String {
        self.names += 1;
        let name = format!("v{}", self.names);
        let _ = writeln!(self.statements, "(let ({name} {rep}) {value})");
        name
    }

    /// An atom that is this value; a call hides it from the compiler unless it is to be static.
    fn build(&mut self, value: &Value, is_static: bool) -> String {
        let (rep, atom) = match value {
            Value::Int(value) => ("i64", value.to_string()),
            Value::Float(value) if value.is_finite() => ("f64", format!("{value:?}")),
            Value::Float(value) => {
                let bits = self.name("i64", &value.to_bits().cast_signed().to_string());
                return self.name("f64", &format!("(prim float.from-bits f64 {bits})"));
            }
            Value::Small(value) => ("i32", format!("(small {value})")),
            Value::Immediate(value) => ("value", format!("(immediate {value})")),
            Value::Text(text) => ("value", format!("\"{text}\"")),
            Value::Object(tag, fields, is_constant) => {
                let layout = written(*tag, fields);
                let is_static = is_static || *is_constant;
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| self.build(field, is_static))
                    .collect();
                let construct = format!("(construct {layout} {})", fields.join(" "));
                return self.name("value", &construct);
            }
        };
        if is_static {
            return atom;
        }
        self.name(rep, &format!("(call @test.{rep} _ {rep} {atom})"))
    }

    /// Folds the value of an atom into the number, and gives what the number should be.
    fn fold(&mut self, value: &Value, atom: &str, number: (String, i64)) -> (String, i64) {
        let (found, expected) = match value {
            Value::Int(value) => (atom.to_owned(), *value),
            Value::Float(value) => {
                let bits = self.name("i64", &format!("(prim float.bits i64 {atom})"));
                (bits, value.to_bits().cast_signed())
            }
            Value::Small(value) => {
                let code = self.name("i64", &format!("(prim char.code i64 {atom})"));
                (code, i64::from(*value))
            }
            Value::Immediate(value) => {
                let found = format!(
                    "(switch {atom} [(on-immediate {value} 600 1000 (body [] 7))] (body [] 8))"
                );
                (self.name("i64", &found), 7)
            }
            Value::Text(text) => {
                let equal = self.name("i32", &format!("(prim text.eq i32 {atom} \"{text}\")"));
                let code = self.name("i64", &format!("(prim char.code i64 {equal})"));
                (code, 1)
            }
            Value::Object(tag, fields, _) => {
                let found = format!(
                    "(switch {atom} [(on-object {tag} 600 1000 (body [] 9))] (body [] 10))"
                );
                let found = self.name("i64", &found);
                let layout = written(*tag, fields);
                let mut number = self.add(number, &found, 9);
                for (index, field) in fields.iter().enumerate() {
                    let read = format!("(field {atom} {layout} {index})");
                    let read = self.name(field.rep().text(), &read);
                    number = self.fold(field, &read, number);
                }
                return number;
            }
        };
        self.add(number, &found, expected)
    }

    fn add(&mut self, number: (String, i64), found: &str, expected: i64) -> (String, i64) {
        let product = self.name("i64", &format!("(prim int.mul i64 {} 31)", number.0));
        let sum = self.name("i64", &format!("(prim int.add i64 {product} {found})"));
        (sum, number.1.wrapping_mul(31).wrapping_add(expected))
    }
}

/// A layout in IR text.
fn written(tag: u32, fields: &[Value]) -> String {
    let fields = fields
        .iter()
        .map(|field| format!(" {}", field.rep().text()));
    format!("(layout {tag}{})", fields.collect::<String>())
}

/// Runs the text of a `laid_out` program, and gives what it prints. The collector runs at each allocation.
fn run(text: &str, collector: Collector) -> String {
    let mut session = Session::bare();
    session.options.collector = collector;
    session.options.collector_stress = true;
    let file = session.core.sources.add("test", text);
    let file = file.expect("there is room");
    let program = PIPELINE.read("laid_out", file, &mut session);
    let program = program.expect("it reads");
    let passes = [
        "lower-data",
        "place-roots",
        "lower-to-wasm",
        "link-runtime",
        "shake",
        "tidy-locals",
        "emit",
    ];
    let program = passes.iter().fold(program, |program, name| {
        let (_, pass) = PIPELINE.find(name).expect("a pass");
        assert_eq!(program.check(&session), [], "before {name}");
        (pass.run)(program, &mut session).expect("its language")
    });
    let binary = program.as_any().downcast_ref::<binary::Entry>();
    let binary = &binary.expect("a binary").0;
    let engine = Engine::new(Options {
        stack: 1 << 20,
        ..Options::default()
    });
    let outcome = engine
        .expect("an engine")
        .compile(binary)
        .expect("it compiles")
        .run(Run::default())
        .expect("it runs");
    String::from_utf8(outcome.stdout).expect("text")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn an_image_holds_what_was_written(value in root()) {
        let mut memory = vec![0; 16];
        let root = write(&value, &mut memory);
        let at = memory.len();
        memory.extend(&root);
        read(&value, &memory, at);
        prop_assert_eq!(scan(&memory, word(&memory, at)), objects(&value));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_program_reads_what_it_constructs(value in root()) {
        let mut code = Code::default();
        let built = code.build(&value, false);
        // A collection once all is built.
        code.name("value", "(prim int.to-text value 1)");
        let seed = code.name("i64", "(call @test.i64 _ i64 1)");
        let (number, expected) = code.fold(&value, &built, (seed, 1));
        let text = code.name("value", &format!("(prim int.to-text value {number})"));
        let opaque: String = ["i64", "f64", "i32", "value"]
            .iter()
            .map(|rep| format!("(function @test.{rep} _ [(x {rep})] 1 _ {rep} (body [] x))\n"))
            .collect();
        let program = format!(
            "(program [{opaque} (function @test.main _ [] 1 _ nothing (body [\n{}] \
             (prim console.print-line nothing {text})))] [] @test.main)",
            code.statements
        );
        for collector in [Collector::Generational, Collector::MarkSweep, Collector::Bump] {
            prop_assert_eq!(run(&program, collector), format!("{expected}\n"), "{:?}", collector);
        }
    }
}
