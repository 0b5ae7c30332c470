//! Definitions at the top level: recursion by templates that count down.

use super::types::{Ty, boxed};
use super::{Generator, Global, Scope};

impl Generator<'_> {
    /// A function, a value, or a function that counts down.
    pub(super) fn global(&mut self) -> String {
        self.fuel = 30;
        let name = self.fresh("main.g");
        let (params, result, text) = match self.pick(6) {
            0 => {
                let result = self.ty(2);
                // What is an effect is performed anew each time.
                let text = self.expr(&result, &Scope { vars: Vec::new() }, 4);
                (Vec::new(), result, text)
            }
            1 => self.counting(&name),
            2 => self.folding(&name),
            3 => self.mapping(&name),
            _ => {
                let params: Vec<Ty> = (0..1 + self.pick(3)).map(|_| self.ty(2)).collect();
                let result = self.ty(2);
                let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
                let body = self.expr(&result, &scope, 5);
                (params, result, format!("(lambda [{binders}] {body})"))
            }
        };
        let global = Global {
            name,
            params,
            result,
        };
        let define = format!(
            "(define @{} {} no {text})\n",
            global.name,
            global.ty().text()
        );
        self.globals.push(global);
        define
    }

    /// `n acc => if n <= 0 then acc else self (n - 1) …` of the last bits of `n`, perhaps with something to do first.
    fn counting(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let state = self.ty(1);
        let performs = self.pick(2) == 1;
        let result = if performs {
            Ty::Effect(false, boxed(state.clone()))
        } else {
            state.clone()
        };
        let params = vec![Ty::Int, state.clone()];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let (n, acc) = (scope.vars[0].0.clone(), scope.vars[1].0.clone());
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let next = self.expr(&state, &scope, 4);
        let small = self.fresh("m");
        let call = format!("(apply {this} (prim int.sub _ {small} 1) {next})");
        let (done, more) = if performs {
            let print = self.print(&scope);
            let unit = self.fresh("u");
            (
                format!("(prim effect.pure _ {acc})"),
                format!("(do [(run ({unit} Unit) {print})] {call})"),
            )
        } else {
            (acc, call)
        };
        let test = self.fresh("t");
        // Whatever it is called with, it ends.
        let body = format!(
            "(let [(bind ({small} Int) no (prim int.and _ {n} 3)) (bind ({test} Bool) no (prim int.le _ {small} 0))]
               (switch {test} [(on-con #True [] {done})] {more}))"
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    /// A fold over a list, which leaves something to do after the call.
    fn folding(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let (item, result) = (self.ty(1), self.ty(1));
        let list = Ty::List(boxed(item.clone()));
        let params = vec![list.clone()];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let (first, rest, sum) = (self.fresh("x"), self.fresh("r"), self.fresh("s"));
        let nothing = self.expr(&result, &Scope { vars: Vec::new() }, 2);
        let inner = Scope {
            vars: vec![(first.clone(), item.clone()), (sum.clone(), result.clone())],
        };
        let more = self.expr(&result, &inner, 4);
        let body = format!(
            "(switch {} [(on-con #List.Nil [] {nothing}) (on-con #List.Cons [({first} {}) ({rest} {})]
               (let [(bind ({sum} {}) no (apply {this} {rest}))] {more}))] _)",
            scope.vars[0].0,
            item.text(),
            list.text(),
            result.text()
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    /// `f xs => [] or [f x, ...self f xs]`
    fn mapping(&mut self, name: &str) -> (Vec<Ty>, Ty, String) {
        let (item, made) = (self.ty(1), self.ty(1));
        let (list, result) = (Ty::List(boxed(item.clone())), Ty::List(boxed(made.clone())));
        let params = vec![
            Ty::Fun(boxed(item.clone()), boxed(made.clone())),
            list.clone(),
        ];
        let (binders, scope) = self.binders(&params, &Scope { vars: Vec::new() });
        let this = Global {
            name: name.to_owned(),
            params: params.clone(),
            result: result.clone(),
        }
        .mention();
        let (first, rest) = (self.fresh("x"), self.fresh("r"));
        let (f, xs) = (&scope.vars[0].0, &scope.vars[1].0);
        let made = made.text();
        let body = format!(
            "(switch {xs} [(on-con #List.Nil [] (list {made})) (on-con #List.Cons [({first} {}) ({rest} {})]
               (construct #List.Cons [{made}] (apply {f} {first}) (apply {this} {f} {rest})))] _)",
            item.text(),
            list.text()
        );
        (params, result, format!("(lambda [{binders}] {body})"))
    }

    pub(super) fn binders(&mut self, types: &[Ty], scope: &Scope) -> (String, Scope) {
        let mut scope = scope.clone();
        let mut text = Vec::new();
        for ty in types {
            let name = self.fresh("v");
            text.push(format!("({name} {})", ty.text()));
            scope.vars.push((name, ty.clone()));
        }
        (text.join(" "), scope)
    }
}
