//! The work list: what the program mentions becomes part of it.

use std::collections::VecDeque;

use ir_defs::hir;
use ir_defs::known::{
    FROM_TEXT_CLASS, MAP_TO_LIST, MAP_TYPE, Need, ROOTS, SET_TO_LIST, SET_TYPE, TO_TEXT_CLASS,
};
use ir_defs::tables::{ClassId, ConId, GlobalId, GlobalKind, TyConId};
use ir_defs::terminals::{Binder, Flag};
use nanopass::Meta;
use rustc_hash::FxHashSet;

use super::Resolver;
use super::groups::Defined;
use super::locals::{Body, Variable};
use super::names::{ModuleId, TypeName, Value, ValueBody, ValueSource};
use super::predicates::is_function;

/// What is part of the program, and what of it waits to be resolved.
#[derive(Default)]
pub(super) struct Reached {
    queue: VecDeque<Task>,
    values: FxHashSet<GlobalId>,
    pub types: FxHashSet<TyConId>,
    classes: FxHashSet<ClassId>,
    /// A `generate` block is part of the program.
    pub generates: bool,
    /// Globals that a definition other than themselves mentions.
    pub mentioned: FxHashSet<GlobalId>,
}

enum Task {
    Value(GlobalId),
    Type(TyConId),
    Class(ClassId),
    Instance(usize),
    Domain(usize),
}

