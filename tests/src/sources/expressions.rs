//! Expressions of a type.

use super::{Function, Generator, Ty};

impl Generator {
    /// An expression as an argument, an operand, or the body of an arm: in parentheses unless it is an atom.
    pub(super) fn atom(&mut self, ty: &Ty, depth: u32) -> String {
        let text = self.expr(ty, depth);
        if is_atom(&text) {
            text
        } else {
            format!("({text})")
        }
    }

    /// A hole of a text.
    pub(super) fn hole(&mut self, ty: &Ty, depth: u32) -> String {
        format!("{{{}}}", self.expr(ty, depth))
    }

    /// An expression that can stand between brackets, after `=`, or after `=>` where that is in brackets.
    pub(super) fn expr(&mut self, ty: &Ty, depth: u32) -> String {
        if depth == 0 || self.one_in(6) {
            return self.leaf(ty, depth);
        }
        let inner = depth - 1;
        match self.below(26) {
            0 => format!(
                "if {} then {} else {}",
                self.atom(&Ty::Bool, inner),
                self.atom(ty, inner),
                self.atom(ty, inner)
            ),
            1 => format!(
                "if {} then {} else if {} then {} else {}",
                self.atom(&Ty::Bool, inner),
                self.atom(ty, inner),
                self.atom(&Ty::Bool, inner.min(1)),
                self.atom(ty, inner),
                self.atom(ty, inner)
            ),
            2 | 3 => {
                let subject = self.subject();
                let value = self.atom(&subject, inner);
                let arms = self.arms(&subject, depth, |g, depth| g.atom(ty, depth));
                format!("{value} ? {}", arms.join(" "))
            }
            4 => self.block(ty, inner),
            5..=7 => self.known_call(ty, inner),
            8 => {
                let (name, bound) = (self.fresh("x"), self.ty(1));
                let argument = self.atom(&bound, inner);
                let body = self.within(vec![(name.clone(), bound)], 1, |g| g.expr(ty, inner));
                format!("({name} => {body}) {argument}")
            }
            9 => {
                let option = Ty::Option(Box::new(ty.clone()));
                let first = self.atom(&option, inner);
                if self.one_in(2) {
                    format!("{first} ?? {}", self.atom(ty, inner))
                } else {
                    let second = self.atom(&option, inner.min(1));
                    format!("{first} ?? {second} ?? {}", self.atom(ty, inner))
                }
            }
            10 => {
                let error = self.ty(1);
                let result = Ty::Result(Box::new(error), Box::new(ty.clone()));
                let first = self.atom(&result, inner);
                if self.one_in(2) {
                    format!("{first} or {}", self.atom(ty, inner))
                } else {
                    let arms = self.arms(&result, depth, |g, depth| g.atom(ty, depth));
                    format!("{first} or {}", arms.join(" "))
                }
            }
            11 => self.selection(ty, inner),
            12 => {
                let param = self.ty(1);
                let first = self.atom(&param, inner);
                let function = Ty::Fun(vec![param.clone()], Box::new(ty.clone()));
                if self.one_in(2) {
                    format!("{first} |> {}", self.atom(&function, inner))
                } else {
                    let middle = self.ty(1);
                    let step = Ty::Fun(vec![param], Box::new(middle.clone()));
                    let last = Ty::Fun(vec![middle], Box::new(ty.clone()));
                    let step = self.atom(&step, inner.min(2));
                    format!("{first} |> {step} |> {}", self.atom(&last, inner))
                }
            }
            13 => {
                let function = Ty::Fun(vec![ty.clone()], Box::new(ty.clone()));
                let function = self.within(Vec::new(), 3, |g| g.atom(&function, inner));
                let start = self.atom(ty, inner);
                if self.one_in(2) {
                    format!("twice {function} {start}")
                } else {
                    format!("times {} {function} {start}", self.below(4))
                }
            }
            14 => {
                let item = self.ty(1);
                let items = self.atom(&Ty::List(Box::new(item.clone())), inner);
                let (acc, x) = (self.fresh("acc"), self.fresh("x"));
                let bound = vec![(acc.clone(), ty.clone()), (x.clone(), item)];
                let step = self.within(bound, 4, |g| g.expr(ty, inner));
                format!(
                    "List.foldl ({acc} {x} => {step}) {} {items}",
                    self.atom(ty, inner)
                )
            }
            15 => {
                // More arguments than `const` has parameters.
                let (param, other) = (self.ty(1), self.ty(0));
                let function = Ty::Fun(vec![param.clone()], Box::new(ty.clone()));
                format!(
                    "const {} {} {}",
                    self.atom(&function, inner),
                    self.atom(&other, 0),
                    self.atom(&param, inner)
                )
            }
            16 => {
                let (param, middle) = (self.ty(1), self.ty(1));
                let first = Ty::Fun(vec![param.clone()], Box::new(middle.clone()));
                let second = Ty::Fun(vec![middle], Box::new(ty.clone()));
                format!(
                    "compose {} {} {}",
                    self.atom(&first, inner),
                    self.atom(&second, inner),
                    self.atom(&param, inner)
                )
            }
            17 => {
                let key = self.ty(1);
                let map = self.map(&key, ty, inner);
                format!(
                    "Map.get {} {map} ?? {}",
                    self.atom(&key, inner.min(1)),
                    self.atom(ty, inner)
                )
            }
            18 => {
                let item = self.ty(1);
                let set = self.set(&item, inner);
                format!(
                    "if Set.has {} {set} then {} else {}",
                    self.atom(&item, inner.min(1)),
                    self.atom(ty, inner),
                    self.atom(ty, inner)
                )
            }
            19 | 20 if !matches!(ty, Ty::Fun(..)) => self.patched(ty, inner),
            _ => self.made(ty, inner),
        }
    }

