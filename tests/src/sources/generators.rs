//! The blocks that yield: `generate` as a source of lists, `resource` as functions that `main` and others acquire.

use std::fmt::Write;

use super::{Generator, Ty};

/// A function from an `Int` that gives a resource.
#[derive(Clone)]
pub(super) struct Door {
    name: String,
    error: Ty,
    value: Ty,
    cost: u64,
}

impl Generator {
    /// The elements of a generator, as a list.
    pub(super) fn collected(&mut self, item: &Ty, depth: u32) -> String {
        let block = self.generated(item, depth);
        match self.below(6) {
            0 => {
                let source = self.ty(1);
                let block = self.generated(&source, depth);
                let function = Ty::Fun(vec![source], Box::new(item.clone()));
                let function = self.within(Vec::new(), 8, |g| g.atom(&function, depth.min(2)));
                format!("{block} |> Generator.map {function} |> Generator.toList")
            }
            1 => {
                let predicate = self.predicate(item, depth.min(2));
                format!(
                    "{block} |> Generator.filter {predicate} |> Generator.take 3 |> Generator.toList"
                )
            }
            2 => {
                let what = self.pick(&["take 2", "drop 1", "append (Generator.fromList [])"]);
                format!("Generator.toList (Generator.{what} ({block}))")
            }
            3 => {
                let start = self.atom(item, depth.min(1));
                let bound = Ty::Fun(vec![item.clone()], Box::new(item.clone()));
                let step = self.within(Vec::new(), 4, |g| g.atom(&bound, depth.min(1)));
                format!("Generator.iterate {step} {start} |> Generator.take 3 |> Generator.toList")
            }
            _ => format!("Generator.toList ({block})"),
        }
    }

    /// `generate { … }` with elements of a type.
    pub(super) fn generated(&mut self, item: &Ty, depth: u32) -> String {
        self.within(Vec::new(), 1, |g| {
            let mut text = "generate { ".to_owned();
            for _ in 0..1 + g.below(3) {
                let statement = g.generating(item, depth);
                let _ = write!(text, "{statement}; ");
            }
            let last = g.expr(item, depth.min(2));
            let _ = write!(text, "yield {last} }}");
            text
        })
    }

    /// A statement of a generator. What it binds is in scope from here on, and runs as often as it says.
    fn generating(&mut self, item: &Ty, depth: u32) -> String {
        let depth = depth.min(2);
        match self.below(9) {
            0 => {
                let ty = self.ty(1);
                let value = self.expr(&ty, depth);
                let name = self.fresh("x");
                self.variables.push((name.clone(), ty));
                format!("{name} = {value}")
            }
            1 | 2 => {
                let ty = self.ty(1);
                let source = Ty::List(Box::new(ty.clone()));
                let source = if self.one_in(3) && depth > 0 {
                    let block = self.generated(&ty, depth - 1);
                    format!("Generator.take 2 ({block})")
                } else {
                    self.expr(&source, depth)
                };
                let mut bound = Vec::new();
                let pattern = self.pattern(&ty, 1, true, &mut bound);
                self.variables.extend(bound);
                self.repeated = self.repeated.max(1) * 4;
                format!("{pattern} <- {source}")
            }
            3 | 4 => self.guard(depth),
            5 | 6 => format!("yield {}", self.expr(item, depth)),
            _ => self.generator_loop(item, depth),
        }
    }

    /// A guard of something in scope, or a `yield` where nothing is.
    fn guard(&mut self, depth: u32) -> String {
        let subjects = self.variables.iter();
        let subjects: Vec<_> = subjects
            .filter(|(_, ty)| !matches!(ty, Ty::Fun(..)))
            .cloned()
            .collect();
        let Some((name, ty)) = subjects.get(self.below(subjects.len())).cloned() else {
            let name = self.fresh("x");
            self.variables.push((name.clone(), Ty::Int));
            return format!("{name} = 1");
        };
        let condition = match &ty {
            Ty::Option(_) => self.predicate(&ty, depth),
            Ty::Record(fields) => {
                let (label, field) = fields[self.below(fields.len())].clone();
                format!("{label} != {}", self.atom(&field, depth))
            }
            _ if self.one_in(2) => format!("_ != {}", self.atom(&ty, depth)),
            // A constructor alone would be a pattern.
            _ => format!("!{}", self.atom(&Ty::Bool, depth)),
        };
        format!("{name} -> {condition}")
    }

    /// A loop that runs a few times: `recurse` at its end, or before another element.
    fn generator_loop(&mut self, item: &Ty, depth: u32) -> String {
        let (count, state) = (self.fresh("n"), self.fresh("s"));
        let ty = self.ty(1);
        let first = self.expr(&ty, depth);
        let bound = vec![(count.clone(), Ty::Int), (state.clone(), ty.clone())];
        let body = self.within(bound, 4, |g| {
            let inner = depth.saturating_sub(1);
            let value = g.expr(item, inner);
            let next = g.expr(&ty, inner);
            let again = format!("recurse ({count} - 1, {next})");
            match g.below(3) {
                0 => format!("{again}; yield {value}"),
                1 => format!("x <- [1]; x -> _ == 1; yield {value}; {again}"),
                _ => format!("yield {value}; {again}"),
            }
        });
        let times = self.below(4);
        format!(
            "loop ({count}, {state}) = ({times}, {first}) => {{ {count} -> {count} > 0; {body} }}"
        )
    }

    /// Functions that give resources; the second acquires from those before it.
    pub(super) fn doors(&mut self) {
        for _ in 0..2 {
            let error = if self.one_in(2) { Ty::Text } else { Ty::Int };
            let (value, n) = (self.ty(1), self.fresh("n"));
            let name = self.fresh("door");
            self.calls = 0;
            let scope = vec![(n.clone(), Ty::Int)];
            let body = self.within(scope, 1, |g| {
                let mut text = "resource {\n".to_owned();
                let first = g.statement(Some(&error));
                let acquired = g.acquisition(&error).unwrap_or_default();
                let handed = g.expr(&value, 2);
                let after = g.statement(Some(&error));
                let _ = write!(
                    text,
                    "  {first}\n  {acquired}\n  yield {handed}\n  {after}\n  printLine \"{name} closed\"\n}}"
                );
                text
            });
            let _ = writeln!(
                self.text,
                "{name} : Int -> Resource {{ Console, Fail {} }} {}\n{name} = {n} => {body}",
                super::written(&error),
                super::written(&value)
            );
            let cost = self.calls + 1;
            self.doors.push(Door {
                name,
                error,
                value,
                cost,
            });
        }
    }

    /// `x <- door n`, which fails with an `error` at most.
    pub(super) fn acquisition(&mut self, error: &Ty) -> Option<String> {
        let fitting = self.doors.iter().filter(|door| door.error == *error);
        let fitting: Vec<_> = fitting.cloned().collect();
        let door = fitting.get(self.below(fitting.len()))?.clone();
        if !self.affords(door.cost) {
            return None;
        }
        let argument = self.atom(&Ty::Int, 1);
        let name = self.fresh("x");
        self.variables.push((name.clone(), door.value));
        Some(format!("{name} <- {} {argument}", door.name))
    }
}
