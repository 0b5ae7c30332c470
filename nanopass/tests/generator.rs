//! The generator: each error with its place, and what it writes.

use std::collections::BTreeMap;

use nanopass::generate::{self, Input};

const TERMINALS: &str = "\
# Terminals

| name | Rust path | meaning |
|---|---|---|
| `Name` | `nanopass::Symbol` | a name |
| Var | nanopass::VarId | a variable |
";

/// A page around a `lang` block; the block starts in line 4.
fn page(name: &str, block: &str) -> Input {
    Input {
        path: format!("{name}.md"),
        text: format!("# {name}\nA test. More.\n```lang\n{block}\n```\n"),
    }
}

fn generate(blocks: &[&str]) -> Result<BTreeMap<String, String>, String> {
    let pages: Vec<Input> = blocks
        .iter()
        .enumerate()
        .map(|(index, block)| page(&format!("page{index}"), block))
        .collect();
    let terminals = Input {
        path: "terminals.md".to_owned(),
        text: TERMINALS.to_owned(),
    };
    generate::generate(&pages, &terminals).map_err(|errors| {
        errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

#[track_caller]
fn error(blocks: &[&str], expected: &str) {
    assert_eq!(generate(blocks).expect_err("it is wrong"), expected);
}

const BASE: &str = "language base entry Program
Program: Program { body: Expr }
Expr @meta:
  Use { var: Var } @bare
  Add { left: Expr, right: Expr }
  Call { fun: Expr, args: Expr* }";

#[test]
fn syntax_errors_have_a_place_and_an_expectation() {
    error(
        &["language a entry P\nP: P { x Name }"],
        "page0.md:5:8: expected a field `name: Type`",
    );
    error(&["language A"], "page0.md:4:10: expected a lower-case name");
    error(
        &["language a entry P\nP: P { x: }"],
        "page0.md:5:11: expected a type",
    );
    error(
        &["language a entry P\nP: P { x: (Name) }"],
        "page0.md:5:16: expected `*` or `?`",
    );
    error(
        &["language a entry P edge sefl\nP: P"],
        "page0.md:4:25: expected `edge`, `check` or `retype`, `from`, `self`, `explicit` or `none`, a section `Nonterminal:`, the end of the block",
    );
}

#[test]
fn pages_have_one_closed_block() {
    let terminals = Input {
        path: "terminals.md".to_owned(),
        text: TERMINALS.to_owned(),
    };
    let errors = |text: &str| {
        let input = Input {
            path: "a.md".to_owned(),
            text: text.to_owned(),
        };
        generate::generate(&[input], &terminals)
            .map(|files| files.len())
            .map_err(|errors| errors[0].to_string())
    };
    assert_eq!(errors("# a\nNo block.\n"), Ok(1));
    assert_eq!(
        errors("```lang\n"),
        Err("a.md:1:1: this `lang` block is never closed".to_owned())
    );
    let two = "```lang\nlanguage a entry P\nP: P\n```\n\n```lang\n```\n";
    assert_eq!(
        errors(two),
        Err("a.md:6:1: a page has only one `lang` block".to_owned())
    );
}

#[test]
fn terminals_are_rows_of_three() {
    let errors = |row: &str| {
        let terminals = Input {
            path: "terminals.md".to_owned(),
            text: format!("{TERMINALS}{row}\n"),
        };
        generate::generate(&[], &terminals).expect_err("it is wrong")[0].to_string()
    };
    assert_eq!(
        errors("| Name | a::B | again |"),
        "terminals.md:7:1: the terminal `Name` is listed twice"
    );
    assert_eq!(
        errors("| Other | a::B |"),
        "terminals.md:7:1: a terminal has three columns: name, Rust path, meaning"
    );
}

#[test]
fn names_are_known() {
    error(
        &["language a entry Pogram\nProgram: Program { x: Nam }"],
        "page0.md:5:23: `Nam` is neither a nonterminal nor a terminal; did you mean `Name` or `Var`?\n\
         page0.md:4:18: there is no nonterminal `Pogram`; did you mean `Program`?",
    );
    error(
        &[BASE, "language b extends bse\nExpr:\n  - Add"],
        "page1.md:4:20: there is no language `bse`; did you mean `base` or `b`?",
    );
    error(
        &["language a entry P\nP @meat: P { x: Name } @bear"],
        "page0.md:5:3: there is no attribute `@meat` here, only @meta, @scope, @unit\n\
         page0.md:5:24: there is no attribute `@bear` here, only @bare, @scope, @unit",
    );
    error(
        &[
            BASE,
            "language b extends base\nedge from bsae\nExpr:\n  - Add",
        ],
        "page1.md:5:11: there is no language `bsae` before this one; did you mean `base`?",
    );
}

#[test]
fn names_are_unique() {
    error(
        &["language a entry P\nP: P", "language a entry P\nP: P"],
        "page1.md:4:10: the language `a` is also defined in page0.md",
    );
    error(
        &["language a entry P\nP: P\nP: P"],
        "page0.md:6:1: the nonterminal `P` has two sections",
    );
    error(
        &["language a entry P\nP:\n  A\n  B\n  A"],
        "page0.md:8:3: `P` has two forms `A`",
    );
    error(
        &["language a entry P\nP: P { x: Name, x: Name }"],
        "page0.md:5:17: `P` has two fields `x`",
    );
    error(
        &["language a entry P\nP:\n  AB\n  Ab\n  C { p: PAb }\nPAb: PAb"],
        "page0.md:4:10: `P.Ab` and `P.AB` both want the method `p_ab`\n\
         page0.md:4:10: the forms `Ab` and `AB` print alike",
    );
    error(
        &["language a entry P\nP @meta: P { meta: Name }"],
        "page0.md:5:14: the field `meta` is given by `@meta`",
    );
}

#[test]
fn diffs_fit_their_parent() {
    let error = |section: &str, expected: &str| {
        error(
            &[BASE, &format!("language b extends base\n{section}")],
            expected,
        );
    };
    error(
        "Expr:\n  - Ad",
        "page1.md:6:5: `Expr` has no form `Ad`; did you mean `Add`?",
    );
    error(
        "Expr:\n  ~ Cal { fun: Expr }",
        "page1.md:6:5: `Expr` has no form `Cal`; did you mean `Call`?",
    );
    error(
        "Expr:\n  + Add { x: Name }",
        "page1.md:6:5: `Expr` already has a form `Add`; `~` reshapes it",
    );
    error(
        "Expr:\n  ~ Add { left: Expr, right: Expr }",
        "page1.md:6:5: `Add` keeps its shape",
    );
    error(
        "Expr:\n  Add { x: Name }",
        "page1.md:6:3: a diff marks each form: `-` gone, `+` new, `~` reshaped",
    );
    error(
        "Expr:\n  - Add\n  - Add",
        "page1.md:7:5: `Add` is changed twice",
    );
    error(
        "Expr:\n  - Add { left: Expr }",
        "page1.md:6:5: a form that is gone is only named",
    );
    error("Expr:", "page1.md:5:1: nothing changes in `Expr`");
    error(
        "Expr @unit:\n  - Add",
        "page1.md:5:1: `extends` cannot change the attributes of `Expr`",
    );
    error(
        "Extra:\n  + New",
        "page1.md:6:5: the parent has no such nonterminal: list plain forms, without `-`, `+` or `~`\n\
         page1.md:5:1: `Extra` is never reached from `Program`",
    );
    error(
        "Expr:\n  - Use\n  - Add\n  - Call",
        "page1.md:5:1: `Expr` has no forms left but is still used",
    );
    error(
        "edge self",
        "page1.md:4:10: nothing differs from `base`: the language is not needed",
    );
}

#[test]
fn full_pages_are_whole() {
    error(
        &["language a\nP: P"],
        "page0.md:4:10: a language that is given in full names its entry: `entry Nonterminal`",
    );
    error(
        &["language a entry P\nP:\n  + A"],
        "page0.md:6:5: this language is given in full: list plain forms, without `-`, `+` or `~`",
    );
    error(
        &["language a entry P\nP: P\nQ: Q"],
        "page0.md:6:1: `Q` is never reached from `P`",
    );
    error(
        &["language a entry P\nP:\nQ: Q { p: P }"],
        "page0.md:5:1: `P` has no forms\npage0.md:6:1: `Q` is never reached from `P`",
    );
    error(
        &["language a entry P\nedge self\nedge explicit\nP: P"],
        "page0.md:4:10: there is no parent to have an edge from",
    );
    error(
        &["language a entry P\nP: P { x: Name?? }"],
        "page0.md:5:11: `??`: one `?` is enough",
    );
    error(
        &["language a entry P\nP:\n  A { x: Name* } @bare"],
        "page0.md:6:3: a `@bare` form has exactly one field: a terminal or a nonterminal",
    );
    error(
        &["language a entry P\nP:\n  A { q: Q } @bare\n  B\nQ:\n  B\n  C"],
        "page0.md:4:10: `P.A` is `@bare`, but both `P` and `Q` have a form `B`",
    );
    error(
        &[
            "language a follows b entry P\nP: P",
            "language b follows a entry P\nP: P",
        ],
        "page0.md:4:10: the language `a` needs itself, through `extends`, `follows` or `edge from`\n\
         page1.md:4:10: the language `b` needs itself, through `extends`, `follows` or `edge from`",
    );
}

/// White space aside, so that the tests do not depend on the layout.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(
        squeeze(text).contains(&squeeze(part)),
        "{part}\nis not in\n{text}"
    );
}

#[track_caller]
fn lacks(text: &str, part: &str) {
    assert!(
        !squeeze(text).contains(&squeeze(part)),
        "{part}\nis in\n{text}"
    );
}

#[test]
fn types_are_boxed_where_they_recurse() {
    let files = generate(&[BASE]).expect("it is right");
    let base = &files["base.rs"];
    has(base, "pub struct Program { pub body: Expr, }");
    has(
        base,
        "Add { meta: nanopass::Meta, left: Box<Expr>, right: Box<Expr>, },",
    );
    has(
        base,
        "Call { meta: nanopass::Meta, fun: Box<Expr>, args: Vec<Expr>, },",
    );
    has(base, "use nanopass::VarId as Var;");
    has(base, "pub type Entry = Program;");
    has(base, "pub fn meta(&self) -> nanopass::Meta {");
    has(&files["mod.rs"], "pub mod base; /// All languages");
}

#[test]
fn unchanged_nonterminals_are_shared() {
    let files = generate(&[
        "language one entry P\nP: P { e: E, q: Q, s: S }\nE:\n  A\n  B { e: E }\nQ: Q { name: Name }\nS: S { q: Q }",
        "language two extends one\nE:\n  - A\n  + C { q: Q }",
        "language three follows two entry P\nedge from one\nP: P { e: E, q: Q, s: S }\nE:\n  B { e: E }\n  D\nQ: Q { name: Name }\nS: S { q: Q }",
    ])
    .expect("it is right");
    has(&files["two.rs"], "pub use super::one::Q;");
    has(&files["two.rs"], "pub use super::one::S;");
    has(&files["three.rs"], "pub use super::one::S;");
    lacks(&files["two.rs"], "pub use super::one::P;");
    let edge = &files["one_to_two.rs"];
    has(edge, "fn e_a(&mut self) -> b::E;");
    has(
        edge,
        "fn e_b(&mut self, e: Box<a::E>) -> b::E { walk_e_b(self, e) }",
    );
    has(
        edge,
        "fn p(&mut self, node: a::P) -> b::P { walk_p(self, node) }",
    );
    has(edge, "b::P { e: r.e(e), q, s }");
    lacks(edge, "fn q(");
    assert!(files.contains_key("two_to_three.rs") && files.contains_key("one_to_three.rs"));
}

#[test]
fn edges_are_chosen_by_the_header() {
    let names = |header: &str| -> Vec<String> {
        let child = format!("language child extends base\n{header}\nExpr:\n  - Add");
        let files = generate(&[BASE, &child]).expect("it is right");
        files
            .into_keys()
            .filter(|name| name.contains("_to_"))
            .collect()
    };
    assert_eq!(names(""), ["base_to_child.rs"]);
    assert_eq!(names("edge none"), [""; 0]);
    assert_eq!(names("edge none edge self"), ["child_to_child.rs"]);
    assert_eq!(
        names("edge edge from child"),
        ["base_to_child.rs", "child_to_child.rs"]
    );
    let child = "language child extends base\nedge explicit\nExpr:\n  - Add";
    let files = generate(&[BASE, child]).expect("it is right");
    has(
        &files["base_to_child.rs"],
        "fn expr_call(&mut self, meta: nanopass::Meta, fun: Box<a::Expr>, args: Vec<a::Expr>) -> b::Expr;",
    );
}

/// A page may come before the one that it descends from.
#[test]
fn parents_come_first_in_the_index() {
    let files = generate(&[
        "language child extends base\nedge from other\nExpr:\n  - Add",
        "language other entry P\nP: P",
        BASE,
    ])
    .expect("it is right");
    let index = squeeze(&files["mod.rs"]);
    assert!(
        index.contains("&[other::INFO, base::INFO, child::INFO]"),
        "{index}"
    );
}

#[test]
fn grammars_and_diffs_are_kept_as_text() {
    let child = "language child extends base\n/// Expressions.\nExpr:\n  - Add\n  /// Several.\n  + Sum { items: (Expr, Name?)* }\n  ~ Call { fun: Var, args: Expr* }";
    let files = generate(&[BASE, child]).expect("it is right");
    let text = &files["child.rs"];
    has(text, "purpose: \"A test.\"");
    assert!(text.contains("Expr @meta:\n  - Add\n  ~ Call { fun: Var, args: Expr* }\n  + Sum { items: (Expr, Name?)* }\n"), "{text}");
    assert!(
        text.contains(
            "language child  entry Program\n\nProgram: Program { body: Expr }\n\n/// Expressions.\nExpr @meta:\n  Use { var: Var } @bare\n"
        ),
        "{text}"
    );
}

/// The languages of the tests are up to date, and a change of a page is noticed.
#[test]
fn stale_files_are_named() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    generate::run(&root.join("langs"), &root.join("gen"), true)
        .expect("`cargo xtask gen` has been run");
    let copy = std::env::temp_dir().join(format!("nanopass-stale-{}", std::process::id()));
    std::fs::create_dir_all(&copy).expect("a folder");
    for (name, text) in [
        ("terminals.md", TERMINALS.to_owned()),
        ("base.md", page("base", BASE).text),
    ] {
        std::fs::write(copy.join(name), text).expect("it is written");
    }
    let target = copy.join("gen");
    generate::run(&copy, &target, false).expect("it is written");
    generate::run(&copy, &target, true).expect("it is up to date");
    std::fs::write(
        copy.join("base.md"),
        page("base", &BASE.replace("Add", "Sum")).text,
    )
    .expect("it is written");
    std::fs::write(target.join("old.rs"), "").expect("it is written");
    let report = generate::run(&copy, &target, true).expect_err("it is stale");
    std::fs::remove_dir_all(&copy).expect("it is removed");
    assert!(
        report.starts_with("stale generated files; run `cargo xtask gen`:\n"),
        "{report}"
    );
    assert!(
        report.contains("base.rs\n") && report.contains("old.rs (no page makes it)"),
        "{report}"
    );
    assert!(!report.contains("mod.rs"), "{report}");
}
