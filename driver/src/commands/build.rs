//! `aivic build`

use std::fs;
use std::path::{Path, PathBuf};

use super::{compiled, module};
use crate::cli::{CompileArgs, DONE, ERRORS, Emit};
use crate::output;

/// Compiles a program and writes its module, or the module's text.
pub(crate) fn build(
    args: &CompileArgs,
    file: &str,
    target: Option<PathBuf>,
    emit: Emit,
) -> Result<u8, String> {
    let compilation = match compiled(args, file)? {
        Ok(compilation) => compilation,
        Err(status) => return Ok(status),
    };
    let module = module(&compilation)?;
    let (bytes, ending) = match emit {
        Emit::Wasm => (module.to_vec(), "wasm"),
        Emit::Wat => match wasmprinter::print_bytes(module) {
            Ok(text) => (text.into_bytes(), "wat"),
            Err(error) => return Err(format!("the module has no text form: {error}")),
        },
    };
    let target = match target {
        Some(target) => target,
        // The text is for reading, so it goes where one reads, unless a file is named.
        None if emit == Emit::Wat => {
            return Ok(output::show(&String::from_utf8_lossy(&bytes)));
        }
        None if file == "-" => PathBuf::from(format!("out.{ending}")),
        None => Path::new(file).with_extension(ending),
    };
    match write(&target, &bytes) {
        Ok(()) => Ok(DONE),
        Err(error) => {
            output::error_line(&format!(
                "error: cannot write `{}`: {error}",
                target.display()
            ));
            Ok(ERRORS)
        }
    }
}

/// Writes a file whole or not at all: beside its place first, then renamed. What is no plain file (`/dev/null`, a pipe)
/// is written to directly.
fn write(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if target.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(target, bytes);
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = target.with_file_name(name);
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, target));
    if written.is_err() {
        // The part is of no use to anybody; that it cannot be removed adds nothing to the error.
        let _ = fs::remove_file(&beside);
    }
    written
}
