//! Random well-typed programs of `direct`.
//!
//! An expression of a type is built from the variables in scope and from smaller expressions; recursion happens only in
//! library functions that count down, so each program ends. It may fault, and it may fail where something catches that.

/// The types that expressions are made of.
#[derive(Clone, PartialEq, Debug)]
enum Ty {
    Int,
    Bool,
    Text,
    Pair(Box<Ty>, Box<Ty>),
    Option(Box<Ty>),
    List,
    Fun(Box<Ty>, Box<Ty>),
    /// May fail with a text if the flag is set.
    Effect(bool, Box<Ty>),
}

impl Ty {
    fn text(&self) -> String {
        match self {
            Ty::Int => "Int".into(),
            Ty::Bool => "Bool".into(),
            Ty::Text => "Text".into(),
            Ty::Pair(a, b) => format!("(tuple {} {})", a.text(), b.text()),
            Ty::Option(a) => format!("(Option {})", a.text()),
            Ty::List => "(List Int)".into(),
            Ty::Fun(a, b) => format!("(-> {} {})", a.text(), b.text()),
            Ty::Effect(false, a) => format!("(Effect (row) {})", a.text()),
            Ty::Effect(true, a) => format!("(Effect (row (fail Text)) {})", a.text()),
        }
    }
}

