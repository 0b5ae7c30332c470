//! Random values of random types travel: a host writes them in the canonical ABI, the program holds them through
//! collections, and gives them back; what arrives is what was sent. Seeds are fixed.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use aivic_tests::program::compile_with;
use engine::{Engine, Guest, HostFunction, Run, Value};
use ir_defs::session::{Collector, Options};

const HOST: &str = "test:trips/host@1.0.0";

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

/// A type that an operation may take. Data types and records have names of their own.
#[derive(Clone, Debug)]
enum Type {
    Int,
    Float,
    Bool,
    Char,
    Text,
    Bytes,
    List(Box<Type>),
    Tuple(Vec<Type>),
    Record(String, Vec<Type>),
    /// The fields of each constructor.
    Data(String, Vec<Vec<Type>>),
    Option(Box<Type>),
    /// The type of the error, and that of the result.
    Result(Box<Type>, Box<Type>),
}

#[derive(Clone, PartialEq, Debug)]
enum Val {
    Int(i64),
    Float(f64),
    Bool(bool),
    Char(char),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Val>),
    /// Of a tuple or a record.
    Fields(Vec<Val>),
    /// A case by its number in the canonical ABI, and its fields.
    Case(usize, Vec<Val>),
}

/// Makes types, and the declarations that they need.
#[derive(Default)]
struct Types {
    declarations: String,
    count: usize,
}

impl Types {
    fn several(&mut self, random: &mut Random, count: usize, depth: usize) -> Vec<Type> {
        (0..count).map(|_| self.any(random, depth)).collect()
    }

    fn any(&mut self, random: &mut Random, depth: usize) -> Type {
        let kinds = if depth == 0 { 6 } else { 12 };
        match random.below(kinds) {
            0 => Type::Int,
            1 => Type::Float,
            2 => Type::Bool,
            3 => Type::Char,
            4 => Type::Text,
            5 => Type::Bytes,
            6 => Type::List(Box::new(self.any(random, depth - 1))),
            7 => {
                let count = 2 + random.below(3);
                Type::Tuple(self.several(random, count, depth - 1))
            }
            8 => {
                let count = 1 + random.below(4);
                let fields = self.several(random, count, depth - 1);
                let name = self.name("R");
                let shown = fields.iter().enumerate();
                let shown: Vec<String> = shown
                    .map(|(index, ty)| format!("f{index}: {}", ty.text()))
                    .collect();
                let _ = writeln!(self.declarations, "{name} = {{ {} }}", shown.join(", "));
                Type::Record(name, fields)
            }
            9 => Type::Option(Box::new(self.any(random, depth - 1))),
            10 => {
                let error = self.any(random, depth - 1);
                Type::Result(Box::new(error), Box::new(self.any(random, depth - 1)))
            }
            _ => self.data(random, depth),
        }
    }

    fn data(&mut self, random: &mut Random, depth: usize) -> Type {
        let cases = 1 + random.below(4);
        let mut constructors = Vec::new();
        for _ in 0..cases {
            let count = random.below(4);
            constructors.push(self.several(random, count, depth - 1));
        }
        let name = self.name("D");
        let _ = write!(self.declarations, "type {name} =");
        for (index, fields) in constructors.iter().enumerate() {
            let _ = write!(self.declarations, " | {name}C{index}");
            for field in fields {
                let _ = write!(self.declarations, " ({})", field.text());
            }
        }
        self.declarations.push('\n');
        Type::Data(name, constructors)
    }

    fn name(&mut self, letter: &str) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }
}

impl Type {
    fn text(&self) -> String {
        let list = |types: &[Type]| -> String {
            let types: Vec<String> = types.iter().map(Type::text).collect();
            types.join(", ")
        };
        match self {
            Type::Int => "Int".to_owned(),
            Type::Float => "Float".to_owned(),
            Type::Bool => "Bool".to_owned(),
            Type::Char => "Char".to_owned(),
            Type::Text => "Text".to_owned(),
            Type::Bytes => "Bytes".to_owned(),
            Type::List(item) => format!("List ({})", item.text()),
            Type::Tuple(types) => format!("({})", list(types)),
            Type::Record(name, _) | Type::Data(name, _) => name.clone(),
            Type::Option(item) => format!("Option ({})", item.text()),
            Type::Result(error, item) => format!("Result ({}) ({})", error.text(), item.text()),
        }
    }

