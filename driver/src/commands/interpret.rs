//! `aivic interpret`

use crate::cli::CompileArgs;

/// Runs a program in a milestone interpreter.
pub(crate) fn interpret(
    _args: &CompileArgs,
    at: &str,
    _file: &str,
    _arguments: Vec<String>,
) -> Result<u8, String> {
    Err(format!("there is no interpreter of `{at}`"))
}
