//! Records: literals with spreads, fields, and what is coerced where a type is expected.

use ir_defs::kernel;
use ir_defs::terminals::{Binder, Flag};
use ir_defs::typed::{Bind, Expr, Field};
use ir_defs::types::{Kind, Type};
use nanopass::{Diagnostic, Meta, Span, Symbol, TyId};
use rustc_hash::FxHashMap;

use super::errors::{self, Cause, NO_FIELD, SPREAD};
use super::rows::{RecordView, Tail};
use super::{Binding, Checker};

/// From how many fields on they are not looked through one by one. A parameter of which a thousand fields are asked has a
/// thousand tails one in another.
const LONG: usize = 16;

/// The fields behind a tail, as far as they have been gathered, and where to go on; `None` where it is closed.
pub(super) struct KnownTail {
    fields: FxHashMap<Symbol, TyId>,
    end: Option<TyId>,
}

/// A part of a record literal after inference.
enum Part {
    Set(Meta, Symbol, Expr),
    Spread(Expr),
}

impl Checker<'_> {
    /// The type of a field of a record type, which becomes a record with that field if it is not known.
    pub(super) fn field_type(
        &mut self,
        record: TyId,
        label: Symbol,
        span: Span,
        subject: Span,
    ) -> TyId {
        let shallow = self.shallow(record);
        match self.get(shallow) {
            Type::Error => self.known.error,
            Type::Record { .. } => match self.find_field(shallow, label) {
                Ok(ty) => ty,
                Err(Tail::Hole(hole, _)) => self.add_field(hole, label, span),
                Err(_) => {
                    let view = self.record_view(shallow);
                    self.no_field(shallow, &view, label, span, subject);
                    self.known.error
                }
            },
            &Type::Hole(hole) => self.add_field(hole, label, span),
            _ => {
                self.not_a_record(shallow, label, span, subject);
                self.known.error
            }
        }
    }

    /// The type of a field, or the tail that may still hold it.
    fn find_field(&mut self, record: TyId, label: Symbol) -> Result<TyId, Tail> {
        let mut current = record;
        let mut first = None;
        let mut steps = 0;
        loop {
            match self.get(current) {
                Type::Record { fields, tail } => {
                    if let Some(ty) = self.field_among(fields, label) {
                        return Ok(ty);
                    }
                    let Some(tail) = *tail else {
                        return Err(Tail::Closed);
                    };
                    first = first.or(match self.get(tail) {
                        Type::Hole(hole) => Some(*hole),
                        _ => None,
                    });
                    if let Some(first) = first
                        && (steps > LONG || self.tails.contains_key(&first))
                    {
                        return self.find_behind(first, label);
                    }
                    current = self.shallow(tail);
                    steps += 1;
                }
                &Type::Hole(hole) => return Err(Tail::Hole(hole, current)),
                _ => return Err(Tail::Var(current)),
            }
        }
    }

    /// A field among those that stand in one record type, in the order of their labels.
    fn field_among(&self, fields: &[(Symbol, TyId)], label: Symbol) -> Option<TyId> {
        if fields.len() <= LONG {
            let found = fields.iter().find(|(other, _)| *other == label);
            return found.map(|&(_, ty)| ty);
        }
        let core = &self.session.core;
        let text = core.text(label);
        let at = fields.binary_search_by(|(other, _)| core.text(*other).cmp(text));
        at.ok().and_then(|at| fields.get(at)).map(|&(_, ty)| ty)
    }

    /// A field behind a tail of which many fields have been asked.
    fn find_behind(&mut self, tail: u32, label: Symbol) -> Result<TyId, Tail> {
        let start = self.session.types.intern(Type::Hole(tail));
        let mut known = self.tails.remove(&tail).unwrap_or_else(|| KnownTail {
            fields: FxHashMap::default(),
            end: Some(start),
        });
        // What is known of a tail only grows, so the fields that have been gathered stay right.
        let end = loop {
            let Some(end) = known.end else {
                break Tail::Closed;
            };
            let end = self.shallow(end);
            match self.get(end) {
                Type::Record { fields, tail } => {
                    known.fields.extend(fields.iter().copied());
                    known.end = *tail;
                }
                &Type::Hole(hole) => break Tail::Hole(hole, end),
                _ => break Tail::Var(end),
            }
        };
        let found = known.fields.get(&label).copied();
        self.tails.insert(tail, known);
        found.ok_or(end)
    }

    /// Makes what is not known a record, or the rest of one, with a field; gives the field's type.
    fn add_field(&mut self, hole: u32, label: Symbol, span: Span) -> TyId {
        let level = std::mem::replace(&mut self.level, self.holes[hole as usize].level);
        let ty = self.fresh_type();
        let tail = self.hole(Kind::Fields, false);
        self.level = level;
        let record = self.session.record(vec![(label, ty)], Some(tail));
        let hole = &mut self.holes[hole as usize];
        hole.bound = record;
        hole.site = span;
        self.asked.insert(ty, span);
        ty
    }

    fn no_field(
        &mut self,
        record: TyId,
        view: &RecordView,
        label: Symbol,
        span: Span,
        subject: Span,
    ) {
        let labels: Vec<Symbol> = view.fields.iter().map(|&(label, _)| label).collect();
        if subject == span && self.implicit_field(label, span, Some(record), &labels) {
            return;
        }
        let name = self.session.core.text(label).to_string();
        let labels: Vec<String> = view
            .fields
            .iter()
            .map(|&(label, _)| self.session.core.text(label).to_string())
            .collect();
        let shown = self.show(record);
        let near = nanopass::nearest(&name, labels.iter().map(String::as_str))
            .first()
            .map(|near| near.to_string());
        let mut diagnostic = errors::error(
            NO_FIELD,
            format!("no field `{name}` in `{shown}`"),
            span,
            "",
        );
        if subject != span {
            diagnostic = diagnostic.label(subject, format!("this has the type `{shown}`"));
        }
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("there is a field `{near}`")),
            None if !labels.is_empty() => {
                let quoted: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
                let are = if quoted.len() == 1 {
                    "field is"
                } else {
                    "fields are"
                };
                diagnostic.help(format!("its {are} {}", errors::list(&quoted)))
            }
            None => diagnostic,
        };
        if matches!(view.tail, Tail::Var(_)) {
            diagnostic = diagnostic.help(format!(
                "the rest is any other fields: to use `{name}`, write it into the record type of the signature"
            ));
        }
        let diagnostic = self.hidden_module(diagnostic, span);
        self.session.report(diagnostic);
    }

    /// Says so if one of two types that differ is a record only because a variable hides a module.
    pub(super) fn hidden_module_in(&self, diagnostic: Diagnostic, types: &[TyId]) -> Diagnostic {
        let is_field = |label: Symbol| {
            types.iter().any(|&ty| match self.get(ty) {
                Type::Record { fields, .. } => fields.iter().any(|&(field, _)| field == label),
                _ => false,
            })
        };
        let mut found = self
            .hiding_fields
            .iter()
            .filter(|(label, _)| is_field(*label));
        let (first, is_only) = (found.next(), found.next().is_none());
        let Some(&(_, span)) = first else {
            return diagnostic;
        };
        let mut diagnostic = diagnostic;
        // What else may be the reason does not matter beside this one.
        diagnostic.helps.clear();
        if is_only && diagnostic.secondary.iter().all(|label| label.span != span) {
            diagnostic = diagnostic.label(span, "this is taken for a field");
        }
        self.hidden_module(diagnostic, span)
    }

    /// Says so if the record is a variable that hides a module.
    fn hidden_module(&self, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        match self.session.hidden_modules.get(&span) {
            Some(path) => diagnostic.help(format!(
                "a variable hides the module `{path}` here: give the variable another name"
            )),
            None => diagnostic,
        }
    }

    /// `xs.map f`, `shape.radius`: what is reached in another way.
    fn function_help(&mut self, ty: TyId, name: &str, subject: Span) -> Option<String> {
        let con = self.head_con(ty)?;
        let type_name = self.session.tycons.name(con).to_string();
        let (module, qualifier, example) = match type_name.as_str() {
            "List" => ("list", "List", "List.length xs"),
            "Text" => ("text", "text", "text.length t"),
            "Int" => ("int", "int", "int.abs n"),
            "Float" => ("float", "float", "float.abs x"),
            _ => {
                let info = self.session.tycons.get(con)?;
                let is_own = !info.library && !info.constructors.is_empty();
                return is_own
                    .then(|| "the fields of a constructor are reached by a match".to_string());
            }
        };
        let text = self.session.core.sources.text(subject);
        let short = text.len() <= 20 && !text.contains([' ', '\n']);
        let text = if short { text } else { "…" };
        let known = self
            .session
            .globals
            .find(&format!("aivi.{module}.{name}"))
            .is_some();
        Some(if known {
            format!(
                "functions are called by name: `{qualifier}.{name}`, with `{text}` as the last argument"
            )
        } else {
            format!("functions are called by name, as in `{example}`")
        })
    }

    fn not_a_record(&mut self, ty: TyId, label: Symbol, span: Span, subject: Span) {
        if subject == span && self.implicit_field(label, span, Some(ty), &[]) {
            return;
        }
        let name = self.session.core.text(label).to_string();
        let shown = self.show(ty);
        let mut diagnostic = errors::error(
            NO_FIELD,
            format!("`{shown}` is not a record, so it has no field `{name}`"),
            span,
            "",
        );
        if subject != span {
            diagnostic = diagnostic.label(subject, format!("this has the type `{shown}`"));
        }
        if self.as_effect(ty).is_some() {
            diagnostic = diagnostic
                .help("it is an effect: run it with `<-` and take the field of its result");
        } else if let Some((con, _)) = self.session.as_data(ty)
            && self.session.tycons.name(con) == "Option"
        {
            diagnostic = diagnostic.help("it may be `None`: match on it first");
        } else if let Some(help) = self.function_help(ty, &name, subject) {
            diagnostic = diagnostic.help(help);
        }
        let diagnostic = self.hidden_module(diagnostic, span);
        self.session.report(diagnostic);
    }

    pub(super) fn select(&mut self, meta: Meta, record: kernel::Expr, label: Symbol) -> Expr {
        let record = self.infer(record);
        let subject = record.meta();
        if self.session.hidden_modules.contains_key(&meta.span) {
            self.hiding_fields.push((label, meta.span));
        }
        let ty = self.field_type(subject.ty, label, meta.span, subject.span);
        Expr::Select {
            meta: meta.with_ty(ty),
            record: Box::new(record),
            label,
        }
    }

    /// A record literal; `expected` is the type that its context asks for, if it is known to be a record.
    pub(super) fn record(
        &mut self,
        meta: Meta,
        fields: Vec<kernel::FieldInit>,
        expected: Option<&RecordView>,
    ) -> Expr {
        let mut parts = Vec::with_capacity(fields.len());
        for field in fields {
            parts.push(match field {
                kernel::FieldInit::Set { meta, label, value } => {
                    let value = match expected.and_then(|expected| expected.field(label)) {
                        Some(ty) => self.check(value, ty, &Cause::Field { label }),
                        None => self.infer(value),
                    };
                    Part::Set(meta.with_ty(value.meta().ty), label, value)
                }
                kernel::FieldInit::Spread { value, .. } => Part::Spread(self.infer(value)),
            });
        }
        if parts.iter().all(|part| matches!(part, Part::Set(..))) {
            return self.plain_record(meta, parts);
        }
        self.spread_record(meta, parts)
    }

    /// A literal without spreads. Of a label that stands twice the last one wins, and both are evaluated.
    fn plain_record(&mut self, meta: Meta, parts: Vec<Part>) -> Expr {
        let mut labels = rustc_hash::FxHashSet::default();
        let repeated = parts
            .iter()
            .any(|part| matches!(part, Part::Set(_, label, _) if !labels.insert(*label)));
        if repeated {
            return self.spread_record(meta, parts);
        }
        let mut types = Vec::with_capacity(parts.len());
        let mut fields = Vec::with_capacity(parts.len());
        for part in parts {
            if let Part::Set(meta, label, value) = part {
                types.push((label, value.meta().ty));
                fields.push(Field { meta, label, value });
            }
        }
        let ty = self.session.record(types, None);
        Expr::Record {
            meta: meta.with_ty(ty),
            fields,
        }
    }

    /// A literal with spreads: everything is evaluated in order, then the fields are put together. A first spread is the
    /// base that is extended, so that its rest may be unknown.
    fn spread_record(&mut self, meta: Meta, parts: Vec<Part>) -> Expr {
        let mut parts = parts.into_iter().peekable();
        let mut base = None;
        let mut known: Vec<(Symbol, TyId)> = Vec::new();
        let mut tail = None;
        if let Some(Part::Spread(value)) = parts.next_if(|part| matches!(part, Part::Spread(_))) {
            let view = self.spread_view(&value);
            known = view.fields;
            tail = match view.tail {
                Tail::Closed => None,
                Tail::Hole(_, ty) | Tail::Var(ty) => Some(ty),
            };
            base = Some(value);
        }
        let mut binds = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let simple = parts.len() == 0 || base.is_some();
        let mut later_spread = false;
        for part in parts {
            match part {
                Part::Set(field_meta, label, value) => {
                    let ty = value.meta().ty;
                    let reported = base
                        .as_ref()
                        .is_some_and(|base| self.is_doubtful(base.meta().span));
                    if tail.is_some()
                        && !reported
                        && !known.iter().any(|(other, _)| *other == label)
                    {
                        // With an unknown rest, a field that is written must be there already.
                        if let Some(base) = &base {
                            let (ty, span) = (base.meta().ty, base.meta().span);
                            self.field_type(ty, label, field_meta.span, span);
                            let view = self.record_view(ty);
                            // What is written before it stays: the base may hold that at another type.
                            if let Some(old) = view.field(label) {
                                known.push((label, old));
                            }
                            tail = match view.tail {
                                Tail::Closed => None,
                                Tail::Hole(_, ty) | Tail::Var(ty) => Some(ty),
                            };
                        }
                    }
                    match known.iter_mut().find(|(other, _)| *other == label) {
                        Some(slot) => slot.1 = ty,
                        None => known.push((label, ty)),
                    }
                    let duplicate = fields.iter().position(|field| field.label == label);
                    if later_spread || duplicate.is_some() || !simple {
                        // Evaluated here, used below.
                        if let Some(index) = duplicate {
                            let old = fields.remove(index);
                            if !matches!(old.value, Expr::Var { .. } | Expr::Select { .. }) {
                                binds.push(self.temporary(old.value).0);
                            }
                        }
                        let (bind, var) = self.temporary(value);
                        binds.push(bind);
                        fields.push(Field {
                            meta: field_meta,
                            label,
                            value: var,
                        });
                    } else {
                        fields.push(Field {
                            meta: field_meta,
                            label,
                            value,
                        });
                    }
                }
                Part::Spread(value) => {
                    // What stands before must be evaluated before.
                    if !later_spread {
                        later_spread = true;
                        if let Some(first) = base.take() {
                            let (bind, var) = self.temporary(first);
                            binds.push(bind);
                            base = Some(var);
                        }
                        for field in &mut fields {
                            if !matches!(field.value, Expr::Var { .. }) {
                                let value =
                                    std::mem::replace(&mut field.value, self.failed(field.meta));
                                let (bind, var) = self.temporary(value);
                                binds.push(bind);
                                field.value = var;
                            }
                        }
                    }
                    let span = value.meta().span;
                    let view = self.spread_view(&value);
                    if view.tail != Tail::Closed || tail.is_some() {
                        self.spread_error(span, value.meta().ty);
                        continue;
                    }
                    let (bind, var) = self.temporary(value);
                    binds.push(bind);
                    for (label, ty) in view.fields {
                        let meta = Meta::new(span, ty);
                        let value = Expr::Select {
                            meta,
                            record: Box::new(var.clone()),
                            label,
                        };
                        fields.retain(|field| field.label != label);
                        fields.push(Field { meta, label, value });
                        match known.iter_mut().find(|(other, _)| *other == label) {
                            Some(slot) => slot.1 = ty,
                            None => known.push((label, ty)),
                        }
                    }
                }
            }
        }
        let ty = self.session.record(known, tail);
        let meta = meta.with_ty(ty);
        let body = match base {
            Some(base) if fields.is_empty() => base,
            Some(base) => Expr::Extend {
                meta,
                base: Box::new(base),
                fields,
            },
            None => Expr::Record { meta, fields },
        };
        if binds.is_empty() {
            body
        } else {
            Expr::Let {
                meta,
                binds,
                body: Box::new(body),
            }
        }
    }

    /// The record that a spread value is; unknown values become records with an unknown rest.
    fn spread_view(&mut self, value: &Expr) -> RecordView {
        let meta = value.meta();
        let ty = self.shallow(meta.ty);
        match self.get(ty) {
            Type::Record { .. } => {}
            Type::Error => {
                let tail = self.hole(Kind::Fields, false);
                return RecordView {
                    fields: Vec::new(),
                    tail: Tail::Var(tail),
                };
            }
            _ => {
                let tail = self.hole(Kind::Fields, false);
                let open = self.session.record(Vec::new(), Some(tail));
                self.expect(meta.span, ty, open, &Cause::Spread);
                return self.record_view(open);
            }
        }
        self.record_view(ty)
    }

    fn spread_error(&mut self, span: Span, ty: TyId) {
        let shallow = self.shallow(ty);
        if matches!(self.get(shallow), Type::Error) {
            return;
        }
        let shown = self.show(ty);
        let diagnostic = errors::error(
            SPREAD,
            "only the first spread of a record may have unknown fields",
            span,
            "",
        )
        .note(format!("this has the type `{shown}`"))
        .help("give the records types whose fields are all known");
        self.session.report(diagnostic);
    }

    /// A binding that evaluates a value here, and the variable to use it by.
    pub(super) fn temporary(&mut self, value: Expr) -> (Bind, Expr) {
        let meta = value.meta();
        let var = self.session.core.fresh_named("it", meta.span);
        self.bind_local(var, Binding::Mono(meta.ty));
        let bind = Bind {
            meta,
            binder: Binder::new(var, meta.ty),
            recursive: Flag(false),
            types: Vec::new(),
            evidence: Vec::new(),
            value,
        };
        (
            bind,
            Expr::Var {
                meta,
                var,
                types: Vec::new(),
                evidence: Vec::new(),
            },
        )
    }
}
