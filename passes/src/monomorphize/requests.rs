//! Instances, as they are asked for.

use ir_defs::switched as s;
use ir_defs::tables::{GlobalId, GlobalInfo, GlobalKind};
use ir_defs::types::TyVarId;
use nanopass::{Diagnostic, Meta, Span, TyId};

use super::evidence::EvId;
use super::types::{instance_name, type_text};
use super::{DEPTH_LIMIT, INSTANCE_LIMIT, Monomorphize};
use crate::codes;

/// What an instance is an instance of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Origin {
    Global(GlobalId),
    Method {
        instance: GlobalId,
        member: GlobalId,
    },
}

/// The code of an instance before its variables are replaced: type variables and evidence, outermost first.
#[derive(Clone, Copy)]
pub(super) struct Code<'p> {
    pub(super) types: [&'p [TyVarId]; 2],
    pub(super) evidence: [&'p [s::EvidenceParam]; 2],
    pub(super) ty: TyId,
    pub(super) value: &'p s::Expr,
    pub(super) meta: Meta,
}

/// An instance that something has asked for.
pub(super) struct Instance<'p> {
    pub(super) name: GlobalId,
    pub(super) origin: Origin,
    pub(super) types: Vec<TyId>,
    pub(super) evidence: Vec<EvId>,
    pub(super) ty: TyId,
    pub(super) code: Code<'p>,
    /// The instance that asked first.
    pub(super) parent: Option<usize>,
}

impl<'p> Monomorphize<'p, '_> {
    /// The instance of a definition, with its type; `None` for what has no definition.
    pub(super) fn request_global(
        &mut self,
        global: GlobalId,
        types: Vec<TyId>,
        evidence: Vec<EvId>,
    ) -> Option<(GlobalId, TyId)> {
        let define = *self.sources.get(&global)?;
        let value = define.value.as_ref()?;
        let code = Code {
            types: [&define.types, &[]],
            evidence: [&define.evidence, &[]],
            ty: define.type_,
            value,
            meta: define.meta,
        };
        Some(self.request(Origin::Global(global), types, evidence, code))
    }

    pub(super) fn request(
        &mut self,
        origin: Origin,
        types: Vec<TyId>,
        evidence: Vec<EvId>,
        code: Code<'p>,
    ) -> (GlobalId, TyId) {
        let key = (origin, types, evidence);
        if let Some(instance) = self
            .known
            .get(&key)
            .and_then(|&index| self.requested.get(index))
        {
            return (instance.name, instance.ty);
        }
        let index = self.requested.len();
        self.known.insert(key.clone(), index);
        let (origin, types, evidence) = key;
        let replace = code
            .types
            .iter()
            .copied()
            .flatten()
            .copied()
            .zip(types.iter().copied())
            .collect();
        let ty = self.session.types.substitute(code.ty, &replace);
        let ty = self.reduce.reduce(ty, self.session);
        let name = self.name(origin, &types);
        self.requested.push(Instance {
            name,
            origin,
            types,
            evidence,
            ty,
            code,
            parent: self.current,
        });
        if self.exceeded {
            return (name, ty);
        }
        let deep = self.requested.last().is_some_and(|last| {
            last.types
                .iter()
                .any(|&ty| self.reduce.depth(ty, self.session) > DEPTH_LIMIT)
        });
        if deep || index >= INSTANCE_LIMIT {
            self.exceeded = true;
            self.queue.clear();
            if deep {
                self.report_growth(index);
            } else {
                self.report_count(code.meta.span);
            }
        } else {
            self.queue.push_back(index);
        }
        (name, ty)
    }

    /// The name of a new instance. What is not polymorphic keeps its name.
    fn name(&mut self, origin: Origin, types: &[TyId]) -> GlobalId {
        let (source, base) = match origin {
            Origin::Global(global) if types.is_empty() => return global,
            Origin::Global(global) => (global, self.session.globals.name(global).to_owned()),
            Origin::Method { instance, member } => {
                let short = self
                    .session
                    .globals
                    .name(member)
                    .rsplit('.')
                    .next()
                    .unwrap_or("")
                    .to_owned();
                (
                    member,
                    format!("{}.{short}", self.session.globals.name(instance)),
                )
            }
        };
        let info = self
            .session
            .globals
            .get(source)
            .cloned()
            .unwrap_or_default();
        let name = instance_name(&base, types, self.session);
        let name = self.session.fresh_global(&name);
        if let Some(entry) = self.session.globals.get_mut(name) {
            *entry = GlobalInfo {
                kind: GlobalKind::Value,
                deprecated: None,
                test: false,
                ..info
            };
        }
        name
    }

    /// Reports that there are too many instances, none of which is of a large type.
    fn report_count(&mut self, span: Span) {
        let diagnostic = Diagnostic::error(
            codes::ENDLESS_INSTANCES,
            format!("the program needs more than {INSTANCE_LIMIT} copies of its definitions"),
        )
        .at(span, "the last copy is of this definition")
        .note("a definition is copied for each choice of types that it is used at")
        .help("give definitions that are used at many types a signature with fewer variables");
        self.session.report(diagnostic);
    }

    /// Reports that instances grow without end, with the chain of those that asked for one another.
    fn report_growth(&mut self, last: usize) {
        let mut chain = Vec::new();
        let mut next = Some(last);
        while let Some(instance) = next.and_then(|index| self.requested.get(index)) {
            chain.push(instance);
            next = instance.parent;
        }
        chain.reverse();
        let Some(&grown) = chain.last() else { return };
        let origin = grown.origin;
        let own: Vec<&Instance<'_>> = chain
            .into_iter()
            .filter(|instance| instance.origin == origin)
            .collect();
        let short = match origin {
            Origin::Global(global) => self.session.globals.name(global),
            Origin::Method { member, .. } => self.session.globals.name(member),
        };
        let short = short.rsplit('.').next().unwrap_or(short);
        let at = |instance: &Instance<'_>| {
            let types: Vec<String> = instance
                .types
                .iter()
                .map(|&ty| type_text(ty, self.session))
                .collect();
            format!("`{}`", types.join("`, `"))
        };
        let message = format!("`{short}` is needed at endlessly many types");
        let mut diagnostic = Diagnostic::error(codes::ENDLESS_INSTANCES, message).at(
            grown.code.meta.span,
            "each use asks for a use at a larger type",
        );
        for pair in own.windows(2).take(3) {
            if let [user, used] = pair {
                diagnostic =
                    diagnostic.note(format!("at {} it needs itself at {}", at(user), at(used)));
            }
        }
        if own.len() > 4 {
            diagnostic = diagnostic.note(format!("and so on, {} times", own.len() - 4));
        }
        let diagnostic =
            diagnostic.help("let the recursive call have the type of the function itself");
        self.session.report(diagnostic);
    }
}
