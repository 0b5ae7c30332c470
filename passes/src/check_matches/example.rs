//! Values that no arm matches, written as the user would write a pattern for them.

use ir_defs::Session;
use ir_defs::tables::{ConId, TyConId};
use ir_defs::typed::{Arm, Pattern, Visit, walk_pattern};
use rustc_hash::FxHashMap;

use super::matrix::{Child, Head, Lists, Part, Place};

/// What is known of a place.
pub(super) enum Known {
    Nothing,
    /// Its head and its components.
    Head(Head, Vec<Child>),
    /// A literal that is none of these.
    Other(Vec<Head>),
}

/// Writes the value that has place 0.
pub(super) struct Examples<'a> {
    pub(super) session: &'a Session,
    pub(super) lists: Lists,
    pub(super) known: &'a [Known],
    /// What stands before the constructors of a type, dot included: `shapes.`
    pub(super) qualifiers: &'a FxHashMap<TyConId, String>,
    /// Whether a literal of which there are endlessly many others is left open: what an arm must match to be the last.
    pub(super) open: bool,
}

impl Examples<'_> {
    /// The value as a pattern.
    pub(super) fn value(&self) -> String {
        self.text(0, false)
    }

    /// The parameters of clauses, of which the value is the tuple: `None (Some _)`.
    pub(super) fn clause(&self) -> String {
        match self.known.first() {
            Some(Known::Head(Head::Tuple, children)) => self.arguments(children),
            _ => self.value(),
        }
    }

    fn arguments(&self, children: &[Child]) -> String {
        let args: Vec<String> = children
            .iter()
            .map(|&(_, child)| self.text(child, true))
            .collect();
        args.join(" ")
    }

    /// The pattern of a place; an argument stands in parentheses where it needs them.
    fn text(&self, place: Place, argument: bool) -> String {
        match self.known.get(place as usize) {
            None | Some(Known::Nothing) => "_".to_owned(),
            Some(Known::Other(_)) if self.open => "_".to_owned(),
            Some(Known::Other(heads)) => other_than(heads),
            Some(Known::Head(Head::Tuple, children)) => {
                let items: Vec<String> = children
                    .iter()
                    .map(|&(_, child)| self.text(child, false))
                    .collect();
                format!("({})", items.join(", "))
            }
            Some(Known::Head(Head::Record, children)) => self.record(children),
            Some(Known::Head(Head::Con(con), children)) => {
                self.constructor(*con, children, argument)
            }
            Some(Known::Head(head, _)) => literal(head, argument),
        }
    }

    /// Only the fields of which something is known.
    fn record(&self, children: &[Child]) -> String {
        let fields: Vec<String> = children
            .iter()
            .filter_map(|&(part, child)| {
                let text = self.text(child, false);
                match part {
                    Part::Label(label) if text != "_" => {
                        Some(format!("{}: {text}", self.session.core.text(label)))
                    }
                    _ => None,
                }
            })
            .collect();
        if fields.is_empty() {
            "_".to_owned()
        } else {
            format!("{{ {} }}", fields.join(", "))
        }
    }

    fn constructor(&self, con: ConId, children: &[Child], argument: bool) -> String {
        if con == self.lists.nil || con == self.lists.cons {
            return self.list(con, children);
        }
        let name = self.session.constructors.name(con);
        let name = name.rsplit('.').next().unwrap_or(name);
        let data = data_of(self.session, con);
        let qualifier = data.and_then(|data| self.qualifiers.get(&data));
        let qualifier = qualifier.map_or("", String::as_str);
        let name = format!("{qualifier}{name}");
        if children.is_empty() {
            return name;
        }
        let text = format!("{name} {}", self.arguments(children));
        if argument { format!("({text})") } else { text }
    }

    /// `[]`, `[_, 1]`, `[_, ...]`
    fn list<'a>(&'a self, mut con: ConId, mut children: &'a [Child]) -> String {
        let mut items = Vec::new();
        while con == self.lists.cons
            && let [(_, first), (_, rest)] = children
        {
            items.push(self.text(*first, false));
            match self.known.get(*rest as usize) {
                Some(Known::Head(Head::Con(next), others)) => {
                    con = *next;
                    children = others;
                }
                _ => {
                    items.push("...".to_owned());
                    break;
                }
            }
        }
        format!("[{}]", items.join(", "))
    }
}

fn literal(head: &Head, argument: bool) -> String {
    match head {
        Head::Int(value) if *value < 0 && argument => format!("({value})"),
        Head::Int(value) => value.to_string(),
        Head::Float(bits) => {
            let value = f64::from_bits(*bits);
            if value < 0.0 && argument {
                format!("({value:?})")
            } else {
                format!("{value:?}")
            }
        }
        Head::Char(value) => format!("'{}'", value.escape_default()),
        Head::Text(text) => format!("\"{}\"", escaped(text)),
        Head::Con(_) | Head::Tuple | Head::Record => "_".to_owned(),
    }
}

/// What a text literal holds as source writes it.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    for letter in text.chars() {
        match letter {
            // A brace would open a hole.
            '{' | '}' => written.extend(['\\', letter]),
            letter => written.extend(letter.escape_debug()),
        }
    }
    written
}

/// A small literal that is none of these.
fn other_than(heads: &[Head]) -> String {
    let candidates = 0..=heads.len() as u32;
    let candidate = |number: u32| match heads.first() {
        Some(Head::Int(_)) => Head::Int(i64::from(number)),
        Some(Head::Float(_)) => Head::Float(f64::from(number).to_bits()),
        Some(Head::Char(_)) => Head::Char(char::from_u32(u32::from('a') + number).unwrap_or('_')),
        _ => Head::Text("a".repeat(number as usize).into()),
    };
    let used: rustc_hash::FxHashSet<&Head> = heads.iter().collect();
    let free = candidates.map(candidate).find(|head| !used.contains(head));
    free.map_or_else(|| "_".to_owned(), |head| literal(&head, false))
}

/// The type of a constructor.
fn data_of(session: &Session, con: ConId) -> Option<TyConId> {
    session.constructors.get(con)?.data
}

/// How the arms of a match qualify constructors, by their types. A type of which one constructor is written without a
/// qualifier needs none.
pub(super) fn qualifiers(session: &Session, arms: &[Arm]) -> FxHashMap<TyConId, String> {
    struct Written<'s> {
        session: &'s Session,
        found: FxHashMap<TyConId, String>,
    }
    impl Visit for Written<'_> {
        fn pattern(&mut self, node: &Pattern) {
            if let Pattern::Con { meta, con, .. } = node
                && let Some(data) = data_of(self.session, *con)
                && let Some((_, name)) = self.session.constructors.name(*con).rsplit_once('.')
            {
                let text = self.session.core.sources.text(meta.span);
                let qualifier = text
                    .trim_start_matches('(')
                    .split_once(name)
                    .map_or("", |(before, _)| before);
                let known = self.found.entry(data);
                let known = known.or_insert_with(|| qualifier.to_owned());
                // The text of a program that is read in another form than source says nothing.
                let is_part =
                    |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
                if !qualifier.ends_with('.') || !qualifier.chars().all(is_part) {
                    known.clear();
                }
            }
            walk_pattern(self, node);
        }
    }
    let mut written = Written {
        session,
        found: FxHashMap::default(),
    };
    for arm in arms {
        written.pattern(&arm.pattern);
    }
    written.found
}
