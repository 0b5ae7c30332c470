//! `aivic interpret`

use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use interpreters::{Files, World};

use super::compiled_as;
use crate::cli::{CompileArgs, ERRORS, WorldArgs};
use crate::milestones::MILESTONES;
use crate::output;

/// Runs a program in a milestone interpreter; its exit status is the command's.
pub(crate) fn interpret(
    args: &CompileArgs,
    world: &WorldArgs,
    at: &str,
    file: &str,
    arguments: Vec<String>,
) -> Result<u8, String> {
    let Some(milestone) = MILESTONES.iter().find(|milestone| milestone.language == at) else {
        let all: Vec<&str> = MILESTONES
            .iter()
            .map(|milestone| milestone.language)
            .collect();
        return Err(format!(
            "there is no interpreter of `{at}`; there are those of {}",
            all.join(", ")
        ));
    };
    let stop = |request: &mut crate::compile::Request| {
        request.stop_after = Some(milestone.after.to_owned())
    };
    let compilation = match compiled_as(args, file, stop)? {
        Ok(compilation) => compilation,
        Err(status) => return Ok(status),
    };
    let mut stdin = Vec::new();
    // A program that came from standard input finds nothing left there.
    if file != "-"
        && let Err(error) = std::io::stdin().lock().read_to_end(&mut stdin)
    {
        output::error_line(&format!("error: cannot read standard input: {error}"));
        return Ok(ERRORS);
    }
    let world = World {
        env: world.variables()?,
        files: Files::new(world.dirs()),
        random: RandomState::new().hash_one(0),
        memory: args.memory(),
        ..World::new(stdin, arguments)
    };
    let Some(outcome) = milestone.run(compilation, world) else {
        return Err(format!("there is no program of `{at}` to run"));
    };
    let printed = output::print(&String::from_utf8_lossy(&outcome.stdout));
    output::error(&String::from_utf8_lossy(&outcome.stderr));
    if let Err(problem) = printed {
        return Ok(output::ended(problem));
    }
    Ok(u8::try_from(outcome.status).unwrap_or(u8::MAX))
}