    /// The payloads of the cases, in their order in the canonical ABI.
    fn cases(&self) -> Vec<Vec<Type>> {
        match self {
            Type::Option(item) => vec![Vec::new(), vec![(**item).clone()]],
            Type::Result(error, item) => vec![vec![(**item).clone()], vec![(**error).clone()]],
            Type::Data(_, constructors) => constructors.clone(),
            _ => Vec::new(),
        }
    }

    fn random(&self, random: &mut Random) -> Val {
        let several = |types: &[Type], random: &mut Random| {
            types.iter().map(|ty| ty.random(random)).collect()
        };
        match self {
            Type::Int => Val::Int(match random.below(4) {
                0 => i64::MIN,
                1 => -1,
                2 => 0,
                _ => random.next().cast_signed(),
            }),
            Type::Float => Val::Float((random.next().cast_signed() >> 20) as f64 / 1024.0),
            Type::Bool => Val::Bool(random.below(2) == 1),
            Type::Char => Val::Char(*['a', '\0', 'é', '\u{10ffff}'].get(random.below(4)).unwrap()),
            Type::Text => {
                let length = random.below(4) * random.below(20);
                let letters = ['a', 'ß', '日', '\n', '🦀'];
                Val::Text((0..length).map(|_| letters[random.below(5)]).collect())
            }
            Type::Bytes => {
                let length = random.below(3) * random.below(20);
                Val::Bytes((0..length).map(|_| random.next() as u8).collect())
            }
            Type::List(item) => {
                let length = random.below(3) * random.below(4);
                Val::List((0..length).map(|_| item.random(random)).collect())
            }
            Type::Tuple(types) | Type::Record(_, types) => Val::Fields(several(types, random)),
            Type::Data(..) | Type::Option(_) | Type::Result(..) => {
                let cases = self.cases();
                let case = random.below(cases.len());
                Val::Case(case, several(&cases[case], random))
            }
        }
    }

    /// Size and alignment in the canonical ABI.
    fn size(&self) -> (u32, u32) {
        match self {
            Type::Int | Type::Float => (8, 8),
            Type::Bool => (1, 1),
            Type::Char => (4, 4),
            Type::Text | Type::Bytes | Type::List(_) => (8, 4),
            Type::Tuple(types) | Type::Record(_, types) => fields(types).1,
            Type::Data(..) | Type::Option(_) | Type::Result(..) => {
                let payloads = self.cases();
                let payloads = payloads.iter().map(|types| fields(types).1);
                let (size, align) = payloads.fold((0, 1), |(size, align), (other, aligned)| {
                    (size.max(other), align.max(aligned))
                });
                ((align + size).next_multiple_of(align), align)
            }
        }
    }
}

/// The offsets of fields, and the size and the alignment of all.
fn fields(types: &[Type]) -> (Vec<u32>, (u32, u32)) {
    let (mut at, mut all) = (0_u32, 1);
    let mut offsets = Vec::new();
    for ty in types {
        let (size, align) = ty.size();
        at = at.next_multiple_of(align);
        offsets.push(at);
        at += size;
        all = all.max(align);
    }
    (offsets, (at.next_multiple_of(all), all))
}

/// Writes a value for the program.
fn store(guest: &mut Guest<'_>, at: u32, ty: &Type, value: &Val) -> Result<(), String> {
    match (ty, value) {
        (_, Val::Int(value)) => guest.write(at, &value.to_le_bytes()),
        (_, Val::Float(value)) => guest.write(at, &value.to_le_bytes()),
        (_, Val::Bool(value)) => guest.write(at, &[u8::from(*value)]),
        (_, Val::Char(value)) => guest.write(at, &u32::from(*value).to_le_bytes()),
        (_, Val::Text(value)) => store_bytes(guest, at, value.as_bytes()),
        (_, Val::Bytes(value)) => store_bytes(guest, at, value),
        (Type::List(item), Val::List(values)) => {
            let (size, align) = item.size();
            let count = values.len() as u32;
            let list = guest.allocate(size * count, align)?;
            for (index, value) in (0..).zip(values) {
                store(guest, list + size * index, item, value)?;
            }
            guest.write(at, &list.to_le_bytes())?;
            guest.write(at + 4, &count.to_le_bytes())
        }
        (Type::Tuple(types) | Type::Record(_, types), Val::Fields(values)) => {
            store_fields(guest, at, types, values)
        }
        (_, Val::Case(case, values)) => {
            guest.write(at, &[*case as u8])?;
            let align = ty.size().1;
            store_fields(guest, at + align, &ty.cases()[*case], values)
        }
        other => Err(format!("no such value: {other:?}")),
    }
}

