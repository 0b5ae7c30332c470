//! A walk over a function's body in the order in which [`super::graph`] numbers its nodes, that adds statements.

use ir_defs::rooted::{Body, Rhs, Stmt};

use super::graph::NodeId;

/// What to add.
pub(super) trait Edit {
    /// In front of the statement of a node.
    fn before(&mut self, node: NodeId) -> Vec<Stmt>;
    /// Behind the statement of a node, or where a handler begins.
    fn behind(&mut self, node: NodeId) -> Vec<Stmt>;
    /// A `Reserve`.
    fn reserve(&mut self, node: NodeId, statement: &mut Stmt);
}

/// The walk. A function's parameters are its first node.
pub(super) struct Editor<E> {
    pub edit: E,
    next: NodeId,
}

impl<E: Edit> Editor<E> {
    /// Edits the body of a function.
    pub fn run(edit: E, body: &mut Body) {
        let mut editor = Editor { edit, next: 1 };
        editor.body(body);
    }

    fn node(&mut self) -> NodeId {
        self.next += 1;
        self.next - 1
    }

    fn body(&mut self, body: &mut Body) {
        let mut out = Vec::with_capacity(body.statements.len());
        for mut statement in std::mem::take(&mut body.statements) {
            match &mut statement {
                Stmt::Let { value, .. } | Stmt::LetResults { value, .. } => {
                    let node = self.rhs(value, &mut out);
                    let node = match node {
                        Some(node) => node,
                        // Where the value of a right-hand side with bodies is bound.
                        None => self.node(),
                    };
                    out.push(statement);
                    out.extend(self.edit.behind(node));
                }
                Stmt::Do { value, .. } => {
                    let node = self.rhs(value, &mut out);
                    out.push(statement);
                    if let Some(node) = node {
                        out.extend(self.edit.behind(node));
                    }
                }
                Stmt::Join { target, .. } => {
                    self.node();
                    self.body(target);
                    out.push(statement);
                }
                Stmt::Reserve { .. } => {
                    let node = self.node();
                    self.edit.reserve(node, &mut statement);
                    out.push(statement);
                }
                Stmt::Store { .. }
                | Stmt::Fill { .. }
                | Stmt::Save { .. }
                | Stmt::Reload { .. }
                | Stmt::Clear { .. } => {
                    self.node();
                    out.push(statement);
                }
            }
        }
        self.rhs(&mut body.result, &mut out);
        body.statements = out;
    }

    /// The node of a right-hand side without bodies. What is to be in front of it is added to `out`.
    fn rhs(&mut self, rhs: &mut Rhs, out: &mut Vec<Stmt>) -> Option<NodeId> {
        let node = self.node();
        out.extend(self.edit.before(node));
        match rhs {
            Rhs::Switch {
                branches,
                otherwise,
                ..
            } => {
                for branch in branches {
                    self.body(&mut branch.body);
                }
                if let Some(body) = otherwise {
                    self.body(body);
                }
            }
            Rhs::If { then, else_, .. } => {
                self.body(then);
                self.body(else_);
            }
            Rhs::Loop { body, .. } => {
                self.node();
                self.body(body);
            }
            Rhs::Attempt { body, handler, .. } => {
                let begin = self.node();
                self.body(body);
                self.body(handler);
                let mut statements = self.edit.behind(begin);
                statements.append(&mut handler.statements);
                handler.statements = statements;
            }
            Rhs::Frame { body, .. } => self.body(body),
            Rhs::Jump { .. }
            | Rhs::Fail { .. }
            | Rhs::TailCall { .. }
            | Rhs::TailCallIndirect { .. } => {}
            _ => return Some(node),
        }
        None
    }
}
