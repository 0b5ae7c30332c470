//! Running a program: its world, and how it may end.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};

use wasmtime::{
    FrameInfo, Global, Instance, Linker, Store, StoreLimits, StoreLimitsBuilder, Trap, Val,
    WasmBacktrace,
};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

use crate::streams::{HostStream, Problem};
use crate::{Error, HostFunction, Options, Program};

/// What the host's own frames may take of the thread's stack, beyond the program's share.
pub(crate) const HOST_STACK: usize = 2 << 20;

/// The most that a captured output may hold.
const CAPTURE: usize = 1 << 30;

/// Where a program's standard input comes from.
#[derive(Clone, Default, Debug)]
pub enum Input {
    /// There is none.
    #[default]
    Empty,
    /// That of this process.
    Inherit,
    /// These bytes.
    Bytes(Vec<u8>),
}

/// Where a program's output goes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Output {
    /// Into the [`Outcome`].
    #[default]
    Capture,
    /// To that of this process.
    Inherit,
}

/// The world that a program sees. The default is an empty one, with its output captured.
#[derive(Clone, Default, Debug)]
pub struct Run {
    /// The arguments, the program's name first.
    pub args: Vec<String>,
    /// The environment's variables.
    pub env: Vec<(String, String)>,
    /// Standard input.
    pub stdin: Input,
    /// Standard output.
    pub stdout: Output,
    /// Standard error, where stack exhaustion is reported, too.
    pub stderr: Output,
    /// Directories of the host and the names under which the program sees them.
    pub dirs: Vec<(PathBuf, String)>,
    /// Imports beyond WASI.
    pub host: Vec<HostFunction>,
}

/// An argument or a result.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// An i32.
    I32(i32),
    /// An i64.
    I64(i64),
    /// An f64.
    F64(f64),
}

/// How a program ended.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// It returned these results.
    Returned(Vec<Value>),
    /// It ended the process with a status.
    Exited(i32),
    /// Nobody reads its output any more.
    OutputClosed,
    /// Its output could not be written: the message.
    OutputFailed(String),
    /// Its memory was exhausted, in this function if that has a name: fault `R0002`, which the program has told.
    MemoryExhausted(Option<String>),
    /// Its stack was exhausted, in this function if that has a name: fault `R0003`.
    StackExhausted(Option<String>),
    /// It ran longer, or used more fuel, than the options allow.
    TimedOut,
    /// The engine stopped it: the message, with the function if that has a name. No compiled AIVI program does this.
    Trapped(String),
}

/// The end of a run and what it wrote.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Its standard output, if captured.
    pub stdout: Vec<u8>,
    /// Its standard error, if captured.
    pub stderr: Vec<u8>,
    /// If it ended in the middle of a call: where the functions were that were running, the innermost first, in bytes from
    /// the start of the module. Of many, the engine knows some.
    pub trace: Vec<usize>,
    /// The size of its exported memory at the end, in bytes. A memory never shrinks, so this is the most that it had.
    pub memory: u64,
    /// The numbers in its exported globals at the end, by name.
    pub counters: Vec<(String, u64)>,
}

impl End {
    /// The exit status that stands for this end.
    pub fn status(&self) -> i32 {
        match self {
            End::Returned(_) | End::OutputClosed => 0,
            End::Exited(status) => *status,
            End::OutputFailed(_) => 1,
            End::MemoryExhausted(_) | End::StackExhausted(_) | End::Trapped(_) => 70,
            End::TimedOut => 124,
        }
    }

    /// What standard error is told where the program could not tell it itself.
    fn message(&self) -> Option<String> {
        match self {
            End::OutputFailed(message) => Some(format!("error: {message}\n")),
            // The program has written the line before.
            End::MemoryExhausted(name) => Some(format!("  in `{}`\n", name.as_ref()?)),
            End::StackExhausted(Some(name)) => {
                Some(format!("fault[R0003]: stack exhausted in `{name}`\n"))
            }
            End::StackExhausted(None) => Some("fault[R0003]: stack exhausted\n".into()),
            End::TimedOut => Some("error: the time that the program may run is over\n".into()),
            End::Trapped(message) => Some(format!(
                "error: the engine stopped the program: {message}\n"
            )),
            End::Returned(_) | End::Exited(_) | End::OutputClosed => None,
        }
    }
}

pub(crate) struct World {
    wasi: WasiP1Ctx,
    limits: StoreLimits,
}

/// A store with its world, the pipes that capture its output, and what goes wrong with output that is not captured.
struct Prepared {
    store: Store<World>,
    stdout: Option<MemoryOutputPipe>,
    stderr: Option<MemoryOutputPipe>,
    problem: Problem,
}

