//! Passes fit together, or the pipeline does not compile.

#[path = "../fixture/support.rs"]
mod support;

pub use support::*;

mod to_lean {
    pub fn run(_: crate::rich::Program, _: &mut crate::Session) -> crate::lean::Program {
        std::process::abort()
    }
}

mod tidy {
    pub fn run(program: crate::lean::Program, _: &mut crate::Session) -> crate::lean::Program {
        program
    }
}

nanopass::pipeline! {
    Session: rich => lean {
        tidy: lean => lean;
        to_lean: rich => lean;
    }
}

fn main() {}
