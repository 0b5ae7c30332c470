//! How often, and how, each variable, label and global of the program is used.
//!
//! Only what is live counts: a program is walked from its roots, and the value of a binding only if the variable is
//! used, or if the value does something. So one walk finds what is dead, mutual recursion included.

use ir_defs::direct::{Bind, Branch, Define, Expr, Program};
use ir_defs::tables::GlobalId;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::Facts;

/// The uses of one name. The count may be too high (after code has been copied), never too low.
#[derive(Clone, Copy, Default, Debug)]
pub struct Use {
    pub count: u32,
    /// Some use is in a function or an effect that does not contain the binding, so it may happen often, or never.
    pub in_lambda: bool,
    /// Some use is the head of a call.
    pub called: bool,
}

impl Use {
    /// What must be assumed of a name that no walk has met.
    pub const MANY: Use = Use {
        count: 2,
        in_lambda: true,
        called: false,
    };

    fn add(&mut self, in_lambda: bool, is_called: bool) {
        self.count += 1;
        self.in_lambda |= in_lambda;
        self.called |= is_called;
    }
}

/// The uses of all names of a program.
#[derive(Default)]
pub struct Uses {
    vars: Vec<Use>,
    globals: FxHashMap<GlobalId, Use>,
    /// The globals that a live definition mentions.
    pub mentions: FxHashMap<GlobalId, Vec<GlobalId>>,
    /// How many nodes the live definitions have.
    pub size: usize,
}

impl Uses {
    /// Walks what is reached from the program's roots; `vars` is the number of variables.
    pub fn of(program: &Program, facts: &Facts, vars: usize) -> Uses {
        let uses = Uses {
            vars: vec![Use::default(); vars],
            ..Uses::default()
        };
        let defines = program
            .defines
            .iter()
            .map(|define| (define.global, define))
            .collect();
        let mut walk = Walk {
            uses,
            facts,
            depths: vec![0; vars],
            depth: 0,
            defines,
            pending: Vec::new(),
            mentions: Vec::new(),
        };
        let done = walk.reach(program);
        let mut uses = walk.uses;
        uses.mentions = done;
        uses
    }

    pub fn var(&self, var: VarId) -> Use {
        self.vars.get(var.index()).copied().unwrap_or(Use::MANY)
    }

    pub fn global(&self, global: GlobalId) -> Use {
        self.globals.get(&global).copied().unwrap_or_default()
    }

    /// Whether the definition has been reached.
    pub fn is_live(&self, global: GlobalId) -> bool {
        self.mentions.contains_key(&global)
    }

    /// `copy` is a new variable that is used as `var` is.
    pub fn copy(&mut self, var: VarId, copy: VarId) {
        let copied = self.var(var);
        self.set(copy, copied);
    }

    /// `var` takes the place of `other` wherever that is used.
    pub fn merge(&mut self, var: VarId, other: VarId) {
        let other = self.var(other);
        let mut merged = self.var(var);
        merged.count += other.count;
        merged.in_lambda = true;
        self.set(var, merged);
    }

    /// `var` is used once more than the walk has seen.
    pub fn add(&mut self, var: VarId) {
        let mut used = self.var(var);
        used.add(true, false);
        self.set(var, used);
    }

    fn set(&mut self, var: VarId, used: Use) {
        if self.vars.len() <= var.index() {
            self.vars.resize(var.index() + 1, Use::MANY);
        }
        if let Some(slot) = self.vars.get_mut(var.index()) {
            *slot = used;
        }
    }
}

struct Walk<'p> {
    uses: Uses,
    facts: &'p Facts,
    /// Under how many functions and effects each variable is bound.
    depths: Vec<u32>,
    depth: u32,
    defines: FxHashMap<GlobalId, &'p Define>,
    pending: Vec<GlobalId>,
    mentions: Vec<GlobalId>,
}

impl<'p> Walk<'p> {
    fn reach(&mut self, program: &'p Program) -> FxHashMap<GlobalId, Vec<GlobalId>> {
        self.pending.extend(program.main);
        if program.main.is_none() {
            self.pending
                .extend(program.defines.iter().map(|define| define.global));
        }
        // A value whose initialiser does something is computed though nobody asks for it any more.
        for define in &program.defines {
            if !self.facts.is_total(&define.value) {
                self.pending.push(define.global);
            }
        }
        let mut done = FxHashMap::default();
        let mut seen = FxHashSet::default();
        while let Some(global) = self.pending.pop() {
            let Some(define) = self
                .defines
                .get(&global)
                .copied()
                .filter(|_| seen.insert(global))
            else {
                continue;
            };
            self.expr(&define.value, false);
            let mentions = std::mem::take(&mut self.mentions);
            self.pending.extend(mentions.iter().copied());
            done.insert(global, mentions);
        }
        done
    }

