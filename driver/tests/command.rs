//! The `aivic` command as a user meets it: streams, exit statuses, files.

#[path = "command/marked.rs"]
mod marked;
#[path = "command/memory.rs"]
mod memory;
#[path = "command/streams.rs"]
mod streams;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn aivic() -> Command {
    Command::new(env!("CARGO_BIN_EXE_aivic"))
}

/// Runs the command in a folder with some files.
fn run(folder: &Path, args: &[&str], stdin: &str) -> Output {
    let mut child = aivic()
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    // A program that does not read its input closes it early.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    child.wait_with_output().expect("the command ends")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder for the test");
    for (name, text) in files {
        let path = folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("a folder for a file");
        }
        fs::write(path, text).expect("a file for the test");
    }
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The exit status, standard output and standard error.
fn shown(files: &[(&str, &str)], args: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let folder = folder(files);
    let output = run(folder.path(), args, stdin);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

const EXPORTS: &str = "module shop\nexport total, greet, load, Shape, area, half\n\
    type Shape = | Circle Float | Square Int\n\
    total : Int -> List Int -> Int\ntotal = start xs => start + List.sum xs\n\
    greet : Text -> Effect Console Unit\ngreet = name => printLine \"hi {name}\"\n\
    load : Text -> Effect Env (Option Text)\nload = name => env.get name\n\
    area = shape => shape ?\n  | Circle r => r\n  | Square n => toFloat n\n\
    toFloat = int.toFloat\n\
    half : Int -> Effect { Fail Text } Int\nhalf = n => if n % 2 == 0 then pure (n / 2) else fail \"odd\"\n";

#[test]
fn an_exported_function_is_called() {
    let invoke = |call: &str| {
        let args = ["run", "--env", "X=y", "--invoke", call, "shop.aivi"];
        shown(&[("shop.aivi", EXPORTS)], &args, "")
    };
    let gives = |call: &str, text: &str| {
        assert_eq!(
            invoke(call),
            (Some(0), format!("{text}\n"), String::new()),
            "{call}"
        );
    };
    gives("total(1, [2, 3])", "6");
    gives("total(-1, [])", "-1");
    gives("area(Square 3)", "3");
    gives("greet(\"Ada, you\")", "hi Ada, you");
    gives("load(\"X\")", "Some \"y\"");
    gives("half(4)", "2");
    let failed = invoke("half(3)");
    assert_eq!(failed, (Some(1), String::new(), "error: odd\n".to_owned()));
}

#[test]
fn a_wrong_call_is_told_at_its_place() {
    let invoke = |call: &str| {
        let args = ["run", "--invoke", call, "shop.aivi"];
        shown(&[("shop.aivi", EXPORTS)], &args, "")
    };
    let (status, _, stderr) = invoke("total(\"x\", [2])");
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("expected `Int`, found `Text`\n --> --invoke:"),
        "{stderr}"
    );
    assert!(stderr.contains("total(\"x\", [2])\n"), "{stderr}");
    assert_eq!(stderr.matches("error[").count(), 1, "{stderr}");
    let (status, _, stderr) = invoke("toFloat(1)");
    assert_eq!(status, Some(1));
    assert!(stderr.contains("error[E0104]"), "{stderr}");
    assert_eq!(stderr.matches("error[").count(), 1, "{stderr}");
    for (call, problem) in [
        ("total(1", "write the call of a function"),
        ("total(1)", "gives a function: an argument is missing"),
    ] {
        let (status, _, stderr) = invoke(call);
        assert_eq!(status, Some(2), "{call}");
        assert!(stderr.contains(problem), "{stderr}");
    }
}

