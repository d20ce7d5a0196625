//! `parallax pattern validate --fix` and `--diff`.

mod common;

use common::{file, parallax, parallax_reading, run_text};
use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn fixes_are_made_and_the_file_is_in_the_style() {
    let text = "let total = .5;let  half=totl*0.5\nlet gone = 3\nprint(half)\n";
    let path = file("validate_fix/total.prism", text);
    let outcome = parallax(&["pattern", "validate", "--fix", &path]).expect(0);
    assert_eq!(read(&path), "let total = 0.5\nlet half = total * 0.5\nlet _gone = 3\nprint(half)\n");
    assert_eq!(outcome.stdout, "1 file: 0 errors, 0 warnings, 3 fixed\n");
    let said: Vec<_> = outcome.stderr.lines().map(|line| line.rsplit('/').next().unwrap_or(line)).collect();
    assert_eq!(
        said,
        [
            "total.prism:1:13: fixed: put a 0 before the point [E0102]",
            "total.prism:1:27: fixed: write `total` [E0200]",
            "total.prism:2:5: fixed: call it `_gone` [W0201]",
        ]
    );
    parallax(&["pattern", "validate", "--deny", "warnings", &path]).expect(0);
    parallax(&["fmt", "--check", &path]).expect(0);
    let again = parallax(&["pattern", "validate", "--fix", &path]).expect(0);
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("1 file: 0 errors, 0 warnings, 0 fixed\n", ""));
}

#[test]
fn a_fixed_program_does_what_it_did() {
    file("validate_fix/same/part.prism", "export one = 1\nexport two = 2");
    let path = file(
        "validate_fix/same/whole.prism",
        "import {one, two} from \"./part\"\nlet gone = print(\"seen\")\nfn never() { 1 }\nreturn one + 1 ~> 0.9\n",
    );
    let before = parallax(&["run", &path, "--quiet"]).expect(0).stdout;
    let outcome = parallax(&["pattern", "validate", "--fix", "--deny", "warnings", &path]).expect(0);
    assert!(outcome.stdout.ends_with("3 fixed\n"), "{outcome:#?}");
    assert_eq!(parallax(&["run", &path, "--quiet"]).expect(0).stdout, before);
}

#[test]
fn what_was_not_fixed_is_left_alone() {
    for (name, text, status) in [
        ("clean", "a=1;print( a )", 0),
        ("no fix", "a=nobody", 1),
        // The nearest name is declared too late to be read here.
        ("harm", "print( missin )\nlet missing = 2\nprint(missing)", 1),
    ] {
        let path = file(&format!("validate_fix/left/{name}.prism"), text);
        let outcome = parallax(&["pattern", "validate", "--fix", &path]).expect(status);
        assert_eq!((read(&path).as_str(), outcome.stderr.as_str()), (text, ""), "{name}: {outcome:#?}");
        assert!(outcome.stdout.ends_with(", 0 fixed\n"), "{name}: {outcome:#?}");
    }
}

#[test]
fn one_harmful_fix_does_not_hinder_the_others() {
    let path = file("validate_fix/some.prism", "let total = 1\nprint(missin, totl)\nlet missing = 2\nprint(missing)\n");
    let outcome = parallax(&["pattern", "validate", "--fix", &path]).expect(1);
    assert_eq!(read(&path), "let total = 1\nprint(missin, total)\nlet missing = 2\nprint(missing)\n");
    assert!(
        outcome.stdout.contains("`missin`") && outcome.stdout.ends_with("1 error, 0 warnings, 1 fixed\n"),
        "{outcome:#?}"
    );
}

#[test]
fn a_broken_text_is_fixed_but_not_formatted() {
    let path = file("validate_fix/broken.prism", "let total=1\nprint( totl )\nlet x = (\n");
    let outcome = parallax(&["pattern", "validate", "--fix", &path]).expect(1).says("fixed: write `total`");
    assert_eq!(read(&path), "let total=1\nprint( total )\nlet x = (\n", "{outcome:#?}");
}

#[test]
fn modules_that_were_not_named_are_not_written() {
    let part = file("validate_fix/module/part.prism", "let total = 1\nexport x = totl\n");
    let whole = file("validate_fix/module/whole.prism", "import {x} from \"./part\"\nprint(x)\n");
    parallax(&["pattern", "validate", "--fix", &whole]).expect(1);
    assert_eq!(read(&part), "let total = 1\nexport x = totl\n");
    parallax(&["pattern", "validate", "--fix", &whole, &part]).expect(0);
    assert_eq!(read(&part), "let total = 1\nexport x = total\n");
}

#[test]
fn a_diff_writes_nothing() {
    let text = "let total = 1\nprint(totl)\n";
    let path = file("validate_fix/diff.prism", text);
    for flags in [&["--diff"][..], &["--fix", "--diff"]] {
        let outcome = parallax(&[&["pattern", "validate"], flags, &[&path]].concat()).expect(1);
        let lines: Vec<_> = outcome.stdout.lines().collect();
        assert!(lines[0].starts_with("--- a/") && lines[1].starts_with("+++ b/"), "{outcome:#?}");
        assert_eq!(lines[2..], ["@@ -1,2 +1,2 @@", " let total = 1", "-print(totl)", "+print(total)"]);
        assert!(outcome.stderr.ends_with("1 file: 1 error, 0 warnings, 1 to be fixed\n"), "{outcome:#?}");
        assert_eq!(read(&path), text);
    }
    parallax(&["pattern", "validate", "--diff", "--format", "json", &path]).expect(2).says("--format");
    let clean = file("validate_fix/diff_clean.prism", "print( 1 )");
    assert_eq!(parallax(&["pattern", "validate", "--diff", &clean]).expect(0).stdout, "");
}

#[test]
fn standard_input_is_printed_mended() {
    let text = b"let total = 2\nreturn totl*3\n";
    let outcome = parallax_reading(text, &["pattern", "validate", "--fix", "-"]).expect(0);
    assert_eq!(outcome.stdout, "let total = 2\nreturn total * 3\n");
    assert!(outcome.stderr.ends_with("1 file: 0 errors, 0 warnings, 1 fixed\n"), "{outcome:#?}");
    assert_eq!(run_text(&outcome.stdout, &[]).expect(0).stdout, "6\n");
    // What can't be mended comes as it is.
    assert_eq!(parallax_reading(b"x = (", &["pattern", "validate", "--fix", "-"]).expect(1).stdout, "x = (");
    parallax_reading(text, &["pattern", "validate", "--fix", "--format", "json", "-"]).expect(2).says("--format");
}

#[cfg(unix)]
#[test]
fn a_file_that_can_not_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let path = file("validate_fix/kept.prism", "let total = 1\nprint(totl)\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("permissions");
    let outcome = parallax(&["pattern", "validate", "--fix", &path]).expect(2);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("permissions");
    assert!(outcome.stdout.contains("read-only"), "{outcome:#?}");
    assert_eq!(read(&path), "let total = 1\nprint(totl)\n");
}
