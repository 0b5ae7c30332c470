//! The languages that are compared, and how a workload is built in each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use driver::{Request, compile_text};

use crate::measure::{Candidate, Program};

/// A language with its compiler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// This compiler.
    Aivi,
    /// The same with lists and trees between producers and consumers left in place, so that allocation is measured.
    AiviUnfused,
    /// `clang -O2` to WebAssembly, with an arena that never frees: the measure of the others.
    C,
    /// `asc -O3` with the incremental collector, to WebAssembly.
    AssemblyScript,
    /// MoonBit with reference counts, to WebAssembly.
    MoonBit,
    /// `ocamlopt`, native.
    OCaml,
    /// Node.
    JavaScript,
}

impl Peer {
    /// In the order of the tables' columns.
    pub const ALL: [Peer; 7] = [
        Peer::Aivi,
        Peer::AiviUnfused,
        Peer::C,
        Peer::AssemblyScript,
        Peer::MoonBit,
        Peer::OCaml,
        Peer::JavaScript,
    ];

    /// The head of its column.
    pub fn title(self) -> &'static str {
        match self {
            Peer::Aivi => "AIVI",
            Peer::AiviUnfused => "AIVI, not fused",
            Peer::C => "C",
            Peer::AssemblyScript => "AssemblyScript",
            Peer::MoonBit => "MoonBit",
            Peer::OCaml => "OCaml, native",
            Peer::JavaScript => "JavaScript, Node",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Peer::Aivi | Peer::AiviUnfused => "aivi",
            Peer::C => "c",
            Peer::AssemblyScript => "ts",
            Peer::MoonBit => "mbt",
            Peer::OCaml => "ml",
            Peer::JavaScript => "js",
        }
    }

    /// Builds one workload.
    ///
    /// # Errors
    ///
    /// Says what is not installed, or that the program does not compile.
    pub fn build(self, root: &Path, name: &str) -> Result<Candidate, String> {
        let source = root.join(name).join(name).with_extension(self.extension());
        if self == Peer::MoonBit {
            // Its library is compiled once, outside of the time.
            run(&mut moonbit(root)?)?;
        }
        let clock = Instant::now();
        let program = match self {
            Peer::Aivi => Program::Module(aivi(&source, true)?),
            Peer::AiviUnfused => Program::Module(aivi(&source, false)?),
            Peer::C => Program::Module(built(
                command("clang")
                    .args(["--target=wasm32", "-O2", "-mbulk-memory"])
                    .args(["-nostdlib", "-Wl,--no-entry"])
                    .arg(&source)
                    .arg("-o"),
            )?),
            Peer::AssemblyScript => Program::Module(built(
                command("asc")
                    .arg(&source)
                    .args(["-O3", "--runtime", "incremental"])
                    .args(["--exportStart", "_start", "--use", "abort=", "-o"]),
            )?),
            Peer::MoonBit => Program::Module(built(
                moonbit(root)?
                    .arg(&source)
                    .arg(root.join("common/wasi.mbt")),
            )?),
            Peer::OCaml => Program::Command(ocaml(&source, name)?),
            Peer::JavaScript => {
                let version = command("node").arg("--version").output();
                version.map_err(|_| "`node` is not installed".to_owned())?;
                Program::Command(vec!["node".into(), source])
            }
        };
        Ok(Candidate {
            program,
            compile: clock.elapsed(),
        })
    }
}

/// A compiler by its name, or by the path that a variable of that name in capitals holds (`ASC=…/asc`).
fn command(name: &str) -> Command {
    Command::new(std::env::var_os(name.to_uppercase()).unwrap_or_else(|| name.into()))
}

/// The script that runs MoonBit's compiler, which the packages in the folder `MOONBIT` hold.
fn moonbit(root: &Path) -> Result<Command, String> {
    let packages = std::env::var_os("MOONBIT")
        .ok_or("`MOONBIT` does not name a folder with `@moonbit/moonpad-monaco`")?;
    let mut node = command("node");
    node.arg(root.join("common/moonbit.mjs"))
        .arg(packages)
        .arg(std::env::temp_dir().join("aivic-bench-moonbit"));
    Ok(node)
}

/// Compiles an AIVI program, with or without fusion.
///
/// # Errors
///
/// It cannot be read, or has errors.
pub fn aivi(source: &Path, fuse: bool) -> Result<Vec<u8>, String> {
    let text = std::fs::read_to_string(source)
        .map_err(|error| format!("{}: {error}", source.display()))?;
    aivi_text(&source.display().to_string(), &text, fuse)
}

/// Compiles the text of an AIVI program, with or without fusion.
///
/// # Errors
///
/// It has errors.
pub fn aivi_text(name: &str, text: &str, fuse: bool) -> Result<Vec<u8>, String> {
    driver::with_deep_stack(|| {
        let mut request = Request::default();
        request.options.fuse = fuse;
        let compilation = compile_text(name, text, request);
        compilation
            .module()
            .map(<[u8]>::to_vec)
            .ok_or_else(|| format!("{name} does not compile"))
    })
}

/// A folder of our own for what compilers write.
fn scratch() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("aivic-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Runs a compiler, whose last argument is yet to name its output, and reads that.
fn built(compiler: &mut Command) -> Result<Vec<u8>, String> {
    let folder = scratch()?;
    let target = folder.join("module.wasm");
    run(compiler.arg(&target))?;
    let module = std::fs::read(&target).map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    module
}

/// `ocamlopt` writes beside its source, so it gets a copy. The program stays until the process ends.
fn ocaml(source: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let folder = scratch()?;
    let copy = folder.join(name).with_extension("ml");
    std::fs::copy(source, &copy).map_err(|error| error.to_string())?;
    let target = folder.join(name);
    run(command("ocamlopt")
        .args(["-O3", "-unsafe", "-inline", "100"])
        .arg(&copy)
        .arg("-o")
        .arg(&target))?;
    // Textbook functions over long lists need more stack than a process has by default.
    let script = format!("ulimit -s unlimited; exec '{}'", target.display());
    Ok(vec!["sh".into(), "-c".into(), script.into()])
}

fn run(compiler: &mut Command) -> Result<(), String> {
    let name = compiler.get_program().to_string_lossy().into_owned();
    let output = compiler
        .output()
        .map_err(|_| format!("`{name}` is not installed"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`{name}` fails: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}
