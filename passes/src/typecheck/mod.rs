//! `typecheck`: `kernel` → `typed`
//!
//! Infers the type of every expression and writes into the tree what types decide: type arguments, class evidence, the
//! meaning of operators, width coercions and the widening of effect rows.
//!
//! ```text
//! (lambda [x] (chain x (link + 1)))   ──►   (lambda [(x Int)] (operate + (structural + Int) (var x []) 1))
//! ```
//!
//! Design: Hindley–Milner with levels (Rémy) over interned types: a *hole* stands for a type that is not known yet,
//! and unification binds it. Records are rows of fields with a tail (Rémy); an effect row keeps its capabilities and
//! its failure apart, each with a hole of its own, so that `attempt` may say "the same capabilities, another failure";
//! the two are joined into one variable again where a type is generalised. A name with a closed row is opened where it
//! is used (Leijen's Koka), and an inferred row is closed again where a binding is generalised, so that no definition
//! is repeated for each row that its callers have. Class constraints become placeholders of evidence, which `zonk`
//! replaces by what was found when the binding group ended.

mod advice;
mod calls;
mod class_rules;
mod classes;
mod coercions;
mod convert;
mod declarations;
mod deltas;
mod domains;
mod draws;
mod effect_mismatch;
mod effects;
mod errors;
mod expressions;
mod fill;
mod generalise;
mod groups;
mod growth;
mod implicit;
mod instances;
mod kinding;
mod kinds;
mod mismatch;
mod names;
mod operations;
mod operators;
mod overload_errors;
mod overload_heads;
mod overloads;
mod patches;
mod patterns;
mod precedence;
mod record_types;
mod records;
mod row_types;
mod rows;
mod show;
mod statics;
mod structure;
mod test_types;
mod unify;
mod unsolved;
mod widening;
mod zonk;

use std::rc::Rc;

