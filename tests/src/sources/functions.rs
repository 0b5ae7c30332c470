//! Functions as values.

use super::{Function, Generator, Ty};

impl Generator {
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
    pub(super) fn function_value(&mut self, params: &[Ty], result: &Ty, depth: u32) -> String {
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
    pub(super) fn section(&mut self, ty: &Ty, operators: &[&str], depth: u32) -> String {
        let operator = self.pick(operators);
        let other = self.atom(ty, depth.min(1));
        if self.one_in(2) {
            format!("(_ {operator} {other})")
        } else {
            format!("({other} {operator} _)")
        }
    }
}
