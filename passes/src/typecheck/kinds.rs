//! The kinds of type parameters and of the variables of signatures.
//!
//! All declarations are read at once, each parameter with an unknown kind that its uses decide; one that nothing
//! decides is `*`. A variable that stands directly under `Effect` is a row unless it is used as a type too, so those
//! places are looked at last.

use ir_defs::tables::TyConId;
use ir_defs::types::Kind;
use nanopass::{Span, Symbol};
use rustc_hash::FxHashMap;

use super::Checker;

/// A kind that may not be known yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum K {
    Star,
    Row,
    Fields,
    Arrow(Vec<K>, Box<K>),
    Unknown(usize),
}

/// The kinds in scope, by name.
pub(super) type Scope = FxHashMap<Symbol, K>;

/// Infers kinds; one for all declarations together, or one for a signature.
#[derive(Default)]
pub(super) struct Kinds {
    unknown: Vec<Option<K>>,
    pub(super) cons: FxHashMap<TyConId, Vec<K>>,
    /// Variables directly under `Effect`.
    pub(super) postponed: Vec<(K, Span)>,
    /// Whether variables that are not in scope are new ones: in signatures.
    pub(super) implicit: bool,
}

impl Kinds {
    /// Those of a signature, which declares its variables by using them.
    pub(super) fn of_signature() -> Kinds {
        Kinds {
            implicit: true,
            ..Kinds::default()
        }
    }

    pub(super) fn fresh(&mut self) -> K {
        self.unknown.push(None);
        K::Unknown(self.unknown.len() - 1)
    }

    /// Declares the parameters of a constructor that is being defined; gives their kinds.
    pub(super) fn declare(&mut self, con: TyConId, arities: &[u32]) -> Vec<K> {
        let kinds: Vec<K> = arities.iter().map(|&arity| self.of_arity(arity)).collect();
        self.cons.insert(con, kinds.clone());
        kinds
    }

    pub(super) fn of_arity(&mut self, arity: u32) -> K {
        if arity == 0 {
            self.fresh()
        } else {
            K::Arrow(vec![K::Star; arity as usize], Box::new(K::Star))
        }
    }

    pub(super) fn shallow(&self, kind: &K) -> K {
        let mut kind = kind.clone();
        while let K::Unknown(index) = kind {
            match self.unknown.get(index) {
                Some(Some(known)) => kind = known.clone(),
                _ => break,
            }
        }
        kind
    }

    pub(super) fn unify(&mut self, a: &K, b: &K) -> bool {
        match (self.shallow(a), self.shallow(b)) {
            (K::Unknown(x), K::Unknown(y)) if x == y => true,
            (K::Unknown(x), other) | (other, K::Unknown(x)) => {
                if self.occurs(x, &other) {
                    return false;
                }
                if let Some(slot) = self.unknown.get_mut(x) {
                    *slot = Some(other);
                }
                true
            }
            (K::Arrow(ps, r), K::Arrow(qs, s)) => {
                let shared = ps.len().min(qs.len());
                let rest = |kinds: &[K], result: &K| {
                    if kinds.len() == shared {
                        result.clone()
                    } else {
                        K::Arrow(
                            kinds.get(shared..).unwrap_or_default().to_vec(),
                            Box::new(result.clone()),
                        )
                    }
                };
                let (left, right) = (rest(&ps, &r), rest(&qs, &s));
                ps.iter().zip(&qs).all(|(p, q)| self.unify(p, q)) && self.unify(&left, &right)
            }
            (a, b) => a == b,
        }
    }

    fn occurs(&self, index: usize, kind: &K) -> bool {
        match self.shallow(kind) {
            K::Unknown(other) => other == index,
            K::Arrow(params, result) => {
                params.iter().any(|param| self.occurs(index, param)) || self.occurs(index, &result)
            }
            _ => false,
        }
    }

    /// The kind as far as it is known, `*` where it is not.
    pub(super) fn known(&self, kind: &K) -> Kind {
        match self.shallow(kind) {
            K::Star | K::Unknown(_) => Kind::Star,
            K::Row => Kind::Row,
            K::Fields => Kind::Fields,
            K::Arrow(params, result) => Kind::Arrow(
                params.iter().map(|param| self.known(param)).collect(),
                Box::new(self.known(&result)),
            ),
        }
    }

    /// Decides the variables directly under `Effect` that nothing else has decided.
    pub(super) fn settle(&mut self) {
        for (kind, _) in std::mem::take(&mut self.postponed) {
            if self.shallow(&kind) != K::Star {
                self.unify(&kind, &K::Row);
            }
        }
    }
}

/// A known kind as one that may be unknown.
pub(super) fn lift(kind: &Kind) -> K {
    match kind {
        Kind::Star => K::Star,
        Kind::Row => K::Row,
        Kind::Fields => K::Fields,
        Kind::Arrow(params, result) => {
            K::Arrow(params.iter().map(lift).collect(), Box::new(lift(result)))
        }
    }
}

/// A kind as the user writes it.
pub(super) fn show(kind: &Kind) -> String {
    match kind {
        Kind::Star => "a type".into(),
        Kind::Row => "an effect row".into(),
        Kind::Fields => "the rest of a record".into(),
        Kind::Arrow(params, _) if params.len() == 1 => "a type constructor with 1 parameter".into(),
        Kind::Arrow(params, _) => format!("a type constructor with {} parameters", params.len()),
    }
}

impl Checker<'_> {}
