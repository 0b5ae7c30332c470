//! Positions in the source text, and what rides on every expression node.

use std::fmt;

/// A half-open range of positions in the one position space that all source files share (see [`crate::Sources`]).
///
/// Positions count bytes. Position 0 belongs to no file, so [`Span::NONE`] is the span of what has no source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first position.
    pub lo: u32,
    /// The position after the last one.
    pub hi: u32,
}

impl Span {
    /// The span of a node without a place in any file.
    pub const NONE: Span = Span { lo: 0, hi: 0 };

    /// The range from `lo` up to, not including, `hi`.
    pub const fn new(lo: u32, hi: u32) -> Span {
        Span { lo, hi }
    }

    /// Whether this is [`Span::NONE`].
    pub const fn is_none(self) -> bool {
        self.lo == 0 && self.hi == 0
    }

    /// The smallest span that covers both; [`Span::NONE`] counts as nothing.
    pub fn to(self, other: Span) -> Span {
        if self.is_none() {
            other
        } else if other.is_none() {
            self
        } else {
            Span::new(self.lo.min(other.lo), self.hi.max(other.hi))
        }
    }

    /// Whether `position` lies inside.
    pub fn contains(self, position: u32) -> bool {
        self.lo <= position && position < self.hi
    }

    /// The number of bytes covered.
    pub fn len(self) -> u32 {
        self.hi.saturating_sub(self.lo)
    }

    /// Whether no byte is covered.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The empty span at the start of this one.
    pub fn start(self) -> Span {
        Span::new(self.lo, self.lo)
    }

    /// The empty span at the end of this one.
    pub fn end(self) -> Span {
        Span::new(self.hi, self.hi)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.lo, self.hi)
    }
}

/// The index of a type in a table that the framework never looks into.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TyId(pub u32);

impl TyId {
    /// No type: not inferred yet, or not recomputed after reading text.
    pub const NONE: TyId = TyId(u32::MAX);

    /// Whether this is [`TyId::NONE`].
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }

    /// The index into a dense table.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Default for TyId {
    fn default() -> TyId {
        TyId::NONE
    }
}

impl fmt::Debug for TyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            write!(f, "TyId(-)")
        } else {
            write!(f, "TyId({})", self.0)
        }
    }
}

/// What rides on every node of a nonterminal marked `@meta`: where it came from, and its type.
///
/// A node that a pass makes up inherits the meta of what it replaces, so that spans stay true to the last pass.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Meta {
    /// The source text that this node stands for.
    pub span: Span,
    /// Its type, once there is one.
    pub ty: TyId,
}

impl Meta {
    /// No place and no type.
    pub const NONE: Meta = Meta {
        span: Span::NONE,
        ty: TyId::NONE,
    };

    /// A place without a type.
    pub const fn at(span: Span) -> Meta {
        Meta {
            span,
            ty: TyId::NONE,
        }
    }

    /// A place with a type.
    pub const fn new(span: Span, ty: TyId) -> Meta {
        Meta { span, ty }
    }

    /// The same place with another type.
    pub const fn with_ty(self, ty: TyId) -> Meta {
        Meta {
            span: self.span,
            ty,
        }
    }
}