use ir_defs::tables::{ClassConstraint, ClassId, GlobalId, TyConId};
use ir_defs::terminals::EvVar;
use ir_defs::types::{Kind, TyVarId, Type};
use ir_defs::{Session, kernel, known, typed};
use nanopass::{Span, Symbol, TyId, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

use classes::{Given, InstanceHead, Wanted};
use draws::{Draw, Yields};
use operators::Pending;
use unify::Hole;
use widening::Widening;

/// Types a whole program. Errors are reported; a definition with an error has the type that it was given, or one that
/// agrees with everything.
pub fn run(program: kernel::Program, session: &mut Session) -> typed::Program {
    Checker::new(session).program(program)
}

/// The level of what a binding group infers. Below it are the rows that a signature leaves to inference, which a group
/// does not generalise with its other definitions.
const GROUP_LEVEL: u32 = 2;

/// What a use of a binding may be instantiated to.
#[derive(Clone, Debug)]
struct Scheme {
    types: Rc<[TyVarId]>,
    constraints: Rc<[ClassConstraint]>,
    ty: TyId,
}

impl Scheme {
    fn mono(ty: TyId) -> Scheme {
        Scheme {
            types: Rc::from([]),
            constraints: Rc::from([]),
            ty,
        }
    }
}

/// What is known of a local variable or a global.
#[derive(Clone, Debug)]
enum Binding {
    /// Its group is being inferred, or it is a parameter.
    Mono(TyId),
    /// It may be instantiated. `own` is the evidence that its definition binds, for the uses inside it.
    Poly { scheme: Scheme, own: Rc<[EvVar]> },
    /// A member of a class: the parameters of the class come first.
    Member { scheme: Scheme, params: usize },
}

/// The ids that inference itself speaks of.
struct Known {
    int: TyId,
    float: TyId,
    char: TyId,
    text: TyId,
    bool: TyId,
    unit: TyId,
    error: TyId,
    /// The closed row of nothing; as a failure, "does not fail".
    nothing: TyId,
    effect: TyConId,
    resource: TyConId,
    fail: TyConId,
    eq: ClassId,
    ord: ClassId,
    to_text: ClassId,
    from_text: ClassId,
    semigroup: ClassId,
    /// The class of a constraint with a mistake.
    error_class: ClassId,
}

struct Checker<'s> {
    session: &'s mut Session,
    known: Known,
    holes: Vec<Hole>,
    level: u32,
    epoch: u32,
    fuel: u32,
    /// The expression that unification works for; kept with each hole that it binds.
    site: Span,
    locals: Vec<Option<Binding>>,
    globals: FxHashMap<GlobalId, Binding>,
    wanted: Vec<Wanted>,
    solutions: FxHashMap<EvVar, typed::Evidence>,
    /// The evidence for parts of constraints of known types, which nested types need again and again.
    found_parts: FxHashMap<(ClassId, TyId), typed::Evidence>,
    placeholders: u32,
    operators: Vec<Pending>,
    /// The operators of domains.
    overloads: Rc<Vec<domains::Overload>>,
    overload_heads: overload_heads::OverloadHeads,
    domain_calls: overloads::DomainCalls,
    draws: Vec<Draw>,
    widenings: Vec<Widening>,
    /// Instructions of patches that wait for their types.
    undecided: Vec<patches::Undecided>,
    /// Those that transform.
    transformations: FxHashMap<VarId, patches::Transformation>,
    /// The `generate` blocks around the current expression, the innermost last.
    yields: Vec<Yields>,
    givens: Vec<Given>,
    instances: FxHashMap<(ClassId, TyConId), Rc<InstanceHead>>,
    /// The same by their names.
    heads: FxHashMap<GlobalId, Rc<InstanceHead>>,
    /// Classes with a mistake in them or in an instance, of which nothing is said to be missing.
    broken_classes: FxHashSet<ClassId>,
    /// The variables of the instance that is checked: their constraints stand behind its head.
    instance_vars: Rc<[TyVarId]>,
    /// Variables with a constraint that has a mistake: of what else holds for them nothing is said to be missing.
    excused: FxHashSet<TyVarId>,
    /// Where it has been reported that a structural class does not hold for a function.
    functions_reported: FxHashSet<Span>,
    /// What a structural class asks of the arguments of a data type; `None` where a function is in the way.
    needs: FxHashMap<(ClassId, TyConId), Option<Rc<[TyId]>>>,
    /// Data types that hold themselves at ever larger types.
    endless: FxHashSet<TyConId>,
    aliases: FxHashMap<TyConId, kernel::AliasDecl>,
    /// Aliases that are being expanded, to find those that contain themselves.
    expanding: Vec<TyConId>,
    /// The kinds of parameters, while declarations are read and after.
    kinds: FxHashMap<TyConId, Vec<Kind>>,
    /// What the user calls a structural type.
    alias_names: FxHashMap<TyId, String>,
    /// What is known behind the tails of records of which many fields have been asked.
    tails: FxHashMap<u32, records::KnownTail>,
    /// Where a field is asked of a record that is not known, by the type of the field.
    asked: FxHashMap<TyId, Span>,
    /// How many parts types have.
    sizes: FxHashMap<TyId, u32>,
    /// A type beyond the limit has been reported in this group.
    too_large: bool,
    /// The type of the last expression that did not fit where it stands.
    misfit: TyId,
    /// The expressions of this group whose type is wrong: what is settled later inside of one follows from that.
    doubtful: Vec<Span>,
    /// The types of what is matched by the matches whose arms are around the current place, the innermost last.
    matched: Vec<TyId>,
    /// How many parameters the definitions that have signatures are written with.
    written_parameters: FxHashMap<GlobalId, usize>,
    /// The fields of variables that hide modules, which their author may have meant instead.
    hiding_fields: Vec<(Symbol, Span)>,
    /// Types of the source whose kind is wrong, which has been reported.
    bad_types: FxHashSet<Span>,
    /// Calls with a tuple where the function takes arguments one by one, and the name of the function.
    tuple_calls: Vec<(Span, Option<String>)>,
    /// An error that an earlier pass has reported stands in the definition.
    reported_before: bool,
    /// How many expressions have been reached that an earlier pass has reported.
    names_reported: usize,
    /// The effects that the signatures of `@static` definitions speak of.
    static_effects: FxHashMap<GlobalId, TyId>,
    /// The one that the signature of the definition which is being checked speaks of.
    static_effect: TyId,
    /// Whether the expression is computed by the compiler.
    computing: bool,
    /// What rows of signatures lack, which has been reported: the place of the signature, and types.
    lacking: FxHashSet<(Span, Vec<TyId>)>,
    /// The name and the place of the signature around, for messages.
    signature: Option<(String, Span)>,
    /// The type that it gives.
    signature_type: Option<TyId>,
}

