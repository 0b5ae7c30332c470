//! What primitives do, by their names. The runtime in WebAssembly does the same, and tests hold the two together.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

use ir_defs::prims::Prim;
use nanopass::Span;

use crate::{Files, Stop, Value, World, clock};

/// Applies a primitive to all its arguments; one that does something does it. `span` is the place for a fault.
///
/// Those of `effect.` are the languages' own business.
pub fn apply<F: Clone>(
    prim: Prim,
    args: &[Value<F>],
    span: Span,
    world: &mut World,
) -> Result<Value<F>, Stop> {
    use Value::{Array, Bytes, Char, Float, Int, Text};
    world.memory.check(size(prim.name(), args))?;
    let value = match (prim.name(), args) {
        ("int.div" | "int.rem", [_, Int(0)]) => return Err(Stop::DivisionByZero(span)),
        ("panic", [Text(text)]) => return Err(Stop::Panic(text.to_string(), span)),
        ("uncaught", [Text(text)]) => return Err(Stop::Uncaught(text.to_string())),
        ("exit.exit", [Int(status)]) => return Err(Stop::Exit(*status)),
        // No host is here to take what the arena would hold.
        ("arena.reserve", _) => Some(Int(0)),
        (name, _) if name.starts_with("arena.") => Some(Value::UNIT),
        (name, _) if name.starts_with("host:") => {
            let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
            return Err(Stop::NoHost(name.trim_start_matches("host:").to_owned()));
        }
        (name, args) if name.starts_with("file.") => file(name, args, &mut world.files),
        (name, &[Int(a), Int(b)]) if name.starts_with("int.") => int(name, a, b),
        (name, &[Float(a), Float(b)]) if name.starts_with("float.") => float(name, a, b),
        (name, &[Float(a)]) if name.starts_with("float.") => float_alone(name, a),
        (name, &[Char(a), Char(b)]) => comparison(name, a.cmp(&b)),
        ("int.neg", &[Int(a)]) => Some(Int(a.wrapping_neg())),
        ("int.popcount", &[Int(a)]) => Some(Int(a.count_ones().into())),
        ("int.clz", &[Int(a)]) => Some(Int(a.leading_zeros().into())),
        ("int.ctz", &[Int(a)]) => Some(Int(a.trailing_zeros().into())),
        ("int.to-float", &[Int(a)]) => Some(Float(a as f64)),
        ("int.to-text", [Int(a)]) => Some(Value::text(&a.to_string())),
        ("int.parse-ok", [Text(text)]) => Some(Value::bool(parse_int(text).is_some())),
        ("int.parse", [Text(text)]) => Some(Int(parse_int(text).unwrap_or(0))),
        ("float.from-bits", &[Int(a)]) => Some(Float(f64::from_bits(a as u64))),
        ("float.parse-ok", [Text(text)]) => Some(Value::bool(parse_float(text).is_some())),
        ("float.parse", [Text(text)]) => Some(Float(parse_float(text).unwrap_or(f64::NAN))),

        ("char.code", &[Char(a)]) => Some(Int(u32::from(a).into())),
        ("char.from-code", &[Int(a)]) => u32::try_from(a).ok().and_then(char::from_u32).map(Char),
        ("char.to-text", [Char(a)]) => Some(Value::text(&a.to_string())),
        ("char.quote", [Char(a)]) => Some(Value::text(&quote(&a.to_string(), '\''))),
        ("char.to-upper", [Char(a)]) => Some(Value::text(&a.to_uppercase().to_string())),
        ("char.to-lower", [Char(a)]) => Some(Value::text(&a.to_lowercase().to_string())),
        ("char.class", &[Char(a)]) => Some(Int(class(a))),

        ("text.eq", [Text(a), Text(b)]) => Some(Value::bool(a == b)),
        ("text.compare", [Text(a), Text(b)]) => Some(Value::ordering(a.cmp(b))),
        ("text.concat", [Text(a), Text(b)]) => Some(Value::text(&format!("{a}{b}"))),
        ("text.concat-all", [Array(texts)]) => Some(Value::text(&concat(&texts.borrow()))),
        ("text.size", [Text(text)]) => Some(Int(text.len() as i64)),
        ("text.length", [Text(text)]) => Some(Int(text.chars().count() as i64)),
        ("text.quote", [Text(text)]) => Some(Value::text(&quote(text, '"'))),
        ("text.char-at", [Text(text), Int(at)]) => from(text, *at).chars().next().map(Char),
        ("text.next", [Text(text), Int(at)]) => from(text, *at)
            .chars()
            .next()
            .map(|char| Int(at + char.len_utf8() as i64)),
        ("text.previous", [Text(text), Int(at)]) => up_to(text, *at)
            .chars()
            .next_back()
            .map(|char| Int(at - char.len_utf8() as i64)),
        ("text.slice", [Text(text), Int(start), Int(end)]) => {
            let skipped = usize::try_from(*start).unwrap_or(0);
            let count = usize::try_from(*end).unwrap_or(0).saturating_sub(skipped);
            let slice: String = text.chars().skip(skipped).take(count).collect();
            Some(Value::text(&slice))
        }
        ("text.sub", [Text(text), Int(start), Int(end)]) => {
            let bytes = slice(text.as_bytes(), *start, *end);
            Some(Value::text(&String::from_utf8_lossy(bytes)))
        }
        ("text.find", [Text(text), Text(needle), Int(at)]) => {
            let found = from(text, *at).find(&**needle);
            Some(Int(found.map_or(-1, |found| found as i64 + (*at).max(0))))
        }
        ("text.find-last", [Text(text), Text(needle)]) => {
            Some(Int(text.rfind(&**needle).map_or(-1, |at| at as i64)))
        }
        ("text.holds", [Text(text), Text(part), Int(at)]) => Some(Value::bool(
            usize::try_from(*at)
                .ok()
                .and_then(|at| text.as_bytes().get(at..))
                .is_some_and(|rest| rest.starts_with(part.as_bytes())),
        )),
        ("text.repeat", [Text(text), Int(count)]) => Some(Value::text(
            &text.repeat(usize::try_from(*count).unwrap_or(0)),
        )),
        ("text.to-bytes", [Text(text)]) => Some(Bytes(Rc::from(text.as_bytes()))),
        ("text.is-utf8", [Bytes(bytes)]) => Some(Value::bool(std::str::from_utf8(bytes).is_ok())),
        ("text.from-bytes" | "text.lossy", [Bytes(bytes)]) => {
            Some(Value::text(&String::from_utf8_lossy(bytes)))
        }

        ("bytes.size", [Bytes(bytes)]) => Some(Int(bytes.len() as i64)),
        ("bytes.at", [Bytes(bytes), Int(at)]) => usize::try_from(*at)
            .ok()
            .and_then(|at| bytes.get(at))
            .map(|&byte| Int(byte.into())),
        ("bytes.concat", [Bytes(a), Bytes(b)]) => Some(Bytes([&**a, &**b].concat().into())),
        ("bytes.sub", [Bytes(bytes), Int(start), Int(end)]) => {
            Some(Bytes(slice(bytes, *start, *end).into()))
        }
        ("bytes.concat-all", [Array(parts)]) => {
            let mut all = Vec::new();
            for part in &*parts.borrow() {
                if let Bytes(bytes) = part {
                    all.extend(&**bytes);
                }
            }
            Some(Bytes(all.into()))
        }
        ("bytes.pack", [Int(number), Int(count)]) => {
            Some(Bytes(slice(&number.to_le_bytes(), 0, *count).into()))
        }
        ("bytes.to-text", [Bytes(bytes)]) => Some(Value::text(&bytes_text(bytes))),
        ("bytes.eq", [Bytes(a), Bytes(b)]) => Some(Value::bool(a == b)),
        ("bytes.compare", [Bytes(a), Bytes(b)]) => Some(Value::ordering(a.cmp(b))),

        ("array.new", [Int(length)]) => {
            let places = vec![Value::UNIT; usize::try_from(*length).unwrap_or(0)];
            Some(Array(Rc::new(RefCell::new(places))))
        }
        ("array.length", [Array(array)]) => Some(Int(array.borrow().len() as i64)),
        ("array.get", [Array(array), Int(at)]) => usize::try_from(*at)
            .ok()
            .and_then(|at| array.borrow().get(at).cloned()),
        ("array.set", [Array(array), Int(at), value]) => {
            let mut places = array.borrow_mut();
            let place = usize::try_from(*at).ok().and_then(|at| places.get_mut(at));
            place.map(|place| {
                *place = value.clone();
                Array(array.clone())
            })
        }

        ("console.print", [Text(text)]) => {
            world.stdout.extend(text.as_bytes());
            Some(Value::UNIT)
        }
        ("console.print-line", [Text(text)]) => {
            world.stdout.extend(text.as_bytes());
            world.stdout.push(b'\n');
            Some(Value::UNIT)
        }
        ("console.error", [Text(text)]) => {
            world.stderr.extend(text.as_bytes());
            world.stderr.push(b'\n');
            Some(Value::UNIT)
        }
        ("console.read-line", [_]) => Some(Value::texts(world.read_line())),
        ("console.read-all", [_]) => Some(Value::text(&world.read_all())),
        ("args.all", [_]) => Some(Value::texts(world.args.clone())),
        ("env.count", [_]) => Some(Int(world.env.len() as i64)),
        ("env.block", [_]) => Some(Bytes(world.env_block().into())),
        ("random.bits", [_]) => Some(Int(world.random_bits())),
        ("clock.now", [_]) => Some(Int(clock::now())),
        ("clock.monotonic", [_]) => Some(Int(clock::monotonic())),
        ("clock.sleep", [Int(time)]) => {
            clock::sleep(*time);
            Some(Value::UNIT)
        }
        _ => None,
    };
    value.ok_or_else(|| Stop::Broken(format!("`{}` of {args:?}", prim.name())))
}

