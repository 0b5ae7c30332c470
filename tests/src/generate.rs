//! Random programs that are well typed and end: text of `mono`, so that everything behind it is tested with it.
//!
//! A program is made from a sequence of bytes, each a choice, so that a failing program shrinks with its bytes: where
//! they run out, every choice is the simplest one. Recursion comes from templates that count down, so all programs end.
//! They may fault, fail and write, which is what is compared.

use std::fmt::Write as _;

/// A type of a generated value.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Ty {
    Int,
    Float,
    Bool,
    Char,
    Text,
    Unit,
    Color,
    Wrap,
    Ordering,
    Tree(Box<Ty>),
    Option(Box<Ty>),
    List(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    Tuple(Vec<Ty>),
    /// Of fields `a`, `b`, … .
    Record(Vec<Ty>),
    Fun(Box<Ty>, Box<Ty>),
    /// With its failure, a `Text`, if it may fail.
    Effect(bool, Box<Ty>),
}

impl Ty {
    fn text(&self) -> String {
        let all = |items: &[Ty]| items.iter().map(Ty::text).collect::<Vec<_>>().join(" ");
        match self {
            Ty::Int => "Int".to_owned(),
            Ty::Float => "Float".to_owned(),
            Ty::Bool => "Bool".to_owned(),
            Ty::Char => "Char".to_owned(),
            Ty::Text => "Text".to_owned(),
            Ty::Unit => "Unit".to_owned(),
            Ty::Color => "main.Color".to_owned(),
            Ty::Wrap => "main.Wrap".to_owned(),
            Ty::Ordering => "Ordering".to_owned(),
            Ty::Tree(item) => format!("(main.Tree {})", item.text()),
            Ty::Option(item) => format!("(Option {})", item.text()),
            Ty::List(item) => format!("(List {})", item.text()),
            Ty::Result(error, value) => format!("(Result {} {})", error.text(), value.text()),
            Ty::Tuple(items) => format!("(tuple {})", all(items)),
            Ty::Record(fields) => {
                let fields = fields
                    .iter()
                    .zip(LABELS)
                    .map(|(ty, label)| format!("({label} {})", ty.text()));
                format!("(record {})", fields.collect::<Vec<_>>().join(" "))
            }
            Ty::Fun(param, result) => format!("(-> {} {})", param.text(), result.text()),
            Ty::Effect(true, result) => format!("(Effect (row (fail Text)) {})", result.text()),
            Ty::Effect(false, result) => format!("(Effect (row) {})", result.text()),
        }
    }

    /// Whether values can be compared and shown.
    fn is_data(&self) -> bool {
        match self {
            Ty::Fun(..) | Ty::Effect(..) => false,
            Ty::Tree(item) | Ty::Option(item) | Ty::List(item) => item.is_data(),
            Ty::Result(error, value) => error.is_data() && value.is_data(),
            Ty::Tuple(items) | Ty::Record(items) => items.iter().all(Ty::is_data),
            _ => true,
        }
    }
}

const LABELS: [&str; 4] = ["a", "b", "c", "d"];

