//! Frames of the shadow stack, which grows down.
//!
//! ```text
//! stack - size → frame, stack;  …  frame + size → stack
//! ```

use ir_defs::ops::WasmName;
use ir_defs::reps::{Local, Rep};
use ir_defs::rooted::Body;
use ir_defs::terminals::LabelId;
use nanopass::VarId;
use rustc_hash::FxHashSet;

use super::FunctionLowering;
use super::code::{Code, breaks_to, results, runtime};

/// The size of a slot in bytes.
pub(super) const SLOT: u32 = 4;

/// The pointer to the last frame.
pub(super) fn stack() -> WasmName {
    runtime("heap", "stack")
}

/// The frame around what is in hand.
pub(super) struct Frame {
    /// Its address.
    var: VarId,
    size: u32,
    /// The labels inside.
    labels: FxHashSet<LabelId>,
}

impl FunctionLowering<'_, '_> {
    /// Leaves the body's result on the stack, if it has width.
    pub(super) fn frame(&mut self, slots: u32, body: Body, rep: Rep, code: &mut Code) {
        let var = self.temporary("frame", Rep::I32, code.meta);
        let size = SLOT * slots;
        code.global_get(stack());
        code.i32(size);
        code.plain("i32.sub");
        code.tee(var);
        code.global_set(stack());
        let outer_frame = self.frame.replace(Frame {
            var,
            size,
            labels: FxHashSet::default(),
        });
        // A failure goes on outside, once the frame is left.
        let may_fail = self.handler.is_some() || self.may_fail;
        let label = self.label("failure");
        let outer = may_fail.then(|| self.handler.replace(label));
        let mut inner = code.nested();
        self.body(body, rep, &mut inner);
        if !inner.ends() {
            self.leave_frame(&mut inner);
        }
        if let Some(handler) = outer {
            self.handler = handler;
        }
        if outer.is_none() || !breaks_to(&inner.instrs, label) {
            self.frame = outer_frame;
            code.instrs.append(&mut inner.instrs);
            return;
        }
        let end = self.label("end");
        inner.leave(end);
        let mut block = code.nested();
        block.block(label, Vec::new(), inner);
        self.leave_frame(&mut block);
        self.frame = outer_frame;
        let target = self.failure_target();
        block.br(target);
        code.block(end, results(rep), block);
    }

    /// Takes the frame around from the stack, if there is one.
    pub(super) fn leave_frame(&mut self, code: &mut Code) {
        if let Some(frame) = &self.frame {
            code.get(frame.var);
            code.i32(frame.size);
            code.plain("i32.add");
            code.global_set(stack());
        }
    }

    /// Before a jump: out of the frame around, unless the label is in it.
    pub(super) fn leave_frame_for(&mut self, label: LabelId, code: &mut Code) {
        let is_outside = self
            .frame
            .as_ref()
            .is_some_and(|frame| !frame.labels.contains(&label));
        if is_outside {
            self.leave_frame(code);
        }
    }

    /// Binds the label of a loop or a join point.
    pub(super) fn bind_label(&mut self, label: LabelId, params: Vec<Local>) {
        self.params.insert(label, params);
        if let Some(frame) = &mut self.frame {
            frame.labels.insert(label);
        }
    }

    pub(super) fn save(&mut self, slot: u32, value: VarId, code: &mut Code) {
        let Some(frame) = &self.frame else {
            return code.unreachable();
        };
        code.get(frame.var);
        code.get(value);
        code.memory("i32.store", SLOT * slot);
    }

    pub(super) fn clear(&mut self, slot: u32, code: &mut Code) {
        let Some(frame) = &self.frame else {
            return code.unreachable();
        };
        code.get(frame.var);
        code.i32(0);
        code.memory("i32.store", SLOT * slot);
    }

    pub(super) fn reload(&mut self, value: VarId, slot: u32, code: &mut Code) {
        let Some(frame) = &self.frame else {
            return code.unreachable();
        };
        code.get(frame.var);
        code.memory("i32.load", SLOT * slot);
        code.set(value);
    }
}