#[test]
fn a_program_for_another_host_is_not_run() {
    let program = "@wit \"acme:shop/inventory@1.0.0\"\ncapability Inventory = { stock : Text -> Effect \
                   Inventory Int }\nmain = effect {\n  n <- stock \"tea\"\n  printLine \"{n}\"\n}\n";
    let (status, _, stderr) = shown(&[("m.aivi", program)], &["run", "m.aivi"], "");
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("nothing provides `stock` of `acme:shop/inventory@1.0.0`"),
        "{stderr}"
    );
    assert!(
        stderr.contains("`aivic build` makes the module"),
        "{stderr}"
    );
}

#[test]
fn directories_and_variables_are_granted_to_interpreters_too() {
    let program = "main = effect {\n  t <- file.readText \"in/a.txt\" or \"none\"\n  v <- env.get \"V\"\n  \
                   printLine \"{t} {v}\"\n}\n";
    let files = [("m.aivi", program), ("data/a.txt", "content")];
    for command in [
        &["run"][..],
        &["interpret", "--at=mono"],
        &["interpret", "--at=closed"],
    ] {
        let args = [command, &["--dir", "data::in", "--env", "V=1", "m.aivi"]].concat();
        let found = shown(&files, &args, "");
        assert_eq!(
            found,
            (Some(0), "content Some \"1\"\n".to_owned(), String::new())
        );
        let args = [command, &["m.aivi"]].concat();
        let found = shown(&files, &args, "");
        assert_eq!(found, (Some(0), "none None\n".to_owned(), String::new()));
    }
}

const HELLO: &str = "main = printLine \"hello\"\n";

#[test]
fn a_program_reads_its_input_and_its_arguments() {
    let program = "main = effect {\n  line <- console.readLine Unit\n  all <- args.all Unit\n  \
                   printLine \"{line} {all}\"\n}\n";
    let (status, stdout, stderr) = shown(
        &[("m.aivi", program)],
        &["run", "m.aivi", "--", "a", "--b"],
        "one\ntwo\n",
    );
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, "Some \"one\" [\"a\", \"--b\"]\n");
}

#[test]
fn a_program_comes_from_standard_input() {
    let (status, stdout, _) = shown(&[], &["run", "-"], HELLO);
    assert_eq!((status, stdout.as_str()), (Some(0), "hello\n"));
}

#[test]
fn what_cannot_be_read_is_an_error_of_the_program() {
    for (name, words) in [
        ("missing.aivi", "there is no such file"),
        ("folder", "it is a directory"),
        (
            "latin.aivi",
            "it is not UTF-8: the byte at offset 2, in line 1",
        ),
    ] {
        let folder = folder(&[("folder/x", "")]);
        fs::write(folder.path().join("latin.aivi"), b"x \xff").expect("a file for the test");
        let output = run(folder.path(), &["run", name], "");
        assert_eq!(output.status.code(), Some(1), "{name}");
        let stderr = text(&output.stderr);
        assert!(
            stderr.contains("error[E0501]") && stderr.contains(words),
            "{stderr}"
        );
    }
}

#[test]
fn a_program_without_main_says_what_to_add() {
    for source in ["", "x = 1\n"] {
        let (status, _, stderr) = shown(&[("m.aivi", source)], &["run", "m.aivi"], "");
        assert_eq!(status, Some(1));
        assert!(
            stderr.contains("has no `main`") && stderr.contains("printLine"),
            "{stderr}"
        );
    }
    // A module that is only checked needs none.
    let (status, _, stderr) = shown(&[("m.aivi", "x = 1\n")], &["check", "m.aivi"], "");
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_module_that_is_not_there_is_named() {
    let files = [
        ("m.aivi", "use shop.pricse\nmain = printLine \"\"\n"),
        ("shop/prices.aivi", ""),
    ];
    let (status, _, stderr) = shown(&files, &["run", "m.aivi"], "");
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("shop.pricse") && stderr.contains("shop.prices"),
        "{stderr}"
    );
}

