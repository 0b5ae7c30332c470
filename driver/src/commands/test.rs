//! `aivic test`

use std::path::Path;

use engine::{Input, Output, Run};

use super::{show, shown, sources_below};
use crate::cli::{CompileArgs, DONE, ERRORS, WorldArgs};
use crate::load;
use crate::output;
use crate::tests::{Tested, Tests, run_tests};

/// Runs the tests of a file, or of all files below a directory, and shows which hold.
pub(crate) fn test(args: &CompileArgs, world: &WorldArgs, path: &str) -> Result<u8, String> {
    let below = Path::new(path).is_dir();
    let files = if below {
        sources_below(Path::new(path))
    } else {
        vec![path.into()]
    };
    let env = world.variables()?;
    let run = || Run {
        env: env.clone(),
        dirs: world.dirs(),
        stdin: Input::Empty,
        stdout: Output::Capture,
        stderr: Output::Capture,
        ..Run::default()
    };
    let request = args.request()?;
    let (mut count, mut failed, mut rejected) = (0, 0, 0);
    for file in files {
        let file = file.to_string_lossy();
        let text = match load::read(Path::new(file.as_ref())) {
            Ok(text) => text,
            Err(problem) => {
                let unreadable = crate::compile::unreadable(&file, &problem, request.clone());
                show(&unreadable, args.message_format());
                rejected += 1;
                continue;
            }
        };
        let tested = Tested {
            file: &file,
            text: &text,
            library: false,
        };
        match run_tests(&tested, &request, run)? {
            Tests::Rejected(compilation) => {
                if let Err(status) = shown(*compilation, args)? {
                    rejected += 1;
                    if status > ERRORS {
                        return Ok(status);
                    }
                }
            }
            Tests::Ran { compilation, tests } => {
                show(&compilation, args.message_format());
                for test in tests {
                    count += 1;
                    let line = match &test.failure {
                        None => format!("ok     {file}: {}\n", test.name),
                        Some(failure) => {
                            failed += 1;
                            format!("FAILED {file}: {}\n{}", test.name, indented(failure))
                        }
                    };
                    if let Err(problem) = output::print(&line) {
                        return Ok(output::ended(problem));
                    }
                }
            }
        }
    }
    let tests = if count == 1 { "test" } else { "tests" };
    let mut summary = format!("{count} {tests}, {failed} failed");
    if rejected > 0 {
        let files = if rejected == 1 { "file" } else { "files" };
        summary.push_str(&format!(", {rejected} {files} with errors"));
    }
    let status = output::show(&format!("{summary}\n"));
    Ok(if failed + rejected > 0 {
        ERRORS
    } else if status == DONE {
        DONE
    } else {
        status
    })
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
