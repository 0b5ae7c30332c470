//! `aivic test`: what is marked `@test` runs, each test for itself.

use super::shown;

const PRICES: &str = "module shop.prices\nuse aivi.testing\nexport total\n\n\
    total : List Int -> Int\ntotal = xs => List.sum xs\n\n\
    @test\nholds = total [1, 2] == 3\n\n\
    @test\nwrong = total [1] == 2\n\n\
    @test\nequal = assertEq 4 (total [1, 2])\n\n\
    @test\nreversed = forAll (listsOf ints) (xs => total xs == total (List.reverse xs))\n\n\
    @test\nwrites = effect {\n  printLine \"before\"\n  assert (1 > 2)\n}\n\n\
    @test\nreads = effect {\n  content <- mapFail toText (file.readText \"data/a.txt\")\n  assertEq \"abc\" content\n}\n\n\
    @test\nleaves = effect {\n  name <- env.get \"NAME\"\n  if name == Some \"Ada\" then pure Unit else exit.exit 3\n}\n";

#[test]
fn what_is_marked_runs() {
    let files = [("shop/prices.aivi", PRICES), ("data/a.txt", "abc")];
    let (status, stdout, stderr) = shown(&files, &["test", "shop/prices.aivi"], "");
    assert_eq!((status, stderr.as_str()), (Some(1), ""));
    let expected = "ok     shop/prices.aivi: holds\n\
        FAILED shop/prices.aivi: wrong\n    it is `False`\n\
        FAILED shop/prices.aivi: equal\n    expected 4, found 3\n\
        ok     shop/prices.aivi: reversed\n\
        FAILED shop/prices.aivi: writes\n    before\n    the condition does not hold\n\
        FAILED shop/prices.aivi: reads\n    PermissionDenied data/a.txt\n\
        FAILED shop/prices.aivi: leaves\n    it ended with the status 3\n\
        7 tests, 5 failed\n";
    assert_eq!(stdout, expected);
    let granted = [
        "test",
        "--dir",
        "data",
        "--env",
        "NAME=Ada",
        "shop/prices.aivi",
    ];
    let (_, stdout, _) = shown(&files, &granted, "");
    assert!(stdout.ends_with("7 tests, 3 failed\n"), "{stdout}");
}

#[test]
fn a_fault_ends_one_test_only() {
    // The names of the file hide those of the library, which the program that runs the tests must not mind.
    let text = "Option = | None\npure = 3\nattempt = 4\n\n@test\ndivides = 1 / (pure - 3) == 2\n\n\
        @test\nhidden = pure + attempt == 7\n\nmain = printLine \"never\"\n";
    let (status, stdout, stderr) = shown(&[("a.aivi", text)], &["test", "a.aivi"], "");
    assert_eq!((status, stderr.as_str()), (Some(1), ""));
    let expected = "FAILED a.aivi: divides\n    fault[R0001]: division by zero\n      --> a.aivi:6:11\n\
        ok     a.aivi: hidden\n2 tests, 1 failed\n";
    assert_eq!(stdout, expected);
}

#[test]
fn all_files_below_a_directory_are_tested() {
    let files = [
        (
            "a/block.aivi",
            "module block = {\n  export x\n  x = 1\n  @test\n  one = x == 1\n}\n",
        ),
        ("a/none.aivi", "y = 1\n"),
        ("main.aivi", "@test\ntwo = 1 + 1 == 2\n"),
    ];
    let (status, stdout, stderr) = shown(&files, &["test", "."], "");
    let expected = "ok     ./a/block.aivi: one\nok     ./main.aivi: two\n2 tests, 0 failed\n";
    assert_eq!(
        (status, stdout.as_str(), stderr.as_str()),
        (Some(0), expected, "")
    );
    let wrong = [files[2], ("b.aivi", "@test\nthree = 3\n")];
    let (status, stdout, stderr) = shown(&wrong, &["test", "."], "");
    assert_eq!(status, Some(1));
    assert!(
        stdout.ends_with("1 test, 0 failed, 1 file with errors\n"),
        "{stdout}"
    );
    assert!(stderr.contains("error[E0258]"), "{stderr}");
    let (status, _, stderr) = shown(&[], &["test", "none.aivi"], "");
    assert_eq!(status, Some(1));
    assert!(stderr.contains("there is no such file"), "{stderr}");
}
