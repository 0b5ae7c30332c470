//! Collection points made explicit: allocations in a row share one `Reserve`, and a call that is not the last thing of
//! its function is a statement, so that reloads can follow it.

use ir_defs::Session;
use ir_defs::memory as a;
use ir_defs::memory_to_rooted::{Rewrite, walk_body, walk_rhs, walk_rhs_attempt, walk_stmt};
use ir_defs::prims::Lowering;
use ir_defs::reps::{Local, Rep};
use ir_defs::rooted::{Atom, Body, Rhs, Stmt};
use ir_defs::terminals::IntLit;
use nanopass::{Meta, VarId};
use rustc_hash::FxHashSet;

use super::collects::Collects;

/// The most bytes that allocations in a row take together, far less than any collector has room for.
const MAX_ROOM: u32 = 4096;

/// Translates a program, and makes its collection points explicit.
pub(super) struct Points<'s> {
    session: &'s mut Session,
    collects: &'s Collects,
    /// Whether nothing of the function happens behind what is in hand.
    is_last: bool,
}

impl<'s> Points<'s> {
    pub fn new(session: &'s mut Session, collects: &'s Collects) -> Points<'s> {
        Points {
            session,
            collects,
            is_last: true,
        }
    }

    /// Visits what something of the function follows.
    fn followed<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_last, false);
        let result = visit(self);
        self.is_last = outer;
        result
    }

    /// Names a result, so that something can follow its computation.
    fn named(&mut self, value: Rhs, rep: Rep, out: &mut Vec<Stmt>) -> Rhs {
        let meta = value.meta();
        if rep == Rep::Nothing {
            out.push(Stmt::Do { meta, value });
            let atom = Atom::Nothing { meta };
            return Rhs::Atom { meta, atom };
        }
        let var = self.session.core.fresh_named("result", meta.span);
        let local = Local { var, rep };
        out.push(Stmt::Let { meta, local, value });
        let atom = Atom::Var { meta, var };
        Rhs::Atom { meta, atom }
    }
}

impl Rewrite for Points<'_> {
    fn body(&mut self, node: a::Body) -> Body {
        let empty = a::Body {
            meta: node.meta,
            statements: Vec::new(),
            result: node.result,
        };
        let mut out = Vec::with_capacity(node.statements.len());
        let mut room = Room::default();
        let mut statements = node.statements.into_iter();
        while let Some(statement) = statements.next() {
            match statement {
                a::Stmt::Let {
                    meta,
                    local,
                    value: a::Rhs::Allocate { bytes, .. },
                } => {
                    if room.left < bytes.0 {
                        room = Room::of(bytes.0, statements.as_slice());
                        out.push(reserve(meta, room.left));
                    }
                    room.take(local.var, bytes.0);
                    out.push(walk_stmt(self, statement));
                }
                // An object that nobody knows needs no room.
                a::Stmt::Do {
                    value: a::Rhs::Allocate { .. },
                    ..
                } => {}
                a::Stmt::Store {
                    meta,
                    rep: Rep::Value,
                    object,
                    offset,
                    value,
                } if !room.holds(&object) => out.push(Stmt::Fill {
                    meta,
                    object,
                    offset: Atom::Small {
                        meta,
                        value: offset,
                    },
                    value,
                }),
                statement => {
                    if in_place(&statement).is_none() {
                        room = Room::default();
                    }
                    out.push(walk_stmt(self, statement));
                }
            }
        }
        let Body {
            meta,
            statements: _,
            result,
        } = walk_body(self, empty);
        let result = match *result {
            Rhs::Allocate { meta, bytes, .. } => {
                out.push(reserve(meta, bytes.0));
                self.named(*result, Rep::Value, &mut out)
            }
            result if !self.is_last && self.collects.rhs(&result) => {
                let rep = match &result {
                    Rhs::Call { result, .. } | Rhs::CallIndirect { result, .. } => *result,
                    Rhs::Prim { rep, .. } => *rep,
                    _ => Rep::Nothing,
                };
                self.named(result, rep, &mut out)
            }
            result => result,
        };
        Body {
            meta,
            statements: out,
            result: Box::new(result),
        }
    }

    fn stmt_let(&mut self, meta: Meta, local: Local, value: a::Rhs) -> Stmt {
        let value = self.followed(|pass| walk_rhs(pass, value));
        Stmt::Let { meta, local, value }
    }

    fn stmt_let_results(&mut self, meta: Meta, locals: Vec<Local>, value: a::Rhs) -> Stmt {
        let value = self.followed(|pass| walk_rhs(pass, value));
        Stmt::LetResults {
            meta,
            locals,
            value,
        }
    }

    fn stmt_do(&mut self, meta: Meta, value: a::Rhs) -> Stmt {
        let value = self.followed(|pass| walk_rhs(pass, value));
        Stmt::Do { meta, value }
    }

    fn rhs_attempt(
        &mut self,
        meta: Meta,
        body: Box<a::Body>,
        failure: Local,
        handler: Box<a::Body>,
    ) -> Rhs {
        let tried = self.followed(|pass| pass.body(*body));
        let rest = walk_rhs_attempt(self, meta, Box::new(nothing(meta)), failure, handler);
        match rest {
            Rhs::Attempt {
                failure, handler, ..
            } => Rhs::Attempt {
                meta,
                body: Box::new(tried),
                failure,
                handler,
            },
            other => other,
        }
    }
}