    /// `~map{ … }`, perhaps with another map inside.
    fn map(&mut self, key: &Ty, value: &Ty, depth: u32) -> String {
        let mut entries = Vec::new();
        for _ in 0..self.below(3) {
            let (key, value) = (self.atom(key, depth.min(1)), self.atom(value, depth));
            entries.push(format!("{key} => {value}"));
        }
        if self.one_in(3) && depth > 0 {
            let place = self.below(entries.len() + 1);
            let inside = self.map(key, value, depth - 1);
            entries.insert(place, format!("...{inside}"));
        }
        format!("~map{{{}}}", entries.join(", "))
    }

    /// `~set[ … ]`, perhaps with another set inside, or a range.
    fn set(&mut self, item: &Ty, depth: u32) -> String {
        let count = self.below(4);
        let mut items: Vec<_> = (0..count).map(|_| self.expr(item, depth.min(1))).collect();
        if self.one_in(3) && depth > 0 {
            let place = self.below(items.len() + 1);
            let inside = self.set(item, depth - 1);
            items.insert(place, format!("...{inside}"));
        }
        if *item == Ty::Int && self.one_in(2) {
            items.push("1..3".to_owned());
        }
        format!("~set[{}]", items.join(", "))
    }

    /// The type of what a match looks at: mostly of something in scope, so that its arms differ.
    fn subject(&mut self) -> Ty {
        let place = self.below(2 * self.variables.len());
        match self.variables.get(place) {
            Some((_, ty)) if !matches!(ty, Ty::Fun(..)) => ty.clone(),
            _ => self.ty(2),
        }
    }

    /// Something in scope, or the smallest that there is.
    fn leaf(&mut self, ty: &Ty, depth: u32) -> String {
        let fitting = |(_, other): &&(String, Ty)| other == ty;
        let names: Vec<_> = self.variables.iter().filter(fitting).collect();
        let names: Vec<_> = names.iter().map(|(name, _)| name.clone()).collect();
        if !names.is_empty() && !self.one_in(4) {
            return names[self.below(names.len())].clone();
        }
        match ty {
            Ty::Int => self
                .pick(&[
                    "0",
                    "1",
                    "2",
                    "3",
                    "7",
                    "10",
                    "(-1)",
                    "(-8)",
                    "0xff",
                    "1_000",
                    "4611686018427387904",
                    "(-9223372036854775808)",
                ])
                .to_owned(),
            Ty::Float => self
                .pick(&["0.0", "0.5", "1.25", "(-2.5)", "1e9", "2.5e-3", "3.0"])
                .to_owned(),
            Ty::Bool => self.pick(&["True", "False"]).to_owned(),
            Ty::Char => self
                .pick(&["'a'", "'b'", "'\\n'", "'é'", "'\\u{1F600}'"])
                .to_owned(),
            Ty::Text => self
                .pick(&["\"\"", "\"a\"", "\"bc\"", "\"naïve ☕\"", "\"\\t\\\"\""])
                .to_owned(),
            Ty::List(_) => "[]".to_owned(),
            Ty::Option(item) if self.one_in(2) => format!("(Some {})", self.atom(item, 0)),
            Ty::Option(_) => "None".to_owned(),
            Ty::Result(error, value) => match self.below(2) {
                0 => format!("(Err {})", self.atom(error, 0)),
                _ => format!("(Ok {})", self.atom(value, 0)),
            },
            Ty::Tuple(_) | Ty::Record(_) | Ty::Data(..) | Ty::Fun(..) => {
                self.made(ty, depth.min(1).saturating_sub(1))
            }
        }
    }