fn boxed(ty: Ty) -> Box<Ty> {
    Box::new(ty)
}

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

    /// A function, a value, or a function that counts down.
    fn global(&mut self) -> String {
        self.fuel = 30;
        let name = self.fresh("main.g");
        let (params, result, text) = match self.pick(6) {
            0 => {
                let result = self.ty(2);
                // What is an effect is performed anew each time.
                let text = self.expr(&result, &Scope { vars: Vec::new() }, 4);
                (Vec::new(), result, text)
            }
            1 => self.counting(&name),
            2 => self.folding(&name),
            3 => self.mapping(&name),
            _ => {
                let params: Vec<Ty> = (0..1 + self.pick(3)).map(|_| self.ty(2)).collect();
                let result = self.ty(2);
                let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
                let body = self.expr(&result, &scope, 5);
                (params, result, format!("(lambda [{binders}] {body})"))
            }
        };
        let global = Global {
            name,
            params,
            result,
        };
        let define = format!(
            "(define @{} {} no {text})\n",
            global.name,
            global.ty().text()
        );
        self.globals.push(global);
        define
    }

    /// `n acc => if n <= 0 then acc else self (n - 1) …` of the last bits of `n`, perhaps with something to do first.
    fn counting(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let state = self.ty(1);
        let performs = self.pick(2) == 1;
        let result = if performs {
            Ty::Effect(false, boxed(state.clone()))
        } else {
            state.clone()
        };
        let params = vec![Ty::Int, state.clone()];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let (n, acc) = (scope.vars[0].0.clone(), scope.vars[1].0.clone());
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let next = self.expr(&state, &scope, 4);
        let small = self.fresh("m");
        let call = format!("(apply {this} (prim int.sub _ {small} 1) {next})");
        let (done, more) = if performs {
            let print = self.print(&scope);
            let unit = self.fresh("u");
            (
                format!("(prim effect.pure _ {acc})"),
                format!("(do [(run ({unit} Unit) {print})] {call})"),
            )
        } else {
            (acc, call)
        };
        let test = self.fresh("t");
        // Whatever it is called with, it ends.
        let body = format!(
            "(let [(bind ({small} Int) no (prim int.and _ {n} 3)) (bind ({test} Bool) no (prim int.le _ {small} 0))]
               (switch {test} [(on-con #True [] {done})] {more}))"
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    /// A fold over a list, which leaves something to do after the call.
    fn folding(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let (item, result) = (self.ty(1), self.ty(1));
        let list = Ty::List(boxed(item.clone()));
        let params = vec![list.clone()];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let (first, rest, sum) = (self.fresh("x"), self.fresh("r"), self.fresh("s"));
        let nothing = self.expr(&result, &Scope { vars: Vec::new() }, 2);
        let inner = Scope {
            vars: vec![(first.clone(), item.clone()), (sum.clone(), result.clone())],
        };
        let more = self.expr(&result, &inner, 4);
        let body = format!(
            "(switch {} [(on-con #List.Nil [] {nothing}) (on-con #List.Cons [({first} {}) ({rest} {})]
               (let [(bind ({sum} {}) no (apply {this} {rest}))] {more}))] _)",
            scope.vars[0].0,
            item.text(),
            list.text(),
            result.text()
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    /// `f xs => [] or [f x, ...self f xs]`
    fn mapping(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let (item, made) = (self.ty(1), self.ty(1));
        let (list, result) = (Ty::List(boxed(item.clone())), Ty::List(boxed(made.clone())));
        let params = vec![
            Ty::Fun(boxed(item.clone()), boxed(made.clone())),
            list.clone(),
        ];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let (first, rest) = (self.fresh("x"), self.fresh("r"));
        let (f, xs) = (&scope.vars[0].0, &scope.vars[1].0);
        let made = made.text();
        let body = format!(
            "(switch {xs} [(on-con #List.Nil [] (list {made})) (on-con #List.Cons [({first} {}) ({rest} {})]
               (construct #List.Cons [{made}] (apply {f} {first}) (apply {this} {f} {rest})))] _)",
            item.text(),
            list.text()
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    fn binders(&mut self, types: &[Ty], scope: &Scope) -> (String, Scope) {
        let mut scope = scope.clone();
        let mut text = Vec::new();
        for ty in types {
            let name = self.fresh("v");
            text.push(format!("({name} {})", ty.text()));
            scope.vars.push((name, ty.clone()));
        }
        (text.join(" "), scope)
    }

    /// An expression of a type.
    fn expr(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        if depth == 0 || self.fuel == 0 {
            return self.simple(ty, scope);
        }
        self.fuel -= 1;
        match self.pick(12) {
            0 | 1 => self.simple(ty, scope),
            2 | 3 => self.own(ty, scope, depth),
            4 => self.let_in(ty, scope, depth),
            5 | 6 => self.switch(ty, scope, depth),
            7 => self.call(ty, scope, depth),
            8 => self.join(ty, scope, depth),
            9 => self.component(ty, scope, depth),
            10 => self.local_function(ty, scope, depth),
            _ => self.own(ty, scope, depth),
        }
    }

    /// A variable or the simplest value.
    fn simple(&mut self, ty: &Ty, scope: &Scope) -> String {
        let fitting: Vec<&(String, Ty)> =
            scope.vars.iter().filter(|(_, other)| other == ty).collect();
        if !fitting.is_empty() && self.pick(4) != 3 {
            let index = self.pick(fitting.len());
            return fitting[fitting.len() - 1 - index].0.clone();
        }
        let globals: Vec<String> = self
            .globals
            .iter()
            .filter(|global| global.ty() == *ty)
            .map(Global::mention)
            .collect();
        if !globals.is_empty() && self.chance(2) {
            return globals[self.pick(globals.len())].clone();
        }
        match ty {
            Ty::Int => ["0", "1", "2", "-1", "7", "9223372036854775807"][self.pick(6)].to_owned(),
            Ty::Float => ["0.0", "1.5", "-2.25", "1e300", "-0.0"][self.pick(5)].to_owned(),
            Ty::Bool => ["(construct #False [])", "(construct #True [])"][self.pick(2)].to_owned(),
            Ty::Char => ["(char \"a\")", "(char \"\\n\")", "(char \"é\")"][self.pick(3)].to_owned(),
            Ty::Text => ["\"\"", "\"a\"", "\"é\\\"{\"", "\"xyz\""][self.pick(4)].to_owned(),
            Ty::Unit => "(construct #Unit [])".to_owned(),
            Ty::Color => {
                let color = ["Red", "Green", "Blue"][self.pick(3)];
                format!("(construct #main.{color} [])")
            }
            Ty::Ordering => {
                let order = ["Less", "Equal", "Greater"][self.pick(3)];
                format!("(construct #{order} [])")
            }
            Ty::Wrap => format!("(construct #main.Wrap [] {})", self.pick(5)),
            Ty::Tree(item) => format!("(construct #main.Leaf [{}])", item.text()),
            Ty::Option(item) => format!("(construct #None [{}])", item.text()),
            Ty::List(item) => format!("(list {})", item.text()),
            Ty::Result(error, value) => {
                let types = format!("{} {}", error.text(), value.text());
                format!("(construct #Err [{types}] {})", self.simple(error, scope))
            }
            Ty::Tuple(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| self.simple(item, scope)).collect();
                format!("(tuple {})", items.join(" "))
            }
            Ty::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .zip(LABELS)
                    .map(|(field, label)| format!("(field {label} {})", self.simple(field, scope)))
                    .collect();
                format!("(record {})", fields.join(" "))
            }
            Ty::Fun(param, result) => {
                let (binders, scope) = self.binders(std::slice::from_ref(param), scope);
                format!("(lambda [{binders}] {})", self.simple(result, &scope))
            }
            Ty::Effect(fails, result) => {
                let value = self.simple(result, scope);
                let pure = format!("(prim effect.pure _ {value})");
                if *fails {
                    format!("(widen {pure} {})", ty.text())
                } else {
                    pure
                }
            }
        }
    }

    /// What makes a value of this type in particular.
    fn own(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let below = depth - 1;
        match ty {
            Ty::Int => match self.pick(8) {
                0..=4 => {
                    let op = ["add", "sub", "mul", "and", "xor", "or"][self.pick(6)];
                    format!(
                        "(prim int.{op} _ {} {})",
                        self.expr(ty, scope, below),
                        self.expr(ty, scope, below)
                    )
                }
                5 => {
                    let op = ["div", "rem"][self.pick(2)];
                    let divisor = if self.chance(6) {
                        self.expr(ty, scope, below)
                    } else {
                        "3".to_owned()
                    };
                    format!(
                        "(prim int.{op} _ {} {divisor})",
                        self.expr(ty, scope, below)
                    )
                }
                6 => format!(
                    "(prim text.length _ {})",
                    self.expr(&Ty::Text, scope, below)
                ),
                _ => format!("(prim int.neg _ {})", self.expr(ty, scope, below)),
            },
            Ty::Float => {
                let op = ["add", "sub", "mul", "div"][self.pick(4)];
                format!(
                    "(prim float.{op} _ {} {})",
                    self.expr(ty, scope, below),
                    self.expr(ty, scope, below)
                )
            }
            Ty::Bool => {
                let of = self.data_ty(1);
                let (a, b) = (self.expr(&of, scope, below), self.expr(&of, scope, below));
                match &of {
                    Ty::Int if self.pick(2) == 0 => {
                        let op = ["lt", "le", "eq", "ne", "gt", "ge"][self.pick(6)];
                        format!("(prim int.{op} _ {a} {b})")
                    }
                    Ty::Float if self.pick(2) == 0 => {
                        let op = ["lt", "le", "eq", "ne", "gt", "ge"][self.pick(6)];
                        format!("(prim float.{op} _ {a} {b})")
                    }
                    _ => format!("(apply (derived eq {}) {a} {b})", of.text()),
                }
            }
            Ty::Ordering => {
                let of = self.data_ty(1);
                let (a, b) = (self.expr(&of, scope, below), self.expr(&of, scope, below));
                format!("(apply (derived compare {}) {a} {b})", of.text())
            }
            Ty::Text => match self.pick(3) {
                0 => format!(
                    "(prim text.concat _ {} {})",
                    self.expr(ty, scope, below),
                    self.expr(ty, scope, below)
                ),
                1 => format!("(prim int.to-text _ {})", self.expr(&Ty::Int, scope, below)),
                _ => self.shown(scope, below),
            },
            Ty::Wrap => format!(
                "(construct #main.Wrap [] {})",
                self.expr(&Ty::Int, scope, below)
            ),
            Ty::Tree(item) => format!(
                "(construct #main.Node [{}] {} {} {})",
                item.text(),
                self.expr(ty, scope, below),
                self.expr(item, scope, below),
                self.expr(ty, scope, below)
            ),
            Ty::Option(item) => format!(
                "(construct #Some [{}] {})",
                item.text(),
                self.expr(item, scope, below)
            ),
            Ty::List(item) if self.pick(2) == 0 => {
                let items: Vec<String> = (0..self.pick(4))
                    .map(|_| self.expr(item, scope, below))
                    .collect();
                format!("(list {} {})", item.text(), items.join(" "))
            }
            Ty::List(item) => format!(
                "(construct #List.Cons [{}] {} {})",
                item.text(),
                self.expr(item, scope, below),
                self.expr(ty, scope, below)
            ),
            Ty::Result(error, value) => {
                let types = format!("{} {}", error.text(), value.text());
                format!(
                    "(construct #Ok [{types}] {})",
                    self.expr(value, scope, below)
                )
            }
            Ty::Tuple(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| self.expr(item, scope, below))
                    .collect();
                format!("(tuple {})", items.join(" "))
            }
            Ty::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .zip(LABELS)
                    .map(|(field, label)| {
                        format!("(field {label} {})", self.expr(field, scope, below))
                    })
                    .collect();
                format!("(record {})", fields.join(" "))
            }
            Ty::Fun(param, result) => {
                let (binders, scope) = self.binders(std::slice::from_ref(param), scope);
                format!("(lambda [{binders}] {})", self.expr(result, &scope, below))
            }
            Ty::Effect(fails, result) => self.effect(*fails, result, scope, depth),
            Ty::Char | Ty::Unit | Ty::Color => self.simple(ty, scope),
        }
    }

    /// The text of some value.
    fn shown(&mut self, scope: &Scope, depth: usize) -> String {
        let of = self.data_ty(2);
        let how = ["to-text", "to-text", "show", "show-argument"][self.pick(4)];
        let value = self.expr(&of, scope, depth);
        format!("(apply (derived {how} {}) {value})", of.text())
    }

    fn print(&mut self, scope: &Scope) -> String {
        let how = ["print", "print-line"][self.pick(2)];
        format!("(prim console.{how} _ {})", self.shown(scope, 2))
    }

    fn effect(&mut self, fails: bool, result: &Ty, scope: &Scope, depth: usize) -> String {
        let below = depth - 1;
        let ty = Ty::Effect(fails, boxed(result.clone()));
        let quiet = Ty::Effect(false, boxed(result.clone()));
        match self.pick(8) {
            0 | 1 => {
                let mut scope = scope.clone();
                let mut steps = String::new();
                for _ in 0..1 + self.pick(3) {
                    let step = self.step(&mut scope, fails);
                    steps.push_str(&step);
                }
                // A block fails with what one of its parts does.
                let tail = self.expr(&ty, &scope, below);
                format!("(do [{steps}] {tail})")
            }
            2 if fails => {
                format!(
                    "(prim effect.fail {} {})",
                    ty.text(),
                    self.expr(&Ty::Text, scope, below)
                )
            }
            3 if fails => format!("(widen {} {})", self.expr(&quiet, scope, below), ty.text()),
            4 => {
                let first = self.ty(1);
                let effect = Ty::Effect(fails, boxed(first.clone()));
                let then = Ty::Fun(boxed(first), boxed(ty));
                format!(
                    "(prim effect.bind _ {} {})",
                    self.expr(&effect, scope, below),
                    self.expr(&then, scope, below)
                )
            }
            5 => {
                let resource = self.ty(1);
                let acquire = Ty::Effect(fails, boxed(resource.clone()));
                let release = Ty::Fun(
                    boxed(resource.clone()),
                    boxed(Ty::Effect(fails, boxed(Ty::Unit))),
                );
                let consume = Ty::Fun(boxed(resource), boxed(ty));
                format!(
                    "(prim effect.bracket _ {} {} {})",
                    self.expr(&acquire, scope, below),
                    self.expr(&release, scope, below),
                    self.expr(&consume, scope, below)
                )
            }
            6 if *result == Ty::Unit && !fails => self.print(scope),
            7 if !fails => match result {
                Ty::Result(error, value) if **error == Ty::Text => {
                    let inner = Ty::Effect(self.pick(3) != 2, value.clone());
                    format!(
                        "(prim effect.attempt {} {})",
                        ty.text(),
                        self.expr(&inner, scope, below)
                    )
                }
                _ => self.simple(&ty, scope),
            },
            _ if fails => {
                let value = self.expr(result, scope, below);
                format!("(widen (prim effect.pure _ {value}) {})", ty.text())
            }
            _ => format!("(prim effect.pure _ {})", self.expr(result, scope, below)),
        }
    }

    /// A step of a block, which adds to the scope.
    fn step(&mut self, scope: &mut Scope, fails: bool) -> String {
        let (ty, text) = match self.pick(5) {
            0 | 1 => {
                let print = self.print(scope);
                (Ty::Unit, format!("(run (VAR Unit) {print})"))
            }
            2 => {
                let ty = self.ty(2);
                let value = self.expr(&ty, scope, 3);
                (
                    ty.clone(),
                    format!("(let (bind (VAR {}) no {value}))", ty.text()),
                )
            }
            3 => {
                let value = self.ty(1);
                let ty = Ty::Result(boxed(Ty::Text), boxed(value.clone()));
                let inner = self.expr(&Ty::Effect(true, boxed(value)), scope, 3);
                let result = Ty::Effect(false, boxed(ty.clone())).text();
                (
                    ty.clone(),
                    format!(
                        "(run (VAR {}) (prim effect.attempt {result} {inner}))",
                        ty.text()
                    ),
                )
            }
            _ => {
                let ty = self.ty(1);
                let fails = fails && self.pick(2) == 0;
                let effect = self.expr(&Ty::Effect(fails, boxed(ty.clone())), scope, 3);
                (ty.clone(), format!("(run (VAR {}) {effect})", ty.text()))
            }
        };
        let name = self.fresh("w");
        scope.vars.push((name.clone(), ty));
        text.replacen("VAR", &name, 1)
    }

    fn let_in(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let mut scope = scope.clone();
        let mut binds = String::new();
        for _ in 0..1 + self.pick(2) {
            let of = self.ty(2);
            let value = self.expr(&of, &scope, depth - 1);
            let name = self.fresh("l");
            let _ = write!(binds, "(bind ({name} {}) no {value})", of.text());
            scope.vars.push((name, of));
        }
        format!("(let [{binds}] {})", self.expr(ty, &scope, depth - 1))
    }

    fn switch(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let of = self.data_ty(1);
        let subject = self.expr(&of, scope, depth - 1);
        let name = self.fresh("s");
        let mut scope = scope.clone();
        scope.vars.push((name.clone(), of.clone()));
        let body = self.switch_on(&name, &of, ty, &scope, depth - 1);
        format!("(let [(bind ({name} {}) no {subject})] {body})", of.text())
    }

    /// A switch that covers the type of its subject, or no switch if that type has none.
    fn switch_on(&mut self, name: &str, of: &Ty, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let constructors: Vec<(&str, Vec<Ty>)> = match of {
            Ty::Bool => vec![("False", vec![]), ("True", vec![])],
            Ty::Ordering => vec![("Less", vec![]), ("Equal", vec![]), ("Greater", vec![])],
            Ty::Color => vec![
                ("main.Red", vec![]),
                ("main.Green", vec![]),
                ("main.Blue", vec![]),
            ],
            Ty::Wrap => vec![("main.Wrap", vec![Ty::Int])],
            Ty::Option(item) => vec![("None", vec![]), ("Some", vec![(**item).clone()])],
            Ty::List(item) => vec![
                ("List.Nil", vec![]),
                ("List.Cons", vec![(**item).clone(), of.clone()]),
            ],
            Ty::Tree(item) => {
                vec![
                    ("main.Leaf", vec![]),
                    ("main.Node", vec![of.clone(), (**item).clone(), of.clone()]),
                ]
            }
            Ty::Result(error, value) => vec![
                ("Err", vec![(**error).clone()]),
                ("Ok", vec![(**value).clone()]),
            ],
            Ty::Unit => vec![("Unit", vec![])],
            _ => Vec::new(),
        };
        let mut branches = String::new();
        if constructors.is_empty() {
            let literals: &[&str] = match of {
                Ty::Int => &["0", "1", "-1"],
                Ty::Char => &["(char \"a\")", "(char \"é\")"],
                Ty::Text => &["\"\"", "\"a\"", "\"xyz\""],
                _ => return self.expr(ty, scope, depth),
            };
            for literal in literals.iter().take(1 + self.pick(literals.len())) {
                let body = self.expr(ty, scope, depth);
                let _ = write!(branches, "(on-lit {literal} {body})");
            }
            return format!(
                "(switch {name} [{branches}] {})",
                self.expr(ty, scope, depth)
            );
        }
        let partial = constructors.len() > 1 && self.pick(3) == 2;
        let skipped = if partial {
            self.pick(constructors.len())
        } else {
            constructors.len()
        };
        for (index, (con, fields)) in constructors.iter().enumerate() {
            if index != skipped {
                let (binders, scope) = self.binders(fields, scope);
                let body = self.expr(ty, &scope, depth);
                let _ = write!(branches, "(on-con #{con} [{binders}] {body})");
            }
        }
        let otherwise = if partial {
            self.expr(ty, scope, depth)
        } else {
            "_".to_owned()
        };
        format!("(switch {name} [{branches}] {otherwise})")
    }

    /// A call of something at the top level, with too few, enough or too many arguments; or of a lambda.
    fn call(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let mut fitting = Vec::new();
        for (index, global) in self.globals.iter().enumerate() {
            let mut result = global.ty();
            let mut count = 0;
            loop {
                if result == *ty && count > 0 {
                    fitting.push((index, count));
                }
                let Ty::Fun(_, rest) = result else { break };
                result = *rest;
                count += 1;
            }
        }
        if fitting.is_empty() || self.chance(4) {
            let of = self.ty(1);
            let fun = self.expr(
                &Ty::Fun(boxed(of.clone()), boxed(ty.clone())),
                scope,
                depth - 1,
            );
            return format!("(apply {fun} {})", self.expr(&of, scope, depth - 1));
        }
        let (index, count) = fitting[self.pick(fitting.len())];
        let (mention, mut rest) = match self.globals.get(index) {
            Some(global) => (global.mention(), global.ty()),
            None => return self.simple(ty, scope),
        };
        let mut args = Vec::new();
        for place in 0..count {
            let Ty::Fun(param, result) = rest else { break };
            // A function that counts down is given a small number.
            args.push(if *param == Ty::Int && place == 0 {
                self.pick(4).to_string()
            } else {
                self.expr(&param, scope, depth - 1)
            });
            rest = *result;
        }
        format!("(apply {mention} {})", args.join(" "))
    }

    fn join(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let label = self.fresh("j");
        let of = self.ty(1);
        let (binders, inner) = self.binders(std::slice::from_ref(&of), scope);
        let target = self.expr(ty, &inner, depth - 1);
        let test = self.expr(&Ty::Bool, scope, depth - 1);
        let name = self.fresh("b");
        let mut jump = || {
            format!(
                "(jump {label} [{}] {})",
                self.expr(&of, scope, depth - 1),
                ty.text()
            )
        };
        let (first, second) = (jump(), jump());
        let other = self.expr(ty, scope, depth - 1);
        let (yes, no) = if self.pick(2) == 0 {
            (first, other)
        } else {
            (first, second)
        };
        format!(
            "(join {label} [{binders}] {target} (let [(bind ({name} Bool) no {test})]
               (switch {name} [(on-con #True [] {yes})] {no})))"
        )
    }

    /// A component of a tuple or a field of a record.
    fn component(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let mut items = vec![ty.clone(), self.ty(1)];
        let index = self.pick(2);
        items.swap(0, index);
        if self.pick(2) == 0 {
            return format!(
                "(item {} {index})",
                self.expr(&Ty::Tuple(items), scope, depth - 1)
            );
        }
        format!(
            "(select {} {})",
            self.expr(&Ty::Record(items), scope, depth - 1),
            LABELS[index]
        )
    }

    /// A local function that counts down.
    fn local_function(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
        let (name, n, test) = (self.fresh("f"), self.fresh("n"), self.fresh("t"));
        let mut inner = scope.clone();
        inner.vars.push((n.clone(), Ty::Int));
        let done = self.expr(ty, &inner, depth - 1);
        let call = format!("(apply {name} (prim int.sub _ {n} 1))");
        let more = if self.pick(2) == 0 {
            call
        } else {
            let result = self.fresh("r");
            inner.vars.push((result.clone(), ty.clone()));
            let rest = self.expr(ty, &inner, depth - 1);
            format!("(let [(bind ({result} {}) no {call})] {rest})", ty.text())
        };
        let fun = Ty::Fun(boxed(Ty::Int), boxed(ty.clone())).text();
        let start = self.pick(4);
        format!(
            "(let [(bind ({name} {fun}) yes (lambda [({n} Int)]
               (let [(bind ({test} Bool) no (prim int.le _ {n} 0))]
                 (switch {test} [(on-con #True [] {done})] {more}))))] (apply {name} {start}))"
        )
    }
}
