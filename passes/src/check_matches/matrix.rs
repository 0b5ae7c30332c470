//! Arms of a match as rows of tests on parts of the matched value, for `check-matches` and `compile-matches`.
//!
//! A *place* is a part of the matched value, a number that its maker gives. A row says what an arm still asks of which
//! places, and what it binds; a wildcard asks nothing and takes no room. [`split`] asks one place for its head, which
//! sorts the rows into those that go on with each head and those that go on with any other. (The matrices of
//! L. Maranget, "Warnings for pattern matching", 2007, and "Compiling pattern matching to good decision trees", 2008,
//! without their wildcards, as J. Jacobs writes them in "How to compile pattern matching", 2021.)
//!
//! Because the language has no alternatives inside patterns, an arm asks at most one thing of a place: which arm it is
//! and what places are still to be asked says all there is to say about a row.

use std::sync::Arc;

use ir_defs::Session;
use ir_defs::tables::ConId;
use ir_defs::terminals::Lit;
use ir_defs::typed::Pattern;
use nanopass::{Symbol, VarId};
use rustc_hash::FxHashMap;

/// A part of the matched value.
pub(crate) type Place = u32;

/// A pattern, or what is left of a list pattern after its first items.
#[derive(Clone, Copy)]
pub(crate) enum Pat<'p> {
    Whole(&'p Pattern),
    Rest(&'p [Pattern], Option<&'p Pattern>),
}

/// What a value is, on the outside.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Head {
    Con(ConId),
    Int(i64),
    /// The bits; the two zeros, which are equal, have those of `0.0`.
    Float(u64),
    Char(char),
    Text(Arc<str>),
    Tuple,
    Record,
}

impl Head {
    fn of(lit: &Lit) -> Head {
        match lit {
            Lit::Int(value) => Head::Int(*value),
            Lit::Float(value) => Head::Float(if *value == 0.0 { 0.0f64 } else { *value }.to_bits()),
            Lit::Char(value) => Head::Char(*value),
            Lit::Text(text) => Head::Text(text.clone()),
        }
    }

    /// The literal, if it is one.
    pub(crate) fn lit(&self) -> Option<Lit> {
        match self {
            Head::Int(value) => Some(Lit::Int(*value)),
            Head::Float(bits) => Some(Lit::Float(f64::from_bits(*bits))),
            Head::Char(value) => Some(Lit::Char(*value)),
            Head::Text(text) => Some(Lit::Text(text.clone())),
            Head::Con(_) | Head::Tuple | Head::Record => None,
        }
    }

    /// Whether a value of the type may have another head.
    pub(crate) fn is_refutable(&self) -> bool {
        !matches!(self, Head::Tuple | Head::Record)
    }
}

/// Which component of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A field of a constructor or a component of a tuple.
    Index(usize),
    /// A field of a record.
    Label(Symbol),
}

/// A component, and the place that it is.
pub(crate) type Child = (Part, Place);

impl<'p> Pat<'p> {
    /// The pattern of a component; `None` where it is not mentioned.
    pub(crate) fn part(self, part: Part) -> Option<Pat<'p>> {
        match (self, part) {
            (
                Pat::Whole(Pattern::Con { args: items, .. } | Pattern::Tuple { items, .. }),
                Part::Index(index),
            ) => items.get(index).map(Pat::Whole),
            (Pat::Whole(Pattern::List { items, rest, .. }), _) => {
                Pat::Rest(items, rest.as_deref()).part(part)
            }
            (Pat::Rest(items, rest), Part::Index(index)) => {
                let (first, others) = items.split_first()?;
                Some(if index == 0 {
                    Pat::Whole(first)
                } else {
                    Pat::Rest(others, rest)
                })
            }
            (Pat::Whole(Pattern::Record { fields, .. }), Part::Label(label)) => fields
                .iter()
                .find(|field| field.label == label)
                .map(|field| Pat::Whole(&field.pattern)),
            _ => None,
        }
    }

    /// The variable that the whole value is bound to.
    pub(crate) fn name(self) -> Option<VarId> {
        match self {
            Pat::Whole(Pattern::Bind { binder, .. } | Pattern::As { binder, .. }) => {
                Some(binder.var)
            }
            Pat::Rest([], Some(rest)) => Pat::Whole(rest).name(),
            _ => None,
        }
    }

    /// Whether it asks for or binds anything.
    pub(crate) fn is_wild(self) -> bool {
        match self {
            Pat::Whole(pattern) => matches!(pattern, Pattern::Wild { .. }),
            Pat::Rest([], Some(rest)) => Pat::Whole(rest).is_wild(),
            Pat::Rest(..) => false,
        }
    }
}