impl<'s> Checker<'s> {
    fn new(session: &'s mut Session) -> Checker<'s> {
        let known = Known {
            int: session.int(),
            float: session.float(),
            char: session.char(),
            text: session.text(),
            bool: session.bool(),
            unit: session.unit(),
            error: session.types.intern(Type::Error),
            nothing: session.row(Vec::new(), None, None),
            effect: session.tycons.id("Effect"),
            resource: session.tycons.id(known::RESOURCE_TYPE),
            fail: session.tycons.id(known::FAIL_ROW),
            eq: session.classes.id(known::EQ_CLASS),
            ord: session.classes.id(known::ORD_CLASS),
            to_text: session.classes.id(known::TO_TEXT_CLASS),
            from_text: session.classes.id(known::FROM_TEXT_CLASS),
            semigroup: session.classes.id(known::SEMIGROUP_CLASS),
            error_class: session.classes.id(known::ERROR_CLASS),
        };
        Checker {
            session,
            known,
            holes: Vec::new(),
            level: GROUP_LEVEL,
            epoch: 0,
            fuel: 0,
            site: Span::NONE,
            locals: Vec::new(),
            globals: FxHashMap::default(),
            wanted: Vec::new(),
            solutions: FxHashMap::default(),
            found_parts: FxHashMap::default(),
            placeholders: 0,
            operators: Vec::new(),
            overloads: Rc::default(),
            overload_heads: overload_heads::OverloadHeads::default(),
            domain_calls: FxHashMap::default(),
            draws: Vec::new(),
            widenings: Vec::new(),
            undecided: Vec::new(),
            transformations: FxHashMap::default(),
            yields: Vec::new(),
            givens: Vec::new(),
            instances: FxHashMap::default(),
            broken_classes: FxHashSet::default(),
            instance_vars: Rc::from([]),
            heads: FxHashMap::default(),
            excused: FxHashSet::default(),
            functions_reported: FxHashSet::default(),
            needs: FxHashMap::default(),
            endless: FxHashSet::default(),
            aliases: FxHashMap::default(),
            expanding: Vec::new(),
            kinds: FxHashMap::default(),
            alias_names: FxHashMap::default(),
            tails: FxHashMap::default(),
            asked: FxHashMap::default(),
            sizes: FxHashMap::default(),
            too_large: false,
            misfit: TyId::NONE,
            doubtful: Vec::new(),
            matched: Vec::new(),
            hiding_fields: Vec::new(),
            bad_types: FxHashSet::default(),
            tuple_calls: Vec::new(),
            written_parameters: FxHashMap::default(),
            reported_before: false,
            names_reported: 0,
            lacking: FxHashSet::default(),
            static_effects: FxHashMap::default(),
            static_effect: TyId::NONE,
            computing: false,
            signature: None,
            signature_type: None,
        }
    }

    fn get(&self, ty: TyId) -> &Type {
        self.session.types.get(ty)
    }

    fn fun(&mut self, param: TyId, result: TyId) -> TyId {
        self.session.types.intern(Type::Fun(param, result))
    }

    fn local(&self, var: VarId) -> Option<&Binding> {
        self.locals.get(var.index()).and_then(Option::as_ref)
    }

    fn bind_local(&mut self, var: VarId, binding: Binding) {
        if self.locals.len() <= var.index() {
            self.locals.resize(var.index() + 1, None);
        }
        self.locals[var.index()] = Some(binding);
    }

    /// A type with fresh holes in the place of the variables that a scheme quantifies, and those holes.
    fn instantiate(&mut self, types: &[TyVarId]) -> (Vec<TyId>, FxHashMap<TyVarId, TyId>) {
        let mut args = Vec::with_capacity(types.len());
        let mut replace = FxHashMap::default();
        for &var in types {
            let kind = self
                .session
                .types
                .var(var)
                .map_or(Kind::Star, |info| info.kind.clone());
            let hole = self.fresh(kind);
            args.push(hole);
            replace.insert(var, hole);
        }
        (args, replace)
    }
}
