//! What is marked `@static`, computed while a program is compiled.
//!
//! Values are computed when something needs them, so that a definition may use others, static or not. The computation
//! may read files below the folder of its module, and do nothing else.

use std::path::{Path, PathBuf};

use ir_defs::mono::{Define, Expr, Program};
use ir_defs::prims::Prim;
use ir_defs::session::{Computed, NoConstant};
use ir_defs::tables::GlobalId;
use ir_defs::terminals::Derivation;
use ir_defs::{Session, mono};
use nanopass::{Span, TyId};

use super::constants::{Constants, Unfit};
use super::structural::Structural;
use super::{Computing, Env, Machine, State, Value, broken};
use crate::{Files, Stop, World};

/// How many steps the computation of one definition may take.
pub const STEP_LIMIT: u64 = 10_000_000;

/// Computes all definitions that are marked static. One that needs itself is left out; `order-values` reports it.
pub fn compute_statics(program: &Program, session: &mut Session) -> Vec<Computed> {
    let mut machine = Machine::new(program, session, World::default());
    let mut computed = Vec::new();
    for define in program.defines.iter().filter(|define| define.static_.0) {
        machine.stack.clear();
        machine.computing = Some(Computing {
            steps: STEP_LIMIT,
            under_way: Vec::new(),
        });
        match machine.static_value(define) {
            Ok(None) => {}
            Ok(Some(value)) => computed.push(machine.constant(define, &value)),
            Err(stop) => {
                let value = Err(machine.problem(stop));
                computed.push(Computed {
                    global: define.global,
                    value,
                    parts: Vec::new(),
                });
            }
        }
    }
    computed
}

