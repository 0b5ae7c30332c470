//! What makes a value of a type: its literals, its operators, and the functions of the library that give it.

use super::{Generator, Ty};

impl Generator {
    pub(super) fn chain(&mut self, ty: &Ty, operators: &[&str], depth: u32) -> String {
        let mut text = self.atom(ty, depth);
        for _ in 0..1 + self.below(3) {
            let operator = self.pick(operators);
            let operand = self.atom(ty, depth);
            text.push_str(&format!(" {operator} {operand}"));
        }
        text
    }

    /// What makes a value of this type, from its own forms.
    pub(super) fn made(&mut self, ty: &Ty, depth: u32) -> String {
        match ty {
            Ty::Int => match self.below(13) {
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
                10 | 11 => self.size_of_collection(depth),
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
            Ty::Map(key, value) => self.made_map(key, value, depth),
            Ty::Set(item) => self.made_set(item, depth),
            Ty::Option(item) => match self.below(6) {
                4 => {
                    let key = self.ty(0);
                    let map = Ty::Map(Box::new(key.clone()), item.clone());
                    format!(
                        "Map.get {} {}",
                        self.atom(&key, depth),
                        self.atom(&map, depth)
                    )
                }
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

    pub(super) fn list(&mut self, ty: &Ty, item: &Ty, depth: u32) -> String {
        match self.below(13) {
            11 => {
                let set = Ty::Set(Box::new(item.clone()));
                format!("Set.toList {}", self.atom(&set, depth))
            }
            12 if matches!(item, Ty::Tuple(parts) if parts.len() == 2) => {
                let Ty::Tuple(parts) = item else {
                    unreachable!("a pair")
                };
                let map = Ty::Map(Box::new(parts[0].clone()), Box::new(parts[1].clone()));
                format!("Map.entries {}", self.atom(&map, depth))
            }
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

    pub(super) fn truth(&mut self, depth: u32) -> String {
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
}