/// About how many bytes a primitive allocates whose result is much larger than what it is given.
fn size<F>(name: &str, args: &[Value<F>]) -> usize {
    let product = |size: usize, count: i64| {
        let count = usize::try_from(count).unwrap_or(0);
        size.saturating_mul(count)
    };
    match (name, args) {
        ("text.repeat", [Value::Text(text), Value::Int(count)]) => product(text.len(), *count),
        ("array.new", [Value::Int(length)]) => product(size_of::<Value<F>>(), *length),
        ("text.concat-all" | "bytes.concat-all", [Value::Array(parts)]) => {
            let size = |part: &Value<F>| match part {
                Value::Text(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            parts
                .borrow()
                .iter()
                .map(size)
                .fold(0, usize::saturating_add)
        }
        _ => 0,
    }
}

/// A primitive about files.
fn file<F>(name: &str, args: &[Value<F>], files: &mut Files) -> Option<Value<F>> {
    use Value::{Bytes, Int, Text};
    match (name, args) {
        ("file.error", [_]) => Some(Int(files.error())),
        ("file.open", [Text(path), Int(mode)]) => Some(Int(files.open(path, *mode))),
        ("file.open-directory", [Text(path)]) => Some(Int(files.open_directory(path))),
        ("file.read", [Int(file), Int(size)]) => Some(Bytes(files.read(*file, *size).into())),
        ("file.write", [Int(file), Bytes(bytes)]) => {
            files.write(*file, bytes);
            Some(Value::UNIT)
        }
        ("file.seek", [Int(file), Int(by)]) => Some(Int(files.seek(*file, *by))),
        ("file.close", [Int(file)]) => {
            files.close(*file);
            Some(Value::UNIT)
        }
        ("file.kind", [Text(path)]) => Some(Int(files.kind(path))),
        ("file.size", [_]) => Some(Int(files.size())),
        ("file.modified", [_]) => Some(Int(files.modified())),
        ("file.next", [Int(directory)]) => Some(Bytes(files.next(*directory).into())),
        ("file.create-directory", [Text(path)]) => {
            files.create_directory(path);
            Some(Value::UNIT)
        }
        ("file.remove-file", [Text(path)]) => {
            files.remove_file(path);
            Some(Value::UNIT)
        }
        ("file.remove-directory", [Text(path)]) => {
            files.remove_directory(path);
            Some(Value::UNIT)
        }
        ("file.rename", [Text(path), Text(new)]) => {
            files.rename(path, new);
            Some(Value::UNIT)
        }
        _ => None,
    }
}

fn int<F>(name: &str, a: i64, b: i64) -> Option<Value<F>> {
    Some(Value::Int(match name {
        "int.add" => a.wrapping_add(b),
        "int.sub" => a.wrapping_sub(b),
        "int.mul" => a.wrapping_mul(b),
        "int.div" => a.checked_div(b).unwrap_or(i64::MIN),
        "int.rem" => a.checked_rem(b).unwrap_or(0),
        "int.and" => a & b,
        "int.or" => a | b,
        "int.xor" => a ^ b,
        "int.shl" => a.wrapping_shl(b as u32),
        "int.shr" => a.wrapping_shr(b as u32),
        "int.ushr" => (a as u64).wrapping_shr(b as u32) as i64,
        _ => return comparison(name, a.cmp(&b)),
    }))
}

/// `eq`, `lt`, … and `compare` of what is totally ordered.
fn comparison<F>(name: &str, order: Ordering) -> Option<Value<F>> {
    Some(Value::bool(match name.rsplit('.').next()? {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "compare" => return Some(Value::ordering(order)),
        _ => return None,
    }))
}

fn float<F>(name: &str, a: f64, b: f64) -> Option<Value<F>> {
    Some(Value::Float(match name {
        "float.add" => a + b,
        "float.sub" => a - b,
        "float.mul" => a * b,
        "float.div" => a / b,
        "float.rem" => a % b,
        "float.eq" => return Some(Value::bool(a == b)),
        "float.ne" => return Some(Value::bool(a != b)),
        "float.lt" => return Some(Value::bool(a < b)),
        "float.le" => return Some(Value::bool(a <= b)),
        "float.gt" => return Some(Value::bool(a > b)),
        "float.ge" => return Some(Value::bool(a >= b)),
        // `NaN` is equal to itself and above all.
        "float.compare" => {
            let order = a
                .partial_cmp(&b)
                .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()));
            return Some(Value::ordering(order));
        }
        _ => return None,
    }))
}

