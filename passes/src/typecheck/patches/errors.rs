//! What is said about patches that do not fit their targets.

use ir_defs::tables::ConId;
use ir_defs::types::Type;
use nanopass::{Diagnostic, Span, Symbol, TyId};

use super::super::Checker;
use super::super::errors::{
    PATCH_COLLISION, PATCH_FIXED, PATCH_INSTRUCTION, PATCH_PATH, PATCH_REMOVAL, SIMILAR_FIELD,
    count, error, list,
};
use super::tree::Fixed;

impl Checker<'_> {
    fn written(&self, span: Span) -> String {
        self.session.core.sources.text(span).to_string()
    }

    fn con_short(&self, con: ConId) -> String {
        let name = self.session.constructors.name(con);
        name.rsplit('.').next().unwrap_or(name).to_string()
    }

    /// Two entries lead to one place, or one through the place where the other ends.
    pub(super) fn collide(&mut self, later: Span, earlier: Span) {
        let diagnostic = error(
            PATCH_COLLISION,
            "two entries of this patch change the same place",
            later,
            "changed again here",
        )
        .label(earlier, "changed here")
        .help("leave one of them out, or patch the result: `r <| { … } <| { … }`");
        self.session.report(diagnostic);
    }

    // Paths.

    /// A selection of items of what is no list and no map.
    pub(super) fn no_items(&mut self, span: Span, ty: TyId, missing: bool) {
        let step = self.written(span);
        let diagnostic = if missing {
            error(
                PATCH_PATH,
                format!("`{step}` selects items of a field that is not there"),
                span,
                "",
            )
        } else {
            let shown = self.show(ty);
            self.wrapped(
                error(
                    PATCH_PATH,
                    format!(
                        "`{step}` selects items of a list or a map, and this has the type `{shown}`"
                    ),
                    span,
                    "",
                ),
                ty,
                &step,
            )
        };
        self.session.report(diagnostic);
    }

    /// A key of what is no map.
    pub(super) fn no_keys(&mut self, span: Span, ty: TyId, missing: bool) {
        let step = self.written(span);
        let mut diagnostic = if missing {
            error(
                PATCH_PATH,
                format!("`{step}` selects a key of a field that is not there"),
                span,
                "",
            )
        } else {
            let shown = self.show(ty);
            error(
                PATCH_PATH,
                format!("`{step}` selects a key of a map, and this has the type `{shown}`"),
                span,
                "",
            )
        };
        if let Some((con, _)) = self.session.as_data(ty)
            && self.session.tycons.name(con) == "List"
        {
            diagnostic = diagnostic
                .help("a list has no keys: select its items by a condition, `[price > 80]`, or all of them, `[*]`");
        }
        self.session.report(diagnostic);
    }

    /// A field of what is no record.
    pub(super) fn no_fields(&mut self, span: Span, ty: TyId, label: Symbol, place: Span) {
        let name = self.session.core.text(label).to_string();
        let shown = self.show(ty);
        let mut diagnostic = error(
            PATCH_PATH,
            format!("`{shown}` is not a record, so it has no field `{name}`"),
            span,
            "",
        );
        if place != span {
            diagnostic = diagnostic.label(place, format!("this has the type `{shown}`"));
        }
        let diagnostic = self.wrapped(diagnostic, ty, &name);
        self.session.report(diagnostic);
    }

    /// How to get into what holds other values.
    fn wrapped(&mut self, diagnostic: Diagnostic, ty: TyId, step: &str) -> Diagnostic {
        let Some((con, args)) = self.session.as_data(ty) else {
            return diagnostic;
        };
        let step = match step.starts_with('[') {
            true => step.to_string(),
            false => format!(".{step}"),
        };
        match self.session.tycons.name(con) {
            "Option" => diagnostic.help(format!("it may be `None`: write `Some.value{step}`")),
            "Result" => diagnostic.help(format!("it may be an `Err`: write `Ok.value{step}`")),
            "List" => diagnostic.help(format!("`[*]{step}` goes into all its items")),
            name if name == ir_defs::known::MAP_TYPE => {
                diagnostic.help(format!("`[*]{step}` goes into all its values"))
            }
            _ => {
                let _ = args;
                let constructors: Vec<String> = self
                    .session
                    .tycons
                    .get(con)
                    .map(|info| info.constructors.clone())
                    .unwrap_or_default()
                    .into_iter()
                    .map(|con| format!("`{}{step}`", self.con_short(con)))
                    .collect();
                match constructors.as_slice() {
                    [one] => diagnostic.help(format!("go into its constructor: {one}")),
                    _ => diagnostic,
                }
            }
        }
    }

    /// `Circle` at the end of a path.
    pub(super) fn constructor_alone(&mut self, span: Span, con: ConId) {
        let name = self.con_short(con);
        let diagnostic = error(
            PATCH_PATH,
            format!("the constructor `{name}` is no place in a value by itself"),
            span,
            "",
        )
        .help(format!(
            "write `{name}.value` for what it holds, or `{name}.field` for a field of that"
        ));
        self.session.report(diagnostic);
    }

    /// A constructor of another type.
    pub(super) fn other_constructor(
        &mut self,
        span: Span,
        con: ConId,
        data: TyId,
        found: TyId,
        place: Span,
        missing: bool,
    ) {
        let name = self.con_short(con);
        if missing {
            let message = format!("`{name}` selects in a field that is not there");
            self.error(PATCH_PATH, message, span, "");
            return;
        }
        if matches!(self.get(found), Type::Error) || matches!(self.get(data), Type::Error) {
            return;
        }
        let (data, found) = (self.show(data), self.show(found));
        let mut diagnostic = error(
            PATCH_PATH,
            format!("`{name}` is a constructor of `{data}`, and this has the type `{found}`"),
            span,
            "",
        );
        if place != span {
            diagnostic = diagnostic.label(place, format!("this has the type `{found}`"));
        }
        self.session.report(diagnostic);
    }

    /// A constructor without a field, or with several.
    pub(super) fn not_one_field(&mut self, span: Span, con: ConId, fields: usize) {
        let name = self.con_short(con);
        let diagnostic = error(
            PATCH_PATH,
            match fields {
                0 => format!("`{name}` holds nothing"),
                _ => format!(
                    "`{name}` has {}, and a path leads into one",
                    count(fields, "field")
                ),
            },
            span,
            "",
        );
        let diagnostic = match fields {
            0 => diagnostic,
            _ => diagnostic.help("match on the value instead: `v ? | … => …`"),
        };
        self.session.report(diagnostic);
    }

    /// A constructor that holds no record with that field.
    pub(super) fn no_payload_field(
        &mut self,
        span: Span,
        con: ConId,
        payload: TyId,
        label: Symbol,
    ) {
        let (name, label) = (
            self.con_short(con),
            self.session.core.text(label).to_string(),
        );
        let shallow = self.shallow(payload);
        let labels: Vec<String> = match self.get(shallow) {
            Type::Record { .. } => self
                .record_view(shallow)
                .fields
                .iter()
                .map(|&(label, _)| self.session.core.text(label).to_string())
                .collect(),
            _ => Vec::new(),
        };
        let shown = self.show(payload);
        let diagnostic = error(
            PATCH_PATH,
            format!("what `{name}` holds is `{shown}`, which has no field `{label}`"),
            span,
            "",
        );
        let near = nanopass::nearest(&label, labels.iter().map(String::as_str))
            .first()
            .map(ToString::to_string);
        let diagnostic = match near {
            Some(near) => diagnostic.help(format!("there is a field `{near}`")),
            None if labels.is_empty() => {
                diagnostic.help(format!("write `{name}.value` for the whole of it"))
            }
            None => diagnostic.help(format!("its fields are {}", list(&labels))),
        };
        self.session.report(diagnostic);
    }

    // Fields that come and go.

    /// A new field that is spelt almost like a present one.
    pub(super) fn near_miss(&mut self, span: Span, label: Symbol, near: &str) {
        let name = self.session.core.text(label).to_string();
        let diagnostic = Diagnostic::warning(
            SIMILAR_FIELD,
            format!("this patch adds the field `{name}`, and there is a field `{near}`"),
        )
        .at(span, "a new field")
        .help(format!("is `{near}` meant?"));
        self.session.report(diagnostic);
    }

    /// A field that is added where the type cannot change.
    pub(super) fn cannot_add(
        &mut self,
        span: Span,
        label: Symbol,
        fixed: Fixed,
        record: Option<TyId>,
    ) {
        let name = self.session.core.text(label).to_string();
        let mut diagnostic = error(
            PATCH_FIXED,
            format!("there is no field `{name}`, and none can be added here"),
            span,
            "",
        )
        .label(fixed.span, fixed.why);
        let labels: Vec<String> = match record {
            Some(record) => self
                .record_view(record)
                .fields
                .iter()
                .map(|&(label, _)| self.session.core.text(label).to_string())
                .collect(),
            None => Vec::new(),
        };
        if let Some(near) = nanopass::nearest(&name, labels.iter().map(String::as_str)).first() {
            diagnostic = diagnostic.help(format!("there is a field `{near}`"));
        }
        self.session.report(diagnostic);
    }

    /// A field that is removed where the type cannot change.
    pub(super) fn cannot_remove(&mut self, span: Span, fixed: Fixed) {
        let name = self.written(span);
        let diagnostic = error(
            PATCH_FIXED,
            format!("the field `{name}` cannot be removed here"),
            span,
            "",
        )
        .label(fixed.span, fixed.why);
        self.session.report(diagnostic);
    }

    /// `-` for a field that is not there.
    pub(super) fn nothing_to_remove(&mut self, span: Span, near: Option<&str>) {
        let name = self.written(span);
        let message = format!("there is no field `{name}` to remove");
        let diagnostic = error(PATCH_REMOVAL, message, span, "");
        self.session.report(meant(diagnostic, near));
    }

    /// `-` for what is no field and no key.
    pub(super) fn not_removable(&mut self, span: Span) {
        let diagnostic = error(
            PATCH_REMOVAL,
            "only a field, a key, or the items that meet a condition can be removed",
            span,
            "",
        )
        .help("replace a whole list by `[]`, and a whole map by `~map{}`");
        self.session.report(diagnostic);
    }

    // Instructions.

    /// An instruction of which nothing says whether it is a function.
    pub(super) fn unknown_instruction(&mut self, span: Span, place: Span) {
        let text = self.written(span);
        let path = self.written(place);
        let diagnostic = error(
            PATCH_INSTRUCTION,
            "it is not known whether this replaces or transforms",
            span,
            "its type is not known here",
        )
        .help(format!(
            "write `{path}: := {text}` to replace, `{path}: x => {text} x` to transform, or give the type of `{text}` in a signature"
        ));
        self.session.report(diagnostic);
    }

    /// A transformation of a field that is not there.
    pub(super) fn nothing_to_transform(&mut self, place: Span, span: Span, near: Option<&str>) {
        let name = self.written(place);
        let diagnostic = error(
            PATCH_PATH,
            format!("there is no field `{name}` to transform"),
            place,
            "",
        )
        .label(span, "a function transforms what is there");
        let diagnostic = match near {
            Some(_) => meant(diagnostic, near),
            None => diagnostic.help(format!("write `{name}: := …` to add a function as a field")),
        };
        self.session.report(diagnostic);
    }
}

/// With the field that is likely meant.
fn meant(diagnostic: Diagnostic, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("there is a field `{near}`")),
        None => diagnostic,
    }
}
