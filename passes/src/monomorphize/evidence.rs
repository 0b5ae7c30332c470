//! Class evidence without variables: which instance, at which types, with which evidence of its own.

use ir_defs::known;
use ir_defs::switched::{Evidence, Instance};
use ir_defs::tables::ClassId;
use ir_defs::terminals::Derivation;
use ir_defs::types::{TyVarId, Type};
use nanopass::TyId;
use rustc_hash::FxHashMap;

use super::Monomorphize;

/// Closed evidence, an index into [`Proofs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct EvId(u32);

/// What evidence is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Proof<'p> {
    /// An instance of the program, at the types and with the evidence that it abstracts over.
    Instance {
        instance: InstanceRef<'p>,
        types: Vec<TyId>,
        args: Vec<EvId>,
    },
    /// No instance of the program: the class holds by the structure of the type, or by what operators mean at it.
    Structural { class: ClassId, types: Vec<TyId> },
}

/// An instance, compared by its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct InstanceRef<'p>(pub(super) &'p Instance);

impl PartialEq for InstanceRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.instance == other.0.instance
    }
}

impl Eq for InstanceRef<'_> {}

impl std::hash::Hash for InstanceRef<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.instance.hash(state);
    }
}

/// All evidence that has been resolved so far.
#[derive(Default)]
pub(super) struct Proofs<'p> {
    proofs: Vec<Proof<'p>>,
    ids: FxHashMap<Proof<'p>, EvId>,
    resolved: FxHashMap<(ClassId, Vec<TyId>), EvId>,
}

impl<'p> Proofs<'p> {
    fn intern(&mut self, proof: Proof<'p>) -> EvId {
        if let Some(&id) = self.ids.get(&proof) {
            return id;
        }
        let id = EvId(self.proofs.len() as u32);
        self.proofs.push(proof.clone());
        self.ids.insert(proof, id);
        id
    }

    #[allow(clippy::indexing_slicing, reason = "only `intern` makes ids")]
    pub(super) fn get(&self, id: EvId) -> &Proof<'p> {
        &self.proofs[id.0 as usize]
    }
}

impl<'p> Monomorphize<'p, '_> {
    /// The closed evidence that `evidence` stands for in the current scope.
    pub(super) fn evidence(&mut self, evidence: &Evidence) -> EvId {
        match evidence {
            Evidence::Given { var } => match self.scope.evidence.get(var) {
                Some(&id) => id,
                // Not well typed; `check` of the language before says so.
                None => self.proofs.intern(Proof::Structural {
                    class: ClassId(u32::MAX),
                    types: Vec::new(),
                }),
            },
            Evidence::Instance {
                instance,
                types,
                args,
            } => {
                let types = self.types(types);
                let args = args.iter().map(|arg| self.evidence(arg)).collect();
                match self.instances.get(instance).copied() {
                    Some(instance) => self.proofs.intern(Proof::Instance {
                        instance: InstanceRef(instance),
                        types,
                        args,
                    }),
                    None => self.proofs.intern(Proof::Structural {
                        class: ClassId(u32::MAX),
                        types,
                    }),
                }
            }
            Evidence::Structural { class, type_ } => {
                let ty = self.ty(*type_);
                self.resolve(*class, vec![ty])
            }
            Evidence::Super { class, of } => {
                let of = self.evidence(of);
                self.superclass(*class, of)
            }
        }
    }

    /// The evidence for a superclass that is part of evidence for a class.
    fn superclass(&mut self, class: ClassId, of: EvId) -> EvId {
        match self.proofs.get(of).clone() {
            Proof::Structural { types, .. } => self.resolve(class, types),
            Proof::Instance {
                instance,
                types,
                args,
            } => {
                let supers = self
                    .session
                    .classes
                    .get(instance.0.class)
                    .map(|info| &info.supers);
                let index = supers.and_then(|supers| {
                    supers
                        .iter()
                        .position(|constraint| constraint.class == class)
                });
                match index.and_then(|index| instance.0.supers.get(index)) {
                    Some(evidence) => self.within(
                        &instance.0.types,
                        &types,
                        &[(&instance.0.evidence, &args)],
                        |this| this.evidence(evidence),
                    ),
                    None => self.resolve(class, types),
                }
            }
        }
    }

    /// Evidence for a class at types without variables: the program's instance, else the structure of the type.
    pub(super) fn resolve(&mut self, class: ClassId, types: Vec<TyId>) -> EvId {
        let key = (class, types);
        if let Some(&id) = self.proofs.resolved.get(&key) {
            return id;
        }
        let proof = match self.find_instance(class, &key.1) {
            Some((instance, found)) => {
                let instance_types: Vec<TyId> = instance
                    .types
                    .iter()
                    .map(|var| match found.get(var) {
                        Some(&ty) => ty,
                        None => self.session.unit(),
                    })
                    .collect();
                let mut args = Vec::with_capacity(instance.evidence.len());
                for param in &instance.evidence {
                    let types = param.types.iter().map(|&ty| {
                        let ty = self.session.types.substitute(ty, &found);
                        self.reduce.reduce(ty, self.session)
                    });
                    let types = types.collect();
                    args.push(self.resolve(param.class, types));
                }
                Proof::Instance {
                    instance: InstanceRef(instance),
                    types: instance_types,
                    args,
                }
            }
            None => Proof::Structural {
                class,
                types: key.1.clone(),
            },
        };
        let id = self.proofs.intern(proof);
        self.proofs.resolved.insert(key, id);
        id
    }

    fn find_instance(
        &self,
        class: ClassId,
        types: &[TyId],
    ) -> Option<(&'p Instance, FxHashMap<TyVarId, TyId>)> {
        self.by_class.get(&class)?.iter().find_map(|instance| {
            let mut found = FxHashMap::default();
            let fits = instance.heads.len() == types.len()
                && instance
                    .heads
                    .iter()
                    .zip(types)
                    .all(|(&head, &ty)| self.matches(head, ty, &mut found));
            fits.then_some((*instance, found))
        })
    }

    /// Whether `ty` is `pattern` with its variables replaced; `found` says by what.
    fn matches(&self, pattern: TyId, ty: TyId, found: &mut FxHashMap<TyVarId, TyId>) -> bool {
        let types = &self.session.types;
        let all = |left: &[TyId], right: &[TyId], found: &mut FxHashMap<TyVarId, TyId>| {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(&a, &b)| self.matches(a, b, found))
        };
        match (types.get(pattern), types.get(ty)) {
            (Type::Var(var), _) => *found.entry(*var).or_insert(ty) == ty,
            (Type::Apply(head, args), Type::Apply(other, others)) => {
                self.matches(*head, *other, found) && all(args, others, found)
            }
            (Type::Fun(param, result), Type::Fun(other, others)) => {
                self.matches(*param, *other, found) && self.matches(*result, *others, found)
            }
            (Type::Tuple(items), Type::Tuple(others)) => all(items, others, found),
            _ => pattern == ty,
        }
    }

    /// What a member of a class with structural instances derives, if it is one of these.
    pub(super) fn derivation(&self, member: &str) -> Option<Derivation> {
        match member {
            known::EQ => Some(Derivation::Eq),
            known::COMPARE => Some(Derivation::Compare),
            known::TO_TEXT => Some(Derivation::ToText),
            _ => None,
        }
    }
}
