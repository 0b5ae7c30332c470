//! The options about memory, and the faults of what is exhausted.

use super::shown;

const COLLECTORS: &[&str] = &["bump", "mark-sweep", "generational"];

/// A list of so many elements, which all live at the end; 16 bytes each.
fn list(length: usize) -> String {
    format!(
        "build : Int -> List Int -> List Int\n\
         build = n list => if n == 0 then list else build (n - 1) [n, ...list]\n\n\
         main = printLine \"{{List.length (build {length} [])}}\"\n"
    )
}

fn run(program: &str, options: &[&str]) -> (Option<i32>, String, String) {
    let args = [&["run"], options, &["m.aivi"]].concat();
    shown(&[("m.aivi", program)], &args, "")
}

/// What `--gc-stats` tells, as numbers and what they count.
fn counts(stderr: &str) -> Vec<(u64, String)> {
    let line = |line: &str| {
        let (number, what) = line.trim_start().split_once(' ')?;
        Some((number.parse().ok()?, what.to_owned()))
    };
    let lines: Option<Vec<_>> = stderr.lines().map(line).collect();
    lines.unwrap_or_else(|| panic!("no statistics: {stderr}"))
}

#[test]
fn each_collector_can_be_chosen() {
    for collector in COLLECTORS {
        for stress in [&[][..], &["--gc-stress"]] {
            let options = [&["--gc", collector], stress].concat();
            let end = run(&list(1000), &options);
            let expected = (Some(0), "1000\n".to_owned(), String::new());
            assert_eq!(end, expected, "{options:?}");
        }
    }
}

#[test]
fn another_collector_is_a_misuse() {
    let (status, stdout, stderr) = run(&list(1), &["--gc", "reference-counting"]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.starts_with(
            "error: invalid value 'reference-counting' for '--gc <GC>'\n  \
             [possible values: bump, mark-sweep, generational]\n"
        ),
        "{stderr}"
    );
}

#[test]
fn statistics_count_what_the_collector_does() {
    let names = |counts: &[(u64, String)]| -> Vec<String> {
        counts.iter().map(|(_, what)| what.clone()).collect()
    };
    let of = |counts: &[(u64, String)], what: &str| {
        let mut counts = counts.iter();
        counts
            .find(|(_, name)| name == what)
            .map_or(0, |&(count, _)| count)
    };
    // 16 MB live, so that there is something to collect in vain.
    let statistics = |collector| {
        let (status, stdout, stderr) = run(&list(1_000_000), &["--gc", collector, "--gc-stats"]);
        assert_eq!((status, stdout.as_str()), (Some(0), "1000000\n"));
        counts(&stderr)
    };
    let bump = statistics("bump");
    assert_eq!(names(&bump), ["bytes of memory"]);
    let all = [
        "minor collections",
        "major collections",
        "bytes copied",
        "bytes of memory",
    ];
    let sweeping = statistics("mark-sweep");
    assert_eq!(names(&sweeping), all);
    assert_eq!(of(&sweeping, "minor collections"), 0);
    assert_eq!(of(&sweeping, "bytes copied"), 0);
    assert!(of(&sweeping, "major collections") > 0, "{sweeping:?}");
    let generational = statistics("generational");
    assert_eq!(names(&generational), all);
    // A nursery of 4 MiB is filled three times; each survivor is copied at least once.
    assert!(
        of(&generational, "minor collections") >= 3,
        "{generational:?}"
    );
    assert!(
        of(&generational, "bytes copied") >= 11_000_000,
        "{generational:?}"
    );
    for counts in [&bump, &sweeping, &generational] {
        let memory = of(counts, "bytes of memory");
        assert!((16_000_000..100_000_000).contains(&memory), "{counts:?}");
    }
    // A program that cannot allocate never collects.
    let (_, _, stderr) = run("main = printLine \"hello\"\n", &["--gc-stats"]);
    let hello = counts(&stderr).into_iter().map(|(count, _)| count);
    assert_eq!(hello.collect::<Vec<_>>(), [0, 0, 0, 65536]);
}

#[test]
fn exhausted_memory_is_a_fault_with_its_function_and_place() {
    let expected = (
        Some(70),
        String::new(),
        "fault[R0002]: memory exhausted\n  in `main.build`\n  --> m.aivi:2:58\n".to_owned(),
    );
    for collector in COLLECTORS {
        for stress in [&[][..], &["--gc-stress"]] {
            let options = [&["--gc", collector, "--max-memory", "8MiB"], stress].concat();
            assert_eq!(run(&list(1_000_000), &options), expected, "{options:?}");
        }
        let (status, stdout, _) = run(&list(1_000_000), &["--gc", collector]);
        assert_eq!((status, stdout.as_str()), (Some(0), "1000000\n"));
    }
}

#[test]
fn a_limit_below_what_a_program_begins_with_is_an_error() {
    // The collector's table of pages takes one by itself.
    let end = run(&list(10), &["--max-memory", "64K"]);
    let message = "error[E0453]: the program begins with 128 KiB of memory, and may have 64 KiB\n \
         |\n = help: allow it more with `--max-memory`\n\n";
    assert_eq!(end, (Some(1), String::new(), message.to_owned()));
}

