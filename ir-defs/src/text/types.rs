//! Types: `Int`, `(List Int)`, `(-> Int Text Bool)`, `(tuple Int Text)`, `(record (id Int) (name Text) (... ?R))`,
//! `(row Console (fail Text) (... ?E))`, `?A`.

use nanopass::{Context, Core, Doc, Printer, ReadError, Reader, Sexp, Symbol, Syntax, TyId};

use crate::Session;
use crate::tables::TyConId;
use crate::types::{Kind, TyVarId, Type};

/// The sort of the names of type variables, for the printer.
const TYPE_VARIABLES: nanopass::Sort = 1;

impl Context for Session {
    fn core(&self) -> &Core {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    fn type_doc(ty: TyId, p: &mut Printer<'_, Session>) -> Doc {
        let cx = p.cx();
        match cx.types.get(ty) {
            Type::Con(con) => con.doc(p),
            Type::Apply(head, args) => {
                let mut items = vec![Session::type_doc(*head, p)];
                items.extend(args.iter().map(|&arg| Session::type_doc(arg, p)));
                Doc::list(items)
            }
            Type::Fun(param, result) => {
                let mut items = vec![Doc::atom("->"), Session::type_doc(*param, p)];
                let mut rest = *result;
                while let Type::Fun(param, result) = cx.types.get(rest) {
                    items.push(Session::type_doc(*param, p));
                    rest = *result;
                }
                items.push(Session::type_doc(rest, p));
                Doc::list(items)
            }
            Type::Tuple(parts) => Doc::form(
                "tuple",
                parts
                    .iter()
                    .map(|&part| Session::type_doc(part, p))
                    .collect(),
            ),
            Type::Record { fields, tail } => {
                let mut items: Vec<Doc> = fields
                    .iter()
                    .map(|(label, field)| {
                        Doc::list(vec![label.doc(p), Session::type_doc(*field, p)])
                    })
                    .collect();
                items.extend(tail.map(|tail| Doc::form("...", vec![Session::type_doc(tail, p)])));
                Doc::form("record", items)
            }
            Type::Row {
                capabilities,
                fail,
                tail,
            } => {
                let mut items: Vec<Doc> = capabilities.iter().map(|con| con.doc(p)).collect();
                items.extend(fail.map(|fail| Doc::form("fail", vec![Session::type_doc(fail, p)])));
                items.extend(tail.map(|tail| Doc::form("...", vec![Session::type_doc(tail, p)])));
                Doc::form("row", items)
            }
            Type::Var(var) => var.doc(p),
            Type::Hole(number) => Doc::atom(format!("?.{number}")),
            Type::Error => Doc::atom("!error"),
        }
    }

    fn read_type(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<TyId, ReadError> {
        if let Some(word) = sexp.atom() {
            if word == "!error" {
                return Ok(rd.cx_mut().types.intern(Type::Error));
            }
            let ty = match TyVarId::accepts(sexp) {
                true => Type::Var(TyVarId::read(sexp, rd)?),
                false => Type::Con(TyConId::read(sexp, rd)?),
            };
            return Ok(rd.cx_mut().types.intern(ty));
        }
        let items = sexp.list().unwrap_or(&[]);
        let Some((head, parts)) = items.split_first() else {
            return Err(rd.error(sexp, "a type"));
        };
        match head.atom() {
            Some("record") => return read_record(parts, rd),
            Some("row") => return read_row(parts, rd),
            _ => {}
        }
        let mut args = Vec::with_capacity(parts.len());
        for part in parts {
            args.push(Session::read_type(part, rd)?);
        }
        match (head.atom(), args.split_last()) {
            (Some("->"), Some((&result, params))) => Ok(rd.cx_mut().fun(params, result)),
            (Some("tuple"), Some(_)) => Ok(rd.cx_mut().tuple(args)),
            (_, Some(_)) => {
                let head = Session::read_type(head, rd)?;
                Ok(rd.cx_mut().types.apply(head, args))
            }
            _ => Err(rd.error(sexp, "a type")),
        }
    }
}

fn read_record(parts: &[Sexp], rd: &mut Reader<'_, Session>) -> Result<TyId, ReadError> {
    let mut fields = Vec::new();
    let mut tail = None;
    for part in parts {
        match part.list() {
            Some([head, rest]) if head.is("...") && Some(part) == parts.last() && is_tail(rest) => {
                tail = Some(read_tail(rest, Kind::Fields, rd)?);
            }
            Some([label, ty]) => {
                let label = Symbol::read(label, rd)?;
                fields.push((label, Session::read_type(ty, rd)?));
            }
            _ => return Err(rd.error(part, "a field: `(name Text)`")),
        }
    }
    Ok(rd.cx_mut().record(fields, tail))
}

fn read_row(parts: &[Sexp], rd: &mut Reader<'_, Session>) -> Result<TyId, ReadError> {
    let mut capabilities = Vec::new();
    let (mut fail, mut tail) = (None, None);
    for part in parts {
        match part.form() {
            Some(("fail", [ty])) => fail = Some(Session::read_type(ty, rd)?),
            Some(("...", [rest])) => tail = Some(read_tail(rest, Kind::Row, rd)?),
            _ => capabilities.push(TyConId::read(part, rd)?),
        }
    }
    Ok(rd.cx_mut().row(capabilities, fail, tail))
}

fn is_tail(sexp: &Sexp) -> bool {
    TyVarId::accepts(sexp)
}

fn read_tail(sexp: &Sexp, kind: Kind, rd: &mut Reader<'_, Session>) -> Result<TyId, ReadError> {
    let var = TyVarId::read(sexp, rd)?;
    rd.cx_mut().types.set_kind(var, kind);
    Ok(rd.cx_mut().types.intern(Type::Var(var)))
}

/// `?A`
impl Syntax<Session> for TyVarId {
    fn doc(&self, p: &mut Printer<'_, Session>) -> Doc {
        let cx = p.cx();
        let name = cx
            .types
            .var(*self)
            .map_or("?", |info| cx.core.text(info.name));
        let name = p.local_name(TYPE_VARIABLES, self.0, &format!("?{name}"));
        Doc::atom(name)
    }

    fn accepts(sexp: &Sexp) -> bool {
        sexp.atom()
            .is_some_and(|word| word.len() > 1 && word.starts_with('?'))
    }

    fn read(sexp: &Sexp, rd: &mut Reader<'_, Session>) -> Result<TyVarId, ReadError> {
        let Some(word) = sexp.atom().filter(|_| TyVarId::accepts(sexp)) else {
            return Err(rd.error(sexp, "a type variable: `?A`"));
        };
        let span = rd.span(sexp);
        let var = rd.var(word, span);
        let session = rd.cx_mut();
        if let Some(&known) = session.read_type_vars.get(&var) {
            return Ok(known);
        }
        let name = session
            .core
            .var_name(var)
            .trim_start_matches('?')
            .to_owned();
        let name = session.core.intern(&name);
        let fresh = session.types.fresh_var(name, Kind::Star);
        session.read_type_vars.insert(var, fresh);
        Ok(fresh)
    }
}