fn prepare(program: &Program, run: Run) -> Result<Prepared, Error> {
    let options = &program.engine.options;
    let mut wasi = WasiCtxBuilder::new();
    wasi.args(&run.args)
        .envs(&run.env)
        .allow_blocking_current_thread(true);
    match run.stdin {
        Input::Empty => {}
        Input::Inherit => {
            wasi.inherit_stdin();
        }
        Input::Bytes(bytes) => {
            wasi.stdin(MemoryInputPipe::new(bytes));
        }
    }
    let capture = |output| (output == Output::Capture).then(|| MemoryOutputPipe::new(CAPTURE));
    let (stdout, stderr) = (capture(run.stdout), capture(run.stderr));
    let problem = Problem::default();
    match &stdout {
        Some(pipe) => wasi.stdout(pipe.clone()),
        None => wasi.stdout(HostStream::output(&problem)),
    };
    match &stderr {
        Some(pipe) => wasi.stderr(pipe.clone()),
        None => wasi.stderr(HostStream::error(&problem)),
    };
    for (host, guest) in run.dirs {
        wasi.preopened_dir(&host, guest, FsPerms::ReadWrite)
            .map_err(|error| Error(format!("{}: {error:#}", host.display())))?;
    }
    let limits = StoreLimitsBuilder::new()
        .memory_size(options.memory.unwrap_or(usize::MAX))
        .build();
    let mut store = Store::new(
        &program.engine.engine,
        World {
            wasi: wasi.build_p1(),
            limits,
        },
    );
    store.limiter(|world| &mut world.limits);
    if let Some(fuel) = options.fuel {
        store.set_fuel(fuel)?;
    }
    if options.time.is_some() {
        store.set_epoch_deadline(1);
    }
    Ok(Prepared {
        store,
        stdout,
        stderr,
        problem,
    })
}

/// Calls an export on a thread of its own, whose stack is as large as the options ask for.
pub(crate) fn invoke(
    program: &Program,
    run: Run,
    export: &str,
    arguments: &[Value],
) -> Result<Outcome, Error> {
    let Options { stack, time, .. } = program.engine.options;
    let inherits_stderr = run.stderr == Output::Inherit;
    let host = run.host.clone();
    let Prepared {
        mut store,
        stdout,
        stderr,
        problem,
    } = prepare(program, run)?;
    let mut linker = Linker::new(&program.engine.engine);
    wasmtime_wasi::p1::add_to_linker_sync(&mut linker, |world: &mut World| &mut world.wasi)?;
    crate::host::define(program, &host, &mut linker)?;

    let (done, watch) = channel::<()>();
    if let Some(time) = time {
        let engine = program.engine.engine.clone();
        std::thread::spawn(move || {
            if watch.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        });
    }
    let ended = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("program".into())
            .stack_size(stack + HOST_STACK)
            .spawn_scoped(scope, || {
                call(program, &mut store, &linker, export, arguments)
            })
            .map_err(|error| {
                Error(format!(
                    "cannot start a thread with a stack of {stack} bytes: {error}"
                ))
            })?
            .join()
            .map_err(|_| Error("the engine failed".into()))?
    });
    drop(done);
    let Ending {
        mut end,
        trace,
        memory,
        counters,
    } = ended?;
    drop(store);
    if end == End::OutputClosed
        && let Some(message) = problem.lock().ok().and_then(|mut problem| problem.take())
    {
        end = End::OutputFailed(message);
    }

    let contents = |pipe: Option<MemoryOutputPipe>| {
        pipe.map(|pipe| pipe.contents().to_vec())
            .unwrap_or_default()
    };
    let mut outcome = Outcome {
        end,
        stdout: contents(stdout),
        stderr: contents(stderr),
        trace,
        memory,
        counters,
    };
    if let Some(message) = outcome.end.message() {
        if inherits_stderr {
            // Where standard error is what cannot be written, there is nowhere left to tell.
            let _ = std::io::stderr().lock().write_all(message.as_bytes());
        } else {
            outcome.stderr.extend_from_slice(message.as_bytes());
        }
    }
    Ok(outcome)
}