#[test]
fn a_small_memory_is_exhausted_in_order() {
    let message = "fault[R0002]: memory exhausted\n  in `main.build`\n  --> m.aivi:2:58\n";
    let exhausted = (Some(70), String::new(), message.to_owned());
    for (collector, limit) in [
        ("bump", "64K"),
        ("bump", "128K"),
        ("mark-sweep", "256K"),
        ("mark-sweep", "1MiB"),
        ("generational", "512K"),
        ("generational", "1MiB"),
    ] {
        let options = ["--gc", collector, "--max-memory", limit];
        assert_eq!(run(&list(100_000), &options), exhausted, "{options:?}");
        let end = run(&list(10), &options);
        assert_eq!(
            end,
            (Some(0), "10\n".to_owned(), String::new()),
            "{options:?}"
        );
    }
    // Who allocates nothing needs no more than a page.
    let hello = run("main = printLine \"hello\"\n", &["--max-memory", "64K"]);
    assert_eq!(hello, (Some(0), "hello\n".to_owned(), String::new()));
}

#[test]
fn a_limit_is_a_size() {
    let cases = [
        ("63K", "a memory has between 64K and 4G"),
        ("5G", "a memory has between 64K and 4G"),
        ("10X", "a size is a number, with K, M or G behind it"),
        ("99999999999999999999", "a memory has between 64K and 4G"),
    ];
    for (size, problem) in cases {
        let (status, _, stderr) = run(&list(1), &["--max-memory", size]);
        assert_eq!(status, Some(2));
        let message =
            format!("error: invalid value '{size}' for '--max-memory <SIZE>': {problem}\n");
        assert!(stderr.starts_with(&message), "{stderr}");
    }
}

/// A single object that no memory holds.
#[test]
fn a_text_that_is_too_large_is_a_fault() {
    let program = "main = printLine \"{Text.length (Text.repeat 3000000000 \"ab\")}\"\n";
    for collector in COLLECTORS {
        let end = run(program, &["--gc", collector]);
        let message =
            "fault[R0002]: memory exhausted\n  in `main.main`\n  --> <std>/aivi/text.aivi:208:51\n"
                .to_owned();
        assert_eq!(end, (Some(70), String::new(), message), "{collector}");
    }
}

fn exhausts_the_stack(program: &str, function: &str, place: &str) {
    for collector in COLLECTORS {
        let end = run(program, &["--gc", collector]);
        let message = format!("fault[R0003]: stack exhausted in `{function}`\n  --> {place}\n");
        assert_eq!(end, (Some(70), String::new(), message), "{collector}");
    }
}

#[test]
fn an_exhausted_stack_is_a_fault_with_its_function_and_place() {
    exhausts_the_stack(
        "down : Int -> Int\n\
         down = n => 1 + down (n + 1) * 2 - down n\n\n\
         main = printLine \"{down 1}\"\n",
        "main.down",
        "m.aivi:2:17",
    );
}

#[test]
fn the_place_of_a_fault_in_the_library_is_where_the_program_called_it() {
    let program = "main = printLine \"{List.length (List.sort (List.range 1 10_000_000))}\"\n";
    let (status, _, stderr) = run(program, &["--max-memory", "8MiB"]);
    assert_eq!(status, Some(70));
    let (message, place) = stderr.split_once("  --> ").unwrap_or_default();
    assert!(message.starts_with("fault[R0002]: memory exhausted\n  in `aivi.list."));
    assert_eq!(place, "m.aivi:1:44\n");
}

/// Each call has a pointer that lives across the next one, so the shadow stack ends first.
#[test]
fn an_exhausted_shadow_stack_is_a_fault_with_its_function_and_place() {
    exhausts_the_stack(
        "build : Int -> List Text\n\
         build = n => if n == 0 then [] else List.reverse [toText n, ...build (n - 1)]\n\n\
         main = printLine \"{List.length (build 100000000)}\"\n",
        "main.build",
        "m.aivi:2:64",
    );
}

/// What the compiler makes of a type has no limit but memory.
#[test]
fn a_deep_comparison_ends() {
    let program = "Tree = Leaf | Node Tree Int\n\n\
         left : Int -> Tree -> Tree\n\
         left = n tree => if n == 0 then tree else left (n - 1) (Node tree n)\n\n\
         main = printLine \"{compare (left 1000000 Leaf) (left 1000000 Leaf)}\"\n";
    for collector in COLLECTORS {
        let end = run(program, &["--gc", collector]);
        assert_eq!(
            end,
            (Some(0), "Equal\n".to_owned(), String::new()),
            "{collector}"
        );
    }
}

#[test]
fn an_interpreter_has_the_same_limits() {
    for at in ["mono", "loops", "closed"] {
        let interpret = |program: &str, options: &[&str]| {
            let args = [&["interpret", "--at", at], options, &["m.aivi"]].concat();
            shown(&[("m.aivi", program)], &args, "")
        };
        let exhausted = (
            Some(70),
            String::new(),
            "fault[R0002]: memory exhausted\n".to_owned(),
        );
        let limit = ["--max-memory", "64MiB"];
        assert_eq!(interpret(&list(10_000_000), &limit), exhausted, "{at}");
        // Endless recursion takes the memory before its frames are counted to the end.
        let deep =
            "down : Int -> Int\ndown = n => 100 / down (n + 1)\nmain = printLine \"{down 1}\"\n";
        assert_eq!(interpret(deep, &limit), exhausted, "{at}");
        let text = "main = printLine \"{Text.length (Text.repeat 3000000000 \"ab\")}\"\n";
        assert_eq!(interpret(text, &[]), exhausted, "{at}");
        let doubled = "grow : Text -> Int\ngrow = text => grow (text ++ text)\n\
             main = printLine \"{grow \"ab\"}\"\n";
        assert_eq!(interpret(doubled, &limit), exhausted, "{at}");
        let fits = interpret(&list(1000), &limit);
        assert_eq!(fits, (Some(0), "1000\n".to_owned(), String::new()), "{at}");
    }
}
