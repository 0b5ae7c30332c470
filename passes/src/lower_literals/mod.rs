//! `lower-literals`: `no-sections` → `plain-literals`
//!
//! Interpolation, ranges, spreads, maps, sets, dates and instants become calls of the library; a list without spreads
//! stays one flat node.
//!
//! ```text
//! "{n} apples"           concat [toText n, " apples"]
//! [1..n]                 range 1 n
//! [a, b, ...rest]        Cons a (Cons b rest)
//! [...xs, a]             append xs [a]
//! [a, ...xs, b, 1..9]    concat [[a], xs, [b], range 1 9]
//! ~map{ k => v, ...m }   concat [fromList [(k, v)], m]
//! ~set[a, b]             fromList [a, b]
//! ~d(2024-05-21)         date.fromParts 2024 5 21
//! ~r/a+/i                regex.literal "a+" "i"
//! | 5min => a            | value when value == 5min => a
//! ```
//!
//! Design: a few items before one spread are constructors, because the list is then built without a copy of anything;
//! all else is a call on the segments between spreads, so the tree is no deeper than the source however many segments
//! there are. What the content of a literal says is found out here, so that a date that there is not is an error of
//! the compiler and costs nothing at run time.

mod calendar;
mod equal;
mod pattern;

use std::sync::Arc;

use ir_defs::no_sections as a;
use ir_defs::no_sections_to_plain_literals::Rewrite;
use ir_defs::plain_literals as b;
use ir_defs::tables::GlobalId;
use ir_defs::terminals::{Binder, Lit, Reason, TextLit};
use ir_defs::{Session, known};
use nanopass::{Diagnostic, Meta, Span, Symbol};

use crate::codes;

/// How many items before a spread become nested constructors.
const CONS_LIMIT: usize = 8;

/// Turns interpolations, ranges, spreads, maps and sets into calls.
pub fn run(program: a::Entry, session: &mut Session) -> b::Entry {
    Literals {
        session,
        comparisons: None,
    }
    .program(program)
}

struct Literals<'s> {
    session: &'s mut Session,
    /// What the guard of the arm must compare whose pattern is being rewritten; `None` where a pattern must not fail.
    comparisons: Option<Vec<b::Expr>>,
}

/// A part of a list literal.
enum Segment {
    /// Items in a row.
    Items(Vec<b::Expr>),
    /// `...xs`
    Spread(b::Expr),
    /// `a..b`, as the call that it becomes.
    Range(b::Expr),
}

/// What a literal of a map or a set calls.
struct Collection {
    empty: &'static str,
    from_list: &'static str,
    concat: &'static str,
}

const MAP: Collection = Collection {
    empty: known::MAP_EMPTY,
    from_list: known::MAP_FROM_LIST,
    concat: known::MAP_CONCAT,
};

const SET: Collection = Collection {
    empty: known::SET_EMPTY,
    from_list: known::SET_FROM_LIST,
    concat: known::SET_CONCAT,
};

/// A part of such a literal.
enum Part {
    /// Entries or values in a row.
    Items(Vec<b::Expr>),
    /// `...m`, or a list that becomes a set.
    Spread(b::Expr),
}

/// Puts an item at the end of the last row.
fn add_item(parts: &mut Vec<Part>, item: b::Expr) {
    match parts.last_mut() {
        Some(Part::Items(items)) => items.push(item),
        _ => parts.push(Part::Items(vec![item])),
    }
}

/// Items in a row, as a list that stands where they do.
fn row(items: Vec<b::Expr>) -> b::Expr {
    let span = items
        .iter()
        .fold(Span::NONE, |span, item| span.to(item.meta().span));
    b::Expr::List {
        meta: Meta::at(span),
        items,
    }
}

