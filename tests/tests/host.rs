//! Capabilities of a program's own: its operations are imports in the canonical ABI, which a host of ours provides.

use std::path::Path;

use aivic_tests::program::{World, compile, interpret};
use driver::milestones::MILESTONES;
use engine::{End, Engine, Guest, HostFunction, Input, Output, Run, Value};
use ir_defs::session::OptLevel;

const SHOP: &str = "acme:shop/inventory@1.0.0";

fn i32_of(value: &Value) -> Result<u32, String> {
    match value {
        Value::I32(number) => Ok(number.cast_unsigned()),
        other => Err(format!("{other:?} is no i32")),
    }
}

fn word(guest: &mut Guest<'_>, at: u32) -> Result<u32, String> {
    let bytes = guest.read(at, 4)?;
    Ok(u32::from_le_bytes(bytes.try_into().map_err(|_| "a word")?))
}

fn long(guest: &mut Guest<'_>, at: u32) -> Result<i64, String> {
    let bytes = guest.read(at, 8)?;
    Ok(i64::from_le_bytes(bytes.try_into().map_err(|_| "8 bytes")?))
}

fn text(guest: &mut Guest<'_>, at: &Value, size: &Value) -> Result<String, String> {
    let bytes = guest.read(i32_of(at)?, i32_of(size)?)?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// Writes the address and the size of a text, which is put into room of its own.
fn give_text(guest: &mut Guest<'_>, at: u32, text: &[u8]) -> Result<(), String> {
    let place = guest.allocate(text.len() as u32, 1)?;
    guest.write(place, text)?;
    guest.write(at, &place.to_le_bytes())?;
    guest.write(at + 4, &(text.len() as u32).to_le_bytes())
}

fn shop() -> Vec<HostFunction> {
    let define = |name: &str, code: fn(&mut Guest<'_>, &[Value]) -> Result<Vec<Value>, String>| {
        HostFunction::new(SHOP, name, code)
    };
    vec![
        define("stock", |guest, args| {
            let name = text(guest, &args[0], &args[1])?;
            Ok(vec![Value::I64(name.len() as i64 * 10)])
        }),
        define("half", |_, args| match args {
            [Value::F64(value)] => Ok(vec![Value::F64(value / 2.0)]),
            other => Err(format!("{other:?}")),
        }),
        // `bool` and `char` both ways.
        define("next-letter", |_, args| {
            let step = u32::from(i32_of(&args[1])? != 0);
            Ok(vec![Value::I32((i32_of(&args[0])? + step) as i32)])
        }),
        define("is-open", |_, args| {
            assert!(args.is_empty());
            Ok(vec![Value::I32(1)])
        }),
        define("log", |guest, args| {
            text(guest, &args[0], &args[1])?;
            Ok(Vec::new())
        }),
        define("greet", |guest, args| {
            let name = text(guest, &args[0], &args[1])?;
            let greeting = format!("hello {name}");
            give_text(guest, i32_of(&args[2])?, greeting.as_bytes())?;
            Ok(Vec::new())
        }),
        // What is not UTF-8 arrives as a text nevertheless.
        define("broken-text", |guest, args| {
            give_text(guest, i32_of(&args[0])?, b"a\xffb")?;
            Ok(Vec::new())
        }),
        // list<s64> -> s64
        define("sum", |guest, args| {
            let (at, count) = (i32_of(&args[0])?, i32_of(&args[1])?);
            let mut sum = 0;
            for index in 0..count {
                sum += long(guest, at + 8 * index)?;
            }
            Ok(vec![Value::I64(sum)])
        }),
        // list<u8> -> list<u8>
        define("reverse", |guest, args| {
            let mut bytes = guest.read(i32_of(&args[0])?, i32_of(&args[1])?)?;
            bytes.reverse();
            give_text(guest, i32_of(&args[2])?, &bytes)?;
            Ok(Vec::new())
        }),
        // list<record { count: s64, name: string }> -> list<string>
        define("names", |guest, args| {
            let (at, count, to) = (i32_of(&args[0])?, i32_of(&args[1])?, i32_of(&args[2])?);
            let list = guest.allocate(8 * count, 4)?;
            for index in 0..count {
                let item = at + 16 * index;
                let number = long(guest, item)?;
                let (place, size) = (word(guest, item + 8)?, word(guest, item + 12)?);
                let name =
                    String::from_utf8(guest.read(place, size)?).map_err(|e| e.to_string())?;
                give_text(
                    guest,
                    list + 8 * index,
                    format!("{number} {name}").as_bytes(),
                )?;
            }
            guest.write(to, &list.to_le_bytes())?;
            guest.write(to + 4, &count.to_le_bytes())?;
            Ok(Vec::new())
        }),
        // string -> option<f64>
        define("price", |guest, args| {
            let to = i32_of(&args[2])?;
            match text(guest, &args[0], &args[1])?.as_str() {
                "tea" => {
                    guest.write(to, &[1])?;
                    guest.write(to + 8, &2.5_f64.to_le_bytes())?;
                }
                "odd" => guest.write(to, &[2])?,
                _ => guest.write(to, &[0])?,
            }
            Ok(Vec::new())
        }),
        // option<string> as a parameter: case, address, size
        define("describe", |guest, args| {
            let shown = match i32_of(&args[0])? {
                0 => "nothing".to_owned(),
                _ => text(guest, &args[1], &args[2])?,
            };
            give_text(guest, i32_of(&args[3])?, shown.as_bytes())?;
            Ok(Vec::new())
        }),
        // variant { circle(f64), square(tuple<s64, bool>), empty } joined: i32, i64, i32
        define("area", |_, args| match args {
            [Value::I32(0), Value::I64(bits), Value::I32(0)] => {
                Ok(vec![Value::F64(f64::from_bits(*bits as u64) * 3.0)])
            }
            [Value::I32(1), Value::I64(side), Value::I32(filled)] => {
                Ok(vec![Value::F64((side * side) as f64 + f64::from(*filled))])
            }
            [Value::I32(2), Value::I64(0), Value::I32(0)] => Ok(vec![Value::F64(0.0)]),
            other => Err(format!("{other:?}")),
        }),
        // enum -> enum
        define("turn", |_, args| {
            Ok(vec![Value::I32((i32_of(&args[0])? as i32 + 1) % 3)])
        }),
        // seventeen parameters go through memory
        define("many", |guest, args| {
            let at = i32_of(&args[0])?;
            let mut sum = 0;
            for index in 0..17 {
                sum += long(guest, at + 8 * index)?;
            }
            Ok(vec![Value::I64(sum)])
        }),
        // a record of one number is that number
        define("wrap", |_, args| match args {
            [Value::I64(value)] => Ok(vec![Value::I64(value + 1)]),
            other => Err(format!("{other:?}")),
        }),
    ]
}

/// A capability whose operations fail: result<t, problem>, `ok` first.
fn store() -> Vec<HostFunction> {
    vec![
        HostFunction::new("aivi:main/store", "take-item", |guest, args| {
            let (name, to) = (text(guest, &args[0], &args[1])?, i32_of(&args[2])?);
            match name.as_str() {
                "tea" => {
                    guest.write(to, &[0])?;
                    guest.write(to + 8, &7_i64.to_le_bytes())?;
                }
                "gone" => {
                    guest.write(to, &[1])?;
                    guest.write(to + 8, &[0])?;
                }
                other => {
                    guest.write(to, &[1])?;
                    guest.write(to + 8, &[1])?;
                    give_text(guest, to + 12, format!("no {other}").as_bytes())?;
                }
            }
            Ok(Vec::new())
        }),
        // result<_, problem>
        HostFunction::new("aivi:main/store", "close", |guest, args| {
            guest.write(i32_of(&args[0])?, &[0])?;
            Ok(Vec::new())
        }),
    ]
}

fn run(name: &str, text: &str, host: Vec<HostFunction>) -> (String, String, i32) {
    let mut shown = None;
    for level in [OptLevel::O0, OptLevel::O2] {
        let module = compile(Path::new(name), text, level).unwrap();
        let program = Engine::new(engine::Options::default())
            .unwrap()
            .compile(&module)
            .unwrap();
        let run = Run {
            args: vec![name.to_owned()],
            stdin: Input::Empty,
            stdout: Output::Capture,
            stderr: Output::Capture,
            host: host.clone(),
            ..Run::default()
        };
        let outcome = program.run(run).unwrap();
        assert!(!matches!(outcome.end, End::Trapped(_)), "{:?}", outcome.end);
        let now = (
            String::from_utf8(outcome.stdout).unwrap(),
            String::from_utf8(outcome.stderr).unwrap(),
            outcome.end.status(),
        );
        match &shown {
            None => shown = Some(now),
            Some(first) => assert_eq!(*first, now),
        }
    }
    shown.unwrap()
}

const DECLARED: &str = r#"
type Shape = | Circle Float | Square Int Bool | Empty
Turn = North | East | South
Item = { name: Text, count: Int }

@wit "acme:shop/inventory@1.0.0"
capability Inventory = {
  stock : Text -> Effect Inventory Int
  half : Float -> Effect Inventory Float
  nextLetter : Char -> Bool -> Effect Inventory Char
  isOpen : Unit -> Effect Inventory Bool
  log : Text -> Effect Inventory Unit
  greet : Text -> Effect Inventory Text
  brokenText : Unit -> Effect Inventory Text
  sum : List Int -> Effect Inventory Int
  reverse : Bytes -> Effect Inventory Bytes
  names : List Item -> Effect Inventory (List Text)
  price : Text -> Effect Inventory (Option Float)
  describe : Option Text -> Effect Inventory Text
  area : Shape -> Effect Inventory Float
  turn : Turn -> Effect Inventory Turn
  many : (Int, Int, Int, Int) -> (Int, Int, Int, Int) -> (Int, Int, Int, Int) -> (Int, Int, Int, Int) -> Int -> Effect Inventory Int
  wrap : { value: Int } -> Effect Inventory { value: Int }
}
"#;

#[test]
fn operations_are_imports() {
    let text = format!(
        r#"{DECLARED}
main : Effect {{ Inventory, Console }} Unit
main = effect {{
  a <- stock "hélium"
  b <- half 5.0
  c <- nextLetter 'a' True
  d <- isOpen Unit
  log "logged"
  e <- greet "Ada"
  f <- brokenText Unit
  printLine "{{(a, b, c, d, e, f)}}"
  a <- sum [1..1000]
  b <- sum []
  c <- reverse (bytes.fromList [1, 2, 3])
  d <- names [{{ name: "tea", count: 3 }}, {{ name: "", count: -1 }}]
  e <- names []
  printLine "{{(a, b, c, d, e)}}"
  a <- price "tea"
  b <- price "gold"
  c <- describe (Some "text")
  d <- describe None
  printLine "{{(a, b, c, d)}}"
  a <- area (Circle 1.5)
  b <- area (Square 3 True)
  c <- area Empty
  printLine "{{(a, b, c)}}"
  a <- turn North
  b <- turn South
  c <- many (1, 2, 3, 4) (5, 6, 7, 8) (9, 10, 11, 12) (13, 14, 15, 16) 17
  d <- wrap {{ value: 41 }}
  printLine "{{(a, b, c, d)}}"
  spin 10000
}}

// The arena is empty again after each call.
spin : Int -> Effect {{ Inventory, Console }} Unit
spin = count =>
  if count == 0 then printLine "spun"
  else effect {{
    _ <- names (List.repeat 20 {{ name: "a name of some length", count: count }})
    spin (count - 1)
  }}
"#
    );
    let (stdout, stderr, status) = run("imports.aivi", &text, shop());
    assert_eq!((stderr.as_str(), status), ("", 0));
    assert_eq!(
        stdout,
        "(70, 2.5, 'b', True, \"hello Ada\", \"a\u{fffd}b\")\n\
         (500500, 0, bytes.fromList [3, 2, 1], [\"3 tea\", \"-1 \"], [])\n\
         (Some 2.5, None, \"text\", \"nothing\")\n\
         (4.5, 10, 0)\n\
         (East, North, 153, { value: 42 })\n\
         spun\n"
    );
}

#[test]
fn operations_may_fail() {
    let text = r#"
Problem = Gone | Other Text
capability Store fails Problem = {
  takeItem : Text -> Effect Store Int
  close : Effect Store Unit
}
main = effect {
  a <- takeItem "tea"
  b <- attempt (takeItem "gone")
  c <- takeItem "gold" or
    | Other why => text.length why
    | Gone => 0
  close
  printLine "{(a, b, c)}"
  _ <- takeItem "salt"
  printLine "never"
}
"#;
    let (stdout, stderr, status) = run("failing.aivi", text, store());
    assert_eq!(stdout, "(7, Err Gone, 7)\n");
    assert_eq!((stderr.as_str(), status), ("error: Other \"no salt\"\n", 1));
}

/// The example's host: two items, and levels of their own.
fn example() -> Vec<HostFunction> {
    vec![
        HostFunction::new(SHOP, "items", |guest, args| {
            let to = i32_of(&args[0])?;
            let list = guest.allocate(32, 8)?;
            for (index, (name, amount)) in [("tea", 20_i64), ("salt", 5)].into_iter().enumerate() {
                let item = list + 16 * index as u32;
                guest.write(item, &amount.to_le_bytes())?;
                give_text(guest, item + 8, name.as_bytes())?;
            }
            // result<list<item>, problem>
            guest.write(to, &[0])?;
            guest.write(to + 4, &list.to_le_bytes())?;
            guest.write(to + 8, &2_u32.to_le_bytes())?;
            Ok(Vec::new())
        }),
        HostFunction::new(SHOP, "stock-level", |guest, args| {
            let (name, to) = (text(guest, &args[0], &args[1])?, i32_of(&args[2])?);
            if name == "gold" {
                guest.write(to, &[1])?;
                guest.write(to + 8, &[0])?;
                give_text(guest, to + 12, name.as_bytes())?;
            } else {
                guest.write(to, &[0])?;
                guest.write(to + 8, &(name.len() as i64).to_le_bytes())?;
            }
            Ok(Vec::new())
        }),
    ]
}

#[test]
fn the_example_runs_with_its_host() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/capability.aivi");
    let text = std::fs::read_to_string(&path).unwrap();
    let (stdout, stderr, status) = run("capability.aivi", &text, example());
    assert_eq!(
        stdout,
        "tea: 3 of 20\nsalt: 4 of 5\nErr (Unknown \"gold\")\n"
    );
    assert_eq!((stderr.as_str(), status), ("", 0));
}

