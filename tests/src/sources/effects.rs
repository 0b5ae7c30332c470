//! Effects: functions that print and fail, and `main`.

use std::fmt::Write;

use super::{Action, DEPTH, Generator, Ty};

impl Generator {
    /// Functions that print, fail with an error of their own, and call those before them.
    pub(super) fn effect_functions(&mut self) {
        for _ in 0..3 {
            let error = match self.below(3) {
                0 => Ty::Text,
                1 => Ty::Int,
                _ => Ty::Data(0, Vec::new()),
            };
            let result = self.ty(1);
            let (name, n) = (self.fresh("act"), self.fresh("n"));
            self.calls = 0;
            let body = self.within(vec![(n.clone(), Ty::Int)], 1, |g| {
                g.effect_block(&error, &result, 3)
            });
            let _ = writeln!(
                self.text,
                "{name} : Int -> Effect {{ Console, Fail {} }} {}",
                super::written(&error),
                super::written(&result)
            );
            let _ = writeln!(self.text, "{name} = {n} => {body}");
            let cost = self.calls + 1;
            self.actions.push(Action {
                name,
                error,
                result,
                cost,
            });
        }
    }

    /// `effect { … }` that gives a `result` or fails with an `error`.
    fn effect_block(&mut self, error: &Ty, result: &Ty, count: usize) -> String {
        self.within(Vec::new(), 1, |g| {
            let mut text = "effect {\n".to_owned();
            for _ in 0..count {
                let statement = g.statement(Some(error));
                let _ = writeln!(text, "  {statement}");
            }
            let last = g.effect(error, result, 2);
            let _ = write!(text, "  {last}\n}}");
            text
        })
    }

    /// An effect that gives a `result` or fails with an `error`.
    fn effect(&mut self, error: &Ty, result: &Ty, depth: u32) -> String {
        let inner = depth.saturating_sub(1);
        match self.below(if depth == 0 { 2 } else { 9 }) {
            0 if self.one_in(2) => format!("fail {}", self.atom(error, 1)),
            2 => format!(
                "if {} then {} else {}",
                self.atom(&Ty::Bool, 2),
                self.effect(error, result, inner),
                self.effect(error, result, inner)
            ),
            3 => {
                let (ty, name) = (self.ty(1), self.fresh("v"));
                let first = self.effect(error, &ty, inner);
                let rest = self.within(vec![(name.clone(), ty)], 1, |g| {
                    g.effect(error, result, inner)
                });
                format!("bind ({first}) ({name} => {rest})")
            }
            4 => {
                let (other, name) = (self.ty(0), self.fresh("e"));
                let first = self.effect(&other, result, inner);
                let change = self.within(vec![(name.clone(), other)], 1, |g| g.expr(error, 1));
                format!("mapFail ({name} => {change}) ({first})")
            }
            5 => {
                let (ty, name) = (self.ty(0), self.fresh("v"));
                let acquire = self.effect(error, &ty, 0);
                let used = self.within(vec![(name.clone(), ty)], 1, |g| {
                    g.effect(error, result, inner)
                });
                format!(
                    "bracket ({acquire}) ({name} => printLine \"release {{{name}}}\") ({name} => {used})"
                )
            }
            6 => {
                let ty = self.ty(1);
                let subject = self.atom(&ty, 1);
                let arms = self.arms(&ty, 2, |g, _| g.effect(error, result, inner));
                format!("({subject} ? {})", arms.join(" "))
            }
            7 => self.effect_block(error, result, 1),
            _ => match self.action(Some(error), Some(result)) {
                Some((call, _)) => call,
                None => format!("pure {}", self.atom(result, 2)),
            },
        }
    }

    /// A call of a function that makes an effect.
    fn action(&mut self, error: Option<&Ty>, result: Option<&Ty>) -> Option<(String, Action)> {
        let fits = |action: &&Action| {
            error.is_none_or(|error| action.error == *error)
                && result.is_none_or(|result| action.result == *result)
        };
        let fitting: Vec<_> = self.actions.iter().filter(fits).cloned().collect();
        let action = fitting.get(self.below(fitting.len()))?.clone();
        if !self.affords(action.cost) {
            return None;
        }
        let argument = self.atom(&Ty::Int, 1);
        Some((format!("{} {argument}", action.name), action))
    }

