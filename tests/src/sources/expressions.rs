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
            Ty::Map(..) => "~map{}".to_owned(),
            Ty::Set(_) => "~set[]".to_owned(),
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
