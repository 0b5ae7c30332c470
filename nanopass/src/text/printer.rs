//! From trees to display trees.

use rustc_hash::FxHashMap;

use super::{Doc, Syntax, WIDTH};
use crate::{Context, Meta, VarId};

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PrintOptions {
    /// Print the type of each node that has one, as `(: node type)`.
    pub show_types: bool,
}

/// Prints a whole program.
pub fn print<C: Context>(node: &dyn Syntax<C>, cx: &C, options: PrintOptions) -> String {
    node.doc(&mut Printer::new(cx, options)).render(WIDTH)
}

/// Prints a node in one line of at most about `limit` characters; for messages.
pub fn print_node<C: Context>(node: &dyn Syntax<C>, cx: &C, limit: usize) -> String {
    let text = node
        .doc(&mut Printer::new(cx, PrintOptions::default()))
        .flat();
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}

/// What printing needs to know.
pub struct Printer<'a, C> {
    cx: &'a C,
    options: PrintOptions,
    units: Vec<Unit>,
}

/// A sort of local names: variables are of sort 0, a compiler may have others of its own.
pub type Sort = u8;

/// The names inside a `@unit`.
#[derive(Default)]
struct Unit {
    names: FxHashMap<(Sort, u32), String>,
    /// How many variables of each source name there are.
    counts: FxHashMap<String, u32>,
}

impl<'a, C: Context> Printer<'a, C> {
    /// A printer, outside of any unit.
    pub fn new(cx: &'a C, options: PrintOptions) -> Printer<'a, C> {
        Printer {
            cx,
            options,
            units: vec![Unit::default()],
        }
    }

    /// The session.
    pub fn cx(&self) -> &'a C {
        self.cx
    }

    /// How to print.
    pub fn options(&self) -> PrintOptions {
        self.options
    }

    /// The stable name of a variable.
    pub fn var_name(&mut self, var: VarId) -> String {
        self.local_name(0, var.0, self.cx.core().var_name(var))
    }

    /// The stable name of the local thing with this number among those of its sort, whose source name is `name`.
    pub fn local_name(&mut self, sort: Sort, number: u32, name: &str) -> String {
        let Some(unit) = self.units.last_mut() else {
            return name.to_owned();
        };
        if let Some(name) = unit.names.get(&(sort, number)) {
            return name.clone();
        }
        let base = base_name(name);
        let count = unit.counts.entry(base.to_owned()).or_insert(0);
        let stable = if *count == 0 {
            base.to_owned()
        } else {
            format!("{base}.{count}")
        };
        *count += 1;
        unit.names.insert((sort, number), stable.clone());
        stable
    }

    /// A variable by its stable name. Between bars unless it begins like a variable, see [`is_var_name`].
    pub fn var(&mut self, var: VarId) -> Doc {
        let name = self.var_name(var);
        if is_var_name(&name) {
            Doc::name(&name)
        } else {
            Doc::barred(&name)
        }
    }

    /// Begins a `@unit`: stable names restart.
    pub fn enter_unit(&mut self) {
        self.units.push(Unit::default());
    }

    /// Ends a `@unit`.
    pub fn leave_unit(&mut self) {
        self.units.pop();
    }

    /// `(name field …)`; with `splice` the items of the last field stand without brackets.
    pub fn form(&mut self, name: &'static str, fields: &[&dyn Syntax<C>], splice: bool) -> Doc {
        let mut items = Vec::with_capacity(fields.len() + 1);
        items.push(Doc::atom(name));
        items.extend(fields.iter().map(|field| field.doc(self)));
        if splice && let Some(last) = items.pop() {
            match last {
                Doc::Brackets(rest) => items.extend(rest),
                other => items.push(other),
            }
        }
        Doc::List(items)
    }

    /// Adds the type of a node if types are shown.
    pub fn typed(&mut self, meta: Meta, doc: Doc) -> Doc {
        if !self.options.show_types || meta.ty.is_none() {
            return doc;
        }
        let ty = C::type_doc(meta.ty, self);
        Doc::List(vec![Doc::atom(":"), doc, ty])
    }
}

/// The name without the number that a printer gave to it.
pub(super) fn base_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((base, number))
            if !base.is_empty()
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            base_name(base)
        }
        _ => name,
    }
}

/// Whether a word reads as a variable when it may be something else: it begins with a letter that is not upper-case,
/// or with `_` and more.
pub(super) fn is_var_name(word: &str) -> bool {
    word != "_"
        && word.starts_with(|first: char| {
            first == '_' || (first.is_alphabetic() && !first.is_uppercase())
        })
}