impl Resolver<'_> {
    /// Puts everything that a module defines on the work list, if it is a user's module or the entry.
    pub(super) fn root(&mut self, id: ModuleId) {
        let Some(module) = self.module(id) else {
            return;
        };
        for &(_, global) in &module.globals {
            self.reach_global(global);
        }
        let mut types: Vec<_> = module
            .types
            .values()
            .map(|definition| (definition.span, definition.entity))
            .collect();
        types.sort_by_key(|&(span, _)| span);
        for (_, entity) in types {
            match entity {
                TypeName::Con(con) => self.reach_type(con),
                TypeName::Class(class) => self.reach_class(class),
            }
        }
        for index in module.instances.clone() {
            self.reached.queue.push_back(Task::Instance(index));
        }
        for (_, domain) in &module.domains {
            self.root(domain.entity);
        }
        let own = |source: &super::DomainSource| source.module == id;
        if let Some(index) = self.domains.iter().position(own) {
            self.reached.queue.push_back(Task::Domain(index));
        }
    }

    /// Makes a global part of the program.
    pub(super) fn reach_global(&mut self, global: GlobalId) {
        if !self.reached.values.insert(global) {
            return;
        }
        if let Some(&class) = self.facts.class_of_member.get(&global) {
            self.reach_class(class);
        } else if let Some(&capability) = self.facts.capability_of_operation.get(&global) {
            self.reach_type(capability);
        } else if matches!(
            self.session.global_kind(global),
            GlobalKind::Value | GlobalKind::Intrinsic(_)
        ) {
            self.reached.queue.push_back(Task::Value(global));
        }
    }

    /// Makes a type part of the program.
    pub(super) fn reach_type(&mut self, con: TyConId) {
        if self.reached.types.insert(con) {
            self.reached.queue.push_back(Task::Type(con));
        }
    }

    /// Makes a class part of the program.
    pub(super) fn reach_class(&mut self, class: ClassId) {
        if self.reached.classes.insert(class) {
            self.reached.queue.push_back(Task::Class(class));
        }
    }

    /// Makes a constructor's type part of the program.
    pub(super) fn reach_constructor(&mut self, con: ConId) {
        if let Some(data) = self
            .session
            .constructors
            .get(con)
            .and_then(|info| info.data)
        {
            self.reach_type(data);
        }
    }

    /// Makes the definitions part of the program that a later pass will use for a form.
    pub(super) fn need(&mut self, need: Need) {
        for &(of, names) in ROOTS {
            if of != need {
                continue;
            }
            for name in names {
                self.need_global(name);
            }
        }
    }

    fn need_global(&mut self, name: &str) {
        let Some((path, last)) = name.rsplit_once('.') else {
            return;
        };
        let Ok(Some(module)) = self.find_module(path) else {
            return;
        };
        if self.module(module).is_none() {
            return;
        }
        if let Some(Value::Global(global)) = self.own_value_named(module, last) {
            self.body.mention(global);
            self.reach_global(global);
        }
    }

    /// Resolves what waits until nothing does.
    pub(super) fn work(&mut self) {
        loop {
            while let Some(task) = self.reached.queue.pop_front() {
                match task {
                    Task::Value(global) => self.work_value(global),
                    Task::Type(con) => self.work_type(con),
                    Task::Class(class) => self.work_class(class),
                    Task::Instance(index) => self.work_instance(index),
                    Task::Domain(index) => self.work_domain(index),
                }
            }
            if !self.reach_instances() && !self.reach_conversions() {
                return;
            }
        }
    }

    /// Puts the functions on the work list by which a generator draws from a collection whose type is part of the
    /// program. `true`: there is work.
    fn reach_conversions(&mut self) -> bool {
        let mut found = false;
        for (collection, to_list) in [(SET_TYPE, SET_TO_LIST), (MAP_TYPE, MAP_TO_LIST)] {
            let con = self.session.tycons.find(collection);
            if !self.reached.generates || !con.is_some_and(|con| self.reached.types.contains(&con))
            {
                continue;
            }
            let Some((path, name)) = to_list.rsplit_once('.') else {
                continue;
            };
            if let Ok(Some(module)) = self.find_module(path)
                && let Some(Value::Global(global)) = self.own_value_named(module, name)
                && !self.reached.values.contains(&global)
            {
                self.reach_global(global);
                found = true;
            }
        }
        found
    }

    /// Puts those instances and domains of library modules on the work list whose class and types are part of the
    /// program.
    fn reach_instances(&mut self) -> bool {
        for index in 0..self.instances.len() {
            let Some(instance) = self.instances.get(index) else {
                continue;
            };
            let (module, Some(ir_defs::ast::Item::Instance { class, heads, .. })) =
                (instance.module, &instance.item)
            else {
                continue;
            };
            let class = class.name;
            let heads: Vec<_> = heads
                .iter()
                .filter_map(super::instances::head_name)
                .collect();
            let reached = match self.find_type(module, class) {
                // No form speaks of the classes of coercions; the type is enough.
                super::Found::One(TypeName::Class(class)) => {
                    self.reached.classes.contains(&class)
                        || [FROM_TEXT_CLASS, TO_TEXT_CLASS]
                            .contains(&self.session.classes.name(class))
                }
                _ => false,
            };
            let reached = reached
                && heads
                    .into_iter()
                    .all(|head| match self.find_type(module, head) {
                        super::Found::One(TypeName::Con(con)) => {
                            self.reached.types.contains(&con) || !self.types.contains_key(&con)
                        }
                        _ => true,
                    });
            if reached {
                self.reached.queue.push_back(Task::Instance(index));
            }
        }
        for index in 0..self.domains.len() {
            if self.is_domain_reached(index) {
                self.reached.queue.push_back(Task::Domain(index));
            }
        }
        !self.reached.queue.is_empty()
    }

    /// Begins the body of a definition in a module.
    pub(super) fn begin(&mut self, module: ModuleId) {
        self.body = Body::new(module);
    }

    /// Ends the body of a definition; gives what it mentions.
    pub(super) fn end(&mut self, itself: Option<GlobalId>) -> Vec<GlobalId> {
        let mentions = std::mem::take(&mut self.body.mentions);
        self.reached.mentioned.extend(
            mentions
                .iter()
                .copied()
                .filter(|&global| Some(global) != itself),
        );
        mentions
    }

    fn work_value(&mut self, global: GlobalId) {
        let Some(ValueSource {
            module,
            span,
            signature,
            value,
        }) = self.values.remove(&global)
        else {
            return;
        };
        self.begin(module);
        let signature = signature.map(|(type_, constraints)| self.signature(type_, constraints));
        let waits = match &value {
            None => true,
            Some(ValueBody::Expr(expr)) => {
                is_function(expr) || matches!(expr, ir_defs::ast::Expr::Effect { .. })
            }
            Some(ValueBody::Delta(_)) => true,
            Some(_) => false,
        };
        let is_static = self
            .session
            .globals
            .get(global)
            .is_some_and(|info| info.static_);
        let value = value.map(|value| self.value_body(span, value, is_static));
        let value = value.map(|value| self.static_value(value, is_static));
        let mentions = self.end(Some(global));
        let define = hir::Define {
            meta: Meta::at(span),
            global,
            signature,
            value,
        };
        self.defines.push(Defined {
            define,
            mentions,
            computed: is_static || !waits,
        });
    }

    /// What `@static` stands before: an argument of what the compiler computes.
    fn static_value(&mut self, value: hir::Expr, is_static: bool) -> hir::Expr {
        if !is_static {
            return value;
        }
        self.need(Need::Static);
        let meta = value.meta();
        let global = self.session.global(ir_defs::known::STATIC_VALUE);
        hir::Expr::Apply {
            meta,
            fun: Box::new(hir::Expr::Global { meta, global }),
            args: vec![value],
        }
    }

    fn value_body(&mut self, span: nanopass::Span, value: ValueBody, is_static: bool) -> hir::Expr {
        let meta = Meta::at(span);
        match value {
            ValueBody::Expr(expr) => self.expr(expr),
            ValueBody::Delta(expr) => self.delta_body(span, expr),
            ValueBody::Parts {
                pattern,
                value,
                names,
            } => {
                let value = self.expr(value);
                // The pattern is of what an effect gives.
                let value = self.static_value(value, is_static);
                let mark = self.enter();
                let pattern = self.pattern(pattern);
                let mut items: Vec<hir::Expr> = names
                    .iter()
                    .map(|name| {
                        let meta = Meta::at(name.span);
                        match self.body.local(name.name) {
                            Some(Variable::Var(var)) => hir::Expr::Var { meta, var },
                            Some(Variable::Broken) | None => hir::Expr::Error { meta },
                        }
                    })
                    .collect();
                self.leave(mark);
                let result = match items.len() {
                    0 => hir::Expr::Con {
                        meta,
                        con: self.session.constructors.id("Unit"),
                    },
                    1 => items.remove(0),
                    _ => hir::Expr::Tuple { meta, items },
                };
                taken_apart(meta, pattern, value, result)
            }
            ValueBody::Part {
                whole,
                index,
                count,
            } => {
                self.body.mention(whole);
                self.reach_global(whole);
                let value = hir::Expr::Global {
                    meta,
                    global: whole,
                };
                if count == 1 {
                    return value;
                }
                let var = self.session.core.fresh_named("item", span);
                let items = (0..count)
                    .map(|item| match item == index {
                        true => hir::Pattern::Bind {
                            meta,
                            binder: Binder::untyped(var),
                        },
                        false => hir::Pattern::Wild { meta },
                    })
                    .collect();
                let pattern = hir::Pattern::Tuple { meta, items };
                taken_apart(meta, pattern, value, hir::Expr::Var { meta, var })
            }
        }
    }
}

/// `{ pattern = value; result }`
fn taken_apart(
    meta: Meta,
    pattern: hir::Pattern,
    value: hir::Expr,
    result: hir::Expr,
) -> hir::Expr {
    let statement = hir::Stmt::Let {
        meta,
        pattern,
        recursive: Flag(false),
        value,
    };
    hir::Expr::Block {
        meta,
        statements: vec![statement],
        result: Box::new(result),
    }
}
