//! Texts and integers against Rust's, on random values.

use wasmtime::{Error, Func, Memory, Result, Val};

use crate::random::Random;
use crate::world::World;

/// Where the arguments lie.
const FIRST: u32 = 0x40000;
const SECOND: u32 = 0x50000;

struct Texts {
    world: World,
    memory: Memory,
    free: wasmtime::Global,
}

impl Texts {
    fn new() -> Result<Texts> {
        let mut world = World::new()?;
        let World { store, linker, .. } = &mut world;
        let memory = linker.get(&mut *store, "heap", "memory")?.into_memory();
        let free = linker.get(&mut *store, "heap", "free")?.into_global();
        Ok(Texts {
            memory: memory.ok_or_else(|| Error::msg("the memory"))?,
            free: free.ok_or_else(|| Error::msg("the pointer"))?,
            world,
        })
    }

    fn function(&mut self, file: &str, name: &str) -> Result<Func> {
        let World { store, linker, .. } = &mut self.world;
        let found = linker.get(&mut *store, file, name)?.into_func();
        found.ok_or_else(|| Error::msg(name.to_string()))
    }

    /// Calls a function; what it allocates is forgotten with the next call.
    fn call(&mut self, function: &Func, arguments: &[Val]) -> Result<Val> {
        let store = &mut self.world.store;
        self.free.set(&mut *store, Val::I32(0x80000))?;
        let mut results = [Val::I32(0)];
        function.call(&mut *store, arguments, &mut results)?;
        Ok(results[0])
    }

    /// Puts an object of these bytes at an address.
    fn put(&mut self, at: u32, bytes: &[u8]) -> Result<Val> {
        let mut object = vec![5, 0, 0, 0];
        object.extend((bytes.len() as u32).to_le_bytes());
        object.extend(bytes);
        object.resize(object.len().next_multiple_of(8), 0);
        self.memory
            .write(&mut self.world.store, at as usize, &object)?;
        Ok(Val::I32(at.cast_signed()))
    }

    /// The bytes of an object, whose padding must be zero.
    fn get(&mut self, word: &Val) -> Result<Vec<u8>> {
        let at = word.i32().ok_or_else(|| Error::msg("an address"))? as usize;
        let data = self.memory.data(&self.world.store);
        assert_eq!(data[at..at + 4], [5, 0, 0, 0]);
        let length = u32::from_le_bytes([data[at + 4], data[at + 5], data[at + 6], data[at + 7]]);
        let end = at + 8 + length as usize;
        assert!(
            data[end..end.next_multiple_of(8)]
                .iter()
                .all(|byte| *byte == 0)
        );
        Ok(data[at + 8..end].to_vec())
    }
}

/// Text with characters of all widths, often the same ones.
fn text(random: &mut Random, most: u64) -> String {
    let count = random.below(most);
    let alphabet = [
        'a', 'b', 'a', 'ä', '€', '🦀', '\0', '"', '{', '\n', '\u{7f}',
    ];
    (0..count)
        .map(|_| match random.below(12) {
            index @ 0..=10 => alphabet[index as usize],
            _ => char::from_u32(random.below(0x11_0000) as u32).unwrap_or('x'),
        })
        .collect()
}

#[test]
fn what_is_no_utf8_is_replaced_as_rust_replaces_it() -> Result<()> {
    let mut texts = Texts::new()?;
    let lossy = texts.function("utf8", "lossy")?;
    let valid = texts.function("utf8", "is_valid")?;
    let mut random = Random(1);
    let leads = [
        0x80, 0xbf, 0xc1, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x8f, 0x90,
    ];
    for _ in 0..8_000 {
        let mut bytes = text(&mut random, 12).into_bytes();
        for _ in 0..random.below(5) {
            let at = random.below(bytes.len() as u64 + 1) as usize;
            bytes.insert(at, leads[random.below(15) as usize]);
        }
        let object = texts.put(FIRST, &bytes)?;
        let found = texts.call(&lossy, &[object])?;
        assert_eq!(
            texts.get(&found)?,
            String::from_utf8_lossy(&bytes).as_bytes(),
            "{bytes:?}"
        );
        let found = texts.call(&valid, &[object])?.i32();
        assert_eq!(
            found,
            Some(i32::from(std::str::from_utf8(&bytes).is_ok())),
            "{bytes:?}"
        );
    }
    Ok(())
}

