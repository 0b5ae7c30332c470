//! Names of the tables, and the definitions that tables hold.

use nanopass::{Doc, Printer, ReadError, Reader, Sexp, Syntax, TyId};

use crate::Session;
use crate::prims::Prim;
use crate::tables::{
    ClassConstraint, ClassDef, ClassId, ClassInfo, ConId, ConInfo, DataDef, GlobalId, GlobalKind,
    MemberInfo, TyConId, TyConInfo, TyConKind,
};
use crate::types::TyVarId;

/// A word that a bare name may be: not a number, not quoted.
fn word_after(sexp: &Sexp, mark: char) -> Option<&str> {
    sexp.name()
        .and_then(|word| word.strip_prefix(mark))
        .filter(|name| !name.is_empty())
}

/// `@main.area`; an intrinsic shows its primitive: `@aivi.int.add:int.add`.
impl Syntax<Session> for GlobalId {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let session = p.cx();
        let name = session.globals.name(*self);
        match session.global_kind(*self) {
            GlobalKind::Intrinsic(prim) => Doc::name(&format!("@{name}:{}", prim.name())),
            _ => Doc::name(&format!("@{name}")),
        }
    }

    fn accepts(sexp: &Sexp) -> bool {
        word_after(sexp, '@').is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<GlobalId, ReadError> {
        let Some(name) = word_after(sexp, '@') else {
            return Err(rd.error(sexp, "a global: `@main.area`"));
        };
        let (name, prim) = match name.split_once(':') {
            Some((name, prim)) if !name.is_empty() => (name, Some(prim)),
            _ => (name, None),
        };
        let kind = match prim.map(Prim::named) {
            Some(Some(prim)) => Some(GlobalKind::Intrinsic(prim)),
            Some(None) => return Err(rd.error(sexp, "the name of a primitive behind `:`")),
            None => None,
        };
        let session = rd.cx_mut();
        let global = session.globals.id(name);
        if let (Some(kind), Some(info)) = (kind, session.globals.get_mut(global)) {
            info.kind = kind;
        }
        Ok(global)
    }
}

/// `#Some`
impl Syntax<Session> for ConId {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        Doc::name(&format!("#{}", p.cx().constructors.name(*self)))
    }

    fn accepts(sexp: &Sexp) -> bool {
        word_after(sexp, '#').is_some()
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<ConId, ReadError> {
        match word_after(sexp, '#') {
            Some(name) => Ok(rd.cx_mut().constructors.id(name)),
            None => Err(rd.error(sexp, "a constructor: `#Some`")),
        }
    }
}

macro_rules! plain_names {
    ($type:ty, $table:ident, $what:literal) => {
        impl Syntax<Session> for $type {
            fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
                Doc::name(p.cx().$table.name(*self))
            }

            fn accepts(sexp: &Sexp) -> bool {
                sexp.name()
                    .is_some_and(|name| !name.starts_with(['?', '@', '#', '!']) && name != "_")
            }

            fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<$type, ReadError> {
                match sexp.name().filter(|_| <$type>::accepts(sexp)) {
                    Some(name) => Ok(rd.cx_mut().$table.id(name)),
                    None => Err(rd.error(sexp, $what)),
                }
            }
        }
    };
}

plain_names!(TyConId, tycons, "a type constructor");
plain_names!(ClassId, classes, "a class");