fn nothing(meta: Meta) -> a::Body {
    let atom = Atom::Nothing { meta };
    a::Body {
        meta,
        statements: Vec::new(),
        result: Box::new(a::Rhs::Atom { meta, atom }),
    }
}

fn reserve(meta: Meta, bytes: u32) -> Stmt {
    Stmt::Reserve {
        meta,
        bytes: IntLit(bytes),
        kept: Vec::new(),
        cleared: Vec::new(),
    }
}

/// What is left of a reserved room, and the objects that have been allocated since nobody collects.
#[derive(Default)]
struct Room {
    left: u32,
    objects: FxHashSet<VarId>,
}

impl Room {
    /// Room for an object and for those that are allocated in a row behind it.
    fn of(bytes: u32, following: &[a::Stmt]) -> Room {
        let mut left = bytes;
        let mut is_filled = false;
        for statement in following {
            let Some(bytes) = in_place(statement) else {
                break;
            };
            // A row that becomes long is cut, but not between objects that may hold one another before both are filled.
            if bytes > 0 && is_filled && left + bytes > MAX_ROOM {
                break;
            }
            is_filled = bytes == 0;
            left += bytes;
        }
        Room {
            left,
            objects: FxHashSet::default(),
        }
    }

    fn take(&mut self, object: VarId, bytes: u32) {
        self.left -= bytes.min(self.left);
        self.objects.insert(object);
    }

    fn holds(&self, object: &Atom) -> bool {
        matches!(object, Atom::Var { var, .. } if self.objects.contains(var))
    }
}

/// How many bytes a statement allocates in place; `None` if it may collect, fault, or lead elsewhere.
fn in_place(statement: &a::Stmt) -> Option<u32> {
    match statement {
        a::Stmt::Store { .. } | a::Stmt::Fill { .. } => Some(0),
        a::Stmt::Let { value, .. } | a::Stmt::Do { value, .. } => match value {
            a::Rhs::Allocate { bytes, .. } if matches!(statement, a::Stmt::Let { .. }) => {
                Some(bytes.0)
            }
            a::Rhs::Prim { prim, .. } => {
                let info = prim.info();
                let is_plain = matches!(info.lowering, Lowering::Inline) && !info.faults;
                is_plain.then_some(0)
            }
            a::Rhs::Atom { .. }
            | a::Rhs::Load { .. }
            | a::Rhs::IsImmediate { .. }
            | a::Rhs::Untag { .. }
            | a::Rhs::Tag { .. }
            | a::Rhs::Arity { .. }
            | a::Rhs::TableIndex { .. }
            | a::Rhs::Slot { .. } => Some(0),
            _ => None,
        },
        a::Stmt::LetResults { .. } | a::Stmt::Join { .. } => None,
    }
}
