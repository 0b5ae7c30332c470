//! The paths and instructions of patches.

use ir_defs::known::Need;
use ir_defs::{ast, hir};
use nanopass::Meta;

use super::Resolver;
use super::names::{Found, Value};

impl Resolver<'_> {
    pub(super) fn patch_entries(&mut self, entries: Vec<ast::PatchEntry>) -> Vec<hir::PatchEntry> {
        entries
            .into_iter()
            .filter_map(|entry| self.patch_entry(entry))
            .collect()
    }

    /// `None` if a constructor of the path is not there, which has been reported.
    fn patch_entry(&mut self, entry: ast::PatchEntry) -> Option<hir::PatchEntry> {
        let ast::PatchEntry {
            meta,
            path,
            instruction,
        } = entry;
        let path: Vec<_> = path.into_iter().map(|step| self.patch_step(step)).collect();
        let instruction = match instruction {
            ast::Instruction::Apply { value } => hir::Instruction::Apply {
                value: self.expr(value),
            },
            ast::Instruction::Store { value } => hir::Instruction::Store {
                value: self.expr(value),
            },
            ast::Instruction::Remove => hir::Instruction::Remove,
        };
        Some(hir::PatchEntry {
            meta,
            path: path.into_iter().collect::<Option<_>>()?,
            instruction,
        })
    }

    fn patch_step(&mut self, step: ast::PatchStep) -> Option<hir::PatchStep> {
        Some(match step {
            ast::PatchStep::Field { meta, name } => hir::PatchStep::Field {
                meta,
                label: name.name,
            },
            ast::PatchStep::Constructor { meta, name } => {
                let con = self.constructor_of_path(meta, name)?;
                hir::PatchStep::Con { meta, con }
            }
            ast::PatchStep::All { meta } => {
                self.need(Need::PatchAll);
                hir::PatchStep::All { meta }
            }
            ast::PatchStep::Key { meta, key } => {
                self.need(Need::PatchKey);
                let key = self.expr(key);
                hir::PatchStep::Key { meta, key }
            }
            ast::PatchStep::Where { meta, predicate } => {
                self.need(Need::PatchWhere);
                let predicate = self.predicate(predicate);
                // What is no function may be a key.
                if !matches!(
                    predicate,
                    hir::Expr::Predicate { .. } | hir::Expr::Lambda { .. }
                ) {
                    self.need(Need::PatchKey);
                }
                hir::PatchStep::Where { meta, predicate }
            }
        })
    }

    fn constructor_of_path(
        &mut self,
        meta: Meta,
        name: ir_defs::terminals::Ident,
    ) -> Option<ir_defs::tables::ConId> {
        match self.find_value(self.body.module, name.name) {
            Found::One(Value::Con(con)) => {
                self.reach_constructor(con);
                Some(con)
            }
            // A name that means something else, several things or nothing: said as for any expression.
            _ => {
                self.expr(ast::Expr::Name { meta, name });
                None
            }
        }
    }
}
