//! Members of classes: the instance's function, the default body, or what is derived from the structure of a type.

use ir_defs::mono as m;
use ir_defs::prims::Prim;
use ir_defs::switched as s;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Derivation;
use ir_defs::types::Type;
use nanopass::{Diagnostic, Meta, Span, TyId};

use super::Monomorphize;
use super::apply::{ALIAS_LIMIT, Callee, is_alias};
use super::evidence::{EvId, InstanceRef, Proof};
use super::requests::{Code, Origin};
use crate::codes;

impl<'p> Monomorphize<'p, '_> {
    /// A member of a class, taken from evidence.
    pub(super) fn member(
        &mut self,
        meta: Meta,
        member: GlobalId,
        proof: EvId,
        types: &[TyId],
        own: &[EvId],
    ) -> Callee {
        self.member_through(meta, member, proof, types, own, ALIAS_LIMIT)
    }

    pub(super) fn member_through(
        &mut self,
        meta: Meta,
        member: GlobalId,
        proof: EvId,
        types: &[TyId],
        own: &[EvId],
        aliases: u32,
    ) -> Callee {
        match self.proofs.get(proof).clone() {
            Proof::Instance {
                instance: InstanceRef(instance),
                types: outer,
                args,
            } => {
                let Some(method) = instance
                    .methods
                    .iter()
                    .find(|method| method.member == member)
                else {
                    return self.default_member(meta, member, proof, types, own, aliases);
                };
                if is_alias(&method.value) && aliases > 0 {
                    let vars: Vec<_> = instance
                        .types
                        .iter()
                        .chain(&method.types)
                        .copied()
                        .collect();
                    let all: Vec<TyId> = outer.iter().chain(types).copied().collect();
                    let evidence = [
                        (&instance.evidence[..], &args[..]),
                        (&method.evidence[..], own),
                    ];
                    return self.within(&vars, &all, &evidence, |this| {
                        this.callee_through(&method.value, aliases - 1)
                    });
                }
                let (global, ty) = self.request_method(instance, method, &outer, &args, types, own);
                Callee::Value(m::Expr::Global {
                    meta: meta.with_ty(ty),
                    global,
                    type_: ty,
                })
            }
            Proof::Structural { types: at, .. } => {
                let derivation = self.derivation(self.session.globals.name(member));
                match (derivation, at.first()) {
                    (Some(derivation), Some(&ty)) => self.derived(meta, derivation, ty),
                    _ => self.default_member(meta, member, proof, types, own, aliases),
                }
            }
        }
    }

    /// The default body of a member that an instance does not define.
    fn default_member(
        &mut self,
        meta: Meta,
        member: GlobalId,
        proof: EvId,
        types: &[TyId],
        own: &[EvId],
        aliases: u32,
    ) -> Callee {
        let class = match self.proofs.get(proof) {
            Proof::Instance { instance, .. } => instance.0.class,
            Proof::Structural { class, .. } => *class,
        };
        let heads = match self.proofs.get(proof).clone() {
            Proof::Instance {
                instance: InstanceRef(instance),
                types,
                ..
            } => self.within(&instance.types, &types, &[], |this| {
                this.types(&instance.heads)
            }),
            Proof::Structural { types, .. } => types,
        };
        let info = self.session.classes.get(class);
        let found = info.and_then(|info| info.members.iter().find(|info| info.global == member));
        match found.and_then(|info| info.default) {
            Some(default) => {
                let types = heads.iter().chain(types).copied().collect();
                let evidence = std::iter::once(proof).chain(own.iter().copied()).collect();
                self.global(meta, default, types, evidence, aliases.saturating_sub(1))
            }
            None => {
                let name = self.session.globals.name(member).to_owned();
                self.session.report(
                    Diagnostic::error(
                        codes::LOST_EVIDENCE,
                        "a member is used at a type without an instance",
                    )
                    .at(meta.span, name),
                );
                Callee::Value(m::Expr::Global {
                    meta,
                    global: member,
                    type_: meta.ty,
                })
            }
        }
    }

    fn request_method(
        &mut self,
        instance: &'p s::Instance,
        method: &'p s::Method,
        outer: &[TyId],
        args: &[EvId],
        types: &[TyId],
        own: &[EvId],
    ) -> (GlobalId, TyId) {
        let class = self
            .session
            .classes
            .get(instance.class)
            .cloned()
            .unwrap_or_default();
        let info = class
            .members
            .iter()
            .find(|info| info.global == method.member);
        let heads = class
            .params
            .iter()
            .copied()
            .zip(instance.heads.iter().copied());
        let ty = match info {
            Some(info) => {
                let mut replace: rustc_hash::FxHashMap<_, _> = heads.collect();
                for (&member, &method) in info.types.iter().zip(&method.types) {
                    let var = self.session.types.intern(Type::Var(method));
                    replace.insert(member, var);
                }
                self.session.types.substitute(info.ty, &replace)
            }
            None => method.meta.ty,
        };
        let code = Code {
            types: [&instance.types, &method.types],
            evidence: [&instance.evidence, &method.evidence],
            ty,
            value: &method.value,
            meta: method.meta,
        };
        let origin = Origin::Method {
            instance: instance.instance,
            member: method.member,
        };
        let types = outer.iter().chain(types).copied().collect();
        let evidence = args.iter().chain(own).copied().collect();
        self.request(origin, types, evidence, code)
    }

    /// The function that derives something of a type from its structure.
    fn derived(&mut self, meta: Meta, derivation: Derivation, ty: TyId) -> Callee {
        let result = match derivation {
            Derivation::Eq => self.session.bool(),
            Derivation::Compare => self.session.ty_con("Ordering"),
            _ => self.session.text(),
        };
        let params = if matches!(derivation, Derivation::Eq | Derivation::Compare) {
            vec![ty, ty]
        } else {
            vec![ty]
        };
        let fun = self.session.fun(&params, result);
        let meta = meta.with_ty(fun);
        if let Some(name) = self.session.ground(ty) {
            if derivation == Derivation::ToText && name == "text" {
                return Callee::Identity { meta };
            }
            let operation = match derivation {
                Derivation::Eq => "eq",
                Derivation::Compare => "compare",
                _ => "to-text",
            };
            if let Some(prim) = Prim::named(&format!("{name}.{operation}")) {
                return Callee::Prim { meta, prim };
            }
        }
        self.demand(derivation, ty);
        Callee::Derived {
            meta,
            derivation,
            ty,
        }
    }

    /// Finds the instances of the user in the parts of `ty`, which a derived function of `ty` must respect.
    fn demand(&mut self, derivation: Derivation, ty: TyId) {
        let mut parts = vec![ty];
        while let Some(ty) = parts.pop() {
            if self.session.ground(ty).is_some() || !self.demanded.insert((derivation, ty)) {
                continue;
            }
            // The type itself is not overridden, or there would be no demand for it.
            if let Some(global) = self.overriding(derivation, ty) {
                self.overrides.push(m::Override {
                    derivation,
                    type_: ty,
                    global,
                });
                continue;
            }
            if self.exceeded || self.too_deep(ty) {
                continue;
            }
            match self.session.types.get(ty).clone() {
                Type::Tuple(items) => parts.extend(items),
                Type::Record { fields, .. } => {
                    parts.extend(fields.into_iter().map(|(_, field)| field))
                }
                _ => {
                    let Some((data, args)) = self.session.as_data(ty) else {
                        continue;
                    };
                    let constructors = self
                        .session
                        .tycons
                        .get(data)
                        .map(|info| info.constructors.clone());
                    for con in constructors.unwrap_or_default() {
                        parts.extend(self.fields_of(con, &args));
                    }
                }
            }
        }
    }

    /// Reports a type that grows without end inside of a derived function.
    fn too_deep(&mut self, ty: TyId) -> bool {
        if self.reduce.depth(ty, self.session) <= super::DEPTH_LIMIT {
            return false;
        }
        self.exceeded = true;
        self.queue.clear();
        let span = self
            .current
            .and_then(|index| self.requested.get(index))
            .map_or(Span::NONE, |at| at.code.meta.span);
        let head = self
            .session
            .as_data(ty)
            .map(|(data, _)| self.session.tycons.name(data).to_owned());
        self.session.report(
            Diagnostic::error(
                codes::ENDLESS_INSTANCES,
                "the structure of a type is needed at endlessly many types",
            )
            .at(span, "needed here")
            .note(format!(
                "a part of `{0}` is a `{0}` at a larger type",
                head.unwrap_or_default()
            ))
            .help("write an instance for the type by hand"),
        );
        true
    }

    /// The function of the user's instance for what would be derived.
    fn overriding(&mut self, derivation: Derivation, ty: TyId) -> Option<GlobalId> {
        use ir_defs::known;
        let (class, member) = match derivation {
            Derivation::Eq => (known::EQ_CLASS, known::EQ),
            Derivation::Compare => (known::ORD_CLASS, known::COMPARE),
            _ => (known::TO_TEXT_CLASS, known::TO_TEXT),
        };
        let class = self.session.classes.id(class);
        let member = self.session.global(member);
        let proof = self.resolve(class, vec![ty]);
        let Proof::Instance {
            instance: InstanceRef(instance),
            types,
            args,
        } = self.proofs.get(proof).clone()
        else {
            return None;
        };
        match instance
            .methods
            .iter()
            .find(|method| method.member == member)
        {
            Some(method) => Some(
                self.request_method(instance, method, &types, &args, &[], &[])
                    .0,
            ),
            None => match self.default_member(Meta::NONE, member, proof, &[], &[], 0) {
                Callee::Value(m::Expr::Global { global, .. }) => Some(global),
                _ => None,
            },
        }
    }
}
