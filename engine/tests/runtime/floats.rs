//! Printing and parsing of floats against Rust's: `{:e}` gives the shortest digits that read back, and `str::parse`
//! rounds correctly.

use std::time::Instant;

use wasmtime::{Error, Memory, Result, TypedFunc};

use crate::random::Random;
use crate::world::World;

struct Floats {
    world: World,
    memory: Memory,
    to_text: TypedFunc<f64, i32>,
    parse: TypedFunc<i32, f64>,
    parse_ok: TypedFunc<i32, i32>,
    rem: TypedFunc<(f64, f64), f64>,
    free: wasmtime::Global,
}

/// Where the texts to parse lie.
const TEXT: usize = 0x40000;

impl Floats {
    fn new() -> Result<Floats> {
        let mut world = World::new()?;
        let World { store, linker, .. } = &mut world;
        let mut function = |name: &str| {
            let found = linker
                .get(&mut *store, "float", name)
                .ok()
                .and_then(|found| found.into_func());
            found.ok_or_else(|| Error::msg(name.to_string()))
        };
        let (to_text, parse) = (function("to_text")?, function("parse")?);
        let (parse_ok, rem) = (function("parse_ok")?, function("rem")?);
        let memory = linker
            .get(&mut *store, "heap", "memory")
            .ok()
            .and_then(|found| found.into_memory());
        let free = linker
            .get(&mut *store, "heap", "free")
            .ok()
            .and_then(|found| found.into_global());
        Ok(Floats {
            to_text: to_text.typed(&mut *store)?,
            parse: parse.typed(&mut *store)?,
            parse_ok: parse_ok.typed(&mut *store)?,
            rem: rem.typed(&mut *store)?,
            memory: memory.ok_or_else(|| Error::msg("memory"))?,
            free: free.ok_or_else(|| Error::msg("free"))?,
            world,
        })
    }

    fn text_of(&mut self, x: f64) -> Result<String> {
        let store = &mut self.world.store;
        self.free.set(&mut *store, wasmtime::Val::I32(0x80000))?;
        let at = self.to_text.call(&mut *store, x)? as usize;
        let data = self.memory.data(&*store);
        let length =
            u32::from_le_bytes([data[at + 4], data[at + 5], data[at + 6], data[at + 7]]) as usize;
        Ok(String::from_utf8(data[at + 8..at + 8 + length].to_vec())?)
    }

    /// What `float.parse` makes of a text, if it is a float.
    fn parse(&mut self, text: &str) -> Result<Option<f64>> {
        let store = &mut self.world.store;
        let mut object = vec![5, 0, 0, 0];
        object.extend((text.len() as u32).to_le_bytes());
        object.extend(text.as_bytes());
        object.extend([0; 8]);
        self.memory.write(&mut *store, TEXT, &object)?;
        let ok = self.parse_ok.call(&mut *store, TEXT as i32)? != 0;
        let value = self.parse.call(&mut *store, TEXT as i32)?;
        Ok(ok.then_some(value))
    }

    fn check(&mut self, x: f64) -> Result<()> {
        let text = self.text_of(x)?;
        assert_eq!(text, ecmascript(x), "{x:e} ({:#x})", x.to_bits());
        let back = self.parse(&text)?;
        let same = back.is_some_and(|y| {
            y.to_bits() == x.to_bits() || (x == 0.0 && y == 0.0) || (x.is_nan() && y.is_nan())
        });
        assert!(same, "{text} reads back as {back:?}");
        Ok(())
    }
}

/// The shortest digits of a positive number, and its exponent. Where two are equally close, Rust takes the larger one
/// and ECMAScript the even one.
fn shortest(x: f64) -> (String, i32) {
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent = exponent.parse().unwrap_or_default();
    let digits = digits.replace('.', "");
    if digits.len() < 16 || digits.ends_with(['0', '2', '4', '6', '8']) {
        return (digits, exponent);
    }
    let exact = format!("{x:.780e}").replace('.', "");
    let (prefix, rest) = exact.split_at(digits.len());
    let rest = rest.split('e').next().unwrap_or_default();
    let halfway = rest.starts_with('5') && rest[1..].bytes().all(|byte| byte == b'0');
    // Below a power of two, the even one may no longer read back.
    let reads_back = format!("{}.{}e{exponent}", &prefix[..1], &prefix[1..]).parse() == Ok(x);
    (
        if halfway && reads_back {
            prefix.to_string()
        } else {
            digits
        },
        exponent,
    )
}

