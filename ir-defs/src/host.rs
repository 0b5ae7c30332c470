//! Operations of the host as primitives: an import of the module, known by a name that says all about it.
//!
//! ```text
//! host:acme:shop/inventory@1.0.0#stock:ii>l
//! ```
//!
//! is the function `stock` of the module `acme:shop/inventory@1.0.0`, which takes two i32 and gives an i64. In the
//! languages before `wasm` an i32 is an `Int`. The table of these primitives is the process's own and only grows, by
//! one entry for each name that ever occurred, so that a [`Prim`](crate::prims::Prim) stays a plain number.

use std::sync::{Mutex, PoisonError};

use crate::prims::{Lowering, PrimInfo, PrimType};

/// The width of what the host takes or gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Width {
    /// An i32, read without a sign.
    I32,
    /// An i64.
    I64,
    /// An f64.
    F64,
}

/// A function that the host provides.
#[derive(PartialEq, Eq, Debug)]
pub struct HostFunction {
    /// The module of the import.
    pub module: String,
    /// Its name there.
    pub field: String,
    /// What it takes.
    pub params: Vec<Width>,
    /// What it gives.
    pub result: Option<Width>,
}

impl Width {
    fn letter(self) -> char {
        match self {
            Width::I32 => 'i',
            Width::I64 => 'l',
            Width::F64 => 'd',
        }
    }

    fn of(letter: char) -> Option<Width> {
        [Width::I32, Width::I64, Width::F64]
            .into_iter()
            .find(|width| width.letter() == letter)
    }

    /// The type of such a value before `wasm`.
    pub fn prim_type(self) -> PrimType {
        match self {
            Width::I32 | Width::I64 => PrimType::Int,
            Width::F64 => PrimType::Float,
        }
    }
}

impl HostFunction {
    /// The name of the primitive.
    pub fn name(&self) -> String {
        let params: String = self.params.iter().map(|width| width.letter()).collect();
        let result = self.result.map(|width| format!(">{}", width.letter()));
        format!(
            "host:{}#{}:{params}{}",
            self.module,
            self.field,
            result.unwrap_or_default()
        )
    }

    /// The function that such a name speaks of.
    fn parse(name: &str) -> Option<HostFunction> {
        let (module, rest) = name.strip_prefix("host:")?.split_once('#')?;
        let (field, signature) = rest.split_once(':')?;
        let (params, result) = match signature.split_once('>') {
            Some((params, result)) => {
                let mut letters = result.chars();
                let width = Width::of(letters.next()?)?;
                if letters.next().is_some() {
                    return None;
                }
                (params, Some(width))
            }
            None => (signature, None),
        };
        Some(HostFunction {
            module: module.to_owned(),
            field: field.to_owned(),
            params: params.chars().map(Width::of).collect::<Option<_>>()?,
            result,
        })
    }
}

/// All that have occurred.
static KNOWN: Mutex<Vec<&'static PrimInfo>> = Mutex::new(Vec::new());

/// The place in the table of the primitive of this name; `None` if it is none.
pub(crate) fn place(name: &str) -> Option<usize> {
    let function = HostFunction::parse(name)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = known.iter().position(|info| info.name == name) {
        return Some(place);
    }
    let params: Vec<PrimType> = function
        .params
        .iter()
        .map(|width| width.prim_type())
        .collect();
    let result = function.result.map_or(PrimType::Unit, Width::prim_type);
    known.push(Box::leak(Box::new(PrimInfo {
        name: Box::leak(name.to_owned().into_boxed_str()),
        params: Box::leak(params.into_boxed_slice()),
        result,
        lowering: Lowering::Host(Box::leak(Box::new(function))),
        faults: false,
    })));
    Some(known.len() - 1)
}

/// The entry at a place of the table.
pub(crate) fn at(place: usize) -> Option<&'static PrimInfo> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prims::Prim;

    #[test]
    fn a_name_says_all() {
        let name = "host:acme:shop/inventory@1.0.0#stock:ild>d";
        let prim = Prim::named(name).expect("a primitive");
        assert_eq!(Prim::named(name), Some(prim));
        let info = prim.info();
        assert_eq!(info.name, name);
        assert_eq!(info.params, [PrimType::Int, PrimType::Int, PrimType::Float]);
        assert_eq!(info.result, PrimType::Float);
        let Lowering::Host(function) = info.lowering else {
            panic!("{:?}", info.lowering);
        };
        assert_eq!(
            (&*function.module, &*function.field),
            ("acme:shop/inventory@1.0.0", "stock")
        );
        assert_eq!(function.name(), name);
        assert!(prim.is_effect());
    }

    #[test]
    fn other_names_are_none() {
        for name in [
            "host:",
            "host:a",
            "host:a#b",
            "host:a#b:x",
            "host:a#b:i>",
            "host:a#b:i>ii",
        ] {
            assert_eq!(Prim::named(name), None, "{name}");
        }
    }
}
