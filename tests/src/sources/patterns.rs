//! Patterns, and the arms of matches.

use super::{Generator, Ty};

impl Generator {
    /// The arms of a match that covers every value, each with its bar.
    pub(super) fn arms(
        &mut self,
        subject: &Ty,
        depth: u32,
        mut body: impl FnMut(&mut Generator, u32) -> String,
    ) -> Vec<String> {
        let depth = depth.saturating_sub(1);
        let mut arms = Vec::new();
        for _ in 0..1 + self.below(3) {
            let mut bound = Vec::new();
            let pattern = self.pattern(subject, 2, false, &mut bound);
            let arm = self.within(bound, 1, |g| {
                let guard = if g.one_in(3) {
                    format!(" when {}", g.atom(&Ty::Bool, depth.min(1)))
                } else {
                    String::new()
                };
                format!("| {pattern}{guard} => {}", body(g, depth))
            });
            arms.push(arm);
        }
        let mut bound = Vec::new();
        let pattern = self.pattern(subject, 1, true, &mut bound);
        let arm = self.within(bound, 1, |g| format!("| {pattern} => {}", body(g, depth)));
        arms.push(arm);
        arms
    }

    /// A pattern that can stand anywhere. It binds what it puts into `bound`.
    pub(super) fn pattern(
        &mut self,
        ty: &Ty,
        depth: u32,
        total: bool,
        bound: &mut Vec<(String, Ty)>,
    ) -> String {
        let plain = self.one_in(if depth == 0 { 1 } else { 4 });
        if plain && (total || self.one_in(2)) {
            if self.one_in(3) {
                return "_".to_owned();
            }
            let name = self.fresh("x");
            bound.push((name.clone(), ty.clone()));
            return name;
        }
        if self.one_in(8) {
            let name = self.fresh("whole");
            let inner = self.pattern(ty, depth.saturating_sub(1), total, bound);
            bound.push((name.clone(), ty.clone()));
            return format!("{name}@({inner})");
        }
        let depth = depth.saturating_sub(1);
        match ty {
            Ty::Tuple(items) => {
                let items: Vec<_> = items
                    .iter()
                    .map(|item| self.pattern(item, depth, total, bound))
                    .collect();
                format!("({})", items.join(", "))
            }
            Ty::Record(fields) => {
                let mut parts = Vec::new();
                for (label, field) in fields {
                    if self.one_in(4) && !(parts.is_empty() && *label == "right") {
                        continue;
                    }
                    let inner = self.pattern(field, depth, total, bound);
                    parts.push(format!("{label}: {inner}"));
                }
                if parts.is_empty() {
                    return "_".to_owned();
                }
                format!("{{ {} }}", parts.join(", "))
            }
            _ if total => {
                let name = self.fresh("x");
                bound.push((name.clone(), ty.clone()));
                name
            }
            Ty::Int => self.pick(&["0", "1", "2", "10"]).to_owned(),
            Ty::Bool => self.pick(&["True", "False"]).to_owned(),
            Ty::Char => self.pick(&["'a'", "'b'", "'\\n'"]).to_owned(),
            Ty::Text => self.pick(&["\"\"", "\"a\"", "\"bc\""]).to_owned(),
            Ty::List(item) => {
                let mut items: Vec<_> = (0..self.below(3))
                    .map(|_| self.pattern(item, depth, false, bound))
                    .collect();
                match self.below(3) {
                    0 => items.push("...".to_owned()),
                    1 => {
                        let name = self.fresh("rest");
                        items.push(format!("...{name}"));
                        bound.push((name, ty.clone()));
                    }
                    _ => {}
                }
                format!("[{}]", items.join(", "))
            }
            Ty::Option(item) => match self.below(3) {
                0 => "None".to_owned(),
                _ => format!("(Some {})", self.pattern(item, depth, false, bound)),
            },
            Ty::Result(error, value) => match self.below(2) {
                0 => format!("(Err {})", self.pattern(error, depth, false, bound)),
                _ => format!("(Ok {})", self.pattern(value, depth, false, bound)),
            },
            Ty::Data(data, _) => {
                let place = self.below(self.data[*data].len());
                let constructor = self.data[*data][place].clone();
                let mut text = constructor.name.clone();
                for field in self.fields(&constructor, ty) {
                    text.push(' ');
                    text.push_str(&self.pattern(&field, depth, false, bound));
                }
                if constructor.fields.is_empty() {
                    text
                } else {
                    format!("({text})")
                }
            }
            Ty::Float | Ty::Map(..) | Ty::Set(_) | Ty::Fun(..) => "_".to_owned(),
        }
    }
}
