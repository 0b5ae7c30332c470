//! Binding groups, instances and the defaults of classes, in the order in which they are checked.

use std::rc::Rc;

use ir_defs::kernel;
use ir_defs::tables::{ClassConstraint, ClassDef, DataDef, GlobalId};
use ir_defs::terminals::EvVar;
use ir_defs::typed::{self, Evidence, EvidenceParam, Expr};
use ir_defs::types::{Kind, Type};
use nanopass::{Meta, Span, TyId};
use rustc_hash::FxHashMap;

use super::classes::Origin;
use super::errors::{self, *};
use super::generalise::Quantified;
use super::zonk::Zonk;
use super::{Binding, Checker, Scheme};

/// A definition after inference, before its holes are filled.
struct Inferred {
    meta: Meta,
    global: GlobalId,
    quantified: Quantified,
    ty: TyId,
    value: Option<Expr>,
    /// From the evidence that its group was generalised with to that which it binds itself.
    rename: FxHashMap<EvVar, EvVar>,
}

/// The level of what no group owns; that of the rows which signatures leave to inference is above it.
const SURROUNDINGS: u32 = 0;

impl Checker<'_> {
    pub(super) fn program(mut self, program: kernel::Program) -> typed::Program {
        self.declare(&program);
        let data = program.data.iter().map(|data| DataDef(data.con)).collect();
        let mut classes: Vec<ClassDef> = program
            .classes
            .iter()
            .map(|class| ClassDef(class.class))
            .collect();
        let mut groups = Vec::new();
        for capability in &program.capabilities {
            for operation in &capability.operations {
                let declared = self.declared(operation.meta, operation.global);
                groups.push(typed::Group {
                    binds: vec![declared],
                });
            }
        }
        for define in program.groups.iter().flat_map(|group| &group.binds) {
            if let Some(signature) = &define.signature {
                // What an operator of a domain takes is closed: its operands decide whether it is meant.
                let open = !super::domains::is_operator(self.session.globals.name(define.global));
                let mut scheme = self.signature(signature, &super::convert::Scope::default(), open);
                scheme.ty = self.static_signature(define, scheme.ty);
                if let Some(kernel::Expr::Lambda { params, .. }) = &define.value {
                    self.written_parameters.insert(define.global, params.len());
                }
                self.globals.insert(
                    define.global,
                    Binding::Poly {
                        scheme,
                        own: Rc::from([]),
                    },
                );
            }
        }
        self.declare_domains(&program);
        let main = program.main;
        for group in program.groups {
            groups.push(self.group(group, main));
        }
        for class in program.classes {
            for member in class.members {
                if let Some(default) = member.default {
                    groups.extend(self.default_member(
                        class.class,
                        member.global,
                        member.meta,
                        default,
                    ));
                }
            }
        }
        let mut instances: Vec<typed::Instance> = program
            .instances
            .into_iter()
            .filter_map(|instance| self.instance(instance))
            .collect();
        let (operators, of_operators) = self.operator_instances();
        classes.extend(operators);
        instances.extend(of_operators);
        self.check_tests(&groups);
        let typed = typed::Program {
            data,
            classes,
            instances,
            groups,
            main,
        };
        if !self.session.core.diagnostics.has_errors() {
            self.reject_growth(&typed);
        }
        typed
    }

    /// The definition of a global that has a signature and no value.
    fn declared(&mut self, meta: Meta, global: GlobalId) -> typed::Define {
        let (scheme, evidence) = self.scheme_of(global);
        typed::Define {
            meta: meta.with_ty(scheme.ty),
            global,
            types: scheme.types.to_vec(),
            evidence,
            type_: scheme.ty,
            value: None,
        }
    }

    /// The scheme of a global with a signature, and parameters for its constraints.
    fn scheme_of(&mut self, global: GlobalId) -> (Scheme, Vec<EvidenceParam>) {
        let scheme = match self.globals.get(&global) {
            Some(Binding::Poly { scheme, .. } | Binding::Member { scheme, .. }) => scheme.clone(),
            _ => Scheme::mono(self.known.error),
        };
        let evidence = self.evidence_params(&scheme.constraints);
        (scheme, evidence)
    }

    pub(super) fn evidence_params(
        &mut self,
        constraints: &[ClassConstraint],
    ) -> Vec<EvidenceParam> {
        constraints
            .iter()
            .map(|constraint| {
                let name = self.class_name(constraint.class);
                let var = EvVar(self.session.core.fresh_named(&name, Span::NONE));
                EvidenceParam {
                    var,
                    class: constraint.class,
                    types: constraint.types.clone(),
                }
            })
            .collect()
    }

    pub(super) fn give_params(&mut self, params: &[EvidenceParam]) {
        for param in params {
            let ty = param.types.first().copied().unwrap_or(self.known.error);
            self.give(param.class, ty, Evidence::Given { var: param.var });
        }
    }

    fn group(&mut self, group: kernel::Group, main: Option<GlobalId>) -> typed::Group {
        self.too_large = false;
        self.doubtful.clear();
        let (annotated, inferred): (Vec<_>, Vec<_>) = group
            .binds
            .into_iter()
            .partition(|define| define.signature.is_some());
        let mut done = self.infer_together(inferred, main);
        let from = done.len();
        for define in annotated {
            done.push(self.check_annotated(define, main));
        }
        self.settle_signatures(&mut done, from);
        let binds = done.into_iter().map(|define| self.finish(define)).collect();
        typed::Group { binds }
    }

    /// What the signatures of a group leave to inference is fixed by now, or generalised for all of them together.
    fn settle_signatures(&mut self, group: &mut [Inferred], from: usize) {
        let types: Vec<TyId> = group.iter().skip(from).map(|define| define.ty).collect();
        if types.iter().any(|&ty| self.session.types.has_hole(ty)) {
            if from > 0 {
                // Those without a signature are generalised already, and know these capabilities as one row.
                for &ty in &types {
                    self.zonk(ty);
                }
            }
            let mark = self.mark();
            let level = std::mem::replace(&mut self.level, SURROUNDINGS);
            let flexible = self.generalise(&types, mark);
            self.level = level;
            for define in group.iter_mut().skip(from) {
                define.quantified.types.extend(&flexible.types);
            }
        }
        for define in group.iter_mut() {
            let ty = self.resolve(define.ty);
            define.ty = ty;
            if let Some(Binding::Poly { scheme, .. }) = self.globals.get_mut(&define.global) {
                scheme.ty = ty;
                scheme.types = define.quantified.types.clone().into();
            }
        }
    }

    /// Bindings without signatures, which see one another at one type.
    fn infer_together(
        &mut self,
        defines: Vec<kernel::Define>,
        main: Option<GlobalId>,
    ) -> Vec<Inferred> {
        if defines.is_empty() {
            return Vec::new();
        }
        let errors = self.errors();
        let mark = self.mark();
        let types: Vec<TyId> = defines
            .iter()
            .map(|define| {
                let ty = if Some(define.global) == main {
                    let row = self.fresh(Kind::Row);
                    self.session.effect(row, self.known.unit)
                } else {
                    self.fresh_type()
                };
                self.globals.insert(define.global, Binding::Mono(ty));
                ty
            })
            .collect();
        let mut done = Vec::with_capacity(defines.len());
        for (define, &ty) in defines.into_iter().zip(&types) {
            let kernel::Define {
                meta,
                global,
                value,
                ..
            } = define;
            let errors = self.begin_definition();
            let value = value.map(|value| {
                if Some(global) == main {
                    let value = self.check(value, ty, &Cause::Main);
                    self.main_failure(ty, meta.span);
                    value
                } else {
                    let value = self.infer(value);
                    // A name that is not there may have been the parameter that the recursion is about.
                    let errors = if self.reported_before {
                        usize::MAX
                    } else {
                        errors
                    };
                    self.expect_since(errors, value.meta(), ty, &Cause::Recursive);
                    value
                }
            });
            self.end_definition(global, errors);
            done.push(Inferred {
                meta,
                global,
                quantified: Quantified::default(),
                ty,
                value,
                rename: FxHashMap::default(),
            });
        }
        let inferred = self.errors();
        self.level -= 1;
        // `main` is used once, by nobody who could decide its variables: what they stand for is decided here.
        let general: Vec<TyId> = types
            .iter()
            .zip(&done)
            .filter(|(_, define)| Some(define.global) != main)
            .map(|(&ty, _)| ty)
            .collect();
        let quantified = self.generalise(&general, mark);
        self.level += 1;
        let failed = self.errors() > errors;
        if self.errors() > inferred {
            let globals = done.iter().map(|define| define.global);
            self.session.flawed.extend(globals);
        }
        let several = done.len() > 1;
        for define in &mut done {
            define.ty = self.resolve(define.ty);
            let too_large = self.check_size(define.ty, define.meta.span);
            define.quantified = quantified.clone();
            if several {
                // Each definition binds evidence of its own; `finish` renames what is inside.
                for param in &mut define.quantified.evidence {
                    let own = EvVar(self.session.core.fresh_var_like(param.var.0));
                    define.rename.insert(param.var, own);
                    param.var = own;
                }
            }
            let binding = if failed || too_large {
                Binding::Mono(self.known.error)
            } else {
                define.quantified.binding(define.ty)
            };
            self.globals.insert(define.global, binding);
        }
        done
    }

    /// Fills the holes of a value.
    fn finish_value(&mut self, define: &mut Inferred) {
        let rename = std::mem::take(&mut define.rename);
        let own: Vec<EvVar> = define
            .quantified
            .evidence
            .iter()
            .map(|param| param.var)
            .collect();
        if let Some(value) = &mut define.value {
            Zonk::new(self, rename, own).whole(value);
        }
    }

    fn check_annotated(&mut self, define: kernel::Define, main: Option<GlobalId>) -> Inferred {
        let kernel::Define {
            meta,
            global,
            signature,
            value,
        } = define;
        let span = signature
            .as_ref()
            .map_or(meta.span, |signature| signature.meta.span);
        let (scheme, evidence) = self.scheme_of(global);
        let is_main = Some(global) == main;
        if is_main {
            self.main_signature(&scheme, span);
        }
        let Some(value) = value else {
            let ty = self.zonk(scheme.ty);
            let quantified = Quantified {
                types: scheme.types.to_vec(),
                evidence,
            };
            let scheme = Scheme { ty, ..scheme };
            self.globals.insert(
                global,
                Binding::Poly {
                    scheme,
                    own: Rc::from([]),
                },
            );
            return Inferred {
                meta,
                global,
                quantified,
                ty,
                value: None,
                rename: FxHashMap::default(),
            };
        };
        let own: Rc<[EvVar]> = evidence.iter().map(|param| param.var).collect();
        self.globals.insert(
            global,
            Binding::Poly {
                scheme: scheme.clone(),
                own: own.clone(),
            },
        );
        let name = self.global_name(global);
        let outer = self.signature.replace((name, span));
        let outer_type = self.signature_type.replace(scheme.ty);
        let errors = self.begin_definition();
        let mark = self.mark();
        self.give_params(&evidence);
        self.static_effect = self.static_effects.remove(&global).unwrap_or(TyId::NONE);
        let value = self.check(value, scheme.ty, &Cause::Signature { place: span });
        self.level -= 1;
        self.generalise(&[], mark);
        self.level += 1;
        self.givens.clear();
        self.signature = outer;
        self.signature_type = outer_type;
        if is_main {
            self.main_failure(scheme.ty, span);
        }
        self.reported_before |= self.session.types.has_error(scheme.ty);
        self.end_definition(global, errors);
        Inferred {
            meta,
            global,
            quantified: Quantified {
                types: scheme.types.to_vec(),
                evidence,
            },
            ty: scheme.ty,
            value: Some(value),
            rename: FxHashMap::default(),
        }
    }

    /// Looks out for errors in a definition from here on; gives how many there have been.
    pub(super) fn begin_definition(&mut self) -> usize {
        self.reported_before = false;
        self.errors()
    }

    /// Keeps in mind whether there were errors in a definition.
    pub(super) fn end_definition(&mut self, global: GlobalId, errors: usize) {
        if self.reported_before || self.errors() > errors {
            self.session.flawed.insert(global);
        }
    }

    fn finish(&mut self, mut define: Inferred) -> typed::Define {
        self.finish_value(&mut define);
        let Inferred {
            meta,
            global,
            quantified,
            ty,
            value,
            ..
        } = define;
        let ty = self.zonk(ty);
        typed::Define {
            meta: meta.with_ty(ty),
            global,
            types: quantified.types,
            evidence: quantified.evidence,
            type_: ty,
            value,
        }
    }

    /// The name of a global as the user writes it.
    pub(super) fn global_name(&self, global: GlobalId) -> String {
        let name = self.session.globals.name(global);
        // A further signature of an operator has a number behind it.
        let is_number = |segment: &&str| segment.bytes().all(|byte| byte.is_ascii_digit());
        let named = name.rsplit('.').find(|segment| !is_number(segment));
        named.unwrap_or(name).to_string()
    }

    fn main_signature(&mut self, scheme: &Scheme, span: Span) {
        let unit = match self.as_effect(scheme.ty) {
            Some((_, result)) => {
                result == self.known.unit || matches!(self.get(result), Type::Error)
            }
            None => matches!(self.get(scheme.ty), Type::Error),
        };
        if !unit {
            let shown = self.show(scheme.ty);
            let diagnostic =
                errors::error(MAIN, "`main` must be an effect that gives `Unit`", span, "")
                    .note(format!("it is declared as `{shown}`"))
                    .help("write `main : Effect { Console } Unit`, with what it needs in the row");
            self.session.report(diagnostic);
        }
    }

    /// What `main` fails with is printed.
    fn main_failure(&mut self, ty: TyId, span: Span) {
        if let Some((row, _)) = self.as_effect(ty)
            && let super::rows::Failure::Type(failure) = self.row_view(row).fail
        {
            self.want(self.known.to_text, failure, span, Origin::Main);
            self.solve_wanted(self.wanted.len() - 1);
        }
    }
}