fn float_alone<F>(name: &str, a: f64) -> Option<Value<F>> {
    Some(Value::Float(match name {
        "float.neg" => -a,
        "float.abs" => a.abs(),
        "float.sqrt" => a.sqrt(),
        "float.floor" => a.floor(),
        "float.ceil" => a.ceil(),
        "float.trunc" => a.trunc(),
        "float.nearest" => a.round_ties_even(),
        "float.to-int" => return Some(Value::Int(a as i64)),
        "float.bits" => return Some(Value::Int(a.to_bits() as i64)),
        "float.to-text" => return Some(Value::text(&float_text(a))),
        _ => return None,
    }))
}

/// As ECMAScript's `Number::toString` writes a number: the shortest digits that read back.
pub fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // `d.ddde±x`, with the shortest digits.
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let text = if count <= point && point <= 21 {
        format!("{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{whole}.{fraction}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let sign = if point > 0 { '+' } else { '-' };
        let exponent = (point - 1).abs();
        match digits.split_at(1) {
            (first, "") => format!("{first}e{sign}{exponent}"),
            (first, rest) => format!("{first}.{rest}e{sign}{exponent}"),
        }
    };
    if value < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

/// An optional sign and decimal digits in range.
fn parse_int(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// An optional sign, digits with at most one point, an optional exponent; or `NaN` or `Infinity`.
fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    (number || matches!(unsigned, "NaN" | "Infinity")).then(|| text.parse().ok())?
}

/// The literal that denotes a text, between these quotation marks.
pub fn quote(text: &str, mark: char) -> String {
    let mut quoted = String::from(mark);
    for letter in text.chars() {
        match letter {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\0' => quoted.push_str("\\0"),
            '\\' => quoted.push_str("\\\\"),
            '{' | '}' if mark == '"' => quoted.extend(['\\', letter]),
            letter if letter == mark => quoted.extend(['\\', letter]),
            letter if letter.is_ascii_control() => {
                quoted.push_str(&format!("\\u{{{:x}}}", u32::from(letter)))
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push(mark);
    quoted
}

/// The source that would make bytes.
pub fn bytes_text(bytes: &[u8]) -> String {
    let items: Vec<String> = bytes.iter().map(u8::to_string).collect();
    format!("bytes.fromList [{}]", items.join(", "))
}

fn concat<F>(texts: &[Value<F>]) -> String {
    let texts = texts.iter().filter_map(|text| match text {
        Value::Text(text) => Some(&**text),
        _ => None,
    });
    texts.collect()
}

/// The text from a byte offset on.
fn from(text: &str, at: i64) -> &str {
    usize::try_from(at)
        .map_or(Some(text), |at| text.get(at..))
        .unwrap_or("")
}

/// The text up to a byte offset.
fn up_to(text: &str, at: i64) -> &str {
    usize::try_from(at)
        .ok()
        .and_then(|at| text.get(..at))
        .unwrap_or("")
}

/// Half-open, clamped.
fn slice(bytes: &[u8], start: i64, end: i64) -> &[u8] {
    let clamp = |at: i64| usize::try_from(at).unwrap_or(0).min(bytes.len());
    bytes.get(clamp(start)..clamp(end)).unwrap_or(&[])
}

/// What a character is, as the sum that `unicode.wat` gives.
fn class(char: char) -> i64 {
    i64::from(char.is_alphabetic())
        | i64::from(char.is_uppercase()) << 1
        | i64::from(char.is_lowercase()) << 2
        | i64::from(char.is_numeric()) << 3
        | i64::from(char.is_whitespace()) << 4
        | i64::from(char.is_control()) << 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_ecmascript() {
        let cases = [
            (0.1, "0.1"),
            (3.0, "3"),
            (-0.0, "0"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (123456789012345680000.0, "123456789012345680000"),
            (1.5e-7, "1.5e-7"),
            (0.000001, "0.000001"),
            (-12.25, "-12.25"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ];
        for (value, text) in cases {
            assert_eq!(float_text(value), text);
        }
    }

    #[test]
    fn texts_are_quoted_as_in_the_source() {
        assert_eq!(quote("a\"{b}\n\u{1b}'", '"'), "\"a\\\"\\{b\\}\\n\\u{1b}'\"");
        assert_eq!(quote("'", '\''), "'\\''");
    }
}