/// Functions that every program has.
const LIBRARY: &str = "
  (define @lib.sum (-> (List Int) Int Int) no
    (lambda [(xs (List Int)) (acc Int)]
      (switch xs
        [(on-con #List.Nil [] acc)
         (on-con #List.Cons [(x Int) (rest (List Int))]
           (apply (global @lib.sum (-> (List Int) Int Int)) rest (prim int.add _ (prim int.mul _ acc 3) x)))] _)))
  (define @lib.map (-> (-> Int Int) (List Int) (List Int)) no
    (lambda [(f (-> Int Int)) (ys (List Int))]
      (switch ys
        [(on-con #List.Nil [] (construct #List.Nil [Int]))
         (on-con #List.Cons [(y Int) (others (List Int))]
           (construct #List.Cons [Int] (apply f y) (apply (global @lib.map (-> (-> Int Int) (List Int) (List Int))) f others)))] _)))
  (define @lib.times (-> Int (-> Int Int) Int Int) no
    (lambda [(n Int) (g (-> Int Int)) (v Int)]
      (switch (prim int.le _ n 0)
        [(on-con #True [] v)
         (on-con #False [] (apply (global @lib.times (-> Int (-> Int Int) Int Int)) (prim int.sub _ n 1) g (apply g v)))] _)))
  (define @lib.say (-> Text Int (Effect (row) Int)) no
    (lambda [(t Text) (i Int)] (suspend _ (let [(bind (u Unit) no (prim console.print-line _ t))] i))))
  (define @lib.check (-> Int (Effect (row (fail Text)) Int)) no
    (lambda [(k Int)]
      (suspend Text
        (switch (prim int.gt _ k 20) [(on-con #True [] (fail (prim int.to-text _ k) Int)) (on-con #False [] k)] _))))
  (define @lib.both (-> Bool Bool Bool) no
    (lambda [(a Bool) (b Bool)] (switch a [(on-con #True [] b) (on-con #False [] (construct #False []))] _)))
";

pub struct Generator {
    state: u64,
    fresh: usize,
    scope: Vec<(String, Ty)>,
    /// Top-level functions and values.
    globals: Vec<(String, Ty)>,
    /// Labels that may be jumped to, with the types of their parameter and of their result.
    labels: Vec<(String, Ty, Ty)>,
}

impl Generator {
    /// The definitions, the order of values, and `main` of the program of a seed.
    pub fn program(seed: u64) -> (String, String) {
        let mut generator = Generator {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            fresh: 0,
            scope: Vec::new(),
            globals: Vec::new(),
            labels: Vec::new(),
        };
        generator.define()
    }

    fn define(&mut self) -> (String, String) {
        let mut text = LIBRARY.to_owned();
        let mut order = String::new();
        let known = [
            ("@lib.sum", fun(&[Ty::List, Ty::Int], Ty::Int)),
            (
                "@lib.map",
                fun(&[fun(&[Ty::Int], Ty::Int), Ty::List], Ty::List),
            ),
            (
                "@lib.say",
                fun(&[Ty::Text, Ty::Int], Ty::Effect(false, Ty::Int.into())),
            ),
            (
                "@lib.check",
                fun(&[Ty::Int], Ty::Effect(true, Ty::Int.into())),
            ),
            ("@lib.both", fun(&[Ty::Bool, Ty::Bool], Ty::Bool)),
        ];
        self.globals
            .extend(known.map(|(name, ty)| (name.to_owned(), ty)));
        let mut shown = Vec::new();
        for index in 0..3 + self.below(5) {
            let name = format!("@main.d{index}");
            let (ty, value) = match self.below(4) {
                0 => {
                    let ty = self.data(2);
                    order.push_str(&format!("{name} "));
                    if ty == Ty::Int {
                        shown.push(format!("(global {name} Int)"));
                    }
                    let value = self.expr(&ty, 4, None);
                    (ty, value)
                }
                1 => {
                    let ty = Ty::Effect(false, Ty::Int.into());
                    let value = self.effect(&ty, 4);
                    (ty, value)
                }
                _ => {
                    let params: Vec<Ty> = (0..1 + self.below(3)).map(|_| self.any(2)).collect();
                    let result = if self.below(3) == 0 {
                        Ty::Effect(self.below(2) == 0, Ty::Int.into())
                    } else {
                        self.data(2)
                    };
                    let value = self.lambda(&params, &result, 5);
                    (fun(&params, result), value)
                }
            };
            text.push_str(&format!("\n(define {name} {} no {value})", ty.text()));
            self.globals.push((name, ty));
        }
        let body = self.effect(&Ty::Effect(false, Ty::Int.into()), 6);
        text.push_str(&format!(
            "\n(define @main.last (Effect (row) Int) no {body})"
        ));
        shown.push("(perform (global @main.last (Effect (row) Int)))".to_owned());
        let mut main = "(construct #Unit [])".to_owned();
        for value in shown.iter().rev() {
            let unit = self.name("u");
            main = format!(
                "(let [(bind ({unit} Unit) no (prim console.print-line _ (prim int.to-text _ {value})))] {main})"
            );
        }
        text.push_str(&format!(
            "\n(define @main.main (Effect (row) Unit) no (suspend _ {main}))"
        ));
        (text, order)
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    fn name(&mut self, base: &str) -> String {
        self.fresh += 1;
        format!("{base}{}", self.fresh)
    }

    /// A type without effects, and without functions.
    fn data(&mut self, depth: usize) -> Ty {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 | 1 => Ty::Int,
            2 => Ty::Bool,
            3 => Ty::Text,
            4 => Ty::Pair(self.data(depth - 1).into(), self.data(depth - 1).into()),
            5 => Ty::Option(self.data(depth - 1).into()),
            _ => Ty::List,
        }
    }

    fn any(&mut self, depth: usize) -> Ty {
        match self.below(6) {
            0 => fun(&[Ty::Int], Ty::Int),
            1 => fun(&[Ty::Int, Ty::Bool], Ty::Int),
            2 => Ty::Effect(self.below(2) == 0, Ty::Int.into()),
            _ => self.data(depth),
        }
    }

    /// Leaves scope and labels as they were.
    fn inner<R>(&mut self, labels: bool, make: impl FnOnce(&mut Self) -> R) -> R {
        let scope = self.scope.len();
        let hidden = if labels {
            Vec::new()
        } else {
            std::mem::take(&mut self.labels)
        };
        let made = make(self);
        self.scope.truncate(scope);
        if !labels {
            self.labels = hidden;
        }
        made
    }

    fn lambda(&mut self, params: &[Ty], result: &Ty, depth: usize) -> String {
        self.inner(false, |this| {
            let mut binders = Vec::new();
            for ty in params {
                let name = this.name("p");
                binders.push(format!("({name} {})", ty.text()));
                this.scope.push((name, ty.clone()));
            }
            let body = match result {
                Ty::Effect(..) => this.effect(result, depth),
                _ => this.tail(result, depth, None),
            };
            // As one lambda, or nested.
            if binders.len() > 1 && this.below(3) == 0 {
                let (first, rest) = binders.split_at(1);
                return format!(
                    "(lambda [{}] (lambda [{}] {body}))",
                    first.concat(),
                    rest.join(" ")
                );
            }
            format!("(lambda [{}] {body})", binders.join(" "))
        })
    }

    fn effect(&mut self, ty: &Ty, depth: usize) -> String {
        let Ty::Effect(fails, result) = ty else {
            return String::new();
        };
        let body = self.inner(false, |this| this.tail(result, depth, Some(*fails)));
        format!("(suspend {} {body})", if *fails { "Text" } else { "_" })
    }

    /// An expression in tail position, which may jump. `doing` says whether something may be done, and may fail.
    fn tail(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        let jumps: Vec<_> = self
            .labels
            .iter()
            .filter(|(_, _, result)| result == ty)
            .cloned()
            .collect();
        if !jumps.is_empty() && self.below(3) == 0 {
            let (label, param, _) = &jumps[self.below(jumps.len())];
            let arg = self.expr(param, depth.saturating_sub(1), doing);
            return format!("(jump {label} [{arg}] {})", ty.text());
        }
        if depth == 0 {
            return self.leaf(ty);
        }
        match self.below(8) {
            0 | 1 => self.block(ty, depth, doing),
            2 | 3 => self.switch(ty, depth, doing),
            4 => {
                let param = self.data(1);
                let (label, var) = (self.name("j"), self.name("v"));
                let target = self.inner(true, |this| {
                    this.scope.push((var.clone(), param.clone()));
                    this.tail(ty, depth - 1, doing)
                });
                let body = self.inner(true, |this| {
                    this.labels.push((label.clone(), param.clone(), ty.clone()));
                    let body = this.tail(ty, depth - 1, doing);
                    this.labels.pop();
                    body
                });
                format!("(join {label} [({var} {})] {target} {body})", param.text())
            }
            5 if doing == Some(true) => format!(
                "(fail {} {})",
                self.expr(&Ty::Text, depth - 1, doing),
                ty.text()
            ),
            _ => self.expr(ty, depth, doing),
        }
    }

    fn block(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        self.inner(true, |this| {
            let mut binds = Vec::new();
            for _ in 0..1 + this.below(3) {
                let bound = this.any(2);
                let value = this.expr(&bound, depth - 1, doing);
                let name = this.name("x");
                binds.push(format!("(bind ({name} {}) no {value})", bound.text()));
                this.scope.push((name, bound));
            }
            if this.below(4) == 0 {
                // A local function that counts down.
                let (name, n, acc) = (this.name("go"), this.name("n"), this.name("a"));
                let step = this.inner(false, |this| {
                    this.scope.push((n.clone(), Ty::Int));
                    this.scope.push((acc.clone(), Ty::Int));
                    this.expr(&Ty::Int, 2, None)
                });
                binds.push(format!(
                    "(bind ({name} (-> Int Int Int)) yes (lambda [({n} Int) ({acc} Int)]
                       (switch (prim int.le _ {n} 0)
                         [(on-con #True [] {acc}) (on-con #False [] (apply {name} (prim int.sub _ {n} 1) {step}))] _)))"
                ));
                let result = this.name("r");
                let start = this.expr(&Ty::Int, 1, doing);
                let count = this.below(5);
                binds.push(format!("(bind ({result} Int) no (apply {name} {count} {start}))"));
                this.scope.push((result, Ty::Int));
            }
            let body = this.tail(ty, depth - 1, doing);
            format!("(let [{}] {body})", binds.join(" "))
        })
    }

    fn switch(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        match self.below(4) {
            0 => {
                let subject = self.expr(&Ty::Int, depth - 1, doing);
                let (a, b, c) = (
                    self.arm(ty, depth, doing),
                    self.arm(ty, depth, doing),
                    self.arm(ty, depth, doing),
                );
                format!("(switch {subject} [(on-lit 0 {a}) (on-lit 1 {b})] {c})")
            }
            1 => {
                let item = self.data(1);
                let subject = self.expr(&Ty::Option(item.clone().into()), depth - 1, doing);
                let none = self.arm(ty, depth, doing);
                let var = self.name("s");
                let some = self.inner(true, |this| {
                    this.scope.push((var.clone(), item.clone()));
                    this.arm(ty, depth, doing)
                });
                format!(
                    "(switch {subject} [(on-con #None [] {none}) (on-con #Some [({var} {})] {some})] _)",
                    item.text()
                )
            }
            2 => {
                let subject = self.expr(&Ty::List, depth - 1, doing);
                let nil = self.arm(ty, depth, doing);
                let (head, rest) = (self.name("h"), self.name("t"));
                let cons = self.inner(true, |this| {
                    this.scope.push((head.clone(), Ty::Int));
                    this.scope.push((rest.clone(), Ty::List));
                    this.arm(ty, depth, doing)
                });
                format!(
                    "(switch {subject} [(on-con #List.Nil [] {nil}) (on-con #List.Cons [({head} Int) ({rest} (List Int))] {cons})] _)"
                )
            }
            _ => {
                let subject = self.expr(&Ty::Bool, depth - 1, doing);
                let (yes, no) = (self.arm(ty, depth, doing), self.arm(ty, depth, doing));
                format!("(switch {subject} [(on-con #True [] {yes}) (on-con #False [] {no})] _)")
            }
        }
    }

    fn arm(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        self.inner(true, |this| this.tail(ty, depth - 1, doing))
    }

    /// An expression that is not in tail position.
    fn expr(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        if depth == 0 {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        self.inner(false, |this| {
            if let Some(doing) = doing
                && this.below(4) == 0
                && let Some(done) = this.done(ty, depth, doing)
            {
                return done;
            }
            match this.below(6) {
                0 => this.leaf(ty),
                1 if depth > 0 => this.tail(ty, depth, doing),
                2 => match this.called(ty, depth, doing) {
                    Some(call) => call,
                    None => this.made(ty, depth, doing),
                },
                3 => {
                    let other = this.data(1);
                    let pair = Ty::Pair(ty.clone().into(), other.into());
                    if matches!(ty, Ty::Fun(..) | Ty::Effect(..)) || depth == 0 {
                        return this.made(ty, depth, doing);
                    }
                    let pair = this.expr(&pair, depth - 1, doing);
                    format!("(item {pair} 0)")
                }
                _ => this.made(ty, depth, doing),
            }
        })
    }

    /// Something that is done.
    fn done(&mut self, ty: &Ty, depth: usize, fails: bool) -> Option<String> {
        match ty {
            Ty::Int => {
                let effect = Ty::Effect(fails && self.below(2) == 0, Ty::Int.into());
                let effect = self.expr(&effect, depth, Some(fails));
                if self.below(2) == 0 {
                    return Some(format!("(perform {effect})"));
                }
                let text = self.expr(&Ty::Text, 1, None);
                Some(format!(
                    "(perform (apply (global @lib.say (-> Text Int (Effect (row) Int))) {text} (perform {effect})))"
                ))
            }
            Ty::Option(item) => {
                let body = self.inner(false, |this| this.tail(item, depth, Some(true)));
                let (e, v) = (self.name("e"), self.name("v"));
                let item = item.text();
                Some(format!(
                    "(switch (attempt Text {body}) [(on-con #Err [({e} Text)] (construct #None [{item}])) (on-con #Ok [({v} {item})] (construct #Some [{item}] {v}))] _)"
                ))
            }
            _ => None,
        }
    }

    /// A call of something in scope that gives the type, with one more argument for each arrow.
    fn called(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> Option<String> {
        let mut all: Vec<(String, Vec<Ty>)> = Vec::new();
        for (name, found) in &self.scope {
            all.extend(arguments(found, ty).map(|args| (name.clone(), args)));
        }
        for (name, found) in &self.globals {
            let global = format!("(global {name} {})", found.text());
            all.extend(arguments(found, ty).map(|args| (global, args)));
        }
        if all.is_empty() {
            return None;
        }
        let (fun, types) = all.swap_remove(self.below(all.len()));
        let args: Vec<String> = types.iter().map(|ty| self.expr(ty, depth, doing)).collect();
        if args.len() > 1 && self.below(4) == 0 {
            let (first, rest) = args.split_at(1);
            return Some(format!(
                "(apply (apply {fun} {}) {})",
                first.concat(),
                rest.join(" ")
            ));
        }
        Some(format!("(apply {fun} {})", args.join(" ")))
    }

    /// Made of its parts.
    fn made(&mut self, ty: &Ty, depth: usize, doing: Option<bool>) -> String {
        match ty {
            Ty::Int => {
                let operation = ["add", "sub", "mul", "add", "sub", "div", "rem"][self.below(7)];
                let (a, b) = (self.expr(ty, depth, doing), self.expr(ty, depth, doing));
                format!("(prim int.{operation} _ {a} {b})")
            }
            Ty::Bool => match self.below(3) {
                0 => format!(
                    "(prim text.eq _ {} {})",
                    self.expr(&Ty::Text, depth, doing),
                    self.expr(&Ty::Text, depth, doing)
                ),
                _ => {
                    let operation = ["lt", "eq", "ge", "ne"][self.below(4)];
                    let (a, b) = (
                        self.expr(&Ty::Int, depth, doing),
                        self.expr(&Ty::Int, depth, doing),
                    );
                    format!("(prim int.{operation} _ {a} {b})")
                }
            },
            Ty::Text => match self.below(2) {
                0 => format!("(prim int.to-text _ {})", self.expr(&Ty::Int, depth, doing)),
                _ => format!(
                    "(prim text.concat _ {} {})",
                    self.expr(ty, depth, doing),
                    self.expr(ty, depth, doing)
                ),
            },
            Ty::Pair(a, b) => format!(
                "(tuple {} {})",
                self.expr(a, depth, doing),
                self.expr(b, depth, doing)
            ),
            Ty::Option(item) => match self.below(3) {
                0 => format!("(construct #None [{}])", item.text()),
                _ => format!(
                    "(construct #Some [{}] {})",
                    item.text(),
                    self.expr(item, depth, doing)
                ),
            },
            Ty::List => match self.below(3) {
                0 => format!(
                    "(construct #List.Cons [Int] {} {})",
                    self.expr(&Ty::Int, depth, doing),
                    self.expr(&Ty::List, depth, doing)
                ),
                _ => {
                    let items: Vec<String> = (0..self.below(4))
                        .map(|_| self.expr(&Ty::Int, depth, doing))
                        .collect();
                    format!("(list Int {})", items.join(" "))
                }
            },
            Ty::Fun(..) => {
                let mut params = Vec::new();
                let mut result = ty;
                while let Ty::Fun(param, rest) = result {
                    params.push((**param).clone());
                    result = rest;
                    if self.below(3) == 0 {
                        break;
                    }
                }
                self.lambda(&params, result, depth)
            }
            Ty::Effect(..) => self.effect(ty, depth),
        }
    }

    fn leaf(&mut self, ty: &Ty) -> String {
        let known: Vec<String> = self
            .scope
            .iter()
            .filter(|(_, found)| found == ty)
            .map(|(name, _)| name.clone())
            .collect();
        if !known.is_empty() && self.below(4) > 0 {
            return known[self.below(known.len())].clone();
        }
        match ty {
            Ty::Int => self.below(7).to_string(),
            Ty::Bool => ["(construct #True [])", "(construct #False [])"][self.below(2)].to_owned(),
            Ty::Text => ["\"\"", "\"a\"", "\"bc\""][self.below(3)].to_owned(),
            Ty::Pair(a, b) => format!("(tuple {} {})", self.leaf(a), self.leaf(b)),
            Ty::Option(item) => format!("(construct #None [{}])", item.text()),
            Ty::List => "(list Int)".to_owned(),
            Ty::Fun(param, result) => self.lambda(&[(**param).clone()], result, 0),
            Ty::Effect(..) => self.effect(ty, 0),
        }
    }
}

fn fun(params: &[Ty], result: Ty) -> Ty {
    params.iter().rev().fold(result, |result, param| {
        Ty::Fun(param.clone().into(), result.into())
    })
}

/// The arguments, at least one, that make `wanted` of `found`.
fn arguments(found: &Ty, wanted: &Ty) -> Option<Vec<Ty>> {
    let mut args = Vec::new();
    let mut found = found;
    while let Ty::Fun(param, result) = found {
        args.push((**param).clone());
        found = result;
        if found == wanted {
            return Some(args);
        }
    }
    None
}