impl<'p> Machine<'p, '_> {
    /// The value of a definition; `None` if it needs itself.
    fn static_value(&mut self, define: &'p Define) -> Result<Option<Value<'p>>, Stop> {
        if let Some(value) = self.values.get(&define.global) {
            return Ok(Some(value.clone()));
        }
        self.world = self.reading_world(define.meta.span);
        let state = self.compute_global(define.global)?;
        match self.run_or_fail(state, define) {
            Err(Stop::Broken(what)) if what == NEEDS_ITSELF => Ok(None),
            Err(stop) => Err(stop),
            Ok(value) => Ok(Some(value)),
        }
    }

    /// Runs; a failure that nothing catches is shown.
    fn run_or_fail(&mut self, state: State<'p>, define: &'p Define) -> Result<Value<'p>, Stop> {
        let failed = match self.run_to_end(state)? {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        let text = match self.failure_of(&define.value) {
            Some(ty) => {
                let operation = Structural::new(Derivation::ToText, ty, vec![failed]);
                let state = self.structural(operation)?;
                match self.run_to_end(state)? {
                    Ok(Value::Text(text)) => text.to_string(),
                    _ => return Err(broken("the text of a failure is none")),
                }
            }
            None => return Err(broken("a failure that nothing catches")),
        };
        Err(Stop::Uncaught(text))
    }

    /// What the effect under `static.run` may fail with.
    fn failure_of(&self, value: &Expr) -> Option<TyId> {
        struct Find(Option<TyId>);
        impl mono::Visit for Find {
            fn expr(&mut self, e: &Expr) {
                match e {
                    Expr::Prim { prim, args, .. } if prim.name() == "static.run" => {
                        self.0 = args.first().map(|effect| effect.meta().ty);
                    }
                    other => mono::walk_expr(self, other),
                }
            }
        }
        let mut find = Find(None);
        mono::Visit::expr(&mut find, value);
        let (row, _) = self.session.as_effect(find.0?)?;
        match self.session.types.get(row) {
            ir_defs::types::Type::Row { fail, .. } => *fail,
            _ => None,
        }
    }

    /// Counts a step of what the compiler computes.
    pub(super) fn count_step(&mut self) -> Result<(), Stop> {
        if let Some(computing) = &mut self.computing {
            computing.steps = computing
                .steps
                .checked_sub(1)
                .ok_or(Stop::Steps(STEP_LIMIT))?;
        }
        Ok(())
    }

    /// Whether a global is a value that has not been computed yet.
    pub(super) fn waits(&self, global: GlobalId) -> bool {
        self.computing.is_some()
            && !self.values.contains_key(&global)
            && self.defines.get(&global).is_some_and(|define| {
                super::lambda(&define.value, &Env::empty()).is_none()
                    && self.session.as_effect(define.type_).is_none()
            })
    }

    /// Computes a value that something needs.
    pub(super) fn compute_global(&mut self, global: GlobalId) -> Result<State<'p>, Stop> {
        let define = *self
            .defines
            .get(&global)
            .ok_or_else(|| broken("an unknown global"))?;
        let Some(computing) = &mut self.computing else {
            return Err(broken("a value that is used before it is initialised"));
        };
        if computing.under_way.contains(&global) {
            return Err(broken(NEEDS_ITSELF));
        }
        computing.under_way.push(global);
        self.stack.push(super::Frame::Define(global));
        Ok(State::Eval(&define.value, Env::empty()))
    }

    pub(super) fn define(&mut self, global: GlobalId, value: &Value<'p>) {
        self.values.insert(global, value.clone());
        if let Some(computing) = &mut self.computing {
            computing.under_way.retain(|&other| other != global);
        }
    }

    /// Whether a primitive may be performed here: anything when a program runs, reading files when it is compiled.
    pub(super) fn may_do(&self, prim: Prim, args: &[Value<'p>], span: Span) -> Result<(), Stop> {
        if self.computing.is_none() || !prim.is_effect() {
            return Ok(());
        }
        let reads = match (prim.name(), args) {
            ("file.open", [_, Value::Int(mode)]) => *mode == 0,
            (
                "file.error"
                | "file.open-directory"
                | "file.read"
                | "file.seek"
                | "file.close"
                | "file.kind"
                | "file.size"
                | "file.modified"
                | "file.next",
                _,
            ) => true,
            _ => false,
        };
        if reads {
            return Ok(());
        }
        let name = prim.name();
        let what = if name.starts_with("file.") {
            "changing a file".to_owned()
        } else {
            format!("`{name}`")
        };
        Err(Stop::NotAllowed(what, span))
    }

    /// The world of what the compiler computes: the files below the folder of the module.
    fn reading_world(&self, place: Span) -> World {
        let folder = self
            .session
            .core
            .sources
            .locate(place)
            .and_then(|place| Path::new(place.name).parent().map(Path::to_owned))
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or_else(|| PathBuf::from("."));
        World {
            files: Files::new(vec![(folder, ".".to_owned())]),
            ..World::default()
        }
    }

    /// The expression that builds a value.
    fn constant(&mut self, define: &'p Define, value: &Value<'p>) -> Computed {
        let mut constants = Constants::new(define, self.session);
        let value = constants.whole(value, define.type_).map_err(|unfit| {
            let (problem, help) = match unfit {
                Unfit::Function => (
                    "the value of an `@static` holds a function".to_owned(),
                    "only data can be computed by the compiler and kept: numbers, texts, lists, records, data types",
                ),
                Unfit::Type(what) => (
                    format!("the value of an `@static` holds {what}, which cannot be kept"),
                    "only data can be computed by the compiler and kept: numbers, texts, lists, records, data types",
                ),
                Unfit::Large(limit) => (
                    format!("the value of an `@static` has more than {limit} parts"),
                    "read it when the program runs",
                ),
            };
            NoConstant {
                problem,
                place: Span::NONE,
                help: Some(help.to_owned()),
            }
        });
        Computed {
            global: define.global,
            value,
            parts: constants.parts,
        }
    }

    fn problem(&self, stop: Stop) -> NoConstant {
        let (problem, place, help) = match stop {
            Stop::DivisionByZero(span) => ("division by zero".to_owned(), span, None),
            Stop::MemoryExhausted => ("memory exhausted".to_owned(), Span::NONE, None),
            Stop::StackExhausted => ("stack exhausted".to_owned(), Span::NONE, None),
            Stop::Panic(text, span) => (format!("it panics: {text}"), span, None),
            Stop::Uncaught(text) => (
                format!("it fails with {text}"),
                Span::NONE,
                Some("handle the failure in an `effect` block: `x <- … or …`"),
            ),
            Stop::NotAllowed(what, span) => (
                format!("{what} is not there while the program is compiled"),
                span,
                Some("an `@static` can read files and do nothing else"),
            ),
            Stop::Steps(limit) => (
                format!("it takes more than {limit} steps"),
                Span::NONE,
                Some("compute it when the program runs"),
            ),
            Stop::NoHost(name) => (
                format!("`{name}` is not there while the program is compiled"),
                Span::NONE,
                Some("an `@static` can read files and do nothing else"),
            ),
            Stop::Exit(_) => ("it ends the program".to_owned(), Span::NONE, None),
            Stop::Broken(what) => (format!("this is a bug in aivic: {what}"), Span::NONE, None),
        };
        NoConstant {
            problem,
            place,
            help: help.map(str::to_owned),
        }
    }
}

const NEEDS_ITSELF: &str = "a value that needs itself";
