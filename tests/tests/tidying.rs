//! Random functions give the same with `tidy-locals` and without.

use std::fmt::Write as _;

use engine::{End, Engine, Options, Run, Value};
use ir_defs::{Session, binary};
use passes::pipeline::PIPELINE;

/// Encodes a module after these passes.
fn build(text: &str, passes: &[&str]) -> Vec<u8> {
    let mut session = Session::bare();
    let file = session
        .core
        .sources
        .add("test", text)
        .expect("there is room");
    let mut program = PIPELINE
        .read("wasm", file, &mut session)
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    for name in passes {
        assert_eq!(program.check(&session), [], "before {name}:\n{text}");
        let (_, pass) = PIPELINE.find(name).expect("a pass");
        program = (pass.run)(program, &mut session).expect("its language");
    }
    let errors: Vec<_> = session.core.diagnostics.iter().collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    program
        .as_any()
        .downcast_ref::<binary::Entry>()
        .expect("a binary")
        .0
        .clone()
}

/// A generator of functions (splitmix64).
struct Random {
    state: u64,
    labels: Vec<(String, bool)>,
    next: u32,
    text: String,
}

const LOCALS: [&str; 6] = ["p", "q", "a", "b", "c", "d"];

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn emit(&mut self, text: &str) {
        self.text.push(' ');
        self.text.push_str(text);
    }

    fn local(&mut self) -> &'static str {
        LOCALS[self.below(LOCALS.len() as u64) as usize]
    }

    /// Leaves an i64.
    fn value(&mut self, depth: u32) {
        let choice = if depth == 0 {
            self.below(4)
        } else {
            self.below(10)
        };
        let local = self.local();
        match choice {
            0..=2 => self.emit(&format!("(get {local})")),
            3 => {
                let number = self.below(100);
                self.emit(&format!("(i64.const {number})"));
            }
            4 | 5 => {
                self.value(depth - 1);
                self.value(depth - 1);
                let op = ["i64.add", "i64.sub", "i64.mul", "i64.xor"][self.below(4) as usize];
                self.emit(op);
            }
            6 => {
                self.value(depth - 1);
                self.emit(&format!("(tee {local})"));
            }
            7 => {
                // Effects must stay in order.
                self.value(depth - 1);
                self.emit("(call $mix)");
            }
            8 => {
                self.condition(depth - 1);
                self.emit("(if _ [] [i64] [");
                self.value(depth - 1);
                self.emit("]");
                self.value(depth - 1);
                self.emit(")");
            }
            _ => {
                let label = self.label("give");
                write!(self.text, " (block {label} [] [i64]").expect("a String grows");
                self.labels.push((label.clone(), true));
                self.statements(depth - 1, 2);
                self.value(depth - 1);
                self.condition(depth - 1);
                self.emit(&format!("(br-if {label})"));
                self.emit("(call $mix)");
                self.labels.pop();
                self.emit(")");
            }
        }
    }

    /// Leaves an i32.
    fn condition(&mut self, depth: u32) {
        self.value(depth.min(1));
        match self.below(4) {
            0 => self.emit("i64.eqz"),
            1 => self.emit("(i64.const 7) i64.and i64.eqz i32.eqz"),
            2 => self.emit("(i64.const 50) i64.lt_s (i32.const 1) i32.eq"),
            _ => {
                self.value(0);
                self.emit("i64.gt_u");
            }
        }
    }

    fn label(&mut self, name: &str) -> String {
        self.next += 1;
        format!("{name}.{}", self.next)
    }

    fn statements(&mut self, depth: u32, count: u64) {
        for _ in 0..=self.below(count) {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: u32) {
        let local = self.local();
        let choice = if depth == 0 {
            self.below(4)
        } else {
            self.below(9)
        };
        match choice {
            0..=2 => {
                self.value(depth);
                self.emit(&format!("(set {local})"));
            }
            3 => {
                self.value(depth);
                self.emit("drop");
            }
            4 => {
                // Two values on the stack, taken in either order.
                let other = self.local();
                self.value(depth - 1);
                self.value(depth - 1);
                self.emit(&format!("(set {local}) (set {other})"));
            }
            5 => {
                self.condition(depth - 1);
                self.emit("(if _ [] [] [");
                self.statements(depth - 1, 3);
                self.emit("]");
                if self.below(2) == 0 {
                    self.statements(depth - 1, 3);
                }
                self.emit(")");
            }
            6 => {
                let label = self.label("out");
                write!(self.text, " (block {label} [] []").expect("a String grows");
                self.labels.push((label, false));
                self.statements(depth - 1, 4);
                self.labels.pop();
                self.emit(")");
            }
            7 => {
                // A loop that ends: the fuel is a global.
                let label = self.label("again");
                write!(self.text, " (loop {label} [] []").expect("a String grows");
                self.statements(depth - 1, 3);
                self.emit("(global-get $fuel) (i32.const 1) i32.sub (global-set $fuel)");
                self.emit("(global-get $fuel) (i32.const 0) i32.gt_s");
                self.emit(&format!("(br-if {label}) )"));
            }
            _ => match self.labels.iter().rev().find(|(_, gives)| !gives).cloned() {
                Some((label, _)) if self.below(2) == 0 => self.emit(&format!("(br {label})")),
                Some((label, _)) => {
                    self.condition(0);
                    self.emit(&format!("(br-if {label})"));
                }
                None => {
                    self.value(0);
                    self.condition(0);
                    self.emit("(if _ [] [] [");
                    self.value(1);
                    self.emit("(return)]) drop");
                }
            },
        }
    }
}