/// ECMA-262, Number::toString.
fn ecmascript(x: f64) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 {
            "Infinity".into()
        } else {
            "-Infinity".into()
        };
    }
    if x == 0.0 {
        return "0".into();
    }
    let (digits, exponent) = shortest(x.abs());
    let n = exponent + 1;
    let k = digits.len() as i32;
    let sign = if x < 0.0 { "-" } else { "" };
    let zeros = |count: i32| "0".repeat(count as usize);
    let body = if k <= n && n <= 21 {
        format!("{digits}{}", zeros(n - k))
    } else if 0 < n && n <= 21 {
        format!("{}.{}", &digits[..n as usize], &digits[n as usize..])
    } else if -6 < n && n <= 0 {
        format!("0.{}{digits}", zeros(-n))
    } else {
        let e = format!("{}{}", if n > 0 { "+" } else { "-" }, (n - 1).abs());
        if k == 1 {
            format!("{digits}e{e}")
        } else {
            format!("{}.{}e{e}", &digits[..1], &digits[1..])
        }
    };
    format!("{sign}{body}")
}

/// How many random values a test takes; `FLOATS` overrides it.
fn rounds(default: u64) -> u64 {
    std::env::var("FLOATS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn special_and_extreme_floats_print_and_read_back() -> Result<()> {
    let mut floats = Floats::new()?;
    let mut cases = vec![
        0.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        f64::EPSILON,
        0.1,
        0.2,
        0.3,
        0.1 + 0.2,
        1.0 / 3.0,
        2.0 / 3.0,
        1e21,
        1e20,
        123456789012345680000.0,
        1e-6,
        1e-7,
        1.5e-7,
        5e-324,
        2.225_073_858_507_201e-308,
        9007199254740991.0,
        9007199254740992.0,
        9007199254740993.0,
        1e22,
        1e23,
        9.5e-7,
        4.35,
        0.000001234,
        2f64.powi(-1074),
        1.7976931348623157e308,
        100.0,
        12345.678,
        1e100,
        2f64.powi(60),
        8.41e21,
        2.0919495182368195e19,
        2.6153245263757307e19,
        5e-324 * 3.0,
        1e300,
        3.0,
        -1.5,
        299792458.0,
    ];
    for exponent in 0..2047u64 {
        for fraction in [0, 1, (1 << 52) - 1] {
            cases.push(f64::from_bits(exponent << 52 | fraction));
        }
    }
    for exponent in -325..310 {
        cases.extend(
            [format!("1e{exponent}"), format!("5e{exponent}")]
                .iter()
                .filter_map(|text| text.parse::<f64>().ok()),
        );
    }
    for x in cases {
        floats.check(x)?;
        floats.check(-x)?;
    }
    Ok(())
}

#[test]
fn random_floats_print_and_read_back() -> Result<()> {
    let mut floats = Floats::new()?;
    let mut random = Random(1);
    let start = Instant::now();
    let count = rounds(30_000);
    for _ in 0..count {
        floats.check(f64::from_bits(random.next()))?;
        // Numbers with few digits, as programs have them.
        let n = random.below(10_000_000) as f64;
        floats.check(n / 10f64.powi(random.below(12) as i32))?;
    }
    println!("{count} rounds in {:?}", start.elapsed());
    Ok(())
}

/// The decimal text halfway between a float and the next, exact, and texts next to it.
#[test]
fn texts_near_halfway_between_two_floats_are_rounded_to_the_right_one() -> Result<()> {
    let mut floats = Floats::new()?;
    let mut random = Random(2);
    for round in 0..rounds(1_500) {
        let bits = if round % 4 == 0 {
            random.below(1 << 54)
        } else {
            random.next() >> 1
        };
        let x = f64::from_bits(bits);
        if !x.is_finite() || x == 0.0 {
            continue;
        }
        // The middle has one binary digit more than the lower float; Rust prints it exactly from two floats only where
        // both are exact, so its digits are computed as a decimal expansion.
        let middle = halfway(bits);
        let mut above = middle.clone();
        above.push('1');
        let below = decrement(&middle);
        for text in [&middle, &above, &below] {
            let expected: f64 = text.parse().map_err(|_| Error::msg(text.clone()))?;
            let found = floats.parse(text)?;
            assert_eq!(found.map(f64::to_bits), Some(expected.to_bits()), "{text}");
        }
    }
    Ok(())
}

/// (2 * significand + 1) * 2^(exponent - 1) in decimal, with a point.
fn halfway(bits: u64) -> String {
    let exponent = (bits >> 52) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (m, e) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    };
    let mut digits = (2 * m + 1).to_string().into_bytes();
    digits.iter_mut().for_each(|digit| *digit -= b'0');
    digits.reverse();
    let mut point = 0;
    for _ in 0..(e - 1).abs() {
        // Halving a decimal number is multiplying by five and moving the point.
        let factor = if e > 1 { 2 } else { 5 };
        let mut carry = 0;
        for digit in &mut digits {
            let t = *digit * factor + carry;
            *digit = t % 10;
            carry = t / 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
        point += usize::from(e <= 1);
    }
    while digits.len() <= point {
        digits.push(0);
    }
    let mut text: String = digits
        .iter()
        .rev()
        .map(|digit| char::from(digit + b'0'))
        .collect();
    text.insert(text.len() - point, '.');
    text
}

/// The same text with its last digit, which is not 0, one less; a point at its end gets digits of its own.
fn decrement(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for byte in bytes.iter_mut().rev() {
        match byte {
            b'.' => {}
            b'0' => *byte = b'9',
            _ => {
                *byte -= 1;
                break;
            }
        }
    }
    bytes.extend(b"9999999999");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn random_texts_parse_as_rust_parses_them() -> Result<()> {
    let mut floats = Floats::new()?;
    let mut random = Random(3);
    for _ in 0..rounds(20_000) {
        let mut text = String::new();
        let length = 1 + random.below(24);
        for _ in 0..length {
            text.push(char::from(
                b"0123456789012345678901234567890123456789.e-+"[random.below(44) as usize],
            ));
        }
        if random.below(2) == 0 {
            text.push_str(&format!("e{}", random.below(700) as i64 - 350));
        }
        assert_agrees(&mut floats, &text)?;
    }
    Ok(())
}

#[test]
fn forms_of_floats() -> Result<()> {
    let mut floats = Floats::new()?;
    let texts = [
        "",
        "-",
        "+",
        ".",
        "-.",
        "1.",
        ".5",
        "+.5e1",
        "1e",
        "1e+",
        "e5",
        "1e5.",
        "1..2",
        " 1",
        "1 ",
        "1_0",
        "0x10",
        "--1",
        "00.100",
        "-0",
        "1E5",
        "1e-400",
        "1e400",
        "0e999999999999999999999",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "179769313486231580793728971405301e276",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000001e77",
    ];
    for text in texts {
        assert_agrees(&mut floats, text)?;
    }
    for (text, expected) in [
        ("NaN", f64::NAN),
        ("Infinity", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
    ] {
        let found = floats.parse(text)?;
        assert!(
            found.is_some_and(
                |x| x.to_bits() == expected.to_bits() || x.is_nan() && expected.is_nan()
            ),
            "{text}"
        );
    }
    for text in ["nan", "inf", "infinity", "Na", "Infinite", "Infinity1"] {
        assert_eq!(floats.parse(text)?, None, "{text}");
    }
    // Long texts: zeros that carry no digits, and digits that no longer fit.
    let long = format!("0.{}1e{}", "0".repeat(5000), 5001);
    assert_agrees(&mut floats, &long)?;
    for tail in ["", "1", "0000", "00001"] {
        let ties = format!(
            "9007199254740993{}{tail}e-{}",
            "0".repeat(2000),
            2000 + tail.len()
        );
        assert_agrees(&mut floats, &ties)?;
    }
    Ok(())
}

fn assert_agrees(floats: &mut Floats, text: &str) -> Result<()> {
    let expected = text.parse::<f64>().ok().map(f64::to_bits);
    assert_eq!(floats.parse(text)?.map(f64::to_bits), expected, "{text:?}");
    Ok(())
}

#[test]
fn remainders_are_rusts() -> Result<()> {
    let mut floats = Floats::new()?;
    let mut random = Random(4);
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        5e-324,
        f64::MAX,
        0.1,
        3.0,
        -5.5,
    ];
    let mut pairs: Vec<(f64, f64)> = special
        .iter()
        .flat_map(|a| special.iter().map(|b| (*a, *b)))
        .collect();
    for _ in 0..rounds(20_000) {
        pairs.push((f64::from_bits(random.next()), f64::from_bits(random.next())));
        pairs.push((
            random.below(1000) as f64 / 8.0,
            random.below(100) as f64 / 8.0,
        ));
        pairs.push((
            f64::from_bits(random.below(1 << 54)),
            f64::from_bits(random.below(1 << 53)),
        ));
    }
    for (a, b) in pairs {
        let found = floats.rem.call(&mut floats.world.store, (a, b))?;
        let expected = a % b;
        assert!(
            found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
            "{a:e} % {b:e}: {found:e}"
        );
    }
    Ok(())
}