#[test]
fn a_fault_and_a_failure_have_statuses_of_their_own() {
    let fault = "main = printLine \"{1 / List.length []}\"\n";
    let (status, stdout, stderr) = shown(&[("m.aivi", fault)], &["run", "m.aivi"], "");
    assert_eq!((status, stdout.as_str()), (Some(70), ""));
    assert_eq!(
        stderr,
        "fault[R0001]: division by zero\n  --> m.aivi:1:20\n"
    );

    let failure = "main = effect {\n  printLine \"first\"\n  fail (Some \"no\")\n}\n";
    let (status, stdout, stderr) = shown(&[("m.aivi", failure)], &["run", "m.aivi"], "");
    assert_eq!((status, stdout.as_str()), (Some(1), "first\n"));
    assert_eq!(stderr, "error: Some \"no\"\n");
}

#[test]
fn a_misuse_has_the_nearest_names() {
    let files = [("m.aivi", HELLO)];
    let (status, _, stderr) = shown(&files, &["--dump-after=lower-pip", "m.aivi"], "");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("did you mean `lower-pipes`?"), "{stderr}");
    let (status, _, stderr) = shown(&files, &["language", "kernal"], "");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("`kernel`"), "{stderr}");
    let (status, _, _) = shown(&files, &["run"], "");
    assert_eq!(status, Some(2));
    let (status, _, stderr) = shown(&files, &["interpret", "--at=wasm", "m.aivi"], "");
    assert_eq!(status, Some(2));
    assert!(stderr.contains("mono, loops, closed"), "{stderr}");
}