/// `$mix` depends on how often it has been called, so that calls cannot change their order.
fn program(seed: u64) -> String {
    let mut random = Random {
        state: seed,
        labels: Vec::new(),
        next: 0,
        text: String::new(),
    };
    random.statements(4, 6);
    random.value(3);
    let body = random.text;
    format!(
        "(module []
           [(global $fuel i32 yes (const (i32.const 40))) (global $calls i64 yes (const (i64.const 0)))]
           [(function $mix [(wasm-local x i64)] [i64] []
              (global-get $calls) (i64.const 31) i64.mul (get x) i64.add (global-set $calls)
              (global-get $calls) (get x) i64.xor)
            (function $f [(wasm-local p i64) (wasm-local q i64)] [i64]
              [(wasm-local a i64) (wasm-local b i64) (wasm-local c i64) (wasm-local d i64)]
              {body})
            (function $g [(wasm-local m i64) (wasm-local n i64)] [i64] []
              (get m) (get n) (call $f) (global-get $calls) (i64.const 1000003) i64.mul i64.add)]
           [] [] _ (func \"f\" $g))"
    )
}

#[test]
fn random_functions_give_the_same_when_tidied() {
    let engine = Engine::new(Options {
        stack: 1 << 20,
        optimise: false,
        ..Options::default()
    })
    .expect("an engine");
    let count = std::env::var("TIDY")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(150);
    for seed in 0..count {
        let text = program(seed);
        let plain = build(&text, &["emit"]);
        let tidied = build(&text, &["tidy-locals", "emit"]);
        let give = |binary: &[u8], arguments: &[Value]| {
            let program = engine.compile(binary).expect("it compiles");
            let outcome = program.invoke(Run::default(), "f", arguments);
            outcome.expect("it runs").end
        };
        for (p, q) in [(0, 0), (1, -1), (50, 49), (123_456_789, 7)] {
            let arguments = [Value::I64(p), Value::I64(q)];
            let expected = give(&plain, &arguments);
            assert!(matches!(expected, End::Returned(_)), "{expected:?}");
            assert_eq!(give(&tidied, &arguments), expected, "seed {seed}:\n{text}");
        }
    }
}
