//! The types of primitives.

use nanopass::TyId;

use super::Typing;
use crate::prims::{Prim, PrimType};
use crate::types::Type;

impl Typing<'_> {
    /// A primitive with all its arguments.
    pub(in crate::check) fn prim(
        &mut self,
        prim: Prim,
        result: Option<TyId>,
        args: &[TyId],
    ) -> TyId {
        result.iter().for_each(|&ty| self.written(ty));
        let info = prim.info();
        if args.len() != info.params.len() {
            self.violation(format!(
                "`{}` takes {} arguments, not {}",
                info.name,
                info.params.len(),
                args.len()
            ));
            return result.unwrap_or(TyId::NONE);
        }
        if info.name.starts_with("effect.") {
            return self.effect_prim(prim, result, args);
        }
        if info.name == "static.run" {
            let given = args.first().and_then(|&effect| self.as_effect(effect));
            return given.map(|(_, value)| value).unwrap_or_else(|| {
                self.violation("the argument of `static.run` is no effect");
                TyId::NONE
            });
        }
        let mut any = None;
        for (param, &arg) in info.params.iter().zip(args) {
            let expected = match (param, any) {
                (PrimType::A, None) => {
                    any = Some(arg);
                    arg
                }
                (PrimType::ArrayOfA, None) => {
                    any = match self.types.get(arg) {
                        Type::Apply(_, items) => items.first().copied(),
                        _ => None,
                    };
                    self.prim_type(*param, any)
                }
                _ => self.prim_type(*param, any),
            };
            if !self.same(expected, arg) {
                self.expect(&format!("an argument of `{}`", info.name), expected, arg);
            }
        }
        let open = any.is_none() && matches!(info.result, PrimType::A | PrimType::ArrayOfA);
        let ty = match result {
            Some(result) if open => {
                if info.result == PrimType::ArrayOfA {
                    let array = self.con("Array");
                    if !matches!(self.types.get(result), Type::Apply(head, _) if *head == array) {
                        self.violation(format!("`{}` gives an array", info.name));
                    }
                }
                result
            }
            None if open => {
                self.violation(format!("the type of what `{}` gives is missing", info.name));
                TyId::NONE
            }
            Some(_) => {
                self.violation(format!(
                    "the arguments of `{}` determine what it gives",
                    info.name
                ));
                self.prim_type(info.result, any)
            }
            None => self.prim_type(info.result, any),
        };
        if !prim.is_effect() {
            return ty;
        }
        if self.direct {
            self.does(None);
            return ty;
        }
        self.effect(None, ty)
    }

    fn prim_type(&mut self, ty: PrimType, any: Option<TyId>) -> TyId {
        let name = match ty {
            PrimType::Int => "Int",
            PrimType::Float => "Float",
            PrimType::Bool => "Bool",
            PrimType::Char => "Char",
            PrimType::Text => "Text",
            PrimType::Bytes => "Bytes",
            PrimType::Unit => "Unit",
            PrimType::Ordering => "Ordering",
            PrimType::A => return any.unwrap_or(TyId::NONE),
            PrimType::ArrayOfA => return self.applied("Array", vec![any.unwrap_or(TyId::NONE)]),
            PrimType::ArrayOfText => {
                let text = self.con("Text");
                return self.applied("Array", vec![text]);
            }
            PrimType::ArrayOfBytes => {
                let bytes = self.con("Bytes");
                return self.applied("Array", vec![bytes]);
            }
        };
        self.con(name)
    }

    /// What makes effects of effects. Rows agree, for `Widen` has made them equal.
    fn effect_prim(&mut self, prim: Prim, result: Option<TyId>, args: &[TyId]) -> TyId {
        let name = prim.name();
        if self.direct {
            self.violation(format!("`{name}` is a form of its own here"));
            return TyId::NONE;
        }
        let ty = match (name, args) {
            ("effect.pure", &[value]) => Some(self.effect(None, value)),
            ("effect.fail", &[error]) => result
                .and_then(|result| self.as_effect(result))
                .map(|(_, value)| self.effect(Some(error), value)),
            ("effect.attempt", &[effect]) => {
                let given = result
                    .and_then(|result| self.as_effect(result))
                    .map(|(_, given)| given);
                let fails = match given.map(|given| self.types.get(given)) {
                    Some(Type::Apply(_, parts)) => parts.first().copied(),
                    _ => None,
                };
                self.as_effect(effect)
                    .zip(fails)
                    .map(|((fail, value), fails)| {
                        let result = self.applied("Result", vec![fail.unwrap_or(fails), value]);
                        self.effect(None, result)
                    })
            }
            ("effect.bind", &[first, then]) => self.effect_after(first, then),
            ("effect.bracket", &[acquire, release, consume]) => {
                if let Some(ty) = self.effect_after(acquire, release) {
                    let released = self
                        .as_effect(ty)
                        .map_or(TyId::NONE, |(_, released)| released);
                    let unit = self.con("Unit");
                    self.expect("a release", unit, released);
                }
                self.effect_after(acquire, consume)
            }
            ("effect.on-failure", &[undo, effect]) => {
                if let (Some((fails, released)), Some((others, _))) =
                    (self.as_effect(undo), self.as_effect(effect))
                {
                    let unit = self.con("Unit");
                    self.expect("what is done after a failure", unit, released);
                    if fails != others {
                        self.violation("effects in sequence fail with one type");
                    }
                }
                self.as_effect(effect).map(|_| effect)
            }
            _ => None,
        };
        match (ty, result) {
            (Some(ty), Some(result)) => self.expect(name, ty, result),
            (None, _) => self.violation(format!("the arguments of `{name}` are no effects")),
            (Some(_), None) => {}
        }
        ty.or(result).unwrap_or(TyId::NONE)
    }

    /// The effect that `then` gives for what `first` gives.
    fn effect_after(&mut self, first: TyId, then: TyId) -> Option<TyId> {
        let (fails, value) = self.as_effect(first)?;
        let &Type::Fun(param, ty) = self.types.get(then) else {
            return None;
        };
        self.expect("what an effect gives", param, value);
        let (then_fails, _) = self.as_effect(ty)?;
        if fails != then_fails {
            self.violation("effects in sequence fail with one type");
        }
        Some(ty)
    }
}