/// `(data main.Shape [?A] (#main.Circle Float) (#main.Dot))`
impl Syntax<Session> for DataDef {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let session = p.cx();
        let Some(info) = session.tycons.get(self.0) else {
            return Doc::atom("?");
        };
        p.enter_unit();
        let mut items = vec![self.0.doc(p), info.params.doc(p)];
        for con in &info.constructors {
            let mut fields = vec![con.doc(p)];
            let types = session
                .constructors
                .get(*con)
                .map(|con| con.fields.as_slice());
            fields.extend(types.unwrap_or(&[]).iter().map(|field| field.doc(p)));
            items.push(Doc::list(fields));
        }
        p.leave_unit();
        Doc::form("data", items)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is_form(&["data"])
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<DataDef, ReadError> {
        let Some(("data", [name, params, constructors @ ..])) = sexp.form() else {
            return Err(rd.error(sexp, "a data type: `(data Name [?A] (#Con ?A))`"));
        };
        rd.enter_unit();
        let data = TyConId::read(name, rd)?;
        let params = Vec::<TyVarId>::read(params, rd)?;
        let mut ids = Vec::new();
        for (index, constructor) in constructors.iter().enumerate() {
            let Some((con, fields)) = constructor.list().and_then(|items| items.split_first())
            else {
                return Err(rd.error(constructor, "a constructor: `(#Con Int)`"));
            };
            let con = ConId::read(con, rd)?;
            let mut types = Vec::new();
            for field in fields {
                types.push(TyId::read(field, rd)?);
            }
            let span = rd.span(constructor);
            if let Some(info) = rd.cx_mut().constructors.get_mut(con) {
                let arity = types.len() as u32;
                *info = ConInfo {
                    data: Some(data),
                    index: index as u32,
                    arity,
                    fields: types,
                    span,
                };
            }
            ids.push(con);
        }
        rd.leave_unit();
        let span = rd.span(sexp);
        let session = rd.cx_mut();
        let short = session
            .tycons
            .name(data)
            .rsplit('.')
            .next()
            .unwrap_or("")
            .to_owned();
        if let Some(info) = session.tycons.get_mut(data) {
            *info = TyConInfo {
                kind: TyConKind::Data,
                short,
                params,
                constructors: ids,
                alias: None,
                span,
                library: info.library,
            };
        }
        Ok(DataDef(data))
    }
}

/// `(Ord ?A)`
impl Syntax<Session> for ClassConstraint {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let mut items = vec![self.class.doc(p)];
        items.extend(self.types.iter().map(|ty| ty.doc(p)));
        Doc::list(items)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.list().is_some_and(|items| items.len() > 1)
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<ClassConstraint, ReadError> {
        let Some((class, types)) = sexp.list().and_then(|items| items.split_first()) else {
            return Err(rd.error(sexp, "a constraint: `(Ord ?A)`"));
        };
        let class = ClassId::read(class, rd)?;
        let mut args = Vec::new();
        for ty in types {
            args.push(TyId::read(ty, rd)?);
        }
        Ok(ClassConstraint { class, types: args })
    }
}

/// `(class Ord [?A] [(Eq ?A)] (member @compare [] [] (-> ?A ?A Ordering) _))`: parameters, superclasses, then the
/// members with their own variables, constraints, type and the global of the default body.
impl Syntax<Session> for ClassDef {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let Some(info) = p.cx().classes.get(self.0) else {
            return Doc::atom("?");
        };
        p.enter_unit();
        let mut items = vec![self.0.doc(p), info.params.doc(p), info.supers.doc(p)];
        for member in &info.members {
            let fields = vec![
                member.global.doc(p),
                member.types.doc(p),
                member.constraints.doc(p),
                member.ty.doc(p),
                member.default.doc(p),
            ];
            items.push(Doc::form("member", fields));
        }
        p.leave_unit();
        Doc::form("class", items)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.is_form(&["class"])
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<ClassDef, ReadError> {
        let Some(("class", [name, params, supers, members @ ..])) = sexp.form() else {
            return Err(rd.error(sexp, "a class: `(class Name [?A] [] (member …))`"));
        };
        rd.enter_unit();
        let class = ClassId::read(name, rd)?;
        let params = Vec::<TyVarId>::read(params, rd)?;
        let supers = Vec::<ClassConstraint>::read(supers, rd)?;
        let mut infos = Vec::new();
        for member in members {
            let Some(("member", [global, types, constraints, ty, default])) = member.form() else {
                return Err(rd.error(member, "a member: `(member @name [] [] type _)`"));
            };
            let global = GlobalId::read(global, rd)?;
            if let Some(info) = rd.cx_mut().globals.get_mut(global) {
                info.kind = GlobalKind::Member(class);
            }
            infos.push(MemberInfo {
                global,
                types: Vec::read(types, rd)?,
                constraints: Vec::read(constraints, rd)?,
                ty: TyId::read(ty, rd)?,
                default: Option::read(default, rd)?,
            });
        }
        rd.leave_unit();
        let span = rd.span(sexp);
        if let Some(info) = rd.cx_mut().classes.get_mut(class) {
            *info = ClassInfo {
                params,
                supers,
                members: infos,
                span,
            };
        }
        Ok(ClassDef(class))
    }
}
