//! A world for the runtime's files: each is an instance of its own, what the linker would give is given by hand, and
//! WASI is a double that moves few bytes at a time, so that every loop around a short write or read is tested.
//!
//!      16 … 4096         shadow stack
//!      4096 … 0x40000    data and zeroed areas
//!      0x40000 … 0x60000 left to the tests: their text number N lies at 0x40000 + 32 * N, with a zero behind it
//!      0x60000 … 0x80000 those texts as objects, under stress
//!      0x80000 … 0x100000 heap, at the start

use std::collections::HashMap;

use runtime_wat::{FILES, file_with};
use wasmparser::{Parser, Payload};
use wasmtime::{
    Caller, Config, Engine, Error, Extern, Global, GlobalType, Instance, Linker, Memory, Module,
    Mutability, Result, Store, Val, ValType,
};

use crate::filesystem::{self, Files};

/// What the WASI double remembers, and what it gives.
#[derive(Default)]
pub struct Streams {
    pub output: HashMap<u32, Vec<u8>>,
    pub input: Vec<u8>,
    pub args: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub files: Files,
    /// How many random bytes were given.
    pub random: u8,
    /// Nanoseconds that were slept.
    pub slept: u64,
    /// Writing fails, as when nobody reads.
    pub closed: bool,
}

pub struct World {
    pub store: Store<Streams>,
    pub linker: Linker<Streams>,
    next: u32,
    zeroed: HashMap<String, u32>,
}

/// Where the shadow stack ends.
const STACK_TOP: i32 = 4096;

/// Helpers for tests, beside the runtime's own files.
const HELPERS: &str = r#"
  (module
    (import "heap" "memory" (memory 1))
    (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
    ;; A text of the bytes at place `number`, up to the next zero.
    (func (export "text") (param $number i32) (result i32)
      (local $length i32)
      (local $text i32)
      (local $at i32)
      (local.set $at (call $place (local.get $number)))
      (loop $next
        (if (i32.load8_u (i32.add (local.get $at) (local.get $length)))
          (then
            (local.set $length (i32.add (local.get $length) (i32.const 1)))
            (br $next))))
      (local.set $text (call $new (local.get $length)))
      (memory.copy (i32.add (local.get $text) (i32.const 8)) (local.get $at) (local.get $length))
      (local.get $text))
    ;; Where every allocation collects, texts lie below the heap, like those that the linker places: scripts hold them
    ;; while others are made.
    (global $stress i32 (i32.const STRESS))
    (global $next (mut i32) (i32.const 0x60000))
    (func $new (param $length i32) (result i32)
      (local $at i32)
      (if (i32.eqz (global.get $stress)) (then (return (call $bytes_new (local.get $length)))))
      (local.set $at (global.get $next))
      (i32.store (local.get $at) (i32.const 5))
      (i32.store offset=4 (local.get $at) (local.get $length))
      (global.set $next
        (i32.add (local.get $at)
          (i32.and (i32.add (local.get $length) (i32.const 15)) (i32.const -8))))
      (local.get $at))
    (func $place (param $number i32) (result i32)
      (i32.add (i32.const 0x40000) (i32.shl (local.get $number) (i32.const 5))))
    ;; Whether a word is a well-formed bytes object of the bytes at place `number`: header, length, zeros behind them.
    (func (export "is") (param $text i32) (param $number i32) (result i32)
      (local $index i32)
      (local $byte i32)
      (local $at i32)
      (local.set $at (call $place (local.get $number)))
      (if (i32.and (local.get $text) (i32.const 7)) (then (return (i32.const 0))))
      ;; A collector's mark is of no interest.
      (if (i32.ne (i32.and (i32.load (local.get $text)) (i32.const -3)) (i32.const 5))
        (then (return (i32.const 0))))
      (loop $next
        (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $index))))
        (if (local.get $byte)
          (then
            (if (i32.ne (local.get $byte)
                  (i32.load8_u offset=8 (i32.add (local.get $text) (local.get $index))))
              (then (return (i32.const 0))))
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br $next))))
      (if (i32.ne (local.get $index) (i32.load offset=4 (local.get $text)))
        (then (return (i32.const 0))))
      (loop $next
        (if (i32.and (local.get $index) (i32.const 7))
          (then
            (if (i32.load8_u offset=8 (i32.add (local.get $text) (local.get $index)))
              (then (return (i32.const 0))))
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br $next))))
      (i32.const 1)))
