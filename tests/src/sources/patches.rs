//! Patches, which keep the type of their target.

use super::{Generator, Ty};

impl Generator {
    /// A patch that gives a value of a type, which is no function.
    pub(super) fn patched(&mut self, ty: &Ty, depth: u32) -> String {
        match ty {
            Ty::Record(fields) => self.patched_record(fields, depth),
            Ty::List(item) => {
                let entries = [self.transformation("[*]", item, depth), {
                    let place = self.condition(item, depth);
                    self.replacement(&place, item, depth)
                }];
                format!("{} <| {{ {} }}", self.atom(ty, depth), entries.join(", "))
            }
            Ty::Option(content) => {
                let entry = self.replacement("Some.value", content, depth);
                format!("{} <| {{ {entry} }}", self.atom(ty, depth))
            }
            _ => self.patched_map(ty, depth),
        }
    }

    fn patched_record(&mut self, fields: &[(&'static str, Ty)], depth: u32) -> String {
        // Written out, so that the types of its fields are known where the patch is.
        let mut parts = Vec::new();
        let mut entries = Vec::new();
        for (label, ty) in fields {
            parts.push(format!("{label}: {}", self.expr(ty, depth)));
            entries.push(match ty {
                Ty::Record(inner) if self.one_in(2) => {
                    let (sub, ty) = inner[self.below(inner.len())].clone();
                    self.replacement(&format!("{label}.{sub}"), &ty, depth)
                }
                _ if self.one_in(2) => self.transformation(label, ty, depth),
                _ => self.replacement(label, ty, depth),
            });
        }
        let (target, entries) = (parts.join(", "), entries.join(", "));
        match self.below(3) {
            0 => format!("patch {{ {entries} }} {{ {target} }}"),
            1 => format!("{{ {target} }} <| {{ extra: 1, {entries} }} <| {{ extra: - }}"),
            _ => format!("{{ {target} }} <| {{ {entries} }}"),
        }
    }

    /// A value by way of a map of such values.
    fn patched_map(&mut self, ty: &Ty, depth: u32) -> String {
        let (first, second) = (self.atom(ty, depth), self.atom(ty, depth));
        let value = self.fresh("entry");
        let entries = [
            self.transformation("[*]", ty, depth),
            self.transformation("[\"a\"]", ty, depth),
            self.replacement("[\"b\"]", ty, depth),
            self.replacement(&format!("[{value} => {value}.key == \"b\"]"), ty, depth),
            "[\"c\"]: -".to_owned(),
        ];
        format!(
            "Map.get \"a\" (~map{{\"a\" => {first}, \"b\" => {second}}} <| {{ {} }}) ?? {}",
            entries.join(", "),
            self.atom(ty, depth)
        )
    }

    /// `[x => …]`
    fn condition(&mut self, item: &Ty, depth: u32) -> String {
        let name = self.fresh("x");
        let bound = vec![(name.clone(), item.clone())];
        let body = self.within(bound, 3, |g| g.expr(&Ty::Bool, depth.min(1)));
        format!("[{name} => {body}]")
    }

    /// An entry that puts a value to a place: plainly where it is written as what is no function.
    fn replacement(&mut self, path: &str, ty: &Ty, depth: u32) -> String {
        match ty {
            Ty::Int if self.one_in(2) => format!("{path}: {}", self.below(100)),
            Ty::Text if self.one_in(2) => format!("{path}: \"new\""),
            Ty::Bool if self.one_in(2) => format!("{path}: True"),
            _ => format!("{path}: := {}", self.atom(ty, depth)),
        }
    }

    /// An entry that changes what is in a place; a replacement where that would be the content of an `Option`.
    fn transformation(&mut self, path: &str, ty: &Ty, depth: u32) -> String {
        if matches!(ty, Ty::Option(_) | Ty::Result(..)) {
            return self.replacement(path, ty, depth);
        }
        let name = self.fresh("x");
        let bound = vec![(name.clone(), ty.clone())];
        let body = self.within(bound, 3, |g| g.expr(ty, depth));
        format!("{path}: {name} => {body}")
    }
}