impl Literals<'_> {
    fn call(&mut self, meta: Meta, name: &str, args: Vec<b::Expr>) -> b::Expr {
        let fun = b::Expr::Global {
            meta,
            global: self.session.global(name),
        };
        b::Expr::Apply {
            meta,
            fun: Box::new(fun),
            args,
        }
    }

    /// A call with numbers, or the report of what is wrong with a literal whose content begins at `start`.
    fn constant(
        &mut self,
        meta: Meta,
        what: &str,
        start: u32,
        name: &str,
        content: Result<Vec<i64>, calendar::Invalid>,
    ) -> b::Expr {
        match content {
            Ok(numbers) => {
                let args = numbers.into_iter().map(|number| b::Expr::Lit {
                    meta,
                    lit: Lit::Int(number),
                });
                self.call(meta, name, args.collect())
            }
            Err(invalid) => {
                let place = Span::new(start + invalid.start as u32, start + invalid.end as u32);
                self.session.report(
                    Diagnostic::error(codes::INVALID_LITERAL, format!("this is no {what}"))
                        .at(place, invalid.message),
                );
                b::Expr::Error { meta }
            }
        }
    }

    /// A path is any text but the empty one, and no host knows one with a zero in it.
    fn path(&mut self, meta: Meta, start: u32, content: TextLit) -> b::Expr {
        let wrong = match content.0.find('\0') {
            Some(at) => Some((at, at + 1, "no path has this character in it")),
            None if content.0.is_empty() => Some((0, 0, "the directory itself is `~path[.]`")),
            None => None,
        };
        if let Some((from, to, message)) = wrong {
            let place = Span::new(start + from as u32, start + to as u32);
            self.session.report(
                Diagnostic::error(codes::INVALID_LITERAL, "this is no path").at(place, message),
            );
            return b::Expr::Error { meta };
        }
        let text = b::Expr::Lit {
            meta,
            lit: Lit::Text(content.0),
        };
        self.call(meta, known::PATH, vec![text])
    }

    /// A regular expression whose pattern begins at `start`, with the letters behind it.
    fn regex(&mut self, meta: Meta, start: u32, content: TextLit, flags: TextLit) -> b::Expr {
        let flags_start = meta.span.hi - flags.0.len() as u32;
        let wrong = match (pattern::check(&content.0), pattern::check_flags(&flags.0)) {
            (Err(invalid), _) => Some((start, invalid)),
            (Ok(()), Err(invalid)) => Some((flags_start, invalid)),
            (Ok(()), Ok(())) => None,
        };
        if let Some((start, invalid)) = wrong {
            let place = Span::new(start + invalid.start as u32, start + invalid.end as u32);
            let what = "this is no regular expression";
            self.session
                .report(Diagnostic::error(codes::INVALID_PATTERN, what).at(place, invalid.message));
            return b::Expr::Error { meta };
        }
        let args = [content, flags].map(|text| b::Expr::Lit {
            meta,
            lit: Lit::Text(text.0),
        });
        self.call(meta, known::REGEX, args.into())
    }

    fn segments(&mut self, elements: Vec<a::Element>) -> Vec<Segment> {
        let mut segments = Vec::new();
        for element in elements {
            match element {
                a::Element::Item { value, .. } => {
                    let value = self.expr(value);
                    match segments.last_mut() {
                        Some(Segment::Items(items)) => items.push(value),
                        _ => segments.push(Segment::Items(vec![value])),
                    }
                }
                a::Element::Spread { value, .. } => {
                    segments.push(Segment::Spread(self.expr(value)))
                }
                a::Element::Range { meta, from, to } => {
                    let ends = vec![self.expr(from), self.expr(to)];
                    segments.push(Segment::Range(self.call(meta, known::LIST_RANGE, ends)));
                }
            }
        }
        segments
    }

    /// `xs`, which must be a list: `xs ? | list@[...] => list`.
    fn only_spread(&mut self, meta: Meta, list: b::Expr) -> b::Expr {
        let var = self.session.core.fresh_named("list", meta.span);
        let any_list = b::Pattern::List {
            meta,
            items: Vec::new(),
            rest: Some(Box::new(b::Pattern::Wild { meta })),
        };
        let pattern = b::Pattern::As {
            meta,
            binder: Binder::untyped(var),
            pattern: Box::new(any_list),
        };
        let arm = b::Arm {
            meta,
            pattern,
            guard: None,
            body: b::Expr::Var { meta, var },
        };
        b::Expr::Match {
            meta,
            reason: Reason::Spread,
            subject: Box::new(list),
            arms: vec![arm],
        }
    }

    /// The maps or sets that a literal is made of, as one.
    fn collection(&mut self, meta: Meta, names: Collection, mut parts: Vec<Part>) -> b::Expr {
        if parts.len() == 1
            && let Some(Part::Items(items)) = parts.pop_if(|part| matches!(part, Part::Items(_)))
        {
            return self.call(meta, names.from_list, vec![b::Expr::List { meta, items }]);
        }
        if parts.is_empty() {
            let global = self.session.global(names.empty);
            return b::Expr::Global { meta, global };
        }
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            items.push(match part {
                Part::Spread(value) => value,
                Part::Items(entries) => {
                    let list = row(entries);
                    self.call(list.meta(), names.from_list, vec![list])
                }
            });
        }
        self.call(meta, names.concat, vec![b::Expr::List { meta, items }])
    }

    /// The items in front of a list.
    fn cons(&mut self, meta: Meta, items: Vec<b::Expr>, list: b::Expr) -> b::Expr {
        let con = self.session.constructors.id("List.Cons");
        items
            .into_iter()
            .rev()
            .fold(list, |list, item| b::Expr::Apply {
                meta,
                fun: Box::new(b::Expr::Con { meta, con }),
                args: vec![item, list],
            })
    }
}

