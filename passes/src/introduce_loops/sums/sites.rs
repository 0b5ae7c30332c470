//! Where a component of what a call gives only grows.

use ir_defs::loops::{Atom, Body, Rhs, Stmt, Visit};
use ir_defs::prims::Prim;
use nanopass::VarId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::recursion::{Itself, branch_body, pending};

/// A call whose result is taken apart and put together again.
pub(super) struct Site {
    /// The statement of the call.
    pub place: usize,
    /// The statements that need its result.
    pub needing: FxHashSet<usize>,
    /// By the component, what is added to it; nothing where it does more than go through.
    pub components: Vec<Option<Added>>,
}

#[derive(Default)]
pub(super) struct Added {
    /// The variable of the call's component, unless it is not looked at.
    pub part: Option<VarId>,
    /// The statements that add, and what they do with what.
    pub steps: Vec<(usize, Prim, Atom)>,
}

/// Collects the sites of a body; whether it ends as it must.
pub(super) fn sites_of(
    itself: Itself,
    components: usize,
    body: &Body,
    sites: &mut Vec<Site>,
) -> bool {
    if let Some(site) = site(itself, components, body) {
        sites.push(site);
        return true;
    }
    let in_targets = body.statements.iter().all(|statement| match statement {
        Stmt::Join { target, .. } => sites_of(itself, components, target, sites),
        Stmt::Let { .. } | Stmt::LetResults { .. } | Stmt::Functions { .. } => true,
    });
    in_targets
        && match &*body.result {
            call if itself.called(call).is_some() => true,
            Rhs::Tuple { .. } | Rhs::Jump { .. } | Rhs::Fail { .. } => true,
            Rhs::Switch {
                branches,
                otherwise,
                ..
            } => {
                let mut ends = |body: &Body| sites_of(itself, components, body, sites);
                branches.iter().all(|branch| ends(branch_body(branch)))
                    && otherwise.as_deref().is_none_or(ends)
            }
            _ => false,
        }
}

/// A body that ends in a tuple, behind a call.
pub(super) fn site(itself: Itself, components: usize, body: &Body) -> Option<Site> {
    let Rhs::Tuple { items, .. } = &*body.result else {
        return None;
    };
    let (place, call) = pending(|rhs| itself.called(rhs).is_some(), body)?;
    let mut behind = Behind::new(call, components);
    for (index, statement) in body.statements.iter().enumerate().skip(place + 1) {
        behind.statement(index, statement);
    }
    let uses = behind.uses_of(body, place);
    let components = items
        .iter()
        .enumerate()
        .map(|(component, item)| behind.added(component, item, &uses))
        .collect();
    Some(Site {
        place,
        needing: behind.needing,
        components,
    })
}

/// What stands behind a call.
struct Behind<'b> {
    call: VarId,
    /// The variables for its components; none for one that has several.
    parts: Vec<Vec<VarId>>,
    /// The variables that depend on the call, and the statements.
    tainted: FxHashSet<VarId>,
    needing: FxHashSet<usize>,
    /// The additions, by the variable of the sum.
    sums: FxHashMap<VarId, (usize, Prim, &'b [Atom])>,
}

impl<'b> Behind<'b> {
    fn new(call: VarId, components: usize) -> Behind<'b> {
        Behind {
            call,
            parts: vec![Vec::new(); components],
            tainted: FxHashSet::from_iter([call]),
            needing: FxHashSet::default(),
            sums: FxHashMap::default(),
        }
    }

    fn statement(&mut self, index: usize, statement: &'b Stmt) {
        let mut mentions = Mentions {
            of: &self.tainted,
            found: false,
        };
        mentions.stmt(statement);
        if !mentions.found {
            return;
        }
        self.needing.insert(index);
        match statement {
            Stmt::Let { binder, value, .. } => {
                self.tainted.insert(binder.var);
                match value {
                    Rhs::Item {
                        tuple: Atom::Var { var, .. },
                        index,
                        ..
                    } if *var == self.call => {
                        if let Some(parts) = self.parts.get_mut(index.0 as usize) {
                            parts.push(binder.var);
                        }
                    }
                    Rhs::Prim { prim, args, .. }
                        if matches!(prim.name(), "int.add" | "int.sub") =>
                    {
                        self.sums.insert(binder.var, (index, *prim, args));
                    }
                    _ => {}
                }
            }
            Stmt::Functions { functions, .. } => {
                self.tainted
                    .extend(functions.iter().map(|local| local.binder.var));
            }
            Stmt::LetResults { .. } | Stmt::Join { .. } => {}
        }
    }

    /// How often the variables that depend on the call are used behind it.
    fn uses_of(&self, body: &Body, place: usize) -> FxHashMap<VarId, usize> {
        struct Uses<'u> {
            of: &'u FxHashSet<VarId>,
            found: FxHashMap<VarId, usize>,
        }
        impl Visit for Uses<'_> {
            fn var_id(&mut self, var: &VarId) {
                if self.of.contains(var) {
                    *self.found.entry(*var).or_default() += 1;
                }
            }
        }
        let mut uses = Uses {
            of: &self.tainted,
            found: FxHashMap::default(),
        };
        for statement in body.statements.iter().skip(place + 1) {
            uses.stmt(statement);
        }
        uses.rhs(&body.result);
        uses.found
    }

    /// What is added to a component of the call until it is that of the result, if nothing else is done with it.
    fn added(
        &self,
        component: usize,
        item: &Atom,
        uses: &FxHashMap<VarId, usize>,
    ) -> Option<Added> {
        let [part] = self.parts.get(component)?.as_slice() else {
            return None;
        };
        let mut added = Added {
            part: Some(*part),
            steps: Vec::new(),
        };
        let Atom::Var {
            var: mut current, ..
        } = *item
        else {
            return None;
        };
        loop {
            if uses.get(&current) != Some(&1) {
                return None;
            }
            if current == *part {
                return Some(added);
            }
            let &(place, prim, args) = self.sums.get(&current)?;
            let [left, right] = args else { return None };
            let (of, operand) = if self.is_tainted(left) {
                (left, right)
            } else if prim.name() == "int.add" {
                (right, left)
            } else {
                return None;
            };
            if self.is_tainted(operand) {
                return None;
            }
            let Atom::Var { var, .. } = of else {
                return None;
            };
            added.steps.push((place, prim, operand.clone()));
            current = *var;
        }
    }

    fn is_tainted(&self, atom: &Atom) -> bool {
        matches!(atom, Atom::Var { var, .. } if self.tainted.contains(var))
    }
}

struct Mentions<'m> {
    of: &'m FxHashSet<VarId>,
    found: bool,
}

impl Visit for Mentions<'_> {
    fn var_id(&mut self, var: &VarId) {
        self.found |= self.of.contains(var);
    }
}
