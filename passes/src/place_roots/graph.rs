//! The control flow of a function, as a graph: what is used, defined and collected, and what can follow.
//!
//! Nodes are numbered in the order of the text, so that a later walk over the same body in the same order finds its
//! way in what was decided for them: see [`super::edit`].

use std::ops::Range;

use ir_defs::reps::{Local, Rep};
use ir_defs::rooted::{Atom, Body, Rhs, Stmt};
use ir_defs::terminals::LabelId;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::collects::Collects;

pub(super) type NodeId = usize;
pub(super) type BlockId = usize;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Plain,
    /// Room is made.
    Reserve,
    /// A call that may reach a collection.
    Collect,
    /// Before a loop or an attempt.
    Enter,
    /// Where the handler of an attempt begins.
    Handler,
    Save(u32),
    Reload(u32),
    /// A frame of so many slots begins.
    Frame(u32),
}

/// One step, with the variables of value words that it uses, and those that have a new value behind it.
pub(super) struct Node {
    pub kind: Kind,
    pub uses: Vec<VarId>,
    pub defs: Vec<VarId>,
    /// Whether there is a frame around it.
    pub is_framed: bool,
}

/// Nodes in a row.
pub(super) struct Block {
    pub nodes: Range<NodeId>,
    pub successors: Vec<BlockId>,
    pub predecessors: Vec<BlockId>,
}

/// A loop or an attempt.
pub(super) struct Region {
    pub enter: NodeId,
    /// What is in the loop, or in the body of the attempt.
    pub nodes: Range<NodeId>,
    /// Where the attempt's handler begins.
    pub handler: Option<NodeId>,
}

#[derive(Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    /// The first is where the function begins.
    pub blocks: Vec<Block>,
    pub regions: Vec<Region>,
}

impl Graph {
    /// The graph of a function's body, or of that of a top-level value.
    pub fn of(params: &[Local], body: &Body, collects: &Collects) -> Graph {
        let mut builder = Builder {
            collects,
            graph: Graph::default(),
            values: FxHashSet::default(),
            indices: FxHashMap::default(),
            labels: FxHashMap::default(),
            handlers: Vec::new(),
            flow: Vec::new(),
            open: None,
            is_framed: false,
        };
        builder.define(Kind::Plain, params);
        builder.body(body);
        builder.graph
    }

    pub fn has(&self, wanted: impl Fn(Kind) -> bool) -> bool {
        self.nodes.iter().any(|node| wanted(node.kind))
    }
}

struct Builder<'a> {
    collects: &'a Collects,
    graph: Graph,
    /// The variables of value words.
    values: FxHashSet<VarId>,
    /// Table indices are loaded where they are used, from these closures.
    indices: FxHashMap<VarId, VarId>,
    labels: FxHashMap<LabelId, BlockId>,
    /// Where failures go.
    handlers: Vec<BlockId>,
    /// The blocks that the next node follows, if none is open.
    flow: Vec<BlockId>,
    /// The block that the next node belongs to.
    open: Option<BlockId>,
    is_framed: bool,
}

