//! Types without variables, rows or phantom parameters, and how they are spelled.

use ir_defs::Session;
use ir_defs::switched::Program;
use ir_defs::tables::{TyConId, TyConKind};
use ir_defs::types::{Kind, Type, each_part};
use nanopass::TyId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Brings types into the form in which `mono` compares them.
pub(super) struct Types {
    /// For each data type, which of its parameters leave no trace in a value.
    phantom: FxHashMap<TyConId, Vec<bool>>,
    /// By type, and whether its variables stay.
    reduced: FxHashMap<(TyId, bool), TyId>,
    depths: FxHashMap<TyId, u32>,
}

impl Types {
    pub(super) fn new(program: &Program, session: &Session) -> Types {
        Types {
            phantom: phantoms(program, session),
            reduced: FxHashMap::default(),
            depths: FxHashMap::default(),
        }
    }

    /// `ty` with rows reduced to their `Fail` type, phantom arguments and what nothing determines replaced by `Unit`.
    pub(super) fn reduce(&mut self, ty: TyId, session: &mut Session) -> TyId {
        self.reduce_in(ty, false, session)
    }

    /// The same for the type of a constructor's field, where variables stay.
    pub(super) fn reduce_field(&mut self, ty: TyId, session: &mut Session) -> TyId {
        self.reduce_in(ty, true, session)
    }

    fn reduce_in(&mut self, ty: TyId, open: bool, session: &mut Session) -> TyId {
        let open = open && session.types.has_var(ty);
        if let Some(&reduced) = self.reduced.get(&(ty, open)) {
            return reduced;
        }
        let reduced = match session.types.get(ty).clone() {
            Type::Con(_) | Type::Error => ty,
            Type::Hole(_) => session.unit(),
            Type::Var(_) if open => ty,
            Type::Var(var) => match session.types.var(var).map(|info| info.kind.clone()) {
                Some(Kind::Row) => session.row(Vec::new(), None, None),
                Some(Kind::Fields) => session.record(Vec::new(), None),
                _ => session.unit(),
            },
            Type::Apply(head, args) => {
                let head = self.reduce_in(head, open, session);
                let phantom = match session.types.get(head) {
                    Type::Con(con) => self.phantom.get(con).cloned().unwrap_or_default(),
                    _ => Vec::new(),
                };
                let mut reduced = Vec::with_capacity(args.len());
                for (index, arg) in args.into_iter().enumerate() {
                    let phantom = phantom.get(index) == Some(&true);
                    reduced.push(if phantom {
                        session.unit()
                    } else {
                        self.reduce_in(arg, open, session)
                    });
                }
                session.types.apply(head, reduced)
            }
            Type::Fun(param, result) => {
                let param = self.reduce_in(param, open, session);
                let result = self.reduce_in(result, open, session);
                session.fun(&[param], result)
            }
            Type::Tuple(items) => {
                let items = items
                    .into_iter()
                    .map(|item| self.reduce_in(item, open, session))
                    .collect();
                session.tuple(items)
            }
            Type::Record { fields, tail } => {
                let fields = fields
                    .into_iter()
                    .map(|(label, field)| (label, self.reduce_in(field, open, session)))
                    .collect();
                session.record(fields, tail.filter(|_| open))
            }
            Type::Row { fail, tail, .. } => {
                let fail = fail.map(|fail| self.reduce_in(fail, open, session));
                session.row(Vec::new(), fail, tail.filter(|_| open))
            }
        };
        self.reduced.insert((ty, open), reduced);
        reduced
    }

    /// How deep a type nests.
    pub(super) fn depth(&mut self, ty: TyId, session: &Session) -> u32 {
        if let Some(&depth) = self.depths.get(&ty) {
            return depth;
        }
        let mut parts = Vec::new();
        each_part(session.types.get(ty), |part| parts.push(part));
        let depth = parts
            .into_iter()
            .map(|part| self.depth(part, session) + 1)
            .max()
            .unwrap_or(0);
        self.depths.insert(ty, depth);
        depth
    }
}

/// A parameter is no phantom if a field mentions it, or an instance of the type demands evidence for it. The least
/// fixpoint: a parameter that a type only hands on to a phantom one is a phantom too.
fn phantoms(program: &Program, session: &Session) -> FxHashMap<TyConId, Vec<bool>> {
    let mut phantom: FxHashMap<TyConId, Vec<bool>> = FxHashMap::default();
    for con in session.tycons.ids() {
        if let Some(info) = session
            .tycons
            .get(con)
            .filter(|info| info.kind == TyConKind::Data)
        {
            phantom.insert(con, vec![true; info.params.len()]);
        }
    }
    for instance in &program.instances {
        let mut demanded = Vec::new();
        for param in &instance.evidence {
            param
                .types
                .iter()
                .for_each(|&ty| variables(ty, session, &FxHashMap::default(), &mut demanded));
        }
        for &head in &instance.heads {
            if let Type::Apply(con, args) = session.types.get(head)
                && let Type::Con(con) = session.types.get(*con)
                && let Some(flags) = phantom.get_mut(con)
            {
                for (arg, flag) in args.iter().zip(flags) {
                    *flag &= !demanded.contains(arg);
                }
            }
        }
    }
    loop {
        let mut changed = false;
        for con in phantom.keys().copied().collect::<Vec<_>>() {
            let Some(info) = session.tycons.get(con) else {
                continue;
            };
            let mut used = Vec::new();
            for field in info
                .constructors
                .iter()
                .filter_map(|&con| session.constructors.get(con))
                .flat_map(|con| &con.fields)
            {
                variables(*field, session, &phantom, &mut used);
            }
            let used: FxHashSet<TyId> = used.into_iter().collect();
            for (index, &param) in info.params.iter().enumerate() {
                let is_used = used
                    .iter()
                    .any(|&ty| *session.types.get(ty) == Type::Var(param));
                if let Some(flag) = phantom.get_mut(&con).and_then(|flags| flags.get_mut(index))
                    && *flag
                    && is_used
                {
                    *flag = false;
                    changed = true;
                }
            }
        }
        if !changed {
            return phantom;
        }
    }
}

