//! From a value back to an expression that builds it.

use std::collections::VecDeque;

use ir_defs::Session;
use ir_defs::mono::{Define, Expr, Field};
use ir_defs::tables::{ConId, GlobalId};
use ir_defs::terminals::{Flag, Lit};
use ir_defs::types::Type;
use nanopass::{Meta, Span, TyId};

use super::Value;

/// How many parts a constant may have.
pub(super) const PARTS: usize = 100_000;
/// How deep a constant may nest before a part of it becomes a definition of its own, so that no tree is deeper than
/// those of written programs.
const DEPTH: usize = 500;

/// Why a value is no constant.
pub(super) enum Unfit {
    Function,
    /// It holds a value of a type that has no literal.
    Type(&'static str),
    Large(usize),
}

/// Builds the constant of one definition.
pub(super) struct Constants<'a, 'p> {
    session: &'a mut Session,
    span: Span,
    base: String,
    count: usize,
    /// Parts that become definitions.
    deep: VecDeque<(GlobalId, TyId, Value<'p>)>,
    /// The definitions of parts.
    pub(super) parts: Vec<Define>,
}

impl<'a, 'p> Constants<'a, 'p> {
    pub(super) fn new(define: &Define, session: &'a mut Session) -> Constants<'a, 'p> {
        Constants {
            span: define.meta.span,
            base: session.globals.name(define.global).to_owned(),
            session,
            count: 0,
            deep: VecDeque::new(),
            parts: Vec::new(),
        }
    }

    /// The expression of a value, and the definitions of the parts that it mentions.
    pub(super) fn whole(&mut self, value: &Value<'p>, ty: TyId) -> Result<Expr, Unfit> {
        let whole = self.expr(value, ty, 0)?;
        while let Some((global, ty, value)) = self.deep.pop_front() {
            let value = self.expr(&value, ty, 0)?;
            self.parts.push(Define {
                meta: Meta::new(self.span, ty),
                global,
                type_: ty,
                static_: Flag(true),
                value,
            });
        }
        Ok(whole)
    }

    fn expr(&mut self, value: &Value<'p>, ty: TyId, depth: usize) -> Result<Expr, Unfit> {
        self.count += 1;
        if self.count > PARTS {
            return Err(Unfit::Large(PARTS));
        }
        let meta = Meta::new(self.span, ty);
        let lit = match value {
            Value::Int(value) => Lit::Int(*value),
            Value::Float(value) => Lit::Float(*value),
            Value::Char(value) => Lit::Char(*value),
            Value::Text(text) => Lit::Text((&**text).into()),
            Value::Bytes(_) => return Err(Unfit::Type("bytes")),
            Value::Array(_) => return Err(Unfit::Type("an array")),
            Value::Function(_) => return Err(Unfit::Function),
            Value::Tag(_) | Value::Object(_) => {
                if depth > DEPTH {
                    let global = self.session.fresh_global(&format!("{}.part", self.base));
                    self.deep.push_back((global, ty, value.clone()));
                    return Ok(Expr::Global {
                        meta,
                        global,
                        type_: ty,
                    });
                }
                return self.object(value, ty, meta, depth + 1);
            }
        };
        Ok(Expr::Lit { meta, lit })
    }

    fn object(
        &mut self,
        value: &Value<'p>,
        ty: TyId,
        meta: Meta,
        depth: usize,
    ) -> Result<Expr, Unfit> {
        let (tag, fields) = value.parts();
        match self.session.types.get(ty).clone() {
            Type::Tuple(types) => {
                let items = self.all(fields, &types, depth)?;
                return Ok(Expr::Tuple { meta, items });
            }
            Type::Record { fields: types, .. } => {
                let mut initial = Vec::with_capacity(fields.len());
                for (value, (label, ty)) in fields.iter().zip(types) {
                    initial.push(Field {
                        meta: Meta::new(self.span, ty),
                        label,
                        value: self.expr(value, ty, depth)?,
                    });
                }
                return Ok(Expr::Record {
                    meta,
                    fields: initial,
                });
            }
            _ => {}
        }
        let Some((data, args)) = self.session.as_data(ty) else {
            return Err(Unfit::Type("a value of a type that is not known"));
        };
        if let ("List", &[item]) = (self.session.tycons.name(data), args.as_slice()) {
            let mut items = Vec::new();
            let mut rest = value.clone();
            while let (1, [first, ..]) = rest.parts() {
                items.push(self.expr(first, item, depth)?);
                rest = rest.field(1);
            }
            return Ok(Expr::List { meta, item, items });
        }
        let con: Option<ConId> = self
            .session
            .tycons
            .get(data)
            .and_then(|info| info.constructors.get(tag as usize))
            .copied();
        let Some(con) = con else {
            return Err(Unfit::Type("a value of a type that is not known"));
        };
        let types = self.session.field_types(con, &args);
        let args_built = self.all(fields, &types, depth)?;
        Ok(Expr::Construct {
            meta,
            con,
            types: args,
            args: args_built,
        })
    }

    fn all(
        &mut self,
        values: &[Value<'p>],
        types: &[TyId],
        depth: usize,
    ) -> Result<Vec<Expr>, Unfit> {
        values
            .iter()
            .zip(types)
            .map(|(value, &ty)| self.expr(value, ty, depth))
            .collect()
    }
}
