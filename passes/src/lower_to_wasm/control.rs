//! Choices, jumps and failures.

use ir_defs::reps::{Local, Rep};
use ir_defs::rooted::{Atom, Body, Branch};
use ir_defs::terminals::LabelId;
use ir_defs::wasm::Instr;

use super::FunctionLowering;
use super::code::{Code, results};
use super::module::{failed, payload};

impl FunctionLowering<'_, '_> {
    pub(super) fn attempt(
        &mut self,
        body: Body,
        failure: Local,
        handler: Body,
        rep: Rep,
        code: &mut Code,
    ) {
        let (end, label) = (self.label("end"), self.label("handler"));
        let outer = self.handler.replace(label);
        let mut inner = code.nested();
        self.body(body, rep, &mut inner);
        inner.leave(end);
        self.handler = outer;
        let mut block = code.nested();
        block.block(label, Vec::new(), inner);
        block.i32(0);
        block.global_set(failed());
        if failure.rep != Rep::Nothing {
            self.declare(failure);
            block.global_get(payload(failure.rep));
            block.set(failure.var);
        }
        self.body(handler, rep, &mut block);
        code.block(end, results(rep), block);
    }

    /// Where a failure goes.
    pub(super) fn failure_target(&mut self) -> LabelId {
        if let Some(handler) = self.handler {
            return handler;
        }
        match self.failure_exit {
            Some(exit) => exit,
            None => {
                let exit = self.label("failure");
                self.failure_exit = Some(exit);
                exit
            }
        }
    }

    /// After a call that may fail. Where nobody expects a failure, none can come.
    pub(super) fn test_failure(&mut self, fails: Option<Rep>, code: &mut Code) {
        if fails.is_none() || (self.handler.is_none() && !self.may_fail) {
            return;
        }
        let label = self.failure_target();
        code.global_get(failed());
        code.br_if(label);
    }

    /// All arguments are on the stack before the first parameter changes.
    pub(super) fn jump(&mut self, label: LabelId, args: &[Atom], code: &mut Code) {
        self.atoms(args, code);
        let params = self.params.get(&label).cloned().unwrap_or_default();
        for param in params.iter().rev() {
            code.set(param.var);
        }
        self.leave_frame_for(label, code);
        code.br(label);
    }

    pub(super) fn switch(
        &mut self,
        subject: &Atom,
        mut branches: Vec<Branch>,
        otherwise: Option<Body>,
        rep: Rep,
        code: &mut Code,
    ) {
        branches.sort_by_key(|branch| branch.value.0);
        // Branches that cover everything: the last one needs no test.
        let otherwise = otherwise.or_else(|| branches.pop().map(|branch| branch.body));
        let Some(otherwise) = otherwise else {
            return code.unreachable();
        };
        if branches.is_empty() {
            return self.body(otherwise, rep, code);
        }
        if branches.len() <= 2 {
            return self.tests(subject, branches, otherwise, rep, code);
        }
        let labels: Vec<(u32, LabelId)> = branches
            .iter()
            .map(|branch| (branch.value.0, self.label("case")))
            .collect();
        let (end, default) = (self.label("end"), self.label("default"));
        let mut inner = code.nested();
        self.dispatch(subject, &labels, default, &mut inner);
        for (branch, (_, label)) in branches.into_iter().zip(labels) {
            let mut block = code.nested();
            block.block(label, Vec::new(), inner);
            self.body(branch.body, rep, &mut block);
            block.leave(end);
            inner = block;
        }
        let mut block = code.nested();
        block.block(default, Vec::new(), inner);
        self.body(otherwise, rep, &mut block);
        code.block(end, results(rep), block);
    }

    /// Asks for one number after the other.
    fn tests(
        &mut self,
        subject: &Atom,
        mut branches: Vec<Branch>,
        otherwise: Body,
        rep: Rep,
        code: &mut Code,
    ) {
        if branches.is_empty() {
            return self.body(otherwise, rep, code);
        }
        let first = branches.remove(0);
        let (mut yes, mut no) = (code.nested(), code.nested());
        self.body(first.body, rep, &mut yes);
        self.tests(subject, branches, otherwise, rep, &mut no);
        if first.value.0 == 0 {
            self.atom(subject, code);
            code.if_(results(rep), no, yes);
        } else {
            self.equals(subject, first.value.0, code);
            code.if_(results(rep), yes, no);
        }
    }

    /// One of two bodies, as the number on the stack tells.
    pub(super) fn choice(&mut self, yes: Body, no: Body, rep: Rep, code: &mut Code) {
        let (mut then, mut other) = (code.nested(), code.nested());
        self.body(yes, rep, &mut then);
        self.body(no, rep, &mut other);
        code.if_(results(rep), then, other);
    }

    /// 1 if the subject is this number.
    fn equals(&mut self, subject: &Atom, value: u32, code: &mut Code) {
        self.atom(subject, code);
        if value == 0 {
            code.plain("i32.eqz");
        } else {
            code.i32(value);
            code.plain("i32.eq");
        }
    }

    /// Goes to the label of the subject's number: by a table where the numbers are dense, else by halves.
    fn dispatch(
        &mut self,
        subject: &Atom,
        labels: &[(u32, LabelId)],
        default: LabelId,
        code: &mut Code,
    ) {
        let (Some(&(first, _)), Some(&(last, _))) = (labels.first(), labels.last()) else {
            return code.br(default);
        };
        let room = (last - first) as usize + 1;
        if labels.len() > 2 && room <= 4 * labels.len() {
            let mut table = vec![default; room];
            for &(value, label) in labels {
                if let Some(slot) = table.get_mut((value - first) as usize) {
                    *slot = label;
                }
            }
            self.atom(subject, code);
            if first > 0 {
                code.i32(first);
                code.plain("i32.sub");
            }
            let meta = code.meta;
            return code.push(Instr::BrTable {
                meta,
                labels: table,
                otherwise: default,
            });
        }
        if labels.len() <= 4 {
            for &(value, label) in labels {
                self.equals(subject, value, code);
                code.br_if(label);
            }
            return code.br(default);
        }
        let (left, right) = labels.split_at(labels.len() / 2);
        let pivot = right.first().map_or(last, |&(value, _)| value);
        self.atom(subject, code);
        code.i32(pivot);
        code.plain("i32.lt_u");
        let (mut below, mut above) = (code.nested(), code.nested());
        self.dispatch(subject, left, default, &mut below);
        self.dispatch(subject, right, default, &mut above);
        code.if_(Vec::new(), below, above);
        code.unreachable();
    }
}
