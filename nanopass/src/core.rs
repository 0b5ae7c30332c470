//! What the passes of any compiler share: names, variables, source files, diagnostics.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{Diagnostic, Diagnostics, Doc, Printer, ReadError, Reader, Sexp, Sources, Span, TyId};

/// An interned string; equal strings have equal symbols within one [`Core`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(pub u32);

/// A local variable, an index into the variable table of [`Core`]. Each is bound once in the whole program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VarId(pub u32);

impl VarId {
    /// The index into a dense table.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is known of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VarInfo {
    /// The name in the source, or a telling name for a variable that a pass made up. Not unique.
    pub name: Symbol,
    /// Where it is bound.
    pub span: Span,
}

/// The part of a session that the framework itself needs.
#[derive(Clone, Default, Debug)]
pub struct Core {
    /// The files that have been read.
    pub sources: Sources,
    /// What has been reported so far.
    pub diagnostics: Diagnostics,
    strings: Vec<Arc<str>>,
    symbols: FxHashMap<Arc<str>, Symbol>,
    vars: Vec<VarInfo>,
}

impl Core {
    /// An empty core.
    pub fn new() -> Core {
        Core::default()
    }

    /// The symbol of a string.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.symbols.get(text) {
            return symbol;
        }
        let symbol = Symbol(self.strings.len() as u32);
        let text: Arc<str> = Arc::from(text);
        self.strings.push(text.clone());
        self.symbols.insert(text, symbol);
        symbol
    }

    /// The symbol of a string that may never have been interned.
    pub fn lookup(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).copied()
    }

    /// The string of a symbol; the empty string for a symbol of another core.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.strings.get(symbol.0 as usize).map_or("", |text| text)
    }

    /// A new variable with the given source name.
    pub fn fresh_var(&mut self, name: Symbol, span: Span) -> VarId {
        let var = VarId(self.vars.len() as u32);
        self.vars.push(VarInfo { name, span });
        var
    }

    /// A new variable with the name and the place of another one; for code that a pass duplicates.
    pub fn fresh_var_like(&mut self, var: VarId) -> VarId {
        let info = self.var(var);
        self.fresh_var(info.name, info.span)
    }

    /// A new variable for a name that the pass gives, at the place that it stands for.
    pub fn fresh_named(&mut self, name: &str, span: Span) -> VarId {
        let name = self.intern(name);
        self.fresh_var(name, span)
    }

    /// What is known of a variable. A variable of another core has an unknown name, [`Symbol`]`(u32::MAX)`.
    pub fn var(&self, var: VarId) -> VarInfo {
        self.vars.get(var.index()).copied().unwrap_or(VarInfo {
            name: Symbol(u32::MAX),
            span: Span::NONE,
        })
    }

    /// The source name of a variable.
    pub fn var_name(&self, var: VarId) -> &str {
        self.text(self.var(var).name)
    }

    /// How many variables there are; the length for a dense table indexed by [`VarId`].
    pub fn var_count(&self) -> usize {
        self.vars.len()
    }

    /// Reports a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// A compiler's session: what its passes share. It embeds a [`Core`].
pub trait Context: Sized {
    /// The embedded core.
    fn core(&self) -> &Core;
    /// The embedded core, to change.
    fn core_mut(&mut self) -> &mut Core;

    /// The display tree of a type; never asked for [`TyId::NONE`].
    fn type_doc(ty: TyId, p: &mut Printer<'_, Self>) -> Doc {
        let _ = p;
        Doc::atom(format!("t{}", ty.0))
    }

    /// Reads what [`Context::type_doc`] prints.
    fn read_type(sexp: &Sexp, rd: &mut Reader<'_, Self>) -> Result<TyId, ReadError> {
        let number = sexp
            .atom()
            .and_then(|word| word.strip_prefix('t')?.parse().ok());
        number.map(TyId).ok_or_else(|| rd.error(sexp, "a type"))
    }
}

impl Context for Core {
    fn core(&self) -> &Core {
        self
    }

    fn core_mut(&mut self) -> &mut Core {
        self
    }
}
