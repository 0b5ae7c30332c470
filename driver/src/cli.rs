//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ir_defs::session::{Collector, OptLevel, Options};
use passes::pipeline::PIPELINE;

use crate::commands;
use crate::compile::Request;
use crate::dump::DumpOptions;
use crate::output;

/// The status of a command that did what it was asked for.
pub(crate) const DONE: u8 = 0;
/// The status of a program with errors.
pub(crate) const ERRORS: u8 = 1;
/// The status of a command that was misused.
pub(crate) const USAGE: u8 = 2;
/// The status of a bug in the compiler, as sysexits.h has it.
pub(crate) const BUG: u8 = 70;

#[derive(Parser, Debug)]
#[command(
    name = "aivic",
    version,
    about = "The compiler of the AIVI language to WebAssembly"
)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    compile: CompileArgs,
    /// Compile this file, and show the dumps that are asked for; `-` is standard input
    file: Option<String>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Compile a program and run it
    Run {
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        world: WorldArgs,
        /// Call a function that the program's module exports, and show what it gives: 'f(1, [2, 3])'
        #[arg(long, value_name = "CALL")]
        invoke: Option<String>,
        /// The program's file; `-` is standard input
        file: String,
        /// The arguments of the program
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Compile a program to a WebAssembly module
    Build {
        #[command(flatten)]
        compile: CompileArgs,
        /// The program's file; `-` is standard input
        file: String,
        /// Where to write; by default the file's name with the ending of its kind
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// What to write
        #[arg(long, value_enum, default_value_t = Emit::Wasm)]
        emit: Emit,
    },
    /// Show what is wrong with a program, or with all in a directory
    Check {
        #[command(flatten)]
        compile: CompileArgs,
        /// A file or a directory
        path: String,
    },
    /// Run what is marked `@test` in a file, or in all of a directory
    Test {
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        world: WorldArgs,
        /// A file or a directory
        path: String,
    },
    /// Show the table of passes
    Passes,
    /// Show the grammar of an intermediate language, and how it differs from the one before
    Language {
        /// Its name, as `aivic passes` shows it
        name: String,
    },
    /// Explain an error code at length
    Explain {
        /// The code, such as E0101
        code: String,
    },
    /// Run a program in the interpreter of an intermediate language
    Interpret {
        #[command(flatten)]
        compile: CompileArgs,
        #[command(flatten)]
        world: WorldArgs,
        /// The language: mono, loops or closed
        #[arg(long, value_name = "LANGUAGE", default_value = "mono")]
        at: String,
        /// The program's file; `-` is standard input
        file: String,
        /// The arguments of the program
        #[arg(last = true)]
        args: Vec<String>,
    },
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Emit {
    /// The module
    Wasm,
    /// The module as text
    Wat,
}

/// What every compiling command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct CompileArgs {
    /// Show the program after this pass; `all` after each
    #[arg(long, value_name = "PASS")]
    dump_after: Vec<String>,
    /// Show the program before this pass
    #[arg(long, value_name = "PASS")]
    dump_before: Vec<String>,
    /// Write dumps to files in this folder
    #[arg(long, value_name = "DIR")]
    dump_dir: Option<PathBuf>,
    /// Include the library's definitions in dumps
    #[arg(long)]
    dump_library: bool,
    /// Do not go on after this pass
    #[arg(long, value_name = "PASS")]
    stop_after: Option<String>,
    /// The file holds a program of this intermediate language
    #[arg(long, value_name = "LANGUAGE")]
    from: Option<String>,
    /// Show the type of each node in dumps
    #[arg(long)]
    show_types: bool,
    /// Show how long each pass took
    #[arg(long)]
    time_passes: bool,
    /// Check the invariants of what each pass makes
    #[arg(long)]
    verify_each: bool,
    /// How much to optimise: 0, 1, 2 or s
    #[arg(short = 'O', value_name = "LEVEL", default_value = "2", value_parser = level)]
    optimize: OptLevel,
    /// Make plain calls of mutual tail calls, for engines without them
    #[arg(long)]
    no_tail_call: bool,
    /// Write the names of locals and source lines (DWARF) into the module
    #[arg(short = 'g')]
    debug: bool,
    /// How memory is reclaimed
    #[arg(long, value_enum, default_value_t = Gc::Generational)]
    gc: Gc,
    /// Collect as often as possible, and check the heap each time
    #[arg(long)]
    gc_stress: bool,
    /// Show on standard error what the collector has done, when the program has run
    #[arg(long)]
    gc_stats: bool,
    /// The most memory that the program may have, such as 64MiB
    #[arg(long, value_name = "SIZE", value_parser = pages)]
    max_memory: Option<u32>,
    /// How to show diagnostics
    #[arg(long, value_enum, default_value_t = MessageFormat::Human)]
    message_format: MessageFormat,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gc {
    /// Never, which is fast for programs that end soon
    Bump,
    /// Objects stay where they are
    MarkSweep,
    /// New objects that survive are moved
    Generational,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MessageFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

/// The world that a program sees.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct WorldArgs {
    /// Let the program see a directory: `DIR` or `DIR::NAME`
    #[arg(long, value_name = "DIR")]
    pub dir: Vec<String>,
    /// Set a variable of the program's environment
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
}

impl WorldArgs {
    /// The directories of the host, with the names that the program knows them by.
    pub fn dirs(&self) -> Vec<(PathBuf, String)> {
        let named = |dir: &String| match dir.split_once("::") {
            Some((dir, name)) => (PathBuf::from(dir), name.to_owned()),
            None => (PathBuf::from(dir), dir.clone()),
        };
        self.dir.iter().map(named).collect()
    }

    /// The variables of the environment.
    ///
    /// # Errors
    ///
    /// How the command was misused.
    pub fn variables(&self) -> Result<Vec<(String, String)>, String> {
        let variable = |pair: &String| match pair.split_once('=') {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => Err(format!("`--env {pair}`: write NAME=VALUE")),
        };
        self.env.iter().map(variable).collect()
    }
}

fn level(text: &str) -> Result<OptLevel, String> {
    match text {
        "0" => Ok(OptLevel::O0),
        "1" => Ok(OptLevel::O1),
        "2" => Ok(OptLevel::O2),
        "s" => Ok(OptLevel::Os),
        _ => Err("a level is 0, 1, 2 or s".to_owned()),
    }
}

/// Pages of 64 KiB of a size such as `64MiB`, `512K` or a number of bytes.
fn pages(text: &str) -> Result<u32, String> {
    let digits = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "" => 1,
        "K" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        _ => return Err("a size is a number, with K, M or G behind it".to_owned()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    let pages = bytes.map(|bytes| bytes >> 16).filter(|&pages| pages > 0);
    match pages.map(u32::try_from) {
        Some(Ok(pages)) if pages <= 65536 => Ok(pages),
        _ => Err("a memory has between 64K and 4G".to_owned()),
    }
}

impl CompileArgs {
    /// The request, if the names in it exist.
    pub fn request(&self) -> Result<Request, String> {
        for name in self
            .dump_after
            .iter()
            .chain(&self.dump_before)
            .filter(|name| *name != "all")
        {
            PIPELINE.find(name).map_err(|error| error.to_string())?;
        }
        let options = Options {
            optimize: self.optimize,
            fuse: true,
            tail_calls: !self.no_tail_call,
            debug: self.debug,
            places: false,
            library: false,
            collector: match self.gc {
                Gc::Bump => Collector::Bump,
                Gc::MarkSweep => Collector::MarkSweep,
                Gc::Generational => Collector::Generational,
            },
            collector_stress: self.gc_stress,
            collector_counts: self.gc_stats,
            max_pages: self.max_memory,
        };
        let dump = DumpOptions {
            after: self.dump_after.clone(),
            before: self.dump_before.clone(),
            folder: self.dump_dir.clone(),
            types: self.show_types,
            library: self.dump_library,
            times: self.time_passes,
        };
        Ok(Request {
            options,
            dump,
            stop_after: self.stop_after.clone(),
            statics: false,
            from: self.from.clone(),
            verify: self.verify_each,
        })
    }

    /// Whether to show what the collector has done.
    pub fn gc_stats(&self) -> bool {
        self.gc_stats
    }

    /// What an interpreted program may take.
    pub fn memory(&self) -> interpreters::Memory {
        self.max_memory
            .map(|pages| interpreters::Memory::limited((pages as usize) << 16))
            .unwrap_or_default()
    }

    pub fn message_format(&self) -> MessageFormat {
        self.message_format
    }
}

/// Runs the command that the process was started with; gives its exit status.
pub fn main() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let text = error.render().to_string();
            return match error.kind() {
                clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion => {
                    output::show(&text)
                }
                _ => {
                    output::error(&text);
                    USAGE
                }
            };
        }
    };
    let result = match cli.command {
        Some(Command::Run {
            compile,
            world,
            invoke,
            file,
            args,
        }) => commands::run(&compile, &world, invoke.as_deref(), &file, args),
        Some(Command::Build {
            compile,
            file,
            output,
            emit,
        }) => commands::build(&compile, &file, output, emit),
        Some(Command::Check { compile, path }) => commands::check(&compile, &path),
        Some(Command::Test {
            compile,
            world,
            path,
        }) => commands::test(&compile, &world, &path),
        Some(Command::Passes) => Ok(commands::passes()),
        Some(Command::Language { name }) => commands::language(&name),
        Some(Command::Explain { code }) => commands::explain(&code),
        Some(Command::Interpret {
            compile,
            world,
            at,
            file,
            args,
        }) => commands::interpret(&compile, &world, &at, &file, args),
        None => match cli.file {
            Some(file) => commands::compile(&cli.compile, &file),
            None => Err("which file? `aivic --help` shows how to use the command".to_owned()),
        },
    };
    result.unwrap_or_else(|usage| {
        output::error_line(&format!("error: {usage}"));
        USAGE
    })
}
