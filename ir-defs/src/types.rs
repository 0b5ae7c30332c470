//! Types, interned: equal types have equal [`TyId`]s, so comparing is comparing numbers.

use std::sync::Arc;

use nanopass::{Symbol, TyId};
use rustc_hash::FxHashMap;

use crate::tables::TyConId;

/// A type variable that a definition, a class, an instance or a data type quantifies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TyVarId(pub u32);

/// The kind of a type: what it must be applied to before it has values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A type of values, written `*`.
    Star,
    /// An effect row.
    Row,
    /// The unknown rest of a record.
    Fields,
    /// A function from kinds to a kind: `List` has `[Star] -> Star`.
    Arrow(Vec<Kind>, Box<Kind>),
}

/// What is known of a type variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TyVarInfo {
    /// As the user wrote it, or `a`, `b`, … for an inferred one.
    pub name: Symbol,
    /// Its kind.
    pub kind: Kind,
}

/// A type. Constructed through [`TypeTable`], which keeps it in canonical form.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// A type constructor without arguments; of a higher kind where it stands for one.
    Con(TyConId),
    /// A constructor or a variable with at least one argument; the head is never an `Apply`.
    Apply(TyId, Vec<TyId>),
    /// A function of one parameter; `A -> B -> C` nests to the right.
    Fun(TyId, TyId),
    /// At least two components.
    Tuple(Vec<TyId>),
    /// Fields in the alphabetical order of their labels; `tail` is a variable for the unknown rest.
    Record {
        /// Labels and their types.
        fields: Vec<(Symbol, TyId)>,
        /// A variable of kind [`Kind::Fields`], absent in a closed record.
        tail: Option<TyId>,
    },
    /// What an effect may do: capabilities in the alphabetical order of their names, at most one failure.
    Row {
        /// Capabilities.
        capabilities: Vec<TyConId>,
        /// The type of the failure.
        fail: Option<TyId>,
        /// A variable of kind [`Kind::Row`], absent in a closed row.
        tail: Option<TyId>,
    },
    /// A quantified variable.
    Var(TyVarId),
    /// A variable of unification; only while a binding group is being inferred.
    Hole(u32),
    /// The type of what has been reported already; equal to every type.
    Error,
}

const HAS_HOLE: u8 = 1;
const HAS_VAR: u8 = 2;
const HAS_ERROR: u8 = 4;

/// All types of a compilation.
#[derive(Clone, Default, Debug)]
pub struct TypeTable {
    types: Vec<Type>,
    flags: Vec<u8>,
    ids: FxHashMap<Type, TyId>,
    vars: Vec<TyVarInfo>,
    labels: FxHashMap<Symbol, Arc<str>>,
    capabilities: FxHashMap<TyConId, Arc<str>>,
    arrow: Option<TyConId>,
    tuples: FxHashMap<TyConId, usize>,
}

impl TypeTable {
    /// The id of a type that is in canonical form already; the builders of [`crate::Session`] see to that.
    pub fn intern(&mut self, ty: Type) -> TyId {
        if let Some(&id) = self.ids.get(&ty) {
            return id;
        }
        let mut flags = match &ty {
            Type::Hole(_) => HAS_HOLE,
            Type::Var(_) => HAS_VAR,
            Type::Error => HAS_ERROR,
            _ => 0,
        };
        each_part(&ty, |part| {
            flags |= self.flags.get(part.index()).copied().unwrap_or(0)
        });
        let id = TyId(self.types.len() as u32);
        self.types.push(ty.clone());
        self.flags.push(flags);
        self.ids.insert(ty, id);
        id
    }

    /// The type of an id. [`TyId::NONE`] and ids of another table are [`Type::Error`].
    pub fn get(&self, id: TyId) -> &Type {
        self.types.get(id.index()).unwrap_or(&Type::Error)
    }

    /// Whether a variable of unification occurs in it.
    pub fn has_hole(&self, id: TyId) -> bool {
        self.has(id, HAS_HOLE)
    }

