//! Recursive groups in dependency order, and values that would need themselves.

use ir_defs::hir::Visit;
use ir_defs::tables::GlobalId;
use ir_defs::{Session, hir};
use nanopass::{Diagnostic, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes;

/// A definition with what it mentions.
pub(super) struct Defined {
    pub define: hir::Define,
    pub mentions: Vec<GlobalId>,
    /// Whether it is computed once, before `main`, rather than waiting to be called or run.
    pub computed: bool,
}

/// The strongly connected components of the definitions, each after those that it mentions (Tarjan 1972, with a stack
/// of its own). Reports values that need themselves to be computed.
pub(super) fn order(defines: Vec<Defined>, session: &mut Session) -> Vec<hir::Group> {
    let index_of: FxHashMap<GlobalId, usize> = defines
        .iter()
        .enumerate()
        .map(|(index, defined)| (defined.define.global, index))
        .collect();
    let edges: Vec<Vec<usize>> = defines
        .iter()
        .map(|defined| {
            defined
                .mentions
                .iter()
                .filter_map(|global| index_of.get(global).copied())
                .collect()
        })
        .collect();
    let components = components(&edges);
    for component in &components {
        check_values(component, &edges, &defines, session);
    }
    let mut defines: Vec<Option<hir::Define>> = defines
        .into_iter()
        .map(|defined| Some(defined.define))
        .collect();
    components
        .into_iter()
        .map(|mut component| {
            component.sort_unstable();
            let binds = component
                .into_iter()
                .filter_map(|index| defines.get_mut(index)?.take())
                .collect();
            hir::Group { binds }
        })
        .collect()
}

fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut number = vec![UNSEEN; edges.len()];
    let mut low = vec![UNSEEN; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut found = Vec::new();
    let mut count = 0;
    for root in 0..edges.len() {
        if number[root] != UNSEEN {
            continue;
        }
        // What is being visited, with the number of edges that have been followed.
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.pop() {
            if next == 0 {
                number[node] = count;
                low[node] = count;
                count += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&target) = edges[node].get(next) {
                path.push((node, next + 1));
                if number[target] == UNSEEN {
                    path.push((target, 0));
                } else if on_stack[target] {
                    low[node] = low[node].min(number[target]);
                }
                continue;
            }
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == number[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                found.push(component);
            }
        }
    }
    found
}

/// How many steps of a circle a message shows.
const LONGEST: usize = 12;

/// A value of a component with a circle needs itself, at the latest through the functions that it may call.
fn check_values(
    component: &[usize],
    edges: &[Vec<usize>],
    defines: &[Defined],
    session: &mut Session,
) {
    let value = component
        .iter()
        .copied()
        .filter(|&index| {
            defines[index].computed && (component.len() > 1 || edges[index].contains(&index))
        })
        .min();
    let Some(value) = value else { return };
    // A circle through several modules follows from one of their imports, which has been reported.
    let module = |index: usize| {
        let full = session.globals.name(defines[index].define.global);
        full.rsplit_once('.').map(|(module, _)| module)
    };
    if component
        .iter()
        .any(|&index| module(index) != module(value))
    {
        return;
    }
    let mut circle = circle(value, component, edges);
    // A value of which a part is not there may be meant as a function: `go = n n * go (n - 1)`.
    if circle
        .iter()
        .any(|&index| is_incomplete(&defines[index].define))
    {
        return;
    }
    let name = |index: usize| {
        let full = session.globals.name(defines[index].define.global);
        full.rsplit('.').next().unwrap_or(full).to_string()
    };
    let span = |index: usize| defines[index].define.meta.span;
    // A circle of more steps is told by its first ones.
    let long = circle.len() > LONGEST;
    circle.truncate(LONGEST);
    let mut names: Vec<String> = circle
        .iter()
        .map(|&index| format!("`{}`", name(index)))
        .collect();
    let mut diagnostic = Diagnostic::error(
        codes::VALUE_NEEDS_ITSELF,
        format!("the value `{}` needs itself to be computed", name(value)),
    )
    .at(span(value), "computed once, before `main`");
    let mut seen: Vec<Span> = vec![span(value)];
    for (position, &index) in circle.iter().enumerate() {
        let next = names
            .get(position + 1)
            .or(names.first())
            .cloned()
            .unwrap_or_default();
        if !seen.contains(&span(index)) {
            diagnostic = diagnostic.label(span(index), format!("needs {next}"));
            seen.push(span(index));
        }
    }
    let first = names.first().cloned().unwrap_or_default();
    if long {
        names.push("…".to_string());
    }
    diagnostic = diagnostic
        .note(format!("{} → {first}", names.join(" → ")))
        .help(format!(
            "make it a function, as in `{} = _ => …`",
            name(value)
        ));
    session.report(diagnostic);
}

/// Whether an error has been found in a definition.
fn is_incomplete(define: &hir::Define) -> bool {
    struct Errors(bool);
    impl Visit for Errors {
        fn expr(&mut self, node: &hir::Expr) {
            self.0 |= matches!(node, hir::Expr::Error { .. });
            if !self.0 {
                hir::walk_expr(self, node);
            }
        }
    }
    let mut errors = Errors(false);
    errors.define(define);
    errors.0
}

/// The shortest way from a node of a component back to itself.
fn circle(start: usize, component: &[usize], edges: &[Vec<usize>]) -> Vec<usize> {
    let members: FxHashSet<usize> = component.iter().copied().collect();
    let mut before: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &next in &edges[node] {
            if next == start {
                let mut path = vec![node];
                let mut at = node;
                while let Some(&previous) = before.get(&at) {
                    path.push(previous);
                    at = previous;
                }
                path.reverse();
                return path;
            }
            if members.contains(&next) && !before.contains_key(&next) {
                before.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    vec![start]
}
