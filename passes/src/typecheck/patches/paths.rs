//! Where the steps of a path lead.

use ir_defs::kernel::{self, PatchStep};
use ir_defs::known;
use ir_defs::tables::ConId;
use ir_defs::typed::Expr;
use ir_defs::types::Type;
use nanopass::{Meta, Span, Symbol, TyId};

use super::super::Checker;
use super::super::classes::Origin;
use super::super::errors::Cause;
use super::super::rows::Tail;
use super::Patch;
use super::near::Near;
use super::tree::{Fields, Fixed, Node, ROOT, Step, What, literal};

const SOME_ITEMS: &str = "only some of the items are changed";
const ONE_KEY: &str = "only the value of one key is changed";
const CONSTRUCTOR: &str = "the field of a constructor has one type";

impl Checker<'_> {
    /// Follows a path; gives the place where it ends. `None`: it leads nowhere, which has been reported.
    pub(super) fn follow(&mut self, patch: &mut Patch, path: Vec<PatchStep>) -> Option<usize> {
        let mut at = ROOT;
        let mut steps = path.into_iter();
        while let Some(step) = steps.next() {
            let ty = self.type_so_far(&patch.tree, at);
            let shallow = self.shallow(ty);
            let missing = patch.tree.nodes.get(at)?.ty.is_none();
            if matches!(self.get(shallow), Type::Error) && !missing {
                return None;
            }
            at = match step {
                PatchStep::Field { meta, label } => self.field_step(patch, at, meta, label)?,
                PatchStep::Con { meta, con } => {
                    let next = match steps.next() {
                        Some(PatchStep::Field { meta, label }) => (meta, label),
                        _ => {
                            self.constructor_alone(meta.span, con);
                            return None;
                        }
                    };
                    self.constructor_step(patch, at, meta, con, next)?
                }
                PatchStep::All { meta } => {
                    let (step, inner) = match self.as_map(shallow) {
                        Some((_, value)) => (Step::Values, value),
                        None => {
                            let item = self.items_of(shallow, meta.span, missing)?;
                            (Step::Items, item)
                        }
                    };
                    self.enter_step(patch, at, meta, step, inner, None)?
                }
                PatchStep::Where { meta, predicate } => {
                    self.where_step(patch, at, meta, shallow, predicate)?
                }
                PatchStep::Key { meta, key } => {
                    let parts = self.map_for_key(shallow, meta.span, missing)?;
                    self.key_step(patch, at, meta, key, parts)?
                }
            };
        }
        Some(at)
    }

    // Types of collections.

    /// The keys and the values of a map.
    pub(super) fn as_map(&mut self, ty: TyId) -> Option<(TyId, TyId)> {
        let ty = self.shallow(ty);
        let (con, args) = self.session.as_data(ty)?;
        match args.as_slice() {
            &[key, value] if self.session.tycons.name(con) == known::MAP_TYPE => Some((key, value)),
            _ => None,
        }
    }

    pub(super) fn map_of(&mut self, key: TyId, value: TyId) -> TyId {
        let head = self.session.ty_con(known::MAP_TYPE);
        self.session.types.apply(head, vec![key, value])
    }

    /// The items of a list. What is not known is one.
    fn items_of(&mut self, ty: TyId, span: Span, missing: bool) -> Option<TyId> {
        let item = match self.session.as_data(ty) {
            Some((con, args)) if self.session.tycons.name(con) == "List" => args.first().copied(),
            _ if matches!(self.get(ty), Type::Hole(_)) && !missing => {
                let item = self.fresh_type();
                let list = self.session.list(item);
                self.expect(span, ty, list, &Cause::Other);
                Some(item)
            }
            _ => None,
        };
        if item.is_none() {
            self.no_items(span, ty, missing);
        }
        item
    }

    fn map_for_key(&mut self, ty: TyId, span: Span, missing: bool) -> Option<(TyId, TyId)> {
        let parts = match self.as_map(ty) {
            None if matches!(self.get(ty), Type::Hole(_)) && !missing => {
                let (key, value) = (self.fresh_type(), self.fresh_type());
                let map = self.map_of(key, value);
                self.expect(span, ty, map, &Cause::Other);
                Some((key, value))
            }
            parts => parts,
        };
        if parts.is_none() {
            self.no_keys(span, ty, missing);
        }
        parts
    }

    // Steps.

    /// The place behind a step that is not into a field.
    fn enter_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        step: Step,
        inner: TyId,
        fixed: Option<Fixed>,
    ) -> Option<usize> {
        let node = patch.tree.nodes.get(at)?;
        let (outer, place) = (node.fixed, node.meta.span);
        match &node.what {
            What::Nothing => {}
            What::Steps(steps) => {
                if let Some((last, child)) = steps.last()
                    && last.is_same(&step)
                {
                    return Some(*child);
                }
            }
            What::Leaf(_) | What::Fields(_) => {
                self.collide(meta.span, place);
                return None;
            }
        }
        let child = patch.tree.add(Node {
            meta,
            ty: Some(inner),
            what: What::Nothing,
            fixed: outer.or(fixed),
        });
        let node = patch.tree.nodes.get_mut(at)?;
        match &mut node.what {
            What::Steps(steps) => steps.push((step, child)),
            what => *what = What::Steps(vec![(step, child)]),
        }
        Some(child)
    }

    fn field_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        label: Symbol,
    ) -> Option<usize> {
        let node = patch.tree.nodes.get(at)?;
        let (ty, place, fixed) = (node.ty, node.meta.span, node.fixed);
        match &node.what {
            What::Leaf(_) => {
                self.collide(meta.span, place);
                return None;
            }
            What::Fields(fields) => {
                if let Some(&child) = fields.index.get(&label) {
                    return Some(child);
                }
            }
            What::Nothing | What::Steps(_) => {}
        }
        let found = match ty {
            Some(ty) => {
                let shallow = self.shallow(ty);
                match self.get(shallow) {
                    Type::Record { .. } => self.known_field(patch, at, shallow, label)?,
                    Type::Hole(_) => Some(self.field_type(shallow, label, meta.span, place)),
                    _ => {
                        self.no_fields(meta.span, shallow, label, place);
                        return None;
                    }
                }
            }
            None => None,
        };
        let found = match found {
            None if ty.is_some() => {
                // The record is not closed, so it has the field or must get it.
                match self.open_field(ty?, label, meta.span, place) {
                    Some(found) => found,
                    None => {
                        self.add_missing(patch, at, meta.span, label, fixed)?;
                        None
                    }
                }
            }
            found => found,
        };
        let child = patch.tree.add(Node {
            meta,
            ty: found,
            what: What::Nothing,
            fixed,
        });
        let node = patch.tree.nodes.get_mut(at)?;
        if !matches!(node.what, What::Fields(_)) {
            node.what = What::Fields(Fields::default());
        }
        if let What::Fields(fields) = &mut node.what {
            fields.children.push((label, child));
            fields.index.insert(label, child);
        }
        Some(child)
    }

    /// The type of a field of a record whose fields are all known; `Some(None)` where it is not there or may be in an
    /// unknown rest.
    fn known_field(
        &mut self,
        patch: &mut Patch,
        at: usize,
        record: TyId,
        label: Symbol,
    ) -> Option<Option<TyId>> {
        let node = patch.tree.nodes.get_mut(at)?;
        if !matches!(node.what, What::Fields(_)) {
            let view = self.record_view(record);
            let known = (view.tail == Tail::Closed).then(|| view.fields.into_iter().collect());
            node.what = What::Fields(Fields {
                known,
                ..Fields::default()
            });
        }
        match &node.what {
            What::Fields(fields) => Some(
                fields
                    .known
                    .as_ref()
                    .and_then(|known| known.get(&label).copied()),
            ),
            _ => Some(None),
        }
    }

    /// The type of a field of a record with an unknown rest, which must have it. `None`: all fields of the record are
    /// known, and this is none of them. `Some(None)`: it lacks it, which has been reported.
    #[allow(clippy::option_option, reason = "three answers, each explained")]
    fn open_field(
        &mut self,
        record: TyId,
        label: Symbol,
        span: Span,
        place: Span,
    ) -> Option<Option<TyId>> {
        if self.record_view(record).tail == Tail::Closed {
            return None;
        }
        Some(Some(self.field_type(record, label, span, place)))
    }

    /// Adds a field to a record that lacks it.
    fn add_missing(
        &mut self,
        patch: &mut Patch,
        at: usize,
        span: Span,
        label: Symbol,
        fixed: Option<Fixed>,
    ) -> Option<()> {
        if let Some(fixed) = fixed {
            let record = patch.tree.nodes.get(at)?.ty;
            self.cannot_add(span, label, fixed, record);
            return None;
        }
        patch.tree.retypes = true;
        let node = patch.tree.nodes.get_mut(at)?;
        let What::Fields(fields) = &mut node.what else {
            return Some(());
        };
        let core = &self.session.core;
        let near = fields.near.get_or_insert_with(|| {
            let known = fields.known.iter().flat_map(|known| known.keys());
            Near::of(known.map(|&label| core.text(label)))
        });
        if let Some(near) = near.find(core.text(label)) {
            patch.near.push((span, label, near));
        }
        Some(())
    }

    /// `Con.field` or `Con.value`
    fn constructor_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        con: ConId,
        (field_meta, label): (Meta, Symbol),
    ) -> Option<usize> {
        let ty = self.type_so_far(&patch.tree, at);
        let place = patch.tree.nodes.get(at)?.meta.span;
        let (types, data) = self.data_at(con, ty);
        let shallow = self.shallow(ty);
        let missing = patch.tree.nodes.get(at)?.ty.is_none();
        if missing || (self.head_con(shallow) != self.head_con(data) && !self.is_hole(shallow)) {
            self.other_constructor(meta.span, con, data, shallow, place, missing);
            return None;
        }
        self.expect(meta.span, data, shallow, &Cause::Other);
        let fields = self.session.field_types(con, &types);
        let &[payload] = fields.as_slice() else {
            self.not_one_field(meta.span, con, fields.len());
            return None;
        };
        let fixed = Fixed {
            span: meta.span,
            why: CONSTRUCTOR,
        };
        let whole = self.session.core.text(label) == "value";
        let shallow = self.shallow(payload);
        let has_field = matches!(self.get(shallow), Type::Record { .. })
            && self.record_view(shallow).field(label).is_some();
        if !has_field && !whole {
            self.no_payload_field(field_meta.span, con, payload, label);
            return None;
        }
        let step_meta = Meta::at(meta.span.to(field_meta.span));
        let step = Step::Payload { con, types };
        let child = self.enter_step(patch, at, step_meta, step, payload, Some(fixed))?;
        if has_field {
            self.field_step(patch, child, field_meta, label)
        } else {
            Some(child)
        }
    }

    pub(super) fn is_hole(&self, ty: TyId) -> bool {
        matches!(self.get(ty), Type::Hole(_))
    }

    fn where_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        ty: TyId,
        predicate: kernel::Expr,
    ) -> Option<usize> {
        let missing = patch.tree.nodes.get(at)?.ty.is_none();
        let fixed = Some(Fixed {
            span: meta.span,
            why: SOME_ITEMS,
        });
        let Some((key, value)) = self.as_map(ty) else {
            let item = self.items_of(ty, meta.span, missing)?;
            let expected = self.fun(item, self.known.bool);
            let predicate = self.check(predicate, expected, &Cause::Selector);
            let predicate = self.bind_first(patch, predicate);
            let step = Step::ItemsWhere { predicate };
            return self.enter_step(patch, at, meta, step, item, fixed);
        };
        let is_lambda = matches!(predicate, kernel::Expr::Lambda { .. });
        let entry = self.entry_of(key, value);
        let expected = self.fun(entry, self.known.bool);
        let predicate = if is_lambda {
            self.check(predicate, expected, &Cause::Selector)
        } else {
            let found = self.infer(predicate);
            let shallow = self.shallow(found.meta().ty);
            if !matches!(self.get(shallow), Type::Fun(..)) {
                // A name that is bound, or another expression of the keys' type.
                let found = self.fit(found, key, &Cause::Selector);
                return self.typed_key_step(patch, at, meta, found, None, (key, value));
            }
            self.fit(found, expected, &Cause::Selector)
        };
        let predicate = self.bind_first(patch, predicate);
        let step = Step::ValuesWhere { predicate };
        self.enter_step(patch, at, meta, step, value, fixed)
    }

    /// `{ key: K, value: V }`
    fn entry_of(&mut self, key: TyId, value: TyId) -> TyId {
        let labels = ["key", "value"].map(|label| self.session.core.intern(label));
        let fields = labels.into_iter().zip([key, value]).collect();
        self.session.record(fields, None)
    }

    fn key_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        key: kernel::Expr,
        parts: (TyId, TyId),
    ) -> Option<usize> {
        let literal = literal(&key);
        let key = self.check(key, parts.0, &Cause::Selector);
        self.typed_key_step(patch, at, meta, key, literal, parts)
    }

    fn typed_key_step(
        &mut self,
        patch: &mut Patch,
        at: usize,
        meta: Meta,
        key: Expr,
        literal: Option<ir_defs::terminals::Lit>,
        (key_ty, value): (TyId, TyId),
    ) -> Option<usize> {
        let key = self.bind_first(patch, key);
        let evidence = self.want(self.known.ord, key_ty, meta.span, Origin::Local);
        let step = Step::Key {
            key,
            literal,
            evidence,
        };
        let fixed = Some(Fixed {
            span: meta.span,
            why: ONE_KEY,
        });
        self.enter_step(patch, at, meta, step, value, fixed)
    }
}