    /// A statement of a block, which fails with an `error` at most. What it binds is in scope from here on.
    pub(super) fn statement(&mut self, error: Option<&Ty>) -> String {
        let choice = self.below(10);
        match choice {
            0 => {
                let ty = self.ty(2);
                let value = self.expr(&ty, DEPTH);
                let name = self.fresh("x");
                self.variables.push((name.clone(), ty));
                return format!("{name} = {value}");
            }
            1 => {
                let ty = Ty::Tuple(vec![self.ty(1), self.ty(1)]);
                let value = self.expr(&ty, 3);
                let mut bound = Vec::new();
                let pattern = self.pattern(&ty, 2, true, &mut bound);
                self.variables.extend(bound);
                return format!("{pattern} = {value}");
            }
            2 | 3 if error.is_some() => {
                let error = error.cloned().unwrap_or(Ty::Text);
                if choice == 2 {
                    return format!(
                        "if {} then fail {} else Unit",
                        self.atom(&Ty::Bool, 2),
                        self.atom(&error, 1)
                    );
                }
                let ty = self.ty(1);
                let source = self.effect(&error, &ty, 1);
                let mut bound = Vec::new();
                let pattern = self.pattern(&ty, 1, true, &mut bound);
                self.variables.extend(bound);
                return format!("{pattern} <- {source}");
            }
            4..=6 => {
                if let Some((call, action)) = self.action(None, None) {
                    return self.handled(choice, &call, &action);
                }
            }
            7 => {
                let (condition, text) = (self.atom(&Ty::Bool, 3), self.atom(&Ty::Text, 2));
                return format!("if {condition} then printLine {text} else Unit");
            }
            8 => {
                let (error, text) = (self.ty(0), self.atom(&Ty::Text, 1));
                let raised = self.atom(&error, 1);
                let condition = self.atom(&Ty::Bool, 2);
                return format!(
                    "(if {condition} then fail {raised} else printLine {text}) or Unit"
                );
            }
            9 => {
                if let Some(error) = error
                    && let Some(acquisition) = self.acquisition(error)
                {
                    return acquisition;
                }
            }
            _ => {}
        }
        let ty = self.ty(2);
        format!("printLine \"{}\"", self.hole(&ty, 3))
    }

    /// A statement that catches what an action fails with.
    fn handled(&mut self, choice: usize, call: &str, action: &Action) -> String {
        let name = self.fresh("x");
        let (ty, text) = match choice {
            4 => {
                let default = self.atom(&action.result, 1);
                (
                    action.result.clone(),
                    format!("{name} <- {call} or {default}"),
                )
            }
            5 => {
                let arms = self.arms(&action.error, 1, |g, _| g.atom(&action.result, 1));
                (
                    action.result.clone(),
                    format!("{name} <- {call} or\n    {}", arms.join("\n    ")),
                )
            }
            _ => (
                Ty::Result(
                    Box::new(action.error.clone()),
                    Box::new(action.result.clone()),
                ),
                format!("{name} <- attempt ({call})"),
            ),
        };
        self.variables.push((name, ty));
        text
    }

    /// Prints what every function gives, runs every action, and does some of everything else.
    pub(super) fn main(&mut self) {
        self.calls = 0;
        let mut text = "main = effect {\n".to_owned();
        for function in self.functions.clone() {
            let call = self.call(&function, 2);
            let _ = writeln!(text, "  printLine \"{} = {{{call}}}\"", function.name);
        }
        // The same binding at two types.
        let _ = writeln!(
            text,
            "  both = a => (a, [a])\n  printLine \"{{both {}}} {{both {}}}\"",
            self.atom(&Ty::Int, 1),
            self.atom(&Ty::Text, 1)
        );
        // The forms that only stand where a predicate does.
        let record = Ty::Record(vec![("age", self.ty(0)), ("name", self.ty(1))]);
        for item in [Ty::Option(Box::new(self.ty(1))), record] {
            let predicate = self.predicate(&item, 2);
            let items = self.atom(&Ty::List(Box::new(item)), 3);
            let _ = writeln!(text, "  printLine \"{{List.filter {predicate} {items}}}\"");
        }
        for (number, action) in self.actions.clone().into_iter().enumerate() {
            let argument = self.atom(&Ty::Int, 1);
            let call = format!("{} {argument}", action.name);
            let statement = self.handled(4 + number % 3, &call, &action);
            let _ = writeln!(text, "  {statement}");
            if let Some((name, _)) = self.variables.last() {
                let _ = writeln!(text, "  printLine \"{{{name}}}\"");
            }
        }
        for _ in 0..8 {
            let statement = self.statement(None);
            let _ = writeln!(text, "  {statement}");
        }
        // Some programs end with a failure.
        if self.one_in(8) {
            let error = self.ty(1);
            let raised = self.atom(&error, 2);
            let _ = writeln!(text, "  fail {raised}");
        }
        text.push_str("}\n");
        self.text.push_str(&text);
    }
}
