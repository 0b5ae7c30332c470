//! Allocation in place: room is reserved by a bump of the free pointer, and divided up among the objects of a row.
//!
//! ```text
//! free → object; if object + bytes > limit { save what is needed; collect:reserve; free → object; reload }
//! object + bytes → free
//! ```
//!
//! The slow path has a frame of its own for what is needed behind it, so that the fast path has nothing to do with
//! roots.

use ir_defs::reps::{Local, Rep};
use ir_defs::rooted::Atom;
use ir_defs::session::{Collector, OptLevel};
use ir_defs::terminals::IntLit;
use nanopass::VarId;

use super::FunctionLowering;
use super::code::{Code, runtime};
use super::frame::{SLOT, stack};

/// Room that is left for the objects of a row.
pub(super) struct Room {
    /// Where the room begins.
    first: VarId,
    /// Where the next object is, from there.
    next: u32,
}

impl FunctionLowering<'_, '_> {
    /// Makes room. If `first`, the first object, is known, it gets the address.
    pub(super) fn reserve(
        &mut self,
        bytes: u32,
        kept: &[VarId],
        cleared: &[IntLit],
        first: Option<Local>,
        code: &mut Code,
    ) -> Room {
        let first = match first {
            Some(first) => first.var,
            None => self.temporary("room", Rep::I32, code.meta),
        };
        let is_small = matches!(
            self.module.session.options.optimize,
            OptLevel::O0 | OptLevel::Os
        );
        if is_small && kept.is_empty() && cleared.is_empty() {
            code.i32(bytes);
            code.call(runtime("collect", "alloc"));
            code.set(first);
            return Room { first, next: 0 };
        }
        code.global_get(runtime("heap", "free"));
        code.tee(first);
        code.i32(bytes);
        code.plain("i32.add");
        code.global_get(runtime("heap", "limit"));
        code.plain("i32.gt_u");
        let mut slow = code.nested();
        for slot in cleared {
            self.clear(slot.0, &mut slow);
        }
        self.keep(kept, &mut slow, |code| {
            code.i32(bytes);
            code.call(runtime("collect", "reserve"));
        });
        slow.global_get(runtime("heap", "free"));
        slow.set(first);
        let otherwise = code.nested();
        code.if_(Vec::new(), slow, otherwise);
        code.get(first);
        code.i32(bytes);
        code.plain("i32.add");
        code.global_set(runtime("heap", "free"));
        Room { first, next: 0 }
    }

    /// Saves variables around something, in a frame of its own.
    fn keep(&mut self, kept: &[VarId], code: &mut Code, inside: impl FnOnce(&mut Code)) {
        if kept.is_empty() {
            return inside(code);
        }
        let frame = self.temporary("frame", Rep::I32, code.meta);
        let size = SLOT * kept.len() as u32;
        code.global_get(stack());
        code.i32(size);
        code.plain("i32.sub");
        code.tee(frame);
        code.global_set(stack());
        for (index, &var) in kept.iter().enumerate() {
            code.get(frame);
            code.get(var);
            code.memory("i32.store", SLOT * index as u32);
        }
        inside(code);
        for (index, &var) in kept.iter().enumerate() {
            code.get(frame);
            code.memory("i32.load", SLOT * index as u32);
            code.set(var);
        }
        code.get(frame);
        code.i32(size);
        code.plain("i32.add");
        code.global_set(stack());
    }

    /// Begins an object in the room.
    pub(super) fn object(
        &mut self,
        room: &mut Option<Room>,
        object: VarId,
        bytes: u32,
        header: u32,
        code: &mut Code,
    ) {
        // The check of `rooted` knows no object without room.
        let Some(room) = room else {
            return code.unreachable();
        };
        if room.first == object {
            code.get(object);
        } else {
            code.get(room.first);
            if room.next > 0 {
                code.i32(room.next);
                code.plain("i32.add");
            }
            code.tee(object);
        }
        code.i32(header);
        code.memory("i32.store", 0);
        room.next += bytes;
    }

    /// Writes a value word into an object that may be older than what is written.
    pub(super) fn fill(&mut self, object: &Atom, offset: &Atom, value: &Atom, code: &mut Code) {
        self.atom(object, code);
        let offset = match offset {
            Atom::Small { value, .. } => value.0,
            offset => {
                self.atom(offset, code);
                code.plain("i32.add");
                0
            }
        };
        self.fill_at(offset, value, code);
    }

    /// The same for a place whose address, but for the offset, is on the stack.
    pub(super) fn fill_at(&mut self, offset: u32, value: &Atom, code: &mut Code) {
        let is_generational = self.module.session.options.collector == Collector::Generational;
        let may_be_younger = is_generational && matches!(value, Atom::Var { .. });
        let place = may_be_younger.then(|| self.temporary("place", Rep::I32, code.meta));
        if let Some(place) = place {
            code.tee(place);
        }
        self.atom(value, code);
        code.memory("i32.store", offset);
        let Some(place) = place else { return };
        // Only the collector can tell what is younger; that the object is old is one comparison.
        code.get(place);
        code.global_get(runtime("collect", "young_end"));
        code.plain("i32.ge_u");
        let mut old = code.nested();
        old.get(place);
        old.i32(offset);
        old.plain("i32.add");
        old.call(runtime("collect", "remember"));
        let otherwise = code.nested();
        code.if_(Vec::new(), old, otherwise);
    }
}