fn store_bytes(guest: &mut Guest<'_>, at: u32, bytes: &[u8]) -> Result<(), String> {
    let place = guest.allocate(bytes.len() as u32, 1)?;
    guest.write(place, bytes)?;
    guest.write(at, &place.to_le_bytes())?;
    guest.write(at + 4, &(bytes.len() as u32).to_le_bytes())
}

fn store_fields(
    guest: &mut Guest<'_>,
    at: u32,
    types: &[Type],
    values: &[Val],
) -> Result<(), String> {
    for ((ty, value), offset) in types.iter().zip(values).zip(fields(types).0) {
        store(guest, at + offset, ty, value)?;
    }
    Ok(())
}

/// Reads a value that the program gives.
fn load(guest: &mut Guest<'_>, at: u32, ty: &Type) -> Result<Val, String> {
    let problem = |error: &dyn std::fmt::Display| error.to_string();
    Ok(match ty {
        Type::Int => Val::Int(long(guest, at)?.cast_signed()),
        Type::Float => Val::Float(f64::from_bits(long(guest, at)?)),
        Type::Bool => Val::Bool(guest.read(at, 1)? == [1]),
        Type::Char => Val::Char(char::from_u32(word(guest, at)?).ok_or("no character")?),
        Type::Text => {
            let bytes = load_bytes(guest, at)?;
            Val::Text(String::from_utf8(bytes).map_err(|error| problem(&error))?)
        }
        Type::Bytes => Val::Bytes(load_bytes(guest, at)?),
        Type::List(item) => {
            let (list, count) = (word(guest, at)?, word(guest, at + 4)?);
            let size = item.size().0;
            let values = (0..count).map(|index| load(guest, list + size * index, item));
            Val::List(values.collect::<Result<_, _>>()?)
        }
        Type::Tuple(types) | Type::Record(_, types) => Val::Fields(load_fields(guest, at, types)?),
        Type::Data(..) | Type::Option(_) | Type::Result(..) => {
            let case = usize::from(guest.read(at, 1)?[0]);
            let cases = ty.cases();
            let types = cases.get(case).ok_or(format!("no case {case} of {ty:?}"))?;
            Val::Case(case, load_fields(guest, at + ty.size().1, types)?)
        }
    })
}

fn load_fields(guest: &mut Guest<'_>, at: u32, types: &[Type]) -> Result<Vec<Val>, String> {
    let places = types.iter().zip(fields(types).0);
    places
        .map(|(ty, offset)| load(guest, at + offset, ty))
        .collect()
}

fn load_bytes(guest: &mut Guest<'_>, at: u32) -> Result<Vec<u8>, String> {
    let (place, size) = (word(guest, at)?, word(guest, at + 4)?);
    guest.read(place, size)
}

fn word(guest: &mut Guest<'_>, at: u32) -> Result<u32, String> {
    let bytes = guest.read(at, 4)?;
    Ok(u32::from_le_bytes(bytes.try_into().map_err(|_| "a word")?))
}

fn long(guest: &mut Guest<'_>, at: u32) -> Result<u64, String> {
    let bytes = guest.read(at, 8)?;
    Ok(u64::from_le_bytes(bytes.try_into().map_err(|_| "8 bytes")?))
}

fn i32_of(value: Option<&Value>) -> Result<u32, String> {
    match value {
        Some(Value::I32(number)) => Ok(number.cast_unsigned()),
        other => Err(format!("{other:?} is no i32")),
    }
}