    /// Whether a quantified variable occurs in it.
    pub fn has_var(&self, id: TyId) -> bool {
        self.has(id, HAS_VAR)
    }

    /// Whether [`Type::Error`] occurs in it.
    pub fn has_error(&self, id: TyId) -> bool {
        self.has(id, HAS_ERROR)
    }

    fn has(&self, id: TyId, flag: u8) -> bool {
        self.flags
            .get(id.index())
            .is_some_and(|flags| flags & flag != 0)
    }

    /// A new quantified variable.
    pub fn fresh_var(&mut self, name: Symbol, kind: Kind) -> TyVarId {
        let id = TyVarId(self.vars.len() as u32);
        self.vars.push(TyVarInfo { name, kind });
        id
    }

    /// What is known of a variable; `None` for one of another table.
    pub fn var(&self, var: TyVarId) -> Option<&TyVarInfo> {
        self.vars.get(var.0 as usize)
    }

    /// Gives a variable the kind that was inferred for it.
    pub fn set_kind(&mut self, var: TyVarId, kind: Kind) {
        if let Some(info) = self.vars.get_mut(var.0 as usize) {
            info.kind = kind;
        }
    }

    /// How many types there are.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// `ty` with each quantified variable replaced by what `replace` says, if it says anything.
    /// Rows and records whose tails become rows and records are joined.
    pub fn substitute(&mut self, ty: TyId, replace: &FxHashMap<TyVarId, TyId>) -> TyId {
        if replace.is_empty() || !self.has_var(ty) {
            return ty;
        }
        let mapped = match self.get(ty).clone() {
            Type::Var(var) => return replace.get(&var).copied().unwrap_or(ty),
            Type::Apply(head, args) => {
                let head = self.substitute(head, replace);
                let args = args
                    .iter()
                    .map(|&arg| self.substitute(arg, replace))
                    .collect();
                return self.apply(head, args);
            }
            Type::Fun(param, result) => Type::Fun(
                self.substitute(param, replace),
                self.substitute(result, replace),
            ),
            Type::Tuple(items) => Type::Tuple(
                items
                    .iter()
                    .map(|&item| self.substitute(item, replace))
                    .collect(),
            ),
            Type::Record { fields, tail } => Type::Record {
                fields: fields
                    .iter()
                    .map(|&(label, field)| (label, self.substitute(field, replace)))
                    .collect(),
                tail: tail.map(|tail| self.substitute(tail, replace)),
            },
            Type::Row {
                capabilities,
                fail,
                tail,
            } => Type::Row {
                capabilities,
                fail: fail.map(|fail| self.substitute(fail, replace)),
                tail: tail.map(|tail| self.substitute(tail, replace)),
            },
            other @ (Type::Con(_) | Type::Hole(_) | Type::Error) => other,
        };
        self.normal(mapped)
    }

    /// `head` applied to `args`; an application of an application is one application, and no arguments are none. The
    /// constructors of functions and tuples with all their arguments are function and tuple types.
    pub fn apply(&mut self, head: TyId, args: Vec<TyId>) -> TyId {
        if args.is_empty() {
            return head;
        }
        if let (&Type::Con(con), &[param, result]) = (self.get(head), args.as_slice())
            && Some(con) == self.arrow
        {
            return self.intern(Type::Fun(param, result));
        }
        match self.get(head).clone() {
            Type::Apply(inner, mut first) => {
                first.extend(args);
                self.apply(inner, first)
            }
            Type::Con(con) if self.tuples.get(&con) == Some(&args.len()) => {
                self.intern(Type::Tuple(args))
            }
            _ => self.intern(Type::Apply(head, args)),
        }
    }

    /// Makes known which constructors are those of functions and of tuples with so many components.
    pub fn name_functions_and_tuples(
        &mut self,
        arrow: TyConId,
        tuples: impl IntoIterator<Item = (TyConId, usize)>,
    ) {
        self.arrow = Some(arrow);
        self.tuples.extend(tuples);
    }

