//! Which data types a program needs.

use ir_defs::Session;
use ir_defs::mono as m;
use ir_defs::tables::{ConId, DataDef, TyConId};
use ir_defs::terminals::Binder;
use ir_defs::types::{Type, each_part};
use nanopass::{Meta, TyId};
use rustc_hash::FxHashSet;

/// The program's own data types that occur in what is left of it, in the order of their definitions.
pub(super) fn reached_data(
    data: &[DataDef],
    program: &m::Program,
    session: &Session,
) -> Vec<DataDef> {
    let mut reached = Reached {
        session,
        types: FxHashSet::default(),
        cons: FxHashSet::default(),
    };
    m::Visit::program(&mut reached, program);
    data.iter()
        .copied()
        .filter(|data| reached.cons.contains(&data.0))
        .collect()
}

struct Reached<'s> {
    session: &'s Session,
    types: FxHashSet<TyId>,
    cons: FxHashSet<TyConId>,
}

impl Reached<'_> {
    fn tycon(&mut self, con: TyConId) {
        if self.cons.insert(con)
            && let Some(info) = self.session.tycons.get(con)
        {
            for con in &info.constructors {
                if let Some(con) = self.session.constructors.get(*con) {
                    con.fields.iter().for_each(|&field| self.ty(field));
                }
            }
        }
    }

    fn ty(&mut self, ty: TyId) {
        if !self.types.insert(ty) {
            return;
        }
        let ty = self.session.types.get(ty);
        if let Type::Con(con) = ty {
            self.tycon(*con);
        }
        each_part(ty, |part| self.ty(part));
    }
}

impl m::Visit for Reached<'_> {
    fn ty_id(&mut self, ty: &TyId) {
        self.ty(*ty);
    }

    fn binder(&mut self, binder: &Binder) {
        self.ty(binder.ty);
    }

    fn meta(&mut self, meta: &Meta) {
        if !meta.ty.is_none() {
            self.ty(meta.ty);
        }
    }

    fn con_id(&mut self, con: &ConId) {
        if let Some(data) = self
            .session
            .constructors
            .get(*con)
            .and_then(|info| info.data)
        {
            self.tycon(data);
        }
    }
}
