//! The embedded WebAssembly engine. The only crate that knows wasmtime, so that no other is built again with it.
//!
//! An [`Engine`] compiles core modules into [`Program`]s; a [`Run`] says what world a program sees (WASI preview 1)
//! and gives an [`Outcome`]: how it ended, and what it wrote where that was captured. [`HostFunction`]s are imports
//! beyond WASI.

mod host;
mod run;
mod streams;

use std::time::Duration;

pub use host::{Guest, HostFunction};
pub use run::{End, Input, Outcome, Output, Run, Value};

/// What can go wrong before a program runs: the message of the engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error(pub String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<wasmtime::Error> for Error {
    fn from(error: wasmtime::Error) -> Error {
        Error(format!("{error:#}"))
    }
}

/// How programs are compiled and bounded.
#[derive(Clone, Debug)]
pub struct Options {
    /// The stack that a program may use, in bytes. Only what is touched takes memory.
    pub stack: usize,
    /// Ends a program after so many instructions, roughly.
    pub fuel: Option<u64>,
    /// Ends a program after this time.
    pub time: Option<Duration>,
    /// The largest memory a program may have, in bytes.
    pub memory: Option<usize>,
    /// Whether the engine optimises; without, it compiles faster.
    pub optimise: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            stack: 256 << 20,
            fuel: None,
            time: None,
            memory: None,
            optimise: true,
        }
    }
}

/// A configured engine. Cloning it is cheap.
#[derive(Clone)]
pub struct Engine {
    engine: wasmtime::Engine,
    options: Options,
}

impl Engine {
    /// An engine for these options.
    ///
    /// # Errors
    ///
    /// The host lacks something that the engine needs.
    pub fn new(options: Options) -> Result<Engine, Error> {
        let mut config = wasmtime::Config::new();
        config.wasm_tail_call(true);
        config.max_wasm_stack(options.stack);
        config.async_stack_size(options.stack + run::HOST_STACK);
        config.consume_fuel(options.fuel.is_some());
        config.epoch_interruption(options.time.is_some());
        let level = if options.optimise {
            wasmtime::OptLevel::Speed
        } else {
            wasmtime::OptLevel::None
        };
        config.cranelift_opt_level(level);
        Ok(Engine {
            engine: wasmtime::Engine::new(&config)?,
            options,
        })
    }

    /// Compiles a core module.
    ///
    /// # Errors
    ///
    /// The bytes are no valid module.
    pub fn compile(&self, module: &[u8]) -> Result<Program, Error> {
        let module = wasmtime::Module::from_binary(&self.engine, module)?;
        Ok(Program {
            engine: self.clone(),
            module,
        })
    }

    /// Machine code for a core module, in wasmtime's own format, which wasmtime of the same version and options loads.
    ///
    /// # Errors
    ///
    /// The bytes are no valid module.
    pub fn precompile(&self, module: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.engine.precompile_module(module)?)
    }
}

/// A compiled module.
#[derive(Clone)]
pub struct Program {
    engine: Engine,
    module: wasmtime::Module,
}

impl Program {
    /// The module and field names of all imports.
    pub fn imports(&self) -> Vec<(String, String)> {
        self.module
            .imports()
            .map(|import| (import.module().into(), import.name().into()))
            .collect()
    }

    /// Runs the export `_start` in the world that `run` describes.
    ///
    /// # Errors
    ///
    /// The module has no `_start`, imports what neither WASI preview 1 nor the run has, or a directory cannot be
    /// opened. How the program itself ends is no error but its [`Outcome`].
    pub fn run(&self, run: Run) -> Result<Outcome, Error> {
        self.invoke(run, "_start", &[])
    }

    /// Calls an exported function.
    ///
    /// # Errors
    ///
    /// As [`Program::run`]; or the arguments do not fit the function.
    pub fn invoke(&self, run: Run, export: &str, arguments: &[Value]) -> Result<Outcome, Error> {
        run::invoke(self, run, export, arguments)
    }
}
