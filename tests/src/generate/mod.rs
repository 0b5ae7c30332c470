//! Random programs that are well typed and end: text of `mono`, so that everything behind it is tested with it.
//!
//! A program is made from a sequence of bytes, each a choice, so that a failing program shrinks with its bytes: where
//! they run out, every choice is the simplest one. Recursion comes from templates that count down, so all programs end.
//! They may fault, fail and write, which is what is compared.

mod definitions;
mod effects;
mod expressions;
mod types;

use std::fmt::Write as _;

use types::{Ty, boxed};

/// What is in scope.
#[derive(Clone)]
struct Scope {
    vars: Vec<(String, Ty)>,
}

/// Something at the top level.
struct Global {
    name: String,
    params: Vec<Ty>,
    result: Ty,
}

impl Global {
    fn ty(&self) -> Ty {
        self.params
            .iter()
            .rev()
            .fold(self.result.clone(), |result, param| {
                Ty::Fun(boxed(param.clone()), boxed(result))
            })
    }

    fn mention(&self) -> String {
        format!("(global @{} {})", self.name, self.ty().text())
    }
}

struct Generator<'a> {
    choices: std::slice::Iter<'a, u8>,
    names: usize,
    globals: Vec<Global>,
    /// How much more the definition that is being made may hold.
    fuel: usize,
}

/// A program made of these choices.
pub fn mono_program(choices: &[u8]) -> String {
    let mut generator = Generator {
        choices: choices.iter(),
        names: 0,
        globals: Vec::new(),
        fuel: 0,
    };
    generator.program()
}

impl Generator<'_> {
    /// A number below `count`; 0 at the end of the choices.
    fn pick(&mut self, count: usize) -> usize {
        self.choices
            .next()
            .map_or(0, |&byte| usize::from(byte) % count.max(1))
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.pick(one_in) == one_in - 1
    }

    fn fresh(&mut self, base: &str) -> String {
        self.names += 1;
        format!("{base}{}", self.names)
    }

    fn ty(&mut self, depth: usize) -> Ty {
        let count = if depth == 0 { 9 } else { 17 };
        match self.pick(count) {
            0 => Ty::Int,
            1 => Ty::Text,
            2 => Ty::Bool,
            3 => Ty::Float,
            4 => Ty::Char,
            5 => Ty::Unit,
            6 => Ty::Color,
            7 => Ty::Wrap,
            8 => Ty::Ordering,
            9 => Ty::List(boxed(self.ty(depth - 1))),
            10 => Ty::Option(boxed(self.ty(depth - 1))),
            11 => Ty::Tree(boxed(self.ty(depth - 1))),
            12 => Ty::Result(boxed(self.ty(depth - 1)), boxed(self.ty(depth - 1))),
            13 => Ty::Tuple((0..2 + self.pick(2)).map(|_| self.ty(depth - 1)).collect()),
            14 => Ty::Record((0..1 + self.pick(4)).map(|_| self.ty(depth - 1)).collect()),
            15 => Ty::Fun(boxed(self.ty(depth - 1)), boxed(self.ty(depth - 1))),
            _ => Ty::Effect(self.pick(2) == 1, boxed(self.ty(depth - 1))),
        }
    }

    fn data_ty(&mut self, depth: usize) -> Ty {
        let ty = self.ty(depth);
        if ty.is_data() { ty } else { Ty::Int }
    }

    fn program(&mut self) -> String {
        let mut defines = String::new();
        let _ = writeln!(
            defines,
            "(define @main.wrap.eq (-> main.Wrap main.Wrap Bool) no
               (lambda [(p main.Wrap) (q main.Wrap)] (switch p [(on-con #main.Wrap [(m Int)]
                 (switch q [(on-con #main.Wrap [(n Int)]
                   (prim int.eq _ (prim int.and _ m 1) (prim int.and _ n 1)))] _))] _)))
             (define @main.wrap.text (-> main.Wrap Text) no
               (lambda [(p main.Wrap)] (switch p [(on-con #main.Wrap [(m Int)]
                 (prim text.concat _ \"w\" (prim int.to-text _ m)))] _)))"
        );
        let count = 1 + self.pick(5);
        for _ in 0..count {
            let define = self.global();
            defines.push_str(&define);
        }
        self.fuel = 40;
        let scope = Scope { vars: Vec::new() };
        let mut steps = String::new();
        let mut scope = scope;
        for _ in 0..1 + self.pick(5) {
            let step = self.step(&mut scope, false);
            steps.push_str(&step);
        }
        let unit = Ty::Effect(false, boxed(Ty::Unit));
        let tail = self.expr(&unit, &scope, 2);
        let _ = writeln!(
            defines,
            "(define @main.main {} no (do [{steps}] {tail}))",
            unit.text()
        );
        format!(
            "(program
              [(data main.Color [] (#main.Red) (#main.Green) (#main.Blue)) (data main.Wrap [] (#main.Wrap Int))
               (data main.Tree [?A] (#main.Leaf) (#main.Node (main.Tree ?A) ?A (main.Tree ?A)))]
              [(override eq main.Wrap @main.wrap.eq) (override to-text main.Wrap @main.wrap.text)]
              [{defines}] [] @main.main)\n"
        )
    }
}
