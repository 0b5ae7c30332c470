//! The levels of optimisation differ in what they make, and not in what that does.

use std::fs;
use std::path::Path;

use aivic_tests::program::{World, compile, run};
use driver::{Request, compile_text};
use ir_defs::session::OptLevel;

const LEVELS: [OptLevel; 4] = [OptLevel::O0, OptLevel::O1, OptLevel::O2, OptLevel::Os];

/// Programs with something to inline, to copy, to unbox, and to make loops of.
const PROGRAMS: &[&str] = &[
    "../examples/evaluator.aivi",
    "../examples/higher.aivi",
    "../examples/queens.aivi",
    "../examples/mergesort.aivi",
    "programs/accumulations.aivi",
    "programs/aggregates.aivi",
    "programs/several-results.aivi",
    "programs/tuple-recursion.aivi",
];

#[test]
fn levels_differ_and_agree() {
    let mut totals = [0; LEVELS.len()];
    for name in PROGRAMS {
        let path = Path::new(name);
        let text = fs::read_to_string(path).expect("the program is there");
        let expected = fs::read_to_string(path.with_extension("out")).expect("so is its output");
        let mut sizes = Vec::new();
        for (level, total) in LEVELS.into_iter().zip(&mut totals) {
            let module = compile(path, &text, level).expect("it compiles");
            let shown = run(&module, path, &World::beside(path)).expect("it runs");
            assert_eq!(shown.text(), expected, "{name} at {level:?}");
            sizes.push(module.len());
            *total += module.len();
        }
        assert_ne!(sizes[0], sizes[2], "{name}: nothing is optimised");
    }
    let [none, some, most, small] = totals;
    assert_ne!(some, none, "-O1 is -O0");
    assert_ne!(some, most, "-O2 is -O1");
    assert!(small < most, "-Os makes {small} bytes, -O2 {most}");
    assert!(small < none, "-Os makes {small} bytes, -O0 {none}");
}

/// What a pass leaves of a program at a level.
fn dump(text: &str, pass: &str, optimize: OptLevel) -> String {
    let folder = tempfile::tempdir().expect("a folder for dumps");
    let mut request = Request {
        stop_after: Some(pass.to_owned()),
        ..Request::default()
    };
    request.dump.after = vec![pass.to_owned()];
    request.dump.folder = Some(folder.path().to_owned());
    request.options.optimize = optimize;
    driver::with_deep_stack(|| compile_text("higher.aivi", text, request).stop);
    let mut files = fs::read_dir(folder.path()).expect("the folder is there");
    let file = files.next().expect("a dump").expect("it can be read");
    fs::read_to_string(file.path()).expect("a dump is text")
}

/// At `-O0` the passes that optimise leave the program as it is.
#[test]
fn dumps_differ() {
    let text = fs::read_to_string("../examples/higher.aivi").expect("the program is there");
    let body = |pass, level| {
        let dump = dump(&text, pass, level);
        // The first line names the pass.
        let (_, body) = dump.split_once('\n').expect("a dump has lines");
        body.to_owned()
    };
    let before = body("sequence-effects", OptLevel::O0);
    assert_eq!(before, body("sequence-effects", OptLevel::O2));
    assert_eq!(before, body("simplify", OptLevel::O0));
    let optimised = LEVELS.map(|level| body("simplify", level));
    assert!(optimised.iter().skip(1).all(|body| *body != before));
    let loops = body("introduce-loops", OptLevel::O0);
    assert_eq!(loops, body("share-results", OptLevel::O0));
}