/// A question that an arm asks of a place.
#[derive(Clone)]
pub(crate) struct Test<'p> {
    pub(crate) place: Place,
    pub(crate) head: Head,
    /// The pattern, without names for the whole.
    pub(crate) pat: Pat<'p>,
}

/// What an arm still asks, and what it has bound.
#[derive(Clone)]
pub(crate) struct Row<'p> {
    pub(crate) arm: usize,
    pub(crate) guarded: bool,
    /// In the order of their places.
    pub(crate) tests: Vec<Test<'p>>,
    pub(crate) binds: Vec<(VarId, Place)>,
}

/// The constructors of lists, which list patterns are about.
#[derive(Clone, Copy)]
pub(crate) struct Lists {
    pub(crate) nil: ConId,
    pub(crate) cons: ConId,
}

impl Lists {
    pub(crate) fn of(session: &mut Session) -> Lists {
        Lists {
            nil: session.constructors.id("List.Nil"),
            cons: session.constructors.id("List.Cons"),
        }
    }
}

impl<'p> Row<'p> {
    /// The row of an arm that asks nothing yet.
    pub(crate) fn new(arm: usize, guarded: bool) -> Row<'p> {
        Row {
            arm,
            guarded,
            tests: Vec::new(),
            binds: Vec::new(),
        }
    }

    /// Adds what a pattern asks of a place, which must be above all places of the row.
    pub(crate) fn ask(&mut self, place: Place, pat: Pat<'p>, lists: Lists) {
        let head = match pat {
            Pat::Whole(pattern) => match pattern {
                Pattern::Wild { .. } => return,
                Pattern::Bind { binder, .. } => return self.binds.push((binder.var, place)),
                Pattern::As {
                    binder, pattern, ..
                } => {
                    self.binds.push((binder.var, place));
                    return self.ask(place, Pat::Whole(pattern), lists);
                }
                Pattern::Lit { lit, .. } => Head::of(lit),
                Pattern::Con { con, .. } => Head::Con(*con),
                Pattern::Tuple { .. } => Head::Tuple,
                Pattern::List { items, rest, .. } => {
                    return self.ask(place, Pat::Rest(items, rest.as_deref()), lists);
                }
                Pattern::Record { .. } => Head::Record,
            },
            Pat::Rest([], Some(rest)) => return self.ask(place, Pat::Whole(rest), lists),
            Pat::Rest([], None) => Head::Con(lists.nil),
            Pat::Rest(..) => Head::Con(lists.cons),
        };
        self.tests.push(Test { place, head, pat });
    }

    fn test(&self, place: Place) -> Option<usize> {
        self.tests
            .binary_search_by_key(&place, |test| test.place)
            .ok()
    }

    /// Whether every value that comes here takes this arm.
    pub(crate) fn is_total(&self) -> bool {
        self.tests.is_empty() && !self.guarded
    }
}

/// How many tests of the first row, and how many rows, are looked at to choose a place.
const CANDIDATES: usize = 8;
const LOOK_AHEAD: usize = 32;

