//! The checks of `rooted`:
//!
//! - without its roots, the program passes the checks of `memory`;
//! - a variable of a value word is used only where it is fresh: between its binding, or a reload, or a `Reserve` that
//!   keeps it, and the next collection point on any way;
//! - a reload is of a slot that holds that variable on every way;
//! - where a collection may happen, each slot of the frame holds a value word or has been cleared;
//! - saves, reloads and clears are of slots of the frame around; frames stand in tail position and do not nest;
//! - objects are allocated in reserved room, whose size suffices, and no object lies unfilled where a collection may
//!   happen or control parts;
//! - a value word is stored into an object only in the room where that was allocated; elsewhere it is filled in.
//!
//! Not checked: that a slot which holds something needed by nobody is cleared.
//!
//! Where the program is compiled for a collector that never collects, nothing is stale.
//!
//! The states at labels are joined over all jumps, to a fixpoint, before anything is reported.

mod collects;
mod erase;
mod state;

use nanopass::{Meta, Span, VarId, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Session;
use crate::layout::{CODE_OFFSET, Header, Kind, start};
use crate::reps::{Local, Rep};
use crate::rooted::{Atom, Body, Program, Rhs, Stmt};
use crate::terminals::LabelId;
use collects::Collects;
use state::{Content, State};

/// What the grammar cannot say.
pub fn check(program: &Program, session: &Session) -> Vec<Violation> {
    let mut violations = super::memory::check(&erase::program(program), session);
    let collects = Collects::of(program);
    let functions = program
        .functions
        .iter()
        .map(|function| (function.params.as_slice(), &function.body));
    let values = program.values.iter().map(|value| (&[][..], &value.body));
    for (params, body) in functions.chain(values) {
        if collects::is_plain(body) {
            continue;
        }
        let mut roots = Roots::new(session, &collects);
        loop {
            roots.changes = false;
            roots.function(params, body);
            if !roots.changes {
                break;
            }
        }
        roots.reports = true;
        roots.function(params, body);
        violations.append(&mut roots.violations);
    }
    violations
}

struct Roots<'s> {
    session: &'s Session,
    collects: &'s Collects,
    values: FxHashSet<VarId>,
    /// Table indices are loaded from their closures where they are used.
    indices: FxHashMap<VarId, VarId>,
    /// What holds where control comes to a label.
    labels: FxHashMap<LabelId, State>,
    framed_labels: FxHashSet<LabelId>,
    /// What holds where a failure comes to the handlers around.
    handlers: Vec<Option<State>>,
    is_framed: bool,
    is_tail: bool,
    /// Whether anything ever moves.
    traces: bool,
    changes: bool,
    reports: bool,
    at: Span,
    violations: Vec<Violation>,
}

/// `None` where control does not come.
type Flow = Option<State>;

