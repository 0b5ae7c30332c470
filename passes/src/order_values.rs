//! `order-values`: `mono` → `mono`
//!
//! Lists the definitions that are values in the order in which they must be computed before `main`.
//!
//! ```text
//! area = scale pi        scale = x => x * unit        unit = 2.0        pi = 3.0
//! order: [unit pi area]                      (`area` needs `unit` through the body of `scale`)
//! ```
//!
//! Design: definitions that mention one another form a graph, whose strongly connected components (Tarjan 1972) come
//! out with dependencies first. A value in a component with a cycle needs itself to be computed, which is the user's
//! error. What stands inside an effect does not count: nothing performs an effect before `main`. What stands inside a
//! function counts wherever the function is mentioned, because who receives it may call it.

use ir_defs::Session;
use ir_defs::mono::{Define, Expr, Program, Visit, walk_expr};
use ir_defs::tables::GlobalId;
use nanopass::Diagnostic;
use rustc_hash::FxHashMap;

use crate::codes;

/// Fills `order`.
pub fn run(mut program: Program, session: &mut Session) -> Program {
    let index: FxHashMap<GlobalId, usize> = program
        .defines
        .iter()
        .enumerate()
        .map(|(index, define)| (define.global, index))
        .collect();
    let mut nodes = Vec::with_capacity(program.defines.len());
    for define in &program.defines {
        let mut mentions = Mentions {
            index: &index,
            found: Vec::new(),
        };
        if session.as_effect(define.type_).is_none() {
            mentions.expr(&define.value);
        }
        nodes.push(Node {
            edges: mentions.found,
            is_value: is_value(define, session),
            ..Node::default()
        });
    }
    let mut graph = Graph {
        nodes,
        stack: Vec::new(),
        next: 1,
        components: Vec::new(),
    };
    for node in 0..graph.nodes.len() {
        graph.visit(node);
    }
    let Graph {
        nodes, components, ..
    } = graph;
    let define = |node: usize| program.defines.get(node);
    let mut order = Vec::new();
    for component in &components {
        let value = component
            .iter()
            .copied()
            .filter(|&node| nodes.get(node).is_some_and(|node| node.is_value))
            .min();
        let Some(value) = value else { continue };
        match cycle(&nodes, component, value) {
            Some(path) => report_cycle(
                path.iter().filter_map(|&node| define(node)).collect(),
                session,
            ),
            None => order.extend(define(value).map(|define| define.global)),
        }
    }
    program.order = order;
    program
}

/// Whether a definition is computed once, and not a function or an effect.
pub fn is_value(define: &Define, session: &Session) -> bool {
    let mut value = &define.value;
    while let Expr::Widen { effect, .. } = value {
        value = effect;
    }
    !matches!(value, Expr::Lambda { .. }) && session.as_effect(define.type_).is_none()
}

/// The definitions that an expression mentions outside of effects, in the order of their first mention.
struct Mentions<'a> {
    index: &'a FxHashMap<GlobalId, usize>,
    found: Vec<usize>,
}

impl Visit for Mentions<'_> {
    fn expr(&mut self, e: &Expr) {
        match e {
            Expr::Do { .. } => {}
            Expr::Global { global, .. } => {
                if let Some(&node) = self.index.get(global)
                    && !self.found.contains(&node)
                {
                    self.found.push(node);
                }
            }
            other => walk_expr(self, other),
        }
    }
}

#[derive(Default)]
struct Node {
    edges: Vec<usize>,
    is_value: bool,
    /// When it was visited, from 1; 0 before.
    number: u32,
    /// The smallest number that it reaches within its component.
    low: u32,
    open: bool,
}

struct Graph {
    nodes: Vec<Node>,
    /// Visited, and not yet in a component.
    stack: Vec<usize>,
    next: u32,
    /// Dependencies first.
    components: Vec<Vec<usize>>,
}

impl Graph {
    /// Tarjan's algorithm. The path from the root is kept on the heap, for programs may be long.
    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, 0)];
        while let Some((node, edge)) = path.pop() {
            let Some(entry) = self.nodes.get_mut(node) else {
                continue;
            };
            if edge == 0 {
                if entry.number != 0 {
                    continue;
                }
                (entry.number, entry.low, entry.open) = (self.next, self.next, true);
                self.next += 1;
                self.stack.push(node);
            }
            let target = entry.edges.get(edge).copied();
            if let Some(target) = target {
                path.push((node, edge + 1));
                path.push((target, 0));
                continue;
            }
            let low = self.lowest(node);
            if self
                .nodes
                .get(node)
                .is_some_and(|entry| entry.number == low)
            {
                self.close(node);
            } else if let Some(entry) = self.nodes.get_mut(node) {
                entry.low = low;
            }
        }
    }

    fn lowest(&self, node: usize) -> u32 {
        let Some(entry) = self.nodes.get(node) else {
            return 0;
        };
        let targets = entry
            .edges
            .iter()
            .filter_map(|&target| self.nodes.get(target));
        targets
            .filter(|target| target.open)
            .map(|target| target.low)
            .fold(entry.low, u32::min)
    }

    fn close(&mut self, node: usize) {
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            if let Some(entry) = self.nodes.get_mut(member) {
                entry.open = false;
            }
            component.push(member);
            if member == node {
                break;
            }
        }
        self.components.push(component);
    }
}

/// The shortest way from a value back to itself, within its component.
fn cycle(nodes: &[Node], component: &[usize], value: usize) -> Option<Vec<usize>> {
    let mut before: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = std::collections::VecDeque::from([value]);
    while let Some(node) = queue.pop_front() {
        for &target in nodes.get(node).map_or(&[][..], |node| &node.edges) {
            if target == value {
                let mut path = vec![node];
                while let Some(&last) = path.last()
                    && last != value
                    && let Some(&previous) = before.get(&last)
                {
                    path.push(previous);
                }
                path.reverse();
                return Some(path);
            }
            if component.contains(&target) && !before.contains_key(&target) {
                before.insert(target, node);
                queue.push_back(target);
            }
        }
    }
    None
}

fn report_cycle(path: Vec<&Define>, session: &mut Session) {
    let Some((value, rest)) = path.split_first() else {
        return;
    };
    let short = |define: &Define| {
        let name = session.globals.name(define.global);
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit('.').next().unwrap_or(name).to_owned()
    };
    let name = short(value);
    let mut diagnostic = Diagnostic::error(
        codes::VALUE_NEEDS_ITSELF,
        format!("`{name}` needs itself to be computed"),
    )
    .at(value.meta.span, "this value is computed before `main`");
    let mut user = name.clone();
    for define in rest {
        let next = short(define);
        diagnostic = diagnostic.label(define.meta.span, format!("`{user}` needs `{next}`"));
        user = next;
    }
    let diagnostic = if rest.is_empty() {
        diagnostic.note(format!("`{name}` mentions itself"))
    } else {
        diagnostic.note(format!("`{user}` needs `{name}`"))
    };
    session.report(
        diagnostic.help("make one of them a function, so that it is computed when it is called"),
    );
}