    /// `{ x = …; … }`
    fn block(&mut self, ty: &Ty, depth: u32) -> String {
        let scope = self.variables.len();
        let mut text = "{ ".to_owned();
        for _ in 0..1 + self.below(2) {
            let bound = match self.below(4) {
                0 => Ty::Tuple(vec![self.ty(1), self.ty(0)]),
                1 => Ty::Fun(vec![self.ty(0), self.ty(0)], Box::new(self.ty(1))),
                _ => self.ty(2),
            };
            let value = self.expr(&bound, depth);
            let mut names = Vec::new();
            let pattern = self.pattern(&bound, 1, true, &mut names);
            self.variables.extend(names);
            text.push_str(&format!("{pattern} = {value}; "));
        }
        text.push_str(&self.expr(ty, depth));
        self.variables.truncate(scope);
        text + " }"
    }

    /// A field of something that has one of this type.
    fn selection(&mut self, ty: &Ty, depth: u32) -> String {
        let mut places = Vec::new();
        for (name, other) in &self.variables {
            if let Ty::Record(fields) = other {
                let fields = fields.iter().filter(|(_, field)| field == ty);
                places.extend(fields.map(|(label, _)| format!("{name}.{label}")));
            }
        }
        if !places.is_empty() {
            return places[self.below(places.len())].clone();
        }
        let label = self.pick(&super::LABELS);
        let other = self.ty(0);
        let (value, other) = (self.expr(ty, depth), self.expr(&other, 0));
        format!("{{ {label}: {value}, other: {other} }}.{label}")
    }

    /// A call of a function in scope that gives this type, if there is one.
    fn known_call(&mut self, ty: &Ty, depth: u32) -> String {
        let functions = self.functions.iter().filter(|f| f.result == *ty);
        let functions: Vec<_> = functions.cloned().collect();
        if !functions.is_empty() {
            let function = functions[self.below(functions.len())].clone();
            if self.affords(function.cost) {
                return self.call(&function, depth);
            }
        }
        let locals = self
            .variables
            .iter()
            .filter_map(|(name, other)| match other {
                Ty::Fun(params, result) if **result == *ty => Some((name.clone(), params.clone())),
                _ => None,
            });
        let locals: Vec<_> = locals.collect();
        if locals.is_empty() {
            return self.made(ty, depth);
        }
        let (mut text, params) = locals[self.below(locals.len())].clone();
        for param in params {
            text.push(' ');
            text.push_str(&self.atom(&param, depth));
        }
        text
    }

    /// A function with all its arguments.
    pub(super) fn call(&mut self, function: &Function, depth: u32) -> String {
        let mut text = function.name.clone();
        for (place, param) in function.params.iter().enumerate() {
            text.push(' ');
            if place == 0 && function.counted {
                text.push_str(&self.below(5).to_string());
            } else if function.name == "hollow" {
                // The element of an empty list has no type that would choose an instance.
                text.push_str(&format!("(certain {})", self.atom(param, depth)));
            } else {
                text.push_str(&self.atom(param, depth));
            }
        }
        text
    }

    fn chain(&mut self, ty: &Ty, operators: &[&str], depth: u32) -> String {
        let mut text = self.atom(ty, depth);
        for _ in 0..1 + self.below(3) {
            let operator = self.pick(operators);
            let operand = self.atom(ty, depth);
            text.push_str(&format!(" {operator} {operand}"));
        }
        text
    }

    /// Operators and literals of the domain `Walk`.
    fn strides(&mut self, depth: u32) -> String {
        let mut text = self.stride(depth);
        for _ in 0..1 + self.below(3) {
            let next = match self.below(4) {
                0 => format!(" + {}", self.stride(depth)),
                1 => format!(
                    " + ({} * {})",
                    self.stride(depth),
                    self.atom(&Ty::Int, depth)
                ),
                2 => self.pick(&[" + Amble", " + 3dash", " + -1dash"]).to_owned(),
                _ => format!(" + ({})dash", self.expr(&Ty::Int, depth)),
            };
            text.push_str(&next);
        }
        if self.one_in(3) {
            text = format!("joined ({text}) ({})", self.stride(depth));
        }
        text
    }