    fn bind(&mut self, var: VarId) {
        if let Some(depth) = self.depths.get_mut(var.index()) {
            *depth = self.depth;
        }
    }

    fn use_var(&mut self, var: VarId, is_called: bool) {
        let bound = self.depths.get(var.index()).copied().unwrap_or(0);
        if let Some(used) = self.uses.vars.get_mut(var.index()) {
            used.add(bound < self.depth, is_called);
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr, false));
    }

    fn expr(&mut self, expr: &Expr, is_called: bool) {
        self.uses.size += 1;
        match expr {
            Expr::Lit { .. } => {}
            Expr::Var { var, .. } => self.use_var(*var, is_called),
            Expr::Global { global, .. } => {
                self.mentions.push(*global);
                self.uses
                    .globals
                    .entry(*global)
                    .or_default()
                    .add(true, is_called);
            }
            Expr::Construct { args, .. } | Expr::Prim { args, .. } => self.exprs(args),
            Expr::Jump { label, args, .. } => {
                self.use_var(label.0, false);
                self.exprs(args);
            }
            Expr::Lambda { params, body, .. } => {
                self.depth += 1;
                params.iter().for_each(|param| self.bind(param.var));
                self.expr(body, false);
                self.depth -= 1;
            }
            Expr::Suspend { body, .. } => {
                self.depth += 1;
                self.expr(body, false);
                self.depth -= 1;
            }
            Expr::Apply { fun, args, .. } => {
                self.expr(fun, true);
                self.exprs(args);
            }
            Expr::Perform { effect, .. } => self.expr(effect, true),
            Expr::Let { binds, body, .. } => self.block(binds, body),
            Expr::Tuple { items, .. } | Expr::List { items, .. } => self.exprs(items),
            Expr::Record { fields, .. } => fields
                .iter()
                .for_each(|field| self.expr(&field.value, false)),
            Expr::Select { record: of, .. }
            | Expr::Item { tuple: of, .. }
            | Expr::Fail { payload: of, .. } => {
                self.expr(of, false);
            }
            Expr::Attempt { body, .. } => self.expr(body, false),
            Expr::Switch {
                subject,
                branches,
                otherwise,
                ..
            } => {
                self.expr(subject, false);
                for branch in branches {
                    if let Branch::OnCon { fields, .. } = branch {
                        fields.iter().for_each(|field| self.bind(field.var));
                    }
                    let (Branch::OnCon { body, .. } | Branch::OnLit { body, .. }) = branch;
                    self.expr(body, false);
                }
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise, false);
                }
            }
            Expr::Join {
                label,
                params,
                target,
                body,
                ..
            } => {
                self.bind(label.0);
                params.iter().for_each(|param| self.bind(param.var));
                self.expr(body, false);
                if self.count(label.0) > 0 {
                    self.expr(target, false);
                }
            }
        }
    }

    fn count(&self, var: VarId) -> u32 {
        self.uses.var(var).count
    }

    /// The body first, then the bindings from the last one on, so that uses are known before values.
    fn block(&mut self, binds: &[Bind], body: &Expr) {
        binds.iter().for_each(|bind| self.bind(bind.binder.var));
        self.expr(body, false);
        let mut end = binds.len();
        while let Some(last) = end.checked_sub(1).and_then(|last| binds.get(last)) {
            if !last.recursive.0 {
                if self.count(last.binder.var) > 0 || !self.facts.is_total(&last.value) {
                    self.expr(&last.value, false);
                }
                end -= 1;
                continue;
            }
            let start = binds
                .iter()
                .take(end)
                .rposition(|bind| !bind.recursive.0)
                .map_or(0, |before| before + 1);
            let mut waiting: Vec<&Bind> = binds.get(start..end).unwrap_or(&[]).iter().collect();
            loop {
                let (live, rest): (Vec<&Bind>, Vec<&Bind>) = waiting
                    .into_iter()
                    .partition(|bind| self.count(bind.binder.var) > 0);
                live.iter().for_each(|bind| self.expr(&bind.value, false));
                waiting = rest;
                if live.is_empty() {
                    break;
                }
            }
            end = start;
        }
    }
}
