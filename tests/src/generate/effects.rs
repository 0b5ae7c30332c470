//! Effects, and the steps of blocks.

use super::types::{Ty, boxed};
use super::{Generator, Scope};

impl Generator<'_> {
    /// The text of some value.
    pub(super) fn shown(&mut self, scope: &Scope, depth: usize) -> String {
        let of = self.data_ty(2);
        let how = ["to-text", "to-text", "show", "show-argument"][self.pick(4)];
        let value = self.expr(&of, scope, depth);
        format!("(apply (derived {how} {}) {value})", of.text())
    }

    pub(super) fn print(&mut self, scope: &Scope) -> String {
        let how = ["print", "print-line"][self.pick(2)];
        format!("(prim console.{how} _ {})", self.shown(scope, 2))
    }

    pub(super) fn effect(
        &mut self,
        fails: bool,
        result: &Ty,
        scope: &Scope,
        depth: usize,
    ) -> String {
        let below = depth - 1;
        let ty = Ty::Effect(fails, boxed(result.clone()));
        let quiet = Ty::Effect(false, boxed(result.clone()));
        match self.pick(8) {
            0 | 1 => {
                let mut scope = scope.clone();
                let mut steps = String::new();
                for _ in 0..1 + self.pick(3) {
                    let step = self.step(&mut scope, fails);
                    steps.push_str(&step);
                }
                // A block fails with what one of its parts does.
                let tail = self.expr(&ty, &scope, below);
                format!("(do [{steps}] {tail})")
            }
            2 if fails => {
                format!(
                    "(prim effect.fail {} {})",
                    ty.text(),
                    self.expr(&Ty::Text, scope, below)
                )
            }
            3 if fails => format!("(widen {} {})", self.expr(&quiet, scope, below), ty.text()),
            4 => {
                let first = self.ty(1);
                let effect = Ty::Effect(fails, boxed(first.clone()));
                let then = Ty::Fun(boxed(first), boxed(ty));
                format!(
                    "(prim effect.bind _ {} {})",
                    self.expr(&effect, scope, below),
                    self.expr(&then, scope, below)
                )
            }
            5 => {
                let resource = self.ty(1);
                let acquire = Ty::Effect(fails, boxed(resource.clone()));
                let release = Ty::Fun(
                    boxed(resource.clone()),
                    boxed(Ty::Effect(fails, boxed(Ty::Unit))),
                );
                let consume = Ty::Fun(boxed(resource), boxed(ty));
                format!(
                    "(prim effect.bracket _ {} {} {})",
                    self.expr(&acquire, scope, below),
                    self.expr(&release, scope, below),
                    self.expr(&consume, scope, below)
                )
            }
            6 if *result == Ty::Unit && !fails => self.print(scope),
            7 if !fails => match result {
                Ty::Result(error, value) if **error == Ty::Text => {
                    let inner = Ty::Effect(self.pick(3) != 2, value.clone());
                    format!(
                        "(prim effect.attempt {} {})",
                        ty.text(),
                        self.expr(&inner, scope, below)
                    )
                }
                _ => self.simple(&ty, scope),
            },
            _ if fails => {
                let value = self.expr(result, scope, below);
                format!("(widen (prim effect.pure _ {value}) {})", ty.text())
            }
            _ => format!("(prim effect.pure _ {})", self.expr(result, scope, below)),
        }
    }

    /// A step of a block, which adds to the scope.
    pub(super) fn step(&mut self, scope: &mut Scope, fails: bool) -> String {
        let (ty, text) = match self.pick(5) {
            0 | 1 => {
                let print = self.print(scope);
                (Ty::Unit, format!("(run (VAR Unit) {print})"))
            }
            2 => {
                let ty = self.ty(2);
                let value = self.expr(&ty, scope, 3);
                (
                    ty.clone(),
                    format!("(let (bind (VAR {}) no {value}))", ty.text()),
                )
            }
            3 => {
                let value = self.ty(1);
                let ty = Ty::Result(boxed(Ty::Text), boxed(value.clone()));
                let inner = self.expr(&Ty::Effect(true, boxed(value)), scope, 3);
                let result = Ty::Effect(false, boxed(ty.clone())).text();
                (
                    ty.clone(),
                    format!(
                        "(run (VAR {}) (prim effect.attempt {result} {inner}))",
                        ty.text()
                    ),
                )
            }
            _ => {
                let ty = self.ty(1);
                let fails = fails && self.pick(2) == 0;
                let effect = self.expr(&Ty::Effect(fails, boxed(ty.clone())), scope, 3);
                (ty.clone(), format!("(run (VAR {}) {effect})", ty.text()))
            }
        };
        let name = self.fresh("w");
        scope.vars.push((name.clone(), ty));
        text.replacen("VAR", &name, 1)
    }
}