impl Rewrite for Literals<'_> {
    fn arm(&mut self, node: a::Arm) -> b::Arm {
        let a::Arm {
            meta,
            pattern,
            guard,
            body,
        } = node;
        let (pattern, guard) = self.guarded(|this| this.pattern(pattern), guard);
        b::Arm {
            meta,
            pattern,
            guard,
            body: self.expr(body),
        }
    }

    fn clause(&mut self, node: a::Clause) -> b::Clause {
        let a::Clause {
            meta,
            patterns,
            guard,
            body,
        } = node;
        let all = |this: &mut Self| {
            let patterns = patterns.into_iter();
            patterns.map(|pattern| this.pattern(pattern)).collect()
        };
        let (patterns, guard) = self.guarded(all, guard);
        b::Clause {
            meta,
            patterns,
            guard,
            body: self.expr(body),
        }
    }

    fn pattern_delta(&mut self, meta: Meta, suffix: GlobalId, number: TextLit) -> b::Pattern {
        let value = b::Expr::Delta {
            meta,
            suffix,
            number,
        };
        self.compared(meta, value)
    }

    fn pattern_instant(&mut self, meta: Meta, text: TextLit) -> b::Pattern {
        let value = self.expr_instant(meta, text);
        self.compared(meta, value)
    }

    fn expr_interpolate(&mut self, meta: Meta, parts: Vec<a::Part>) -> b::Expr {
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                a::Part::Literal { text } if text.0.is_empty() => {}
                a::Part::Literal { text } => texts.push(b::Expr::Lit {
                    meta,
                    lit: Lit::Text(text.0),
                }),
                a::Part::Value { value } => {
                    let value = self.expr(value);
                    texts.push(self.call(value.meta(), known::TO_TEXT, vec![value]));
                }
            }
        }
        match texts.pop() {
            None => b::Expr::Lit {
                meta,
                lit: Lit::Text(Arc::from("")),
            },
            // The text as a whole, whose hole is what `toText` must hold for.
            Some(b::Expr::Apply { fun, args, .. }) if texts.is_empty() => {
                b::Expr::Apply { meta, fun, args }
            }
            Some(text) if texts.is_empty() => text,
            Some(text) => {
                texts.push(text);
                self.call(
                    meta,
                    known::TEXT_CONCAT,
                    vec![b::Expr::List { meta, items: texts }],
                )
            }
        }
    }

    fn expr_instant(&mut self, meta: Meta, text: TextLit) -> b::Expr {
        let instant = calendar::instant(&text.0);
        let parts = instant.map(|(seconds, nanoseconds)| vec![seconds, nanoseconds]);
        self.constant(meta, "instant", meta.span.lo, known::INSTANT, parts)
    }

    fn expr_sigil(&mut self, meta: Meta, tag: Symbol, content: TextLit, flags: TextLit) -> b::Expr {
        // Behind `~`, the tag and a bracket.
        let start = meta.span.lo + self.session.core.text(tag).len() as u32 + 2;
        match self.session.core.text(tag) {
            "path" => return self.path(meta, start, content),
            "r" => return self.regex(meta, start, content, flags),
            _ => {}
        }
        let parts = calendar::date(&content.0).map(|(year, month, day)| vec![year, month, day]);
        self.constant(meta, "date", start, known::DATE, parts)
    }

    fn expr_list(&mut self, meta: Meta, elements: Vec<a::Element>) -> b::Expr {
        let mut segments = self.segments(elements);
        let last = segments.pop();
        let before = segments.pop();
        match (before, last) {
            (None, None) => b::Expr::List {
                meta,
                items: Vec::new(),
            },
            (None, Some(Segment::Items(items))) => b::Expr::List { meta, items },
            (None, Some(Segment::Spread(list))) => self.only_spread(meta, list),
            (None, Some(Segment::Range(list))) => list,
            (Some(Segment::Items(items)), Some(Segment::Spread(list) | Segment::Range(list)))
                if segments.is_empty() && items.len() <= CONS_LIMIT =>
            {
                self.cons(meta, items, list)
            }
            (before, last) => {
                let simple = segments.is_empty();
                segments.extend(before);
                segments.extend(last);
                let lists = segments.into_iter().map(|segment| match segment {
                    Segment::Items(items) => row(items),
                    Segment::Spread(list) | Segment::Range(list) => list,
                });
                let lists: Vec<b::Expr> = lists.collect();
                if simple {
                    self.call(meta, known::LIST_APPEND, lists)
                } else {
                    self.call(
                        meta,
                        known::LIST_CONCAT,
                        vec![b::Expr::List { meta, items: lists }],
                    )
                }
            }
        }
    }

    fn expr_map(&mut self, meta: Meta, entries: Vec<a::MapEntry>) -> b::Expr {
        let mut parts = Vec::new();
        for entry in entries {
            match entry {
                a::MapEntry::Entry { meta, key, value } => {
                    let items = vec![self.expr(key), self.expr(value)];
                    add_item(&mut parts, b::Expr::Tuple { meta, items });
                }
                a::MapEntry::Spread { value, .. } => parts.push(Part::Spread(self.expr(value))),
            }
        }
        self.collection(meta, MAP, parts)
    }

    fn expr_set(&mut self, meta: Meta, elements: Vec<a::Element>) -> b::Expr {
        let mut parts = Vec::new();
        for element in elements {
            match element {
                a::Element::Item { value, .. } => {
                    let value = self.expr(value);
                    add_item(&mut parts, value);
                }
                a::Element::Spread { value, .. } => parts.push(Part::Spread(self.expr(value))),
                a::Element::Range { meta, from, to } => {
                    let ends = vec![self.expr(from), self.expr(to)];
                    let range = self.call(meta, known::LIST_RANGE, ends);
                    parts.push(Part::Spread(self.call(
                        meta,
                        known::SET_FROM_LIST,
                        vec![range],
                    )));
                }
            }
        }
        self.collection(meta, SET, parts)
    }
}