    /// The constructor of functions, `function`, that an instance may be of.
    pub fn arrow(&self) -> Option<TyConId> {
        self.arrow
    }

    /// The constructor of tuples with so many components.
    pub fn tuple_con(&self, components: usize) -> Option<TyConId> {
        self.tuples
            .iter()
            .find(|(_, count)| **count == components)
            .map(|(&con, _)| con)
    }

    /// Makes known how a label is spelt, so that fields can be kept in alphabetical order.
    pub fn spell_label(&mut self, label: Symbol, text: &str) {
        self.labels.entry(label).or_insert_with(|| Arc::from(text));
    }

    /// Makes known how a capability is spelt, so that rows can be kept in alphabetical order.
    pub fn spell_capability(&mut self, capability: TyConId, text: &str) {
        self.capabilities
            .entry(capability)
            .or_insert_with(|| Arc::from(text));
    }

    /// Interns a record or row after joining it with the record or row that its tail has become.
    pub fn normal(&mut self, ty: Type) -> TyId {
        match ty {
            Type::Record {
                mut fields,
                tail: Some(tail),
            } => match self.get(tail).clone() {
                Type::Record { fields: rest, tail } => {
                    fields.extend(
                        rest.into_iter()
                            .filter(|(label, _)| !fields_has(&fields, *label))
                            .collect::<Vec<_>>(),
                    );
                    self.normal(Type::Record { fields, tail })
                }
                _ => self.sorted_record(fields, Some(tail)),
            },
            Type::Record { fields, tail: None } => self.sorted_record(fields, None),
            Type::Row {
                mut capabilities,
                fail,
                tail: Some(tail),
            } => match self.get(tail).clone() {
                Type::Row {
                    capabilities: rest,
                    fail: rest_fail,
                    tail,
                } => {
                    capabilities.extend(rest);
                    self.normal(Type::Row {
                        capabilities,
                        fail: fail.or(rest_fail),
                        tail,
                    })
                }
                _ => self.sorted_row(capabilities, fail, Some(tail)),
            },
            Type::Row {
                capabilities,
                fail,
                tail: None,
            } => self.sorted_row(capabilities, fail, None),
            other => self.intern(other),
        }
    }

    fn sorted_record(&mut self, mut fields: Vec<(Symbol, TyId)>, tail: Option<TyId>) -> TyId {
        let labels = &self.labels;
        if !fields.is_sorted_by(|a, b| labels.get(&a.0) < labels.get(&b.0)) {
            fields.sort_by(|a, b| labels.get(&a.0).cmp(&labels.get(&b.0)));
        }
        self.intern(Type::Record { fields, tail })
    }

    fn sorted_row(
        &mut self,
        mut capabilities: Vec<TyConId>,
        fail: Option<TyId>,
        tail: Option<TyId>,
    ) -> TyId {
        let names = &self.capabilities;
        if !capabilities.is_sorted_by(|a, b| names.get(a) < names.get(b)) {
            capabilities.sort_by(|a, b| names.get(a).cmp(&names.get(b)));
            capabilities.dedup();
        }
        self.intern(Type::Row {
            capabilities,
            fail,
            tail,
        })
    }
}

fn fields_has(fields: &[(Symbol, TyId)], label: Symbol) -> bool {
    fields.iter().any(|&(other, _)| other == label)
}

/// Calls `visit` with each direct part of a type.
pub fn each_part(ty: &Type, mut visit: impl FnMut(TyId)) {
    match ty {
        Type::Con(_) | Type::Var(_) | Type::Hole(_) | Type::Error => {}
        Type::Apply(head, args) => {
            visit(*head);
            args.iter().copied().for_each(visit);
        }
        Type::Fun(param, result) => {
            visit(*param);
            visit(*result);
        }
        Type::Tuple(items) => items.iter().copied().for_each(visit),
        Type::Record { fields, tail } => {
            for &(_, field) in fields {
                visit(field);
            }
            tail.iter().copied().for_each(visit);
        }
        Type::Row { fail, tail, .. } => fail.iter().chain(tail).copied().for_each(visit),
    }
}
