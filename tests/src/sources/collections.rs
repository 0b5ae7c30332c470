//! Maps and sets.

use super::{Generator, Ty};

impl Generator {
    /// `~map{ … }`, perhaps with another map inside.
    pub(super) fn map(&mut self, key: &Ty, value: &Ty, depth: u32) -> String {
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
    pub(super) fn set(&mut self, item: &Ty, depth: u32) -> String {
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

    /// A map by its literal, or out of others.
    pub(super) fn made_map(&mut self, key: &Ty, value: &Ty, depth: u32) -> String {
        let ty = Ty::Map(Box::new(key.clone()), Box::new(value.clone()));
        match self.below(9) {
            0 => format!(
                "Map.insert {} {} {}",
                self.atom(key, depth.min(1)),
                self.atom(value, depth),
                self.atom(&ty, depth)
            ),
            1 => format!(
                "Map.remove {} {}",
                self.atom(key, depth.min(1)),
                self.atom(&ty, depth)
            ),
            2 => {
                let what = self.pick(&["union", "difference", "intersection"]);
                format!(
                    "Map.{what} {} {}",
                    self.atom(&ty, depth),
                    self.atom(&ty, depth)
                )
            }
            3 => {
                let entry = Ty::Tuple(vec![key.clone(), value.clone()]);
                let entries = Ty::List(Box::new(entry));
                format!("Map.fromList {}", self.atom(&entries, depth))
            }
            4 => {
                let before = self.ty(0);
                let function = Ty::Fun(vec![before.clone()], Box::new(value.clone()));
                let function = self.within(Vec::new(), 3, |g| g.atom(&function, depth));
                let map = Ty::Map(Box::new(key.clone()), Box::new(before));
                format!("Map.map {function} {}", self.atom(&map, depth))
            }
            5 => format!("{} ++ {}", self.atom(&ty, depth), self.atom(&ty, depth)),
            _ => self.map(key, value, depth),
        }
    }

    /// A set by its literal, or out of others.
    pub(super) fn made_set(&mut self, item: &Ty, depth: u32) -> String {
        let ty = Ty::Set(Box::new(item.clone()));
        match self.below(6) {
            0 => format!(
                "Set.insert {} {}",
                self.atom(item, depth.min(1)),
                self.atom(&ty, depth)
            ),
            1 => {
                let what = self.pick(&["union", "difference", "intersection"]);
                format!(
                    "Set.{what} {} {}",
                    self.atom(&ty, depth),
                    self.atom(&ty, depth)
                )
            }
            2 => {
                let items = Ty::List(Box::new(item.clone()));
                format!("Set.fromList {}", self.atom(&items, depth))
            }
            _ => self.set(item, depth),
        }
    }

    /// How much a map or a set holds.
    pub(super) fn size_of_collection(&mut self, depth: u32) -> String {
        let (key, value) = (self.ty(1), self.ty(1));
        if self.one_in(2) {
            let map = Ty::Map(Box::new(key), Box::new(value));
            format!("Map.size {}", self.atom(&map, depth))
        } else {
            let set = Ty::Set(Box::new(key));
            format!("Set.size {}", self.atom(&set, depth))
        }
    }
}
