//! Values of domains: strides, instants and days.

use super::{Generator, Ty};

impl Generator {
    /// Operators and literals of the domain `Walk`.
    pub(super) fn strides(&mut self, depth: u32) -> String {
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

    pub(super) fn stride(&mut self, depth: u32) -> String {
        match self.below(4) {
            0 => format!("{}st", self.below(100)),
            1 => format!("-{}st", self.below(100)),
            2 => format!("-(Stride {})", self.atom(&Ty::Int, depth)),
            _ => format!("({})st", self.expr(&Ty::Int, depth)),
        }
    }

    /// A number out of an instant, a day or a stride.
    pub(super) fn moment(&mut self, depth: u32) -> String {
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
}