/// The variables of a type outside of phantom arguments.
fn variables(
    ty: TyId,
    session: &Session,
    phantom: &FxHashMap<TyConId, Vec<bool>>,
    found: &mut Vec<TyId>,
) {
    if !session.types.has_var(ty) {
        return;
    }
    match session.types.get(ty) {
        Type::Var(_) => found.push(ty),
        Type::Apply(head, args) => {
            variables(*head, session, phantom, found);
            let flags = match session.types.get(*head) {
                Type::Con(con) => phantom.get(con).map_or(&[][..], |flags| flags),
                _ => &[],
            };
            for (index, &arg) in args.iter().enumerate() {
                if flags.get(index) != Some(&true) {
                    variables(arg, session, phantom, found);
                }
            }
        }
        other => each_part(other, |part| variables(part, session, phantom, found)),
    }
}

/// The longest spelling of the types in a name; what does not fit is `..`.
const SPELLING_LIMIT: usize = 100;

/// The name of an instance: `base<Int,List<Text>>`, one word for the reader of IR text.
pub(crate) fn instance_name(base: &str, types: &[TyId], session: &Session) -> String {
    if types.is_empty() {
        return base.to_owned();
    }
    let mut name = base.to_owned();
    let limit = name.len() + SPELLING_LIMIT;
    spell_all("<", types, ">", session, limit, &mut name);
    name
}

fn spell_all(
    open: &str,
    types: &[TyId],
    close: &str,
    session: &Session,
    limit: usize,
    out: &mut String,
) {
    out.push_str(open);
    for (index, &ty) in types.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        spell(ty, session, limit, out);
    }
    out.push_str(close);
}

fn spell(ty: TyId, session: &Session, limit: usize, out: &mut String) {
    if out.len() > limit {
        out.push_str("..");
        return;
    }
    match session.types.get(ty) {
        Type::Con(con) => out.push_str(session.tycons.name(*con)),
        Type::Apply(head, args) => {
            spell(*head, session, limit, out);
            spell_all("<", args, ">", session, limit, out);
        }
        Type::Fun(param, result) => spell_all("Fun<", &[*param, *result], ">", session, limit, out),
        Type::Tuple(items) => spell_all("Tuple<", items, ">", session, limit, out),
        Type::Record { fields, .. } => {
            out.push_str("Record<");
            for (index, (label, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(session.core.text(*label));
                out.push('=');
                spell(*field, session, limit, out);
            }
            out.push('>');
        }
        Type::Row { fail: None, .. } => out.push_str("Row"),
        Type::Row {
            fail: Some(fail), ..
        } => spell_all("Fail<", &[*fail], ">", session, limit, out),
        Type::Var(_) | Type::Hole(_) | Type::Error => out.push('?'),
    }
}

/// The longest rendition of a type in a message; what does not fit is `…`.
const TEXT_LIMIT: usize = 60;

/// A type as the user would write it.
pub(super) fn type_text(ty: TyId, session: &Session) -> String {
    let mut text = String::new();
    write_type(ty, false, session, &mut text);
    text
}

/// Writes a type, in parentheses if it is to be an argument and is no single word.
fn write_type(ty: TyId, argument: bool, session: &Session, out: &mut String) {
    if out.len() > TEXT_LIMIT {
        out.push('…');
        return;
    }
    let short = |con: &TyConId| {
        let name = session.tycons.name(*con);
        name.rsplit('.').next().unwrap_or(name).to_owned()
    };
    let list = |open: &str, types: &[TyId], out: &mut String| {
        for (index, &ty) in types.iter().enumerate() {
            out.push_str(if index == 0 { open } else { ", " });
            write_type(ty, false, session, out);
        }
    };
    match session.types.get(ty) {
        Type::Con(con) => out.push_str(&short(con)),
        Type::Tuple(items) => {
            list("(", items, out);
            out.push(')');
        }
        Type::Record { fields, .. } => {
            out.push('{');
            for (index, (label, ty)) in fields.iter().enumerate() {
                out.push_str(if index == 0 { " " } else { ", " });
                out.push_str(session.core.text(*label));
                list(": ", &[*ty], out);
            }
            out.push_str(" }");
        }
        Type::Row { fail, .. } => {
            out.push('{');
            if let Some(fail) = fail {
                out.push_str(" Fail ");
                write_type(*fail, true, session, out);
                out.push(' ');
            }
            out.push('}');
        }
        Type::Apply(..) | Type::Fun(..) if argument => {
            out.push('(');
            write_type(ty, false, session, out);
            out.push(')');
        }
        Type::Apply(head, args) => {
            write_type(*head, true, session, out);
            for &arg in args {
                out.push(' ');
                write_type(arg, true, session, out);
            }
        }
        Type::Fun(param, result) => {
            let is_function = matches!(session.types.get(*param), Type::Fun(..));
            write_type(*param, is_function, session, out);
            out.push_str(" -> ");
            write_type(*result, false, session, out);
        }
        Type::Var(_) | Type::Hole(_) | Type::Error => out.push('?'),
    }
}