/// The operations for one list: `give` gives it, `take` takes it back, whole or reversed.
fn operations(index: usize, ty: &Type, values: &[Val]) -> [HostFunction; 2] {
    let list = Arc::new((Type::List(Box::new(ty.clone())), values.to_vec()));
    let taken = list.clone();
    [
        HostFunction::new(HOST, &format!("give{index}"), move |guest, args| {
            let (ty, values) = &*list;
            store(guest, i32_of(args.first())?, ty, &Val::List(values.clone()))?;
            Ok(Vec::new())
        }),
        HostFunction::new(HOST, &format!("take{index}"), move |guest, args| {
            let (Type::List(ty), values) = &*taken else {
                return Err("a list".to_owned());
            };
            let is_reversed = i32_of(args.first())? == 1;
            let (at, count) = (i32_of(args.get(1))?, i32_of(args.get(2))?);
            let size = ty.size().0;
            let found = (0..count).map(|index| load(guest, at + size * index, ty));
            let mut found: Vec<Val> = found.collect::<Result<_, _>>()?;
            if is_reversed {
                found.reverse();
            }
            if found == *values {
                Ok(Vec::new())
            } else {
                Err(format!("sent {values:?}, got {found:?}"))
            }
        }),
    ]
}

/// How many lists of values of one type each travel in one program.
const LISTS: usize = 4;

fn travel(seed: u64) {
    let random = &mut Random(seed);
    let mut types = Types::default();
    let mut host = Vec::new();
    let (mut declared, mut steps, mut back) = (String::new(), String::new(), String::new());
    for index in 0..LISTS {
        let ty = types.any(random, 3);
        let count = random.below(7);
        let values: Vec<Val> = (0..count).map(|_| ty.random(random)).collect();
        host.extend(operations(index, &ty, &values));
        let ty = ty.text();
        let _ = writeln!(
            declared,
            "  give{index} : Unit -> Effect Host (List ({ty}))"
        );
        let _ = writeln!(
            declared,
            "  take{index} : Bool -> List ({ty}) -> Effect Host Unit"
        );
        let _ = writeln!(steps, "  a{index} <- give{index} Unit");
        let _ = writeln!(steps, "  b{index} <- give{index} Unit");
        let _ = writeln!(back, "  take{index} True (List.reverse a{index})");
        let _ = writeln!(back, "  take{index} False a{index}");
        let _ = writeln!(
            back,
            "  printLine \"{{a{index} == b{index}}} {{compare a{index} b{index}}}\""
        );
        let _ = writeln!(back, "  take{index} False b{index}");
        let _ = writeln!(
            back,
            "  printLine \"{{toText a{index} == toText b{index}}}\""
        );
    }
    let declarations = &types.declarations;
    let program = format!(
        "{declarations}\n@wit \"{HOST}\"\ncapability Host = {{\n{declared}}}\n\n\
         main : Effect {{ Host, Console }} Unit\nmain = effect {{\n{steps}  \
         printLine \"{{List.length (List.map (x => [x]) [1..GARBAGE])}}\"\n{back}}}\n"
    );
    for (collector, collector_stress, garbage) in [
        (Collector::Generational, true, "200"),
        // Enough for both spaces to be collected.
        (Collector::Generational, false, "200000"),
        (Collector::MarkSweep, true, "200"),
        (Collector::Bump, false, "200"),
    ] {
        let options = Options {
            collector,
            collector_stress,
            ..Options::default()
        };
        let program = program.replace("GARBAGE", garbage);
        let expected = format!("{garbage}\n{}", "True Equal\nTrue\n".repeat(LISTS));
        let module = compile_with(None, Path::new("trips.aivi"), &program, options)
            .unwrap_or_else(|problem| panic!("{program}\n{problem}"));
        let run = Run {
            host: host.clone(),
            ..Run::default()
        };
        let outcome = Engine::new(engine::Options::default())
            .and_then(|engine| engine.compile(&module))
            .and_then(|module| module.run(run))
            .unwrap_or_else(|problem| panic!("{collector:?}: {problem}\n{program}"));
        let shown = String::from_utf8_lossy(&outcome.stdout);
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert_eq!(shown, expected, "{collector:?}: {stderr}\n{program}");
    }
}

#[test]
fn values_travel_from_the_host_and_back() {
    for seed in 0..8 {
        travel(seed);
    }
}