#[test]
fn a_value_that_its_type_lacks_is_a_fault() {
    let text =
        format!("{DECLARED}main = effect {{\n  a <- price \"odd\"\n  printLine \"{{a}}\"\n}}\n");
    let (_, stderr, status) = run("odd.aivi", &text, shop());
    assert!(
        stderr.starts_with("fault[R0004]: the host gave a value that its type does not have"),
        "{stderr}"
    );
    assert_eq!(status, 70);
}

#[test]
fn only_what_is_used_is_imported() {
    let text =
        format!("{DECLARED}main = effect {{\n  n <- stock \"tea\"\n  printLine \"{{n}}\"\n}}\n");
    let module = compile(Path::new("one.aivi"), &text, OptLevel::O2).unwrap();
    let program = Engine::new(engine::Options::default())
        .unwrap()
        .compile(&module)
        .unwrap();
    let mut imports = program.imports();
    imports.retain(|(module, _)| module != "wasi_snapshot_preview1");
    assert_eq!(imports, [(SHOP.to_owned(), "stock".to_owned())]);
}

#[test]
fn an_interpreter_says_what_is_missing() {
    let text =
        format!("{DECLARED}main = effect {{\n  n <- stock \"tea\"\n  printLine \"{{n}}\"\n}}\n");
    for milestone in MILESTONES {
        let shown = interpret(
            milestone,
            None,
            Path::new("one.aivi"),
            &text,
            &World::default(),
        );
        let shown = shown.unwrap();
        assert_eq!(
            shown.stderr,
            "error: nothing provides `acme:shop/inventory@1.0.0#stock`\n"
        );
        assert_eq!(shown.status, 1);
    }
}