#[test]
fn build_writes_a_module_whole_or_not_at_all() {
    let dir = folder(&[("m.aivi", HELLO), ("bad.aivi", "main = printLine 1\n")]);
    let output = run(dir.path(), &["build", "m.aivi"], "");
    assert_eq!(output.status.code(), Some(0));
    let module = fs::read(dir.path().join("m.wasm")).expect("the module");
    wasmparser::Validator::new()
        .validate_all(&module)
        .expect("the module is valid");

    let output = run(dir.path(), &["build", "bad.aivi", "-o", "bad.wasm"], "");
    assert_eq!(output.status.code(), Some(1));
    let output = run(dir.path(), &["build", "m.aivi", "-o", "nowhere/m.wasm"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot write `nowhere/m.wasm`"));

    let mut names: Vec<_> = fs::read_dir(dir.path())
        .expect("the folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["bad.aivi", "m.aivi", "m.wasm"]);
}

#[test]
fn the_text_of_a_module_is_for_reading() {
    let (status, stdout, _) = shown(
        &[("m.aivi", HELLO)],
        &["build", "m.aivi", "--emit", "wat"],
        "",
    );
    assert_eq!(status, Some(0));
    assert!(
        stdout.starts_with("(module") && stdout.contains("fd_write"),
        "{stdout}"
    );
}

#[test]
fn diagnostics_are_json_on_demand() {
    let (status, stdout, stderr) = shown(
        &[("m.aivi", "x = 1\ny = nowhere\n")],
        &["check", "--message-format", "json", "m.aivi"],
        "",
    );
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    let lines: Vec<serde_json::Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    let primary = &lines[0]["primary"];
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(
        (primary["start"].as_u64(), primary["end"].as_u64()),
        (Some(10), Some(17))
    );
    assert_eq!(
        (primary["line"].as_u64(), primary["column"].as_u64()),
        (Some(2), Some(5))
    );
}

#[test]
fn a_directory_is_checked_whole() {
    let files = [
        ("a.aivi", "x = 1 +\n"),
        ("b/c.aivi", "module b.c\ny = z\n"),
        ("d.txt", "?"),
    ];
    let (status, _, stderr) = shown(&files, &["check", "."], "");
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("a.aivi:") && stderr.contains("c.aivi:2:5"),
        "{stderr}"
    );
}

#[test]
fn dumps_go_to_standard_output_or_to_files() {
    let dir = folder(&[(
        "m.aivi",
        "main = [1, 2] |> List.length |> toText |> printLine\n",
    )]);
    let output = run(dir.path(), &["--dump-after=lower-pipes", "m.aivi"], "");
    let stdout = text(&output.stdout);
    assert!(
        stdout.starts_with("; after lower-pipes: no-pipes\n"),
        "{stdout}"
    );
    assert!(!stdout.contains("(pipe"), "{stdout}");
    assert!(
        !stdout.contains("define @aivi."),
        "the library is left out: {stdout}"
    );

    let output = run(
        dir.path(),
        &["--dump-after=all", "--dump-dir", "out", "m.aivi"],
        "",
    );
    assert_eq!(output.status.code(), Some(0));
    let files = fs::read_dir(dir.path().join("out"))
        .expect("the folder")
        .count();
    let passes = text(&run(dir.path(), &["passes"], "").stdout)
        .lines()
        .count();
    assert_eq!(files, passes);
}

#[test]
fn a_dump_without_the_library_has_whole_definitions() {
    let program = "flag = value => value\nmain = printLine \"{flag (1 == 1)}\"\n";
    let dir = folder(&[("m.aivi", program)]);
    let output = run(dir.path(), &["-O0", "--dump-after=uncurry", "m.aivi"], "");
    let stdout = text(&output.stdout);
    assert!(
        stdout.contains("(function @main.flag<Bool> [(value Bool)] no _ Bool value)"),
        "a parameter is no definition, whatever its name: {stdout}"
    );
    let arguments = ["--show-types", "--dump-after=typecheck", "m.aivi"];
    let stdout = text(&run(dir.path(), &arguments, "").stdout);
    assert!(stdout.contains("(define @main.flag"), "{stdout}");
    assert!(!stdout.contains("(define @aivi."), "{stdout}");
}

#[test]
fn a_dump_with_its_library_is_a_program_again() {
    let dir = folder(&[("m.aivi", "main = printLine \"{[3, 1, 2] |> List.sort}\"\n")]);
    for (pass, language) in [
        ("lower-branches", "kernel"),
        ("order-values", "mono"),
        ("introduce-loops", "loops"),
        ("lower-data", "memory"),
        ("tidy-locals", "wasm"),
    ] {
        let dump = run(
            dir.path(),
            &[&format!("--dump-after={pass}"), "--dump-library", "m.aivi"],
            "",
        );
        fs::write(dir.path().join("dump"), &dump.stdout).expect("the dump");
        let output = run(
            dir.path(),
            &["run", &format!("--from={language}"), "dump"],
            "",
        );
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(stdout, "[1, 2, 3]\n", "from {language}: {stderr}");
    }
}

#[test]
fn every_pass_has_a_line_in_the_readme() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"))
        .expect("the README");
    let passes = text(&run(Path::new("."), &["passes"], "").stdout);
    let table = readme
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    assert_eq!(
        table,
        Some(passes.as_str()),
        "put the output of `aivic passes` into the README"
    );
}

#[test]
fn a_check_computes_what_is_static() {
    let source = "@static\nhalf = 1 / 0\n\n@static\nother = 6 / 2\n";
    let (status, _, stderr) = shown(&[("m.aivi", source)], &["check", "m.aivi"], "");
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("error[E0402]: `half` cannot be computed: division by zero")
            && stderr.matches("error").count() == 1,
        "{stderr}"
    );
    // Without such definitions a check ends before anything is computed.
    let plain = "half = 1 / 0\nmain = printLine \"{half}\"\n";
    let (status, _, stderr) = shown(&[("m.aivi", plain)], &["check", "m.aivi"], "");
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
}

#[test]
fn faults_are_explained_too() {
    for (code, word) in [
        ("R0001", "zero"),
        ("R0002", "memory"),
        ("r0003", "stack"),
        ("R0004", "panic"),
    ] {
        let (status, stdout, _) = shown(&[], &["explain", code], "");
        assert_eq!(status, Some(0));
        assert!(
            stdout.starts_with(&format!("# {}", code.to_uppercase())) && stdout.contains(word),
            "{stdout}"
        );
    }
}