impl Builder<'_> {
    fn node(&mut self, kind: Kind, uses: Vec<VarId>, defs: Vec<VarId>) -> NodeId {
        let id = self.graph.nodes.len();
        self.graph.nodes.push(Node {
            kind,
            uses,
            defs,
            is_framed: self.is_framed,
        });
        let block = match self.open {
            Some(block) => block,
            None => {
                let block = self.graph.blocks.len();
                self.graph.blocks.push(Block {
                    nodes: id..id,
                    successors: Vec::new(),
                    predecessors: Vec::new(),
                });
                for from in std::mem::take(&mut self.flow) {
                    self.edge(from, block);
                }
                self.open = Some(block);
                block
            }
        };
        if let Some(block) = self.graph.blocks.get_mut(block) {
            block.nodes.end = id + 1;
        }
        id
    }

    /// A node where variables are bound.
    fn define(&mut self, kind: Kind, locals: &[Local]) -> NodeId {
        let values = locals.iter().filter(|local| local.rep == Rep::Value);
        let defs: Vec<VarId> = values.map(|local| local.var).collect();
        self.values.extend(&defs);
        self.node(kind, Vec::new(), defs)
    }

    fn edge(&mut self, from: BlockId, to: BlockId) {
        if let Some(block) = self.graph.blocks.get_mut(from) {
            block.successors.push(to);
        }
        if let Some(block) = self.graph.blocks.get_mut(to) {
            block.predecessors.push(from);
        }
    }

    /// Ends the block in hand; gives what the next one follows.
    fn close(&mut self) -> Vec<BlockId> {
        match self.open.take() {
            Some(block) => vec![block],
            None => std::mem::take(&mut self.flow),
        }
    }

    /// Control goes there and nowhere else.
    fn leave(&mut self, to: Option<BlockId>) {
        for from in self.close() {
            if let Some(to) = to {
                self.edge(from, to);
            }
        }
    }

    /// A failure goes to the handler around; otherwise control goes on.
    fn may_fail(&mut self, fails: bool) {
        if let Some(&handler) = self.handlers.last()
            && fails
        {
            self.flow = self.close();
            for from in self.flow.clone() {
                self.edge(from, handler);
            }
        }
    }

    fn uses<'b>(&self, atoms: impl IntoIterator<Item = &'b Atom>) -> Vec<VarId> {
        let vars = atoms.into_iter().filter_map(|atom| match atom {
            Atom::Var { var, .. } => Some(self.indices.get(var).copied().unwrap_or(*var)),
            _ => None,
        });
        vars.filter(|var| self.values.contains(var)).collect()
    }

    fn body(&mut self, body: &Body) {
        let mut exits = Vec::new();
        for statement in &body.statements {
            match statement {
                Stmt::Let { local, value, .. } => self.let_(*local, value),
                Stmt::LetResults { locals, value, .. } => self.rhs(value, locals),
                Stmt::Do { value, .. } => self.rhs(value, &[]),
                Stmt::Store { object, value, .. } | Stmt::Fill { object, value, .. } => {
                    let uses = self.uses([object, value]);
                    self.node(Kind::Plain, uses, Vec::new());
                }
                Stmt::Join {
                    params,
                    target,
                    label,
                    ..
                } => {
                    let outer = self.close();
                    self.define(Kind::Plain, params);
                    if let Some(block) = self.open {
                        self.labels.insert(*label, block);
                    }
                    self.body(target);
                    exits.extend(self.close());
                    self.flow = outer;
                }
                Stmt::Save { slot, value, .. } => {
                    self.node(Kind::Save(slot.0), vec![*value], Vec::new());
                }
                Stmt::Reload { value, slot, .. } => {
                    self.node(Kind::Reload(slot.0), Vec::new(), vec![*value]);
                }
                Stmt::Clear { .. } => {
                    self.node(Kind::Plain, Vec::new(), Vec::new());
                }
                Stmt::Reserve { kept, .. } => {
                    self.node(Kind::Reserve, kept.clone(), Vec::new());
                }
            }
        }
        self.rhs(&body.result, &[]);
        exits.extend(self.close());
        self.flow = exits;
    }

    fn let_(&mut self, local: Local, value: &Rhs) {
        if let Rhs::TableIndex {
            closure: Atom::Var { var, .. },
            ..
        } = value
        {
            self.indices.insert(local.var, *var);
        }
        self.rhs(value, &[local]);
    }

    /// A right-hand side whose value is bound to `locals`, of which there is at most one unless it is a call.
    fn rhs(&mut self, rhs: &Rhs, locals: &[Local]) {
        let mut exits = Vec::new();
        match rhs {
            Rhs::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                let uses = self.uses([subject]);
                self.node(Kind::Plain, uses, Vec::new());
                let from = self.close();
                let bodies = branches.iter().map(|branch| &branch.body);
                for body in bodies.chain(otherwise.as_deref()) {
                    self.flow = from.clone();
                    self.body(body);
                    exits.extend(self.close());
                }
            }
            Rhs::If {
                condition,
                then,
                else_,
                ..
            } => {
                let uses = self.uses([condition]);
                self.node(Kind::Plain, uses, Vec::new());
                let from = self.close();
                for body in [then, else_] {
                    self.flow = from.clone();
                    self.body(body);
                    exits.extend(self.close());
                }
            }
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                let uses = self.uses(initial);
                let enter = self.node(Kind::Enter, uses, Vec::new());
                self.flow = self.close();
                self.define(Kind::Plain, params);
                if let Some(block) = self.open {
                    self.labels.insert(*label, block);
                }
                self.body(body);
                exits = self.close();
                self.region(enter, None);
            }
            Rhs::Attempt {
                body,
                failure,
                handler,
                ..
            } => {
                let enter = self.node(Kind::Enter, Vec::new(), Vec::new());
                let from = self.close();
                let begin = self.define(Kind::Handler, &[*failure]);
                let block = self.open.take();
                self.handlers.extend(block);
                self.flow = from;
                self.body(body);
                exits = self.close();
                self.handlers.pop();
                self.region(enter, Some(begin));
                self.flow.extend(block);
                self.body(handler);
                exits.extend(self.close());
            }
            Rhs::Frame { slots, body, .. } => {
                let outer = std::mem::replace(&mut self.is_framed, true);
                self.node(Kind::Frame(slots.0), Vec::new(), Vec::new());
                self.body(body);
                exits = self.close();
                self.is_framed = outer;
            }
            Rhs::Jump { label, args, .. } => {
                let uses = self.uses(args);
                self.node(Kind::Plain, uses, Vec::new());
                self.leave(self.labels.get(label).copied());
            }
            Rhs::Fail { payload, .. } => {
                let uses = self.uses([payload]);
                self.node(Kind::Plain, uses, Vec::new());
                self.leave(self.handlers.last().copied());
            }
            Rhs::TailCall { args, .. } => {
                let uses = self.uses(args);
                self.node(Kind::Plain, uses, Vec::new());
                self.leave(None);
            }
            Rhs::TailCallIndirect { args, code, .. } => {
                let uses = self.uses(args.iter().chain([code]));
                self.node(Kind::Plain, uses, Vec::new());
                self.leave(None);
            }
            _ => return self.step(rhs, locals),
        }
        self.flow = exits;
        if !locals.is_empty() {
            self.define(Kind::Plain, locals);
        }
    }

    fn region(&mut self, enter: NodeId, handler: Option<NodeId>) {
        let nodes = enter + 1..self.graph.nodes.len();
        self.graph.regions.push(Region {
            enter,
            nodes,
            handler,
        });
    }

    /// A right-hand side without bodies, from which control goes on: one node.
    fn step(&mut self, rhs: &Rhs, locals: &[Local]) {
        let (uses, fails) = match rhs {
            Rhs::Atom { atom, .. } => (self.uses([atom]), false),
            Rhs::Results { items, .. } => (self.uses(items), false),
            Rhs::Load { object, .. } | Rhs::Tag { object, .. } => (self.uses([object]), false),
            Rhs::IsImmediate { value, .. } | Rhs::Untag { value, .. } => {
                (self.uses([value]), false)
            }
            Rhs::Arity { closure, .. } => (self.uses([closure]), false),
            Rhs::Prim { args, .. } => (self.uses(args), false),
            Rhs::Call { args, fails, .. } => (self.uses(args), fails.is_some()),
            Rhs::CallIndirect {
                args, code, fails, ..
            } => (self.uses(args.iter().chain([code])), fails.is_some()),
            // The index is loaded where it is used.
            _ => (Vec::new(), false),
        };
        let kind = if self.collects.rhs(rhs) {
            Kind::Collect
        } else {
            Kind::Plain
        };
        let values = locals.iter().filter(|local| local.rep == Rep::Value);
        let defs: Vec<VarId> = values.map(|local| local.var).collect();
        self.values.extend(&defs);
        self.node(kind, uses, defs);
        self.may_fail(fails);
    }
}