    fn stride(&mut self, depth: u32) -> String {
        match self.below(4) {
            0 => format!("{}st", self.below(100)),
            1 => format!("-{}st", self.below(100)),
            2 => format!("-(Stride {})", self.atom(&Ty::Int, depth)),
            _ => format!("({})st", self.expr(&Ty::Int, depth)),
        }
    }

    /// A number out of an instant, a day or a stride.
    fn moment(&mut self, depth: u32) -> String {
        let (year, month, day) = (
            1900 + self.below(200),
            1 + self.below(12),
            1 + self.below(28),
        );
        let date = format!("{year}-{month:02}-{day:02}");
        match self.below(5) {
            0 => format!("Instant.toUnixSeconds {date}T{:02}:30:00Z", self.below(24)),
            3 => format!(
                "({date}T{:02}:30:00Z ? | {date}T{:02}:30:00Z => 1 | _ => {})",
                self.below(3),
                self.below(3),
                self.atom(&Ty::Int, depth)
            ),
            4 => format!(
                "({} ? | {}st => 1 | -{}st when {} => 2 | Stride steps => steps)",
                self.stride(depth),
                self.below(5),
                self.below(5),
                self.atom(&Ty::Bool, depth)
            ),
            1 => format!("Date.toEpochDay ~d({date})"),
            _ => format!(
                "Date.day (~d({date}) + ({} % 1000)d)",
                self.atom(&Ty::Int, depth)
            ),
        }
    }

    /// What makes a value of this type, from its own forms.
    fn made(&mut self, ty: &Ty, depth: u32) -> String {
        match ty {
            Ty::Int => match self.below(11) {
                0..=2 => self.chain(ty, &["+", "-", "*"], depth),
                3 => {
                    let operator = self.pick(&["/", "%"]);
                    let divisor = if self.one_in(6) {
                        self.atom(ty, depth)
                    } else {
                        self.pick(&["2", "3", "7", "(-1)", "(-5)"]).to_owned()
                    };
                    format!("{} {operator} {divisor}", self.atom(ty, depth))
                }
                4 => format!("-{}", self.atom(ty, depth)),
                5 => {
                    let items = Ty::List(Box::new(self.ty(1)));
                    format!("List.length {}", self.atom(&items, depth))
                }
                6 => format!("text.length {}", self.atom(&Ty::Text, depth)),
                7 => format!("char.code {}", self.atom(&Ty::Char, depth)),
                8 => format!("strides ({})", self.strides(depth)),
                9 => self.moment(depth),
                _ => {
                    let person = Ty::Record(vec![("age", Ty::Int), ("name", Ty::Text)]);
                    format!("older {}", self.atom(&person, depth))
                }
            },
            Ty::Float => match self.below(4) {
                0 => format!("adder {} {}", self.atom(ty, depth), self.atom(ty, depth)),
                1 => format!("-{}", self.atom(ty, depth)),
                2 => format!("float.fromInt {}", self.atom(&Ty::Int, depth)),
                _ => self.chain(ty, &["+", "-", "*", "/"], depth),
            },
            Ty::Bool => self.truth(depth),
            Ty::Char => {
                let characters = format!("text.chars {}", self.atom(&Ty::Text, depth));
                format!("List.head ({characters}) ?? {}", self.atom(ty, 0))
            }
            Ty::Text => match self.below(6) {
                0 => self.chain(ty, &["++"], depth),
                1 => {
                    let ty = self.ty(2);
                    format!("toText {}", self.atom(&ty, depth))
                }
                2 => {
                    let items = Ty::List(Box::new(Ty::Text));
                    format!("text.join \", \" {}", self.atom(&items, depth))
                }
                3 => format!("text.toUpper {}", self.atom(ty, depth)),
                _ => {
                    let (first, second) = (self.ty(2), self.ty(1));
                    let first = self.hole(&first, depth);
                    format!("\"<{first}|{}>\"", self.hole(&second, depth))
                }
            },
            Ty::List(item) => self.list(ty, item, depth),
            Ty::Option(item) => match self.below(5) {
                0 => {
                    let items = Ty::List(item.clone());
                    format!("List.head {}", self.atom(&items, depth))
                }
                1 => {
                    let items = Ty::List(item.clone());
                    let predicate = self.predicate(item, depth);
                    format!("List.find {predicate} {}", self.atom(&items, depth))
                }
                2 => {
                    let key = self.ty(0);
                    let entry = Ty::Tuple(vec![key.clone(), (**item).clone()]);
                    let entries = Ty::List(Box::new(entry));
                    let key = self.atom(&key, depth);
                    format!("lookup {key} {}", self.atom(&entries, depth))
                }
                _ => format!("Some {}", self.atom(item, depth)),
            },
            Ty::Result(error, value) => match self.below(3) {
                0 => format!("Err {}", self.atom(error, depth)),
                _ => format!("Ok {}", self.atom(value, depth)),
            },
            Ty::Tuple(items) => match &items[..] {
                [first, second] if self.one_in(4) => {
                    let turned = Ty::Tuple(vec![second.clone(), first.clone()]);
                    format!("swap {}", self.atom(&turned, depth))
                }
                _ => {
                    let items: Vec<_> = items.iter().map(|item| self.expr(item, depth)).collect();
                    format!("({})", items.join(", "))
                }
            },
            Ty::Record(fields) => {
                let spread = depth > 0 && self.one_in(3);
                let mut parts = Vec::new();
                if spread {
                    parts.push(format!("...{}", self.atom(ty, depth - 1)));
                }
                for (label, field) in fields {
                    if !spread || self.one_in(2) {
                        parts.push(format!("{label}: {}", self.expr(field, depth)));
                    }
                }
                // The order of the fields means nothing but the order of their computation.
                if !spread && self.one_in(2) {
                    parts.reverse();
                }
                format!("{{ {} }}", parts.join(", "))
            }
            Ty::Data(data, _) => {
                let count = self.data[*data].len();
                let place = if depth == 0 { 0 } else { self.below(count) };
                let constructor = self.data[*data][place].clone();
                let mut text = constructor.name.clone();
                for field in self.fields(&constructor, ty) {
                    text.push(' ');
                    text.push_str(&self.atom(&field, depth.saturating_sub(1)));
                }
                text
            }
            Ty::Fun(params, result) => self.function_value(params, result, depth),
        }
    }

