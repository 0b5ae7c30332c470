//! Allocation in place: a bump of the free pointer.
//!
//! Objects that are allocated one after the other, with nothing between that could call the collector, share one test
//! and one bump.

use ir_defs::memory::{Rhs, Stmt};
use ir_defs::prims::Lowering;
use ir_defs::reps::Local;
use ir_defs::session::OptLevel;
use nanopass::VarId;

use super::FunctionLowering;
use super::code::{Code, runtime};

/// Room that is left for the objects of a run.
pub(super) struct Room {
    /// The first object.
    first: VarId,
    /// Where the next one is, from there.
    next: u32,
    /// Where the room ends.
    end: u32,
}

impl FunctionLowering<'_, '_> {
    /// Makes room for an object and for those that are allocated in what follows. `first` gets the address.
    pub(super) fn reserve(
        &mut self,
        bytes: u32,
        following: &[Stmt],
        first: Local,
        code: &mut Code,
    ) -> Room {
        let run = following.iter().map_while(allocated);
        let end = bytes + run.sum::<u32>();
        let first = first.var;
        let is_small = matches!(
            self.module.session.options.optimize,
            OptLevel::O0 | OptLevel::Os
        );
        if is_small {
            code.i32(end);
            code.call(runtime("collect", "alloc"));
            code.set(first);
        } else {
            code.global_get(runtime("heap", "free"));
            code.tee(first);
            code.i32(end);
            code.plain("i32.add");
            code.global_get(runtime("heap", "limit"));
            code.plain("i32.gt_u");
            let mut slow = code.nested();
            slow.i32(end);
            slow.call(runtime("collect", "reserve"));
            slow.global_get(runtime("heap", "free"));
            slow.set(first);
            let otherwise = code.nested();
            code.if_(Vec::new(), slow, otherwise);
            code.get(first);
            code.i32(end);
            code.plain("i32.add");
            code.global_set(runtime("heap", "free"));
        }
        Room {
            first,
            next: 0,
            end,
        }
    }

    /// Begins an object in the room, and gives what is left of that.
    pub(super) fn object(
        &mut self,
        room: Room,
        object: VarId,
        bytes: u32,
        header: u32,
        code: &mut Code,
    ) -> Option<Room> {
        if room.next == 0 {
            code.get(object);
        } else {
            code.get(room.first);
            code.i32(room.next);
            code.plain("i32.add");
            code.tee(object);
        }
        code.i32(header);
        code.memory("i32.store", 0);
        let next = room.next + bytes;
        (next < room.end).then_some(Room { next, ..room })
    }
}

/// How many bytes a statement allocates in place; `None` if it may call the collector or leave.
fn allocated(statement: &Stmt) -> Option<u32> {
    match statement {
        Stmt::Store { .. } | Stmt::Fill { .. } => Some(0),
        Stmt::Let { value, .. } | Stmt::Do { value, .. } => match value {
            Rhs::Allocate { bytes, .. } if matches!(statement, Stmt::Let { .. }) => Some(bytes.0),
            Rhs::Prim { prim, .. } => {
                let info = prim.info();
                let is_plain = matches!(info.lowering, Lowering::Inline) && !info.faults;
                is_plain.then_some(0)
            }
            Rhs::Atom { .. }
            | Rhs::Load { .. }
            | Rhs::IsImmediate { .. }
            | Rhs::Untag { .. }
            | Rhs::Tag { .. }
            | Rhs::Arity { .. }
            | Rhs::TableIndex { .. }
            | Rhs::Slot { .. } => Some(0),
            _ => None,
        },
        Stmt::Join { .. } => None,
    }
}