#[test]
fn characters_are_counted_and_found_as_rust_does() -> Result<()> {
    let mut texts = Texts::new()?;
    let names = [
        "length",
        "slice",
        "index",
        "sub",
        "find",
        "find_last",
        "compare",
        "eq",
        "concat",
        "repeat",
    ];
    let functions: Vec<Func> = names
        .iter()
        .map(|name| texts.function("text", name))
        .collect::<Result<_>>()?;
    let [
        length,
        slice,
        index,
        sub,
        find,
        find_last,
        compare,
        eq,
        concat,
        repeat,
    ] = functions.as_slice()
    else {
        return Err(Error::msg("ten functions"));
    };
    let mut random = Random(2);
    for _ in 0..1_500 {
        let a = text(&mut random, 40);
        let b = if random.below(2) == 0 {
            text(&mut random, 3)
        } else {
            text(&mut random, 40)
        };
        let (first, second) = (
            texts.put(FIRST, a.as_bytes())?,
            texts.put(SECOND, b.as_bytes())?,
        );
        let count = a.chars().count();
        let found = texts.call(length, &[first])?.i64();
        assert_eq!(found, Some(count as i64), "{a:?}");
        let offsets: Vec<usize> = a
            .char_indices()
            .map(|(at, _)| at)
            .chain([a.len()])
            .collect();
        for (number, at) in offsets.iter().enumerate() {
            let end = random.below(offsets.len() as u64 + 3) as usize;
            let range = [first, Val::I64(number as i64), Val::I64(end as i64)];
            let found = texts.call(slice, &range)?;
            let to = offsets.get(end).copied().unwrap_or(a.len());
            assert_eq!(
                texts.get(&found)?,
                a.get(*at..to).unwrap_or_default().as_bytes(),
                "{a:?} {number}..{end}"
            );
            let found = texts.call(index, &[first, Val::I64(*at as i64)])?.i64();
            assert_eq!(found, Some(number as i64), "{a:?} {at}");
        }
        let from = offsets[random.below(offsets.len() as u64) as usize];
        let to = offsets[random.below(offsets.len() as u64) as usize];
        let found = texts.call(sub, &[first, Val::I64(from as i64), Val::I64(to as i64)])?;
        assert_eq!(
            texts.get(&found)?,
            a.get(from..to).unwrap_or_default().as_bytes()
        );
        let position = |found: Option<usize>| Some(found.map_or(-1, |at| at as i64));
        let found = texts
            .call(find, &[first, second, Val::I64(from as i64)])?
            .i64();
        assert_eq!(
            found,
            position(a[from..].find(&b).map(|at| at + from)),
            "{b:?} in {a:?} from {from}"
        );
        let found = texts.call(find_last, &[first, second])?.i64();
        assert_eq!(found, position(a.rfind(&b)), "{b:?} in {a:?}");
        let found = texts.call(compare, &[first, second])?.i32();
        assert_eq!(found, Some(a.cmp(&b) as i32 + 1), "{a:?} {b:?}");
        let found = texts.call(eq, &[first, second])?.i32();
        assert_eq!(found, Some(i32::from(a == b)), "{a:?} {b:?}");
        let found = texts.call(concat, &[first, second])?;
        assert_eq!(texts.get(&found)?, [a.as_bytes(), b.as_bytes()].concat());
        let times = random.below(4) as usize;
        let found = texts.call(repeat, &[first, Val::I64(times as i64)])?;
        assert_eq!(texts.get(&found)?, a.repeat(times).as_bytes());
    }
    Ok(())
}

/// The literal that denotes a text.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for char in text.chars() {
        match char {
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            '\r' => literal.push_str("\\r"),
            '\0' => literal.push_str("\\0"),
            '\\' | '"' | '{' | '}' => literal.extend(['\\', char]),
            char if char.is_ascii_control() => {
                literal.push_str(&format!("\\u{{{:x}}}", u32::from(char)))
            }
            char => literal.push(char),
        }
    }
    literal + "\""
}

#[test]
fn texts_are_quoted_as_literals() -> Result<()> {
    let mut texts = Texts::new()?;
    let quote = texts.function("quote", "text")?;
    let mut random = Random(3);
    let all: String = (0..0x100).filter_map(char::from_u32).collect();
    for round in 0..2_000 {
        let text = if round == 0 {
            all.clone()
        } else {
            text(&mut random, 30)
        };
        let object = texts.put(FIRST, text.as_bytes())?;
        let found = texts.call(&quote, &[object])?;
        assert_eq!(texts.get(&found)?, quoted(&text).as_bytes(), "{text:?}");
    }
    Ok(())
}

#[test]
fn integers_print_and_parse_as_rusts() -> Result<()> {
    let mut texts = Texts::new()?;
    let (to_text, parse) = (
        texts.function("int", "to_text")?,
        texts.function("int", "parse")?,
    );
    let parse_ok = texts.function("int", "parse_ok")?;
    let mut random = Random(4);
    for _ in 0..8_000 {
        let bits = random.below(64);
        let n = (random.next() >> bits).cast_signed();
        let found = texts.call(&to_text, &[Val::I64(n)])?;
        assert_eq!(texts.get(&found)?, n.to_string().as_bytes());
        // Numbers in and out of range, and what is no number.
        let mut text = n.to_string();
        match random.below(6) {
            0 => text.insert(random.below(text.len() as u64 + 1) as usize, '0'),
            1 => text.push(char::from(b"0123456789+-_ a."[random.below(16) as usize])),
            2 => text.insert(0, '+'),
            _ => {}
        }
        let object = texts.put(FIRST, text.as_bytes())?;
        let expected = text.parse::<i64>().ok();
        let found = texts.call(&parse_ok, &[object])?.i32();
        assert_eq!(found, Some(i32::from(expected.is_some())), "{text:?}");
        if expected.is_some() {
            assert_eq!(texts.call(&parse, &[object])?.i64(), expected, "{text:?}");
        }
    }
    Ok(())
}