/// The place to ask next: one that the first row asks about, so that no question is in vain for it; of those one that
/// asks nothing really (a tuple's), else the one that most rows in succession ask about.
pub(crate) fn choose(rows: &[Row<'_>]) -> Option<Place> {
    let (first, others) = rows.split_first()?;
    if let Some(test) = first.tests.iter().find(|test| !test.head.is_refutable()) {
        return Some(test.place);
    }
    let mut best: Option<(usize, Place)> = None;
    for test in first.tests.iter().take(CANDIDATES) {
        let asked = others
            .iter()
            .take(LOOK_AHEAD)
            .take_while(|row| row.test(test.place).is_some())
            .count();
        if best.is_none_or(|(most, _)| asked > most) {
            best = Some((asked, test.place));
        }
    }
    best.map(|(_, place)| place)
}

/// The rows that go on when a place has a given head.
pub(crate) struct Group<'p> {
    pub(crate) head: Head,
    pub(crate) children: Vec<Child>,
    pub(crate) rows: Vec<Row<'p>>,
}

/// The rows that go on with each head that is asked for, in the order of the rows, and with any other head.
pub(crate) struct Split<'p> {
    pub(crate) groups: Vec<Group<'p>>,
    pub(crate) others: Vec<Row<'p>>,
}

/// How many rows may be made for one match.
pub(crate) const STEP_LIMIT: usize = 1_000_000;

/// Asks a place for its head. `children` makes the places of the components that a head has, given the patterns that
/// ask for it; `steps` counts the rows that are made. Above [`STEP_LIMIT`] the result is incomplete.
pub(crate) fn split<'p>(
    rows: Vec<Row<'p>>,
    place: Place,
    lists: Lists,
    steps: &mut usize,
    mut children: impl FnMut(&Head, &[Pat<'p>]) -> Vec<Child>,
) -> Split<'p> {
    let mut index: FxHashMap<Head, usize> = FxHashMap::default();
    let mut asked: Vec<(Head, Vec<Pat<'p>>)> = Vec::new();
    for row in &rows {
        let Some(test) = row.test(place).and_then(|test| row.tests.get(test)) else {
            continue;
        };
        let at = *index.entry(test.head.clone()).or_insert_with(|| {
            asked.push((test.head.clone(), Vec::new()));
            asked.len() - 1
        });
        if let Some((_, pats)) = asked.get_mut(at) {
            pats.push(test.pat);
        }
    }
    let mut groups: Vec<Group<'p>> = asked
        .into_iter()
        .map(|(head, pats)| Group {
            children: children(&head, &pats),
            head,
            rows: Vec::new(),
        })
        .collect();
    let mut others = Vec::new();
    for mut row in rows {
        *steps += 1 + row.tests.len() / 16;
        if *steps > STEP_LIMIT {
            break;
        }
        match row.test(place) {
            Some(test) => {
                let test = row.tests.remove(test);
                let Some(group) = index.get(&test.head).and_then(|&at| groups.get_mut(at)) else {
                    continue;
                };
                for &(part, child) in &group.children {
                    if let Some(pat) = test.pat.part(part) {
                        row.ask(child, pat, lists);
                    }
                }
                push(&mut group.rows, row, steps);
            }
            None => {
                for group in &mut groups {
                    if group.rows.last().is_none_or(|last| !last.is_total()) {
                        push(&mut group.rows, row.clone(), steps);
                    }
                }
                push(&mut others, row, steps);
            }
        }
    }
    Split { groups, others }
}

/// Adds a row unless the one before it leaves nothing for it.
fn push<'p>(rows: &mut Vec<Row<'p>>, row: Row<'p>, steps: &mut usize) {
    if rows.last().is_none_or(|last| !last.is_total()) {
        *steps += 1;
        rows.push(row);
    }
}

/// What tells the rows that are left from all others that may be left of the same match: with equal keys, the same
/// happens from here on.
pub(crate) fn key(rows: &[Row<'_>]) -> Vec<u32> {
    let mut key = Vec::with_capacity(rows.len() * 4);
    for row in rows {
        key.push(row.arm as u32);
        key.push(row.tests.len() as u32);
        key.extend(row.tests.iter().map(|test| test.place));
        let mut binds = row.binds.clone();
        binds.sort_unstable();
        key.push(binds.len() as u32);
        key.extend(binds.iter().map(|&(_, place)| place));
    }
    key
}
