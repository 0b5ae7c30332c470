//! Expressions of a type.

use std::fmt::Write as _;

use super::types::{LABELS, Ty, boxed};
use super::{Generator, Global, Scope};

impl Generator<'_> {
    /// An expression of a type.
    pub(super) fn expr(&mut self, ty: &Ty, scope: &Scope, depth: usize) -> String {
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
    pub(super) fn simple(&mut self, ty: &Ty, scope: &Scope) -> String {
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