    fn list(&mut self, ty: &Ty, item: &Ty, depth: u32) -> String {
        match self.below(11) {
            0 if *item == Ty::Int => {
                let from = self.below(5);
                format!("[{from}..{}]", from + self.below(4))
            }
            1 => {
                let source = self.ty(1);
                let items = Ty::List(Box::new(source.clone()));
                let function = Ty::Fun(vec![source], Box::new(item.clone()));
                let function = self.within(Vec::new(), 4, |g| g.atom(&function, depth));
                let items = self.atom(&items, depth);
                if self.one_in(2) {
                    format!("List.map {function} {items}")
                } else {
                    format!("{items} |> List.map {function}")
                }
            }
            2 => {
                let predicate = self.predicate(item, depth);
                format!("{} |> List.filter {predicate}", self.atom(ty, depth))
            }
            3 => format!("{} ++ {}", self.atom(ty, depth), self.atom(ty, depth)),
            4 => {
                let what = match item.compares() {
                    true => self.pick(&["reverse", "take 2", "drop 1", "sort"]),
                    false => "reverse",
                };
                format!("List.{what} {}", self.atom(ty, depth))
            }
            5 => {
                let first = self.expr(item, depth);
                let spread = self.atom(ty, depth);
                format!("[{first}, ...{spread}, {}]", self.expr(item, depth))
            }
            6 => {
                // The fields of a list of records.
                let record = Ty::Record(vec![("age", Ty::Int), ("name", item.clone())]);
                let records = Ty::List(Box::new(record));
                format!("{} |> List.map .name", self.atom(&records, depth))
            }
            7 | 8 => self.collected(item, depth),
            _ => {
                let count = 1 + self.below(3);
                let items: Vec<_> = (0..count).map(|_| self.expr(item, depth)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    fn truth(&mut self, depth: u32) -> String {
        match self.below(8) {
            0 => self.chain(&Ty::Bool, &["&&"], depth),
            1 => self.chain(&Ty::Bool, &["||"], depth),
            2 => format!("!{}", self.atom(&Ty::Bool, depth)),
            3 | 4 => {
                let ty = self.ty(2);
                let operator = self.pick(&["==", "!="]);
                format!(
                    "{} {operator} {}",
                    self.atom(&ty, depth),
                    self.atom(&ty, depth)
                )
            }
            5 => {
                let item = self.ty(1);
                let items = Ty::List(Box::new(item.clone()));
                let what = self.pick(&["any", "all"]);
                let predicate = self.predicate(&item, depth);
                format!("List.{what} {predicate} {}", self.atom(&items, depth))
            }
            _ => {
                let ty = if self.one_in(3) {
                    self.ty(2)
                } else {
                    self.pick(&[&Ty::Int, &Ty::Float]).clone()
                };
                let operator = self.pick(&["<", "<=", ">", ">="]);
                format!(
                    "{} {operator} {}",
                    self.atom(&ty, depth),
                    self.atom(&ty, depth)
                )
            }
        }
    }

    /// An argument where a predicate stands: a function, or a form that only stands there.
    pub(super) fn predicate(&mut self, item: &Ty, depth: u32) -> String {
        match item {
            Ty::Record(fields) if self.one_in(2) => {
                let (label, field) = fields[self.below(fields.len())].clone();
                let operator = self.pick(&["==", "<", ">="]);
                return format!("({label} {operator} {})", self.atom(&field, depth.min(1)));
            }
            Ty::Option(inner) if self.one_in(2) => {
                let name = self.fresh("x");
                let bound = vec![(name.clone(), (**inner).clone())];
                let guard = self.within(bound, 4, |g| g.atom(&Ty::Bool, depth.min(2)));
                return format!("(Some {name} when {guard})");
            }
            Ty::Option(_) => return "(Some _)".to_owned(),
            _ => {}
        }
        let predicate = Ty::Fun(vec![item.clone()], Box::new(Ty::Bool));
        self.within(Vec::new(), 4, |g| g.atom(&predicate, depth))
    }

    /// A function as a value: a lambda, a section, or one that lacks arguments.
    fn function_value(&mut self, params: &[Ty], result: &Ty, depth: u32) -> String {
        if let [param] = params
            && self.one_in(3)
        {
            let text = match (param, result) {
                (Ty::Int, Ty::Int) => Some(self.section(param, &["+", "-", "*"], depth)),
                (Ty::Float, Ty::Float) => Some(self.section(param, &["+", "*", "/"], depth)),
                (Ty::Text, Ty::Text) => Some(self.section(param, &["++"], depth)),
                (_, Ty::Bool) if param.compares() => {
                    Some(self.section(param, &["==", "!=", "<"], depth))
                }
                (Ty::Record(fields), _) => {
                    let field = fields.iter().find(|(_, field)| field == result);
                    field.map(|(label, _)| format!(".{label}"))
                }
                _ => None,
            };
            if let Some(text) = text {
                return text;
            }
        }
        let lacking = |f: &&Function| {
            f.result == *result && f.params.len() > params.len() && f.params.ends_with(params)
        };
        let functions: Vec<_> = self.functions.iter().filter(lacking).cloned().collect();
        if !functions.is_empty() && self.one_in(2) {
            let mut function = functions[self.below(functions.len())].clone();
            if self.affords(function.cost) {
                let given = function.params.len() - params.len();
                function.params.truncate(given);
                return self.call(&function, depth);
            }
        }
        let mut bound = Vec::new();
        let mut patterns = Vec::new();
        for param in params {
            patterns.push(self.pattern(param, 1, true, &mut bound));
        }
        let body = self.within(bound, 1, |g| g.expr(result, depth));
        format!("({} => {body})", patterns.join(" "))
    }

    /// `(_ + e)` or `(e + _)`
    fn section(&mut self, ty: &Ty, operators: &[&str], depth: u32) -> String {
        let operator = self.pick(operators);
        let other = self.atom(ty, depth.min(1));
        if self.one_in(2) {
            format!("(_ {operator} {other})")
        } else {
            format!("({other} {operator} _)")
        }
    }
}

/// Whether this is a word, a literal, or one pair of brackets. No literal has a bracket that is not part of a hole.
fn is_atom(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let literal = |quote| {
        text.starts_with(quote) && text.ends_with(quote) && text.matches(quote).count() == 2
    };
    if text.chars().all(word) || literal('"') || literal('\'') {
        return true;
    }
    if !text.starts_with(['(', '[', '{']) {
        return false;
    }
    let mut open = 0_u32;
    for (place, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return place + c.len_utf8() == text.len();
        }
    }
    false
}
