//! Programs of kernel text that are large in one way or another.

use std::fmt::Write;
use std::time::Instant;

use ir_defs::{Session, kernel};
use nanopass::Language;

/// Types a program of kernel text; gives the seconds.
pub fn time(text: &str) -> f64 {
    let mut session = Session::bare();
    let Some(file) = session.core.sources.add("scale", text) else {
        panic!("the text is too large");
    };
    let program = match kernel::Program::read(file, &mut session) {
        Ok(program) => program,
        Err(error) => panic!("{error:?}"),
    };
    let start = Instant::now();
    let typed = passes::typecheck::run(program, &mut session);
    let seconds = start.elapsed().as_secs_f64();
    let first = session.core.diagnostics.iter().next().cloned();
    assert!(first.is_none(), "{first:?}");
    assert!(!typed.groups.is_empty());
    seconds
}

pub fn program(groups: &str) -> String {
    format!("(program [] [] [] [] [] [{groups}] _)")
}

/// Functions that call the one before, each in a group of its own.
pub fn chain(size: usize) -> String {
    let mut text =
        "(group (define @f0 _ (lambda [x y] (chain x (link + y) (link + 1)))))".to_string();
    for index in 1..size {
        let before = index - 1;
        let _ = write!(
            text,
            "(group (define @f{index} _ (lambda [x y] (case if (chain x (link < y)) \
             (arm (con #True) _ (apply @f{before} x y)) \
             (arm (con #False) _ (let [(bind z{index} no (tuple x y))] y))))))"
        );
    }
    program(&text)
}

/// One recursive group.
pub fn recursive(size: usize) -> String {
    let mut text = "(group ".to_string();
    for index in 0..size {
        let next = (index + 1) % size;
        let _ = write!(
            text,
            "(define @g{index} _ (lambda [n x] (case if (chain n (link == 0)) (arm (con #True) _ (list x)) \
             (arm (con #False) _ (apply @g{next} (chain n (link - 1)) x)))))"
        );
    }
    text.push(')');
    program(&text)
}

/// A record with many fields, all of which are asked for by a function.
pub fn record(size: usize) -> String {
    let mut fields = String::new();
    let mut links = String::new();
    for index in 0..size {
        let _ = write!(fields, "(set f{index} {index})");
        let _ = write!(links, "(link + (select r f{index}))");
    }
    program(&format!(
        "(group (define @sum _ (lambda [r] (chain 0 {links}))))(group (define @use _ (apply @sum (record {fields}))))"
    ))
}

/// A block of many statements.
pub fn block(size: usize) -> String {
    let mut binds = "(bind x0 no 1)".to_string();
    for index in 1..size {
        let _ = write!(
            binds,
            "(bind x{index} no (chain x{} (link + 1)))",
            index - 1
        );
    }
    program(&format!(
        "(group (define @f _ (let [{binds}] x{})))",
        size - 1
    ))
}

/// A match of many arms.
pub fn arms(size: usize) -> String {
    let mut arms = String::new();
    for index in 0..size {
        let _ = write!(
            arms,
            "(arm (tuple {index} y{index}) _ (list y{index} {index}))"
        );
    }
    program(&format!(
        "(group (define @f _ (lambda [s] (case match s {arms}(arm (wild) _ (list))))))"
    ))
}

/// A list of many elements, and a long chain of operators whose operands are not known.
pub fn list(size: usize) -> String {
    let mut items = String::new();
    let mut links = String::new();
    for index in 0..size {
        let _ = write!(items, "(tuple {index} x)");
        let _ = write!(links, "(link + (apply f x))");
    }
    program(&format!(
        "(group (define @f _ (lambda [x f] (tuple (list {items}) (chain (apply f x) {links})))))"
    ))
}