fn call(
    program: &Program,
    store: &mut Store<World>,
    linker: &Linker<World>,
    export: &str,
    arguments: &[Value],
) -> Result<Ending, Error> {
    let instance = linker.instantiate(&mut *store, &program.module)?;
    let function = instance
        .get_func(&mut *store, export)
        .ok_or_else(|| Error(format!("the module exports no function `{export}`")))?;
    let ty = function.ty(&*store);
    if ty.params().len() != arguments.len() {
        return Err(Error(format!(
            "`{export}` takes {} arguments, not {}",
            ty.params().len(),
            arguments.len()
        )));
    }
    let arguments: Vec<Val> = arguments.iter().map(|value| value.to_val()).collect();
    if !ty
        .params()
        .zip(&arguments)
        .all(|(ty, value)| value.matches_ty(&*store, &ty).unwrap_or(false))
    {
        return Err(Error(format!("`{export}` takes arguments of other types")));
    }
    let mut results = vec![Val::I32(0); ty.results().len()];
    let (end, trace) = match function.call(&mut *store, &arguments, &mut results) {
        Ok(()) => (
            End::Returned(results.iter().filter_map(Value::of).collect()),
            Vec::new(),
        ),
        Err(error) => (end_of(&error)?, trace(&error)),
    };
    let memory = instance
        .get_memory(&mut *store, "memory")
        .map_or(0, |memory| memory.data_size(&*store) as u64);
    let counters = counters(&instance, store);
    Ok(Ending {
        end,
        trace,
        memory,
        counters,
    })
}

/// How a call ended, and what it left.
struct Ending {
    end: End,
    trace: Vec<usize>,
    memory: u64,
    counters: Vec<(String, u64)>,
}

/// The numbers in the exported globals.
fn counters(instance: &Instance, store: &mut Store<World>) -> Vec<(String, u64)> {
    let exports = instance.exports(&mut *store);
    let globals: Vec<(String, Global)> = exports
        .filter_map(|export| {
            let name = export.name().to_owned();
            Some((name, export.into_global()?))
        })
        .collect();
    let number = |global: &Global, store: &mut Store<World>| match global.get(store) {
        Val::I32(n) => Some(u64::from(n.cast_unsigned())),
        Val::I64(n) => Some(n.cast_unsigned()),
        _ => None,
    };
    globals
        .into_iter()
        .filter_map(|(name, global)| Some((name, number(&global, store)?)))
        .collect()
}

/// What an error of a call says about the program's end.
fn end_of(error: &wasmtime::Error) -> Result<End, Error> {
    let names = functions(error);
    let innermost = || names.first().copied();
    // The program's own function; the runtime's are `FILE:NAME`.
    let own = || {
        let own =
            |name: &&&str| !matches!(name.split_once(':'), Some((file, _)) if !file.contains('.'));
        names.iter().find(own).map(|name| (*name).to_owned())
    };
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        return Ok(match names.contains(&"fault:memory_exhausted") {
            true => End::MemoryExhausted(own()),
            false => End::Exited(exit.0),
        });
    }
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return Err(Error(format!("{error:#}")));
    };
    Ok(match trap {
        Trap::StackOverflow => End::StackExhausted(own()),
        // Compiled code leaves the memory only at the lower end of the shadow stack. If the collector does, there is
        // something wrong with it, but where it pushes.
        Trap::MemoryOutOfBounds
            if !innermost().is_some_and(|name| name.starts_with("collect:$")) =>
        {
            End::StackExhausted(own())
        }
        Trap::OutOfFuel | Trap::Interrupt => End::TimedOut,
        // The runtime's `write` stops there when its output is closed.
        Trap::UnreachableCodeReached if innermost() == Some("host/stream:write") => {
            End::OutputClosed
        }
        trap => End::Trapped(match innermost() {
            Some(name) => format!("{trap} in `{name}`"),
            None => trap.to_string(),
        }),
    })
}

/// The calls that an error ended, the innermost first.
fn frames(error: &wasmtime::Error) -> &[FrameInfo] {
    let trace = error.downcast_ref::<WasmBacktrace>();
    trace.map(WasmBacktrace::frames).unwrap_or_default()
}

/// The names of the functions that were running, as far as they have names.
fn functions(error: &wasmtime::Error) -> Vec<&str> {
    let names = frames(error).iter().map(FrameInfo::func_name);
    names.flatten().collect()
}

/// Where they were, in bytes from the start of the module.
fn trace(error: &wasmtime::Error) -> Vec<usize> {
    let places = frames(error).iter().map(FrameInfo::module_offset);
    places.flatten().collect()
}

impl Value {
    pub(crate) fn to_val(self) -> Val {
        match self {
            Value::I32(n) => Val::I32(n),
            Value::I64(n) => Val::I64(n),
            Value::F64(n) => Val::F64(n.to_bits()),
        }
    }

    pub(crate) fn of(val: &Val) -> Option<Value> {
        Some(match val {
            Val::I32(n) => Value::I32(*n),
            Val::I64(n) => Value::I64(*n),
            Val::F64(bits) => Value::F64(f64::from_bits(*bits)),
            _ => return None,
        })
    }
}