"#;

fn memory(caller: &mut Caller<Streams>) -> Result<Memory> {
    caller
        .get_export("memory")
        .and_then(Extern::into_memory)
        .ok_or_else(|| Error::msg("no memory"))
}

/// The memory is not an export of the caller but of `heap`, so the double gets it by hand.
#[derive(Clone)]
pub struct Host(std::sync::Arc<std::sync::OnceLock<Memory>>);

impl Host {
    fn memory(&self, caller: &mut Caller<Streams>) -> Result<Memory> {
        match self.0.get() {
            Some(found) => Ok(*found),
            None => memory(caller),
        }
    }

    pub fn read(&self, caller: &mut Caller<Streams>, at: u32, length: u32) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        self.memory(caller)?
            .read(&*caller, at as usize, &mut bytes)?;
        Ok(bytes)
    }

    fn word(&self, caller: &mut Caller<Streams>, at: u32) -> Result<u32> {
        let mut bytes = [0; 4];
        self.memory(caller)?
            .read(&*caller, at as usize, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    pub fn write(&self, caller: &mut Caller<Streams>, at: u32, bytes: &[u8]) -> Result<()> {
        Ok(self
            .memory(caller)?
            .write(&mut *caller, at as usize, bytes)?)
    }

    /// The bytes of the text of a number.
    fn string(&self, caller: &mut Caller<Streams>, number: u32) -> Result<Vec<u8>> {
        let memory = self.memory(caller)?;
        let bytes = &memory.data(&*caller)[0x40000 + 32 * number as usize..];
        Ok(bytes
            .iter()
            .copied()
            .take_while(|byte| *byte != 0)
            .collect())
    }
}

fn define_wasi(linker: &mut Linker<Streams>, host: &Host) -> Result<()> {
    let wasi = "wasi_snapshot_preview1";
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_write",
        move |mut caller: Caller<Streams>,
              file: u32,
              list: u32,
              count: u32,
              moved: u32|
              -> Result<u32> {
            if caller.data().closed {
                return Ok(64);
            }
            assert_eq!(count, 1);
            let (at, length) = (h.word(&mut caller, list)?, h.word(&mut caller, list + 4)?);
            let bytes = h.read(&mut caller, at, length.min(5))?;
            h.write(&mut caller, moved, &(bytes.len() as u32).to_le_bytes())?;
            if file > 2 {
                let written = caller.data_mut().files.write(file, &bytes);
                return Ok(written.err().unwrap_or(0));
            }
            caller
                .data_mut()
                .output
                .entry(file)
                .or_default()
                .extend(bytes);
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "fd_read",
        move |mut caller: Caller<Streams>,
              file: u32,
              list: u32,
              count: u32,
              moved: u32|
              -> Result<u32> {
            assert_eq!(count, 1);
            let (at, length) = (h.word(&mut caller, list)?, h.word(&mut caller, list + 4)?);
            if file > 2 {
                let bytes = match caller.data_mut().files.read(file, length) {
                    Ok(bytes) => bytes,
                    Err(error) => return Ok(error),
                };
                h.write(&mut caller, at, &bytes)?;
                h.write(&mut caller, moved, &(bytes.len() as u32).to_le_bytes())?;
                return Ok(0);
            }
            let input = &mut caller.data_mut().input;
            let bytes: Vec<u8> = input
                .drain(..input.len().min(length as usize).min(7))
                .collect();
            h.write(&mut caller, at, &bytes)?;
            h.write(&mut caller, moved, &(bytes.len() as u32).to_le_bytes())?;
            Ok(0)
        },
    )?;
    for (sizes, get, of) in [
        (
            "args_sizes_get",
            "args_get",
            (|streams| &streams.args) as Texts,
        ),
        ("environ_sizes_get", "environ_get", |streams| &streams.env),
    ] {
        define_texts(linker, host, (sizes, get), of)?;
    }
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "random_get",
        move |mut caller: Caller<Streams>, at: u32, length: u32| -> Result<u32> {
            let first = caller.data().random + 1;
            caller.data_mut().random += length as u8;
            let bytes: Vec<u8> = (first..first + length as u8).collect();
            h.write(&mut caller, at, &bytes)?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "clock_time_get",
        move |mut caller: Caller<Streams>, clock: u32, _: u64, to: u32| -> Result<u32> {
            let time = match clock {
                0 => 1_700_000_000_000_000_000,
                _ => 1000 + caller.data().slept,
            };
            h.write(&mut caller, to, &time.to_le_bytes())?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        "poll_oneoff",
        move |mut caller: Caller<Streams>,
              wait: u32,
              event: u32,
              count: u32,
              events: u32|
              -> Result<u32> {
            assert_eq!(count, 1);
            // The clock's tag, the monotonic clock, a time that counts from here.
            assert_eq!(h.read(&mut caller, wait + 8, 1)?, [0]);
            assert_eq!(h.word(&mut caller, wait + 16)?, 1);
            assert_eq!(h.read(&mut caller, wait + 40, 2)?, [0, 0]);
            let time = h.word(&mut caller, wait + 24)?;
            caller.data_mut().slept += u64::from(time);
            h.write(&mut caller, event, &[0; 32])?;
            h.write(&mut caller, events, &1_u32.to_le_bytes())?;
            Ok(0)
        },
    )?;
    filesystem::define(linker, host)?;
    linker.func_wrap(wasi, "proc_exit", |status: u32| -> Result<()> {
        Err(Error::msg(format!("exit {status}")))
    })?;
    Ok(())
}

type Texts = fn(&Streams) -> &Vec<Vec<u8>>;

/// A pair of functions that give texts: their number and size, then a table of pointers and the texts, each with a
/// zero.
fn define_texts(
    linker: &mut Linker<Streams>,
    host: &Host,
    (sizes, get): (&str, &str),
    of: Texts,
) -> Result<()> {
    let wasi = "wasi_snapshot_preview1";
    let h = host.clone();
    linker.func_wrap(
        wasi,
        sizes,
        move |mut caller: Caller<Streams>, count: u32, size: u32| -> Result<u32> {
            let texts = of(caller.data());
            let (n, total) = (
                texts.len() as u32,
                texts.iter().map(|text| text.len() as u32 + 1).sum::<u32>(),
            );
            h.write(&mut caller, count, &n.to_le_bytes())?;
            h.write(&mut caller, size, &total.to_le_bytes())?;
            Ok(0)
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        wasi,
        get,
        move |mut caller: Caller<Streams>, mut pointers: u32, mut at: u32| -> Result<u32> {
            for mut text in of(caller.data()).clone() {
                text.push(0);
                h.write(&mut caller, pointers, &at.to_le_bytes())?;
                h.write(&mut caller, at, &text)?;
                pointers += 4;
                at += text.len() as u32;
            }
            Ok(0)
        },
    )?;
    Ok(())
}

/// The module `host` of the tests: what the double gives, and what it got. Texts are known by number.
fn define_test_host(linker: &mut Linker<Streams>, host: &Host) -> Result<()> {
    let h = host.clone();
    linker.func_wrap(
        "test/host",
        "input",
        move |mut caller: Caller<Streams>, at: u32| -> Result<()> {
            let bytes = h.string(&mut caller, at)?;
            caller.data_mut().input.extend(bytes);
            Ok(())
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        "test/host",
        "argument",
        move |mut caller: Caller<Streams>, at: u32| -> Result<()> {
            let bytes = h.string(&mut caller, at)?;
            caller.data_mut().args.push(bytes);
            Ok(())
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        "test/host",
        "variable",
        move |mut caller: Caller<Streams>, at: u32| -> Result<()> {
            let bytes = h.string(&mut caller, at)?;
            caller.data_mut().env.push(bytes);
            Ok(())
        },
    )?;
    linker.func_wrap(
        "test/host",
        "close",
        |mut caller: Caller<Streams>, closed: u32| {
            caller.data_mut().closed = closed != 0;
        },
    )?;
    let h = host.clone();
    linker.func_wrap(
        "test/host",
        "output_is",
        move |mut caller: Caller<Streams>, file: u32, at: u32| -> Result<u32> {
            let expected = h.string(&mut caller, at)?;
            let found = caller.data_mut().output.remove(&file).unwrap_or_default();
            if found != expected {
                println!("found {:?}", String::from_utf8_lossy(&found));
            }
            Ok(u32::from(found == expected))
        },
    )?;
    Ok(())
}

impl World {
    /// All files of the runtime, instantiated and registered by their names, with the default collector.
    pub fn new() -> Result<World> {
        World::with_collector("generational", false)
    }

    /// The same with a collector, which may run as often as it can.
    pub fn with_collector(collector: &str, stress: bool) -> Result<World> {
        let mut config = Config::new();
        config.max_wasm_stack(1 << 20);
        let engine = Engine::new(&config)?;
        let mut store = Store::new(&engine, Streams::default());
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        let host = Host(Default::default());
        define_wasi(&mut linker, &host)?;
        define_test_host(&mut linker, &host)?;
        let constant = GlobalType::new(ValType::I32, Mutability::Const);
        linker.func_wrap("program", "each_root", || {})?;
        let first_limit = if stress { 0x80000 } else { 0x100000 };
        for (name, value) in [
            ("heap_base", 0x80000),
            ("heap_limit", 0x100000),
            ("first_limit", first_limit),
            ("stack_top", STACK_TOP),
            ("stress", i32::from(stress)),
            ("max_pages", 0),
        ] {
            let global = Global::new(&mut store, constant.clone(), Val::I32(value))?;
            linker.define(&mut store, "link", name, global)?;
        }
        let mut world = World {
            store,
            linker,
            next: STACK_TOP.cast_unsigned(),
            zeroed: HashMap::new(),
        };
        let files = FILES.iter().map(|file| file_with(file.name, collector));
        for file in files.map(|file| file.ok_or_else(|| Error::msg("a collector"))) {
            let file = file?;
            let binary = file.binary().map_err(Error::msg)?;
            let instance = world.instantiate(&binary)?;
            world
                .linker
                .instance(&mut world.store, file.name, instance)?;
            if file.name == "heap"
                && let Some(memory) = instance.get_memory(&mut world.store, "memory")
            {
                memory.grow(&mut world.store, 15)?;
                let _ = host.0.set(memory);
            }
        }
        let helpers = wat::parse_str(HELPERS.replace("STRESS", if stress { "1" } else { "0" }))?;
        let instance = world.instantiate(&helpers)?;
        world.linker.instance(&mut world.store, "test", instance)?;
        Ok(world)
    }

    /// Instantiates a module; `data` and `zeroed SIZE` imports get addresses of their own.
    pub fn instantiate(&mut self, binary: &[u8]) -> Result<Instance> {
        // Which segment a global is for is not known here.
        let mut largest = 0;
        for payload in Parser::new(0).parse_all(binary) {
            if let Payload::DataSection(section) = payload? {
                for segment in section {
                    largest = largest.max(segment?.data.len() as u32);
                }
            }
        }
        for payload in Parser::new(0).parse_all(binary) {
            let Payload::ImportSection(section) = payload? else {
                continue;
            };
            for import in section.into_imports() {
                let import = import?;
                let address = if import.module == "data" {
                    self.reserve(largest)
                } else if let Some(size) = import.module.strip_prefix("zeroed ") {
                    let size = size.parse().map_err(|_| Error::msg("a size"))?;
                    match self.zeroed.get(import.name) {
                        Some(address) => *address,
                        None => {
                            let address = self.reserve(size);
                            self.zeroed.insert(import.name.into(), address);
                            address
                        }
                    }
                } else {
                    continue;
                };
                let ty = GlobalType::new(ValType::I32, Mutability::Const);
                let global = Global::new(&mut self.store, ty, Val::I32(address as i32))?;
                self.linker
                    .define(&mut self.store, import.module, import.name, global)?;
            }
        }
        let module = Module::new(self.store.engine(), binary)?;
        self.linker.instantiate(&mut self.store, &module)
    }

    fn reserve(&mut self, size: u32) -> u32 {
        let address = self.next;
        self.next += size.next_multiple_of(8);
        assert!(self.next < 0x40000);
        address
    }
}
