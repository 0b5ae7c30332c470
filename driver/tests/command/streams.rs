//! Output that cannot be written: a reader that goes away is no error, a full device is one.

use std::fs::File;
use std::process::Stdio;

use super::{aivic, folder, text};

const LOUD: &str = "shout : Int -> Effect Console Unit\n\
    shout = n => if n == 0 then pure Unit else effect {\n  printLine \"line {n}\"\n  shout (n - 1)\n}\n\
    main = shout 100000\n";

/// A module that exports a function.
const COUNT: &str = "module c\nexport count\ncount : Unit -> Int\ncount = _ => 3\n";

/// Every way to fill standard output.
const COMMANDS: &[&[&str]] = &[
    &["run", "m.aivi"],
    &["run", "--invoke", "count()", "c.aivi"],
    &["interpret", "m.aivi"],
    &["interpret", "--at", "closed", "m.aivi"],
    &["--dump-after=parse", "m.aivi"],
    &["--dump-after=all", "--dump-library", "m.aivi"],
    &["build", "m.aivi", "--emit", "wat"],
    &["passes"],
    &["language", "mono"],
    &["explain", "E0101"],
    &["--help"],
];

/// A device that is always full, where there is one.
fn full() -> Option<Stdio> {
    let file = File::options().write(true).open("/dev/full").ok()?;
    Some(file.into())
}

#[test]
fn a_full_device_is_an_error() {
    let dir = folder(&[("m.aivi", LOUD), ("c.aivi", COUNT)]);
    for args in COMMANDS {
        let Some(full) = full() else { return };
        let output = aivic()
            .args(*args)
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .expect("the command runs");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {stderr}");
        let message = "error: cannot write to standard output: No space left on device";
        assert!(stderr.starts_with(message), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    }
}

#[test]
fn a_module_that_cannot_be_written_is_an_error() {
    let dir = folder(&[("m.aivi", LOUD), ("c.aivi", COUNT)]);
    let Some(_) = full() else { return };
    let output = aivic()
        .args(["build", "m.aivi", "-o", "/dev/full"])
        .current_dir(dir.path())
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    let message = "error: cannot write `/dev/full`: ";
    assert!(text(&output.stderr).starts_with(message));
}

#[test]
fn a_full_standard_error_ends_a_program() {
    let source = "main = effect {\n  console.error \"no\"\n  printLine \"not reached\"\n}\n";
    let dir = folder(&[("m.aivi", source)]);
    let Some(full) = full() else { return };
    let output = aivic()
        .args(["run", "m.aivi"])
        .current_dir(dir.path())
        .stderr(full)
        .output()
        .expect("the command runs");
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(1), String::new())
    );
}

#[test]
fn a_reader_that_goes_away_ends_every_command_quietly() {
    let dir = folder(&[("m.aivi", LOUD), ("c.aivi", COUNT)]);
    for args in COMMANDS {
        let mut child = aivic()
            .args(*args)
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the command ends");
        let end = (output.status.code(), text(&output.stderr));
        assert_eq!(end, (Some(0), String::new()), "{args:?}");
    }
}