impl<'s> Roots<'s> {
    fn new(session: &'s Session, collects: &'s Collects) -> Roots<'s> {
        Roots {
            session,
            collects,
            values: FxHashSet::default(),
            indices: FxHashMap::default(),
            labels: FxHashMap::default(),
            framed_labels: FxHashSet::default(),
            handlers: Vec::new(),
            is_framed: false,
            is_tail: true,
            traces: session.options.collector.traces(),
            changes: false,
            reports: false,
            at: Span::NONE,
            violations: Vec::new(),
        }
    }

    fn violation(&mut self, message: impl Into<String>) {
        if self.reports {
            self.violations.push(Violation::new(message, "", self.at));
        }
    }

    fn name(&self, var: VarId) -> &'s str {
        self.session.core.var_name(var)
    }

    fn at(&mut self, meta: Meta) {
        if !meta.span.is_none() {
            self.at = meta.span;
        }
    }

    fn function(&mut self, params: &[Local], body: &Body) {
        let mut state = State::default();
        self.bind(params, &mut state);
        self.body(body, Some(state));
    }

    fn bind(&mut self, locals: &[Local], state: &mut State) {
        for local in locals.iter().filter(|local| local.rep == Rep::Value) {
            self.values.insert(local.var);
            state.fresh.insert(local.var);
        }
    }

    fn uses<'b>(&mut self, atoms: impl IntoIterator<Item = &'b Atom>, state: &State) {
        for atom in atoms {
            if let Atom::Var { var, .. } = atom {
                let var = self.indices.get(var).copied().unwrap_or(*var);
                self.fresh(var, state);
            }
        }
    }

    fn fresh(&mut self, var: VarId, state: &State) {
        if self.values.contains(&var) && !state.fresh.contains(&var) {
            self.violation(format!("{} is stale", self.name(var)));
        }
    }

    /// Where control parts or goes elsewhere: no object is under construction there.
    fn settle(&mut self, state: &mut State) {
        if !state.is_filled() {
            self.violation("an object lies unfilled where control parts");
        }
        state.objects.clear();
        state.room = 0;
    }

    /// Where a collection may happen.
    fn collection(&mut self, state: &State, cleared: &[u32]) {
        if !state.is_filled() {
            self.violation("an object lies unfilled where a collection may happen");
        }
        for (slot, content) in state.slots.iter().enumerate() {
            if *content == Content::Anything && !cleared.contains(&(slot as u32)) {
                self.violation(format!(
                    "slot {slot} holds anything where a collection may happen"
                ));
            }
        }
    }

    /// Behind a place where a collection may happen.
    fn collected(&self, state: &mut State) {
        if self.traces {
            state.fresh.clear();
        }
        state.objects.clear();
        state.room = 0;
    }

    fn slot<'a>(&mut self, state: &'a mut State, slot: u32) -> Option<&'a mut Content> {
        let found = state.slots.get_mut(slot as usize);
        if found.is_none() {
            self.violation(format!("slot {slot} is in no frame"));
        }
        found
    }

    fn followed<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_tail, false);
        let result = visit(self);
        self.is_tail = outer;
        result
    }

    fn body(&mut self, body: &Body, flow: Flow) -> Flow {
        let mut flow = flow;
        let mut joins = Vec::new();
        for statement in &body.statements {
            if let Stmt::Join {
                label,
                params,
                target,
                ..
            } = statement
            {
                if self.is_framed {
                    self.framed_labels.insert(*label);
                }
                joins.push((label, params, target));
                continue;
            }
            flow = match flow {
                Some(state) => self.statement(statement, state),
                None => None,
            };
        }
        let mut end = match flow {
            Some(state) => self.rhs(&body.result, state),
            None => None,
        };
        // What jumps to a join point stands behind it.
        while let Some((label, params, target)) = joins.pop() {
            let state = self.labels.get(label).cloned();
            let state = state.map(|mut state| {
                self.bind(params, &mut state);
                state
            });
            let exit = self.body(target, state);
            end = State::join(end, exit);
        }
        end
    }

    fn statement(&mut self, statement: &Stmt, mut state: State) -> Flow {
        self.at(statement.meta());
        match statement {
            Stmt::Let { local, value, .. } => {
                if let Rhs::TableIndex {
                    closure: Atom::Var { var, .. },
                    ..
                } = value
                {
                    self.indices.insert(local.var, *var);
                }
                if let Rhs::Allocate { bytes, header, .. } = value {
                    self.allocate(local.var, bytes.0, header.0, &mut state);
                }
                let mut state = self.followed(|cx| cx.rhs(value, state))?;
                self.bind(&[*local], &mut state);
                return Some(state);
            }
            Stmt::LetResults { locals, value, .. } => {
                let mut state = self.followed(|cx| cx.rhs(value, state))?;
                self.bind(locals, &mut state);
                return Some(state);
            }
            Stmt::Do { value, .. } => return self.followed(|cx| cx.rhs(value, state)),
            Stmt::Store {
                rep,
                object,
                offset,
                value,
                ..
            } => {
                self.uses([object, value], &state);
                let missing = match object {
                    Atom::Var { var, .. } => state.objects.get_mut(var),
                    _ => None,
                };
                match missing {
                    Some(missing) => _ = missing.remove(&offset.0),
                    None if *rep == Rep::Value => {
                        self.violation("a store into an object that may be older");
                    }
                    None => {}
                }
            }
            Stmt::Fill { object, value, .. } => self.uses([object, value], &state),
            Stmt::Save { slot, value, .. } => {
                self.fresh(*value, &state);
                if let Some(content) = self.slot(&mut state, slot.0) {
                    *content = Content::Holds(*value);
                }
            }
            Stmt::Clear { slot, .. } => {
                if let Some(content) = self.slot(&mut state, slot.0) {
                    *content = Content::Value;
                }
            }
            Stmt::Reload { value, slot, .. } => {
                if let Some(content) = self.slot(&mut state, slot.0)
                    && *content != Content::Holds(*value)
                {
                    let name = self.name(*value);
                    self.violation(format!("slot {} does not hold {name}", slot.0));
                }
                state.fresh.insert(*value);
            }
            Stmt::Reserve {
                bytes,
                kept,
                cleared,
                ..
            } => {
                kept.iter().for_each(|&var| self.fresh(var, &state));
                let cleared: Vec<u32> = cleared.iter().map(|slot| slot.0).collect();
                for &slot in &cleared {
                    self.slot(&mut state, slot);
                }
                self.collection(&state, &cleared);
                self.collected(&mut state);
                state.fresh.extend(kept);
                state.room = bytes.0;
            }
            Stmt::Join { .. } => {}
        }
        Some(state)
    }

    fn allocate(&mut self, var: VarId, bytes: u32, header: u32, state: &mut State) {
        if bytes > state.room {
            self.violation("an object for which there is no room");
        }
        state.room = state.room.saturating_sub(bytes);
        let mut missing = FxHashSet::default();
        if let Some(header) = Header::of(header) {
            let start = start(header.kind);
            missing.extend((0..header.pointers).map(|index| start + 4 * index));
            if header.kind == Kind::Closure {
                missing.insert(CODE_OFFSET);
            }
        }
        state.objects.insert(var, missing);
    }

    fn branches<'b>(&mut self, bodies: impl Iterator<Item = &'b Body>, state: &State) -> Flow {
        let mut end = None;
        for body in bodies {
            let exit = self.body(body, Some(state.clone()));
            end = State::join(end, exit);
        }
        end
    }

    fn rhs(&mut self, rhs: &Rhs, mut state: State) -> Flow {
        self.at(rhs.meta());
        match rhs {
            Rhs::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                self.uses([subject], &state);
                self.settle(&mut state);
                let bodies = branches.iter().map(|branch| &branch.body);
                self.branches(bodies.chain(otherwise.as_deref()), &state)
            }
            Rhs::If {
                condition,
                then,
                else_,
                ..
            } => {
                self.uses([condition], &state);
                self.settle(&mut state);
                self.branches([&**then, &**else_].into_iter(), &state)
            }
            Rhs::Frame { slots, body, .. } => {
                self.settle(&mut state);
                if self.is_framed || !self.is_tail {
                    self.violation("a frame that is in another, or not in tail position");
                }
                let outer = std::mem::replace(&mut self.is_framed, true);
                let around = std::mem::take(&mut state.slots);
                state.slots = vec![Content::Anything; slots.0 as usize];
                let end = self.body(body, Some(state));
                self.is_framed = outer;
                end.map(|end| State {
                    slots: around,
                    ..end
                })
            }
            Rhs::Loop {
                label,
                params,
                initial,
                body,
                ..
            } => {
                self.uses(initial, &state);
                self.settle(&mut state);
                if self.is_framed {
                    self.framed_labels.insert(*label);
                }
                self.arrive(*label, state);
                let mut state = self.labels.get(label).cloned()?;
                self.bind(params, &mut state);
                self.body(body, Some(state))
            }
            Rhs::Attempt {
                body,
                failure,
                handler,
                ..
            } => {
                self.settle(&mut state);
                self.handlers.push(None);
                let end = self.followed(|cx| cx.body(body, Some(state)));
                let failed = self.handlers.pop().flatten();
                let failed = failed.map(|mut state| {
                    self.bind(&[*failure], &mut state);
                    state
                });
                let exit = self.body(handler, failed);
                State::join(end, exit)
            }
            Rhs::Jump { label, args, .. } => {
                self.uses(args, &state);
                self.settle(&mut state);
                self.arrive(*label, state);
                None
            }
            Rhs::Fail { payload, .. } => {
                self.uses([payload], &state);
                self.settle(&mut state);
                self.fail(&state);
                None
            }
            Rhs::TailCall { args, .. } => {
                self.uses(args, &state);
                self.settle(&mut state);
                None
            }
            Rhs::TailCallIndirect { args, code, .. } => {
                self.uses(args.iter().chain([code]), &state);
                self.settle(&mut state);
                None
            }
            _ => Some(self.step(rhs, state)),
        }
    }

    /// A right-hand side without bodies, from which control goes on.
    fn step(&mut self, rhs: &Rhs, mut state: State) -> State {
        let fails = match rhs {
            Rhs::Atom { atom, .. } => {
                self.uses([atom], &state);
                false
            }
            Rhs::Results { items, .. } => {
                self.uses(items, &state);
                false
            }
            Rhs::Load { object: value, .. }
            | Rhs::Tag { object: value, .. }
            | Rhs::IsImmediate { value, .. }
            | Rhs::Untag { value, .. }
            | Rhs::Arity { closure: value, .. } => {
                self.uses([value], &state);
                false
            }
            Rhs::Prim { args, .. } => {
                self.uses(args, &state);
                false
            }
            Rhs::Call { args, fails, .. } => {
                self.uses(args, &state);
                fails.is_some()
            }
            Rhs::CallIndirect {
                args, code, fails, ..
            } => {
                self.uses(args.iter().chain([code]), &state);
                fails.is_some()
            }
            _ => false,
        };
        if self.collects.rhs(rhs) {
            self.collection(&state, &[]);
            self.collected(&mut state);
        }
        if fails {
            self.settle(&mut state);
            self.fail(&state);
        }
        state
    }

    fn fail(&mut self, state: &State) {
        if let Some(handler) = self.handlers.last_mut() {
            *handler = State::join(handler.take(), Some(state.clone()));
        }
    }

    /// Control comes to a label, out of the frame if the label is not in it.
    fn arrive(&mut self, label: LabelId, mut state: State) {
        if !self.framed_labels.contains(&label) {
            state.slots.clear();
        }
        let known = self.labels.get(&label).cloned();
        let joined = State::join(known.clone(), Some(state));
        if joined != known
            && let Some(joined) = joined
        {
            self.changes = true;
            self.labels.insert(label, joined);
        }
    }
}
