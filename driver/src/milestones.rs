//! The languages that have an interpreter, and where on its way a program can be given to it.

use interpreters::{Outcome, World};

use crate::Compilation;

/// A language with an interpreter.
pub struct Milestone {
    /// The language.
    pub language: &'static str,
    /// The pass after which its interpreter can run.
    pub after: &'static str,
    interpret: fn(&mut Compilation, World) -> Option<Outcome>,
}

impl Milestone {
    /// Runs a program that was compiled up to this milestone; `None` if it was not.
    pub fn run(&self, mut compilation: Compilation, world: World) -> Option<Outcome> {
        (self.interpret)(&mut compilation, world)
    }
}

macro_rules! milestones {
    ($($language:ident after $after:literal;)*) => {
        /// All of them, in the order of the pipeline.
        pub const MILESTONES: &[Milestone] = &[$(Milestone {
            language: stringify!($language),
            after: $after,
            interpret: |compilation, world| {
                let program = compilation.program.as_ref()?;
                let program = program.as_any().downcast_ref::<ir_defs::$language::Program>()?;
                Some(interpreters::$language::run(program, &mut compilation.session, world))
            },
        }),*];
    };
}

milestones! {
    mono after "order-values";
    loops after "introduce-loops";
    closed after "convert-closures";
}
