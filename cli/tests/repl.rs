//! `parallax repl` with a script on standard input.

mod common;

use common::{Outcome, parallax, parallax_reading};
use std::fs;

fn script(text: &str, arguments: &[&str]) -> Outcome {
    parallax_reading(text.as_bytes(), &[&["repl"], arguments].concat())
}

/// What each script writes to standard output.
const TRANSCRIPTS: &[(&str, &str)] = &[
    ("let x = 1\nfn f() { x += 1; x }\nf()\nx\n", "2\n2\n"),
    ("let x = 6 ~> 0.9\nx * 7\n", "42  ▰▰▰▰▰▰▰▰▰▱ 90 %\n"),
    ("\"text\"\n[1, \"a\", null]\nnull\nlet quiet = 1\nprint(\"said\")\n", "\"text\"\n[1, \"a\", null]\nnull\nsaid\n"),
    ("let o = { a: 1 ~> 0.5, b: [] }\no\n", "{ a: 1 ~> 0.50, b: [] }\n"),
    ("fn f(n) {\n  if (n == 0) { \"none\" }\n  else { \"some\" }\n}\n[0, 1]\n  .map(f)\n", "[\"none\", \"some\"]\n"),
    (":type { title: \"a\", tags: [\"b\"] } ~> 0.8\n", "{title: string, tags: array<string>} ~ 0.80\n"),
    ("let x = 1\n:reset\nlet x = 2\nx\n", "2\n"),
    ("1\n:quit\n2\n", "1\n"),
    ("const a = 1\nconst a = 2\na\n", "2\n"),
];

#[test]
fn scripts_print_what_their_inputs_give() {
    for (text, printed) in TRANSCRIPTS {
        let outcome = script(text, &[]).expect(0);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (*printed, ""), "of {text}");
    }
}

#[test]
fn a_failure_is_told_and_the_script_goes_on() {
    let outcome = script("let x = 2\nx = 3; throw \"no\"\nmissing()\nx = = 1\nx * 2\n", &[]).expect(1);
    assert_eq!(outcome.stdout, "6\n");
    for text in ["repl:2:1", "R0011", "no", "repl:3:1", "nothing declares `missing`", "repl:4:1"] {
        assert!(outcome.stderr.contains(text), "no `{text}` in {outcome:#?}");
    }
}

#[test]
fn warnings_that_come_too_early_are_not_given() {
    let outcome = script("let max = 1\nfn unused(a) { 1 }\n1 + 1\n\"{{name}}\"\n", &[]).expect(0);
    assert_eq!(outcome.stderr.matches("W0").count(), 1, "{outcome:#?}");
    assert!(outcome.stderr.contains("W0100"), "{outcome:#?}");
}

#[test]
fn explanations_go_back_to_earlier_inputs() {
    let outcome = script("let a = 2 ~> 0.5\nlet b = a + 1\n:explain b\n:explain 1\n", &[]).expect(0);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.first(), Some(&"3  ▰▰▰▰▰▱▱▱▱▱ 50 %"));
    for text in ["repl:2:1:9 `a + 1`", "repl:1:1:9 `2 ~> 0.5`", "it is plain"] {
        assert!(outcome.stdout.contains(text), "no `{text}` in {outcome:#?}");
    }
}

#[test]
fn a_file_comes_first_and_its_folder_is_where_imports_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).expect("a folder");
    fs::write(inner.join("words.prism"), "export let word = \"heron\"").expect("a module");
    fs::write(inner.join("main.prism"), "import { word } from \"./words\"\nfn shout() { word.toUpperCase() }")
        .expect("a file");
    fs::write(inner.join("more.prism"), "let more = word.length").expect("a file");
    let (main, more) = (inner.join("main.prism"), inner.join("more.prism"));
    let text = format!("shout()\nimport {{ word as other }} from \"./words\"\nother\n:load {}\nmore\n", more.display());
    let outcome = script(&text, &[&main.to_string_lossy()]).expect(0);
    assert_eq!(outcome.stdout, "\"HERON\"\n\"heron\"\n5\n", "{outcome:#?}");
}

#[test]
fn what_can_not_be_loaded_fails() {
    script(":load missing.prism\n", &[]).expect(1).says("no such file");
    script("1\n", &["missing.prism"]).expect(2).says("missing.prism");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad.prism"), "let = 1").expect("a file");
    let outcome = script("1 + 1\n", &[&folder.path().join("bad.prism").to_string_lossy()]).expect(1).says("bad.prism");
    assert_eq!(outcome.stdout, "2\n");
}

#[test]
fn commands_that_are_none_fail() {
    script(":tpye 1\n", &[]).expect(1).says("did you mean `:type`?");
    script(":type\n", &[]).expect(1).says("`:type EXPRESSION`");
    script(":reset now\n", &[]).expect(1).says("stands alone");
}

#[test]
fn agents_are_asked_as_in_a_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = r#"[{ "id": "reviewer", "capabilities": ["review"],
                     "answers": [{ "task": "*", "result": "fine", "confidence": 0.8, "delayMs": 20 }] }]"#;
    let agents = folder.path().join("agents.json");
    fs::write(&agents, list).expect("a list");
    let text = ":agents\nlet [a] = agentList\nlet answer = a.review(\"this\")\nanswer\n:explain answer\n:type answer\n";
    let outcome = script(text, &["--agents", &agents.to_string_lossy()]).expect(0);
    for text in ["reviewer  review\n", "\"fine\"  ▰▰▰▰▰▰▰▰▱▱ 80 %\n", "reported", "string ~ 0.80\n"]
    {
        assert!(outcome.stdout.contains(text), "no `{text}` in {outcome:#?}");
    }
    let outcome = script("let [a] = agentList\n:type a.review(\"this\")\n", &["--agents", &agents.to_string_lossy()]);
    outcome.expect(1).says("`:type` asks no agents");
}

#[test]
fn limits_hold_for_each_input() {
    let outcome = script("while (true) {}\n1 + 1\n", &["--fuel", "1000"]).expect(1).says("R0100");
    assert_eq!(outcome.stdout, "2\n");
}

#[test]
fn input_is_there_for_every_input() {
    let outcome = script("input.name\ninput.name + \"!\"\n", &["--input", "name=Ada"]).expect(0);
    assert_eq!(outcome.stdout, "\"Ada\"\n\"Ada!\"\n");
}

#[test]
fn help_lists_the_commands() {
    let outcome = script(":help\n", &[]).expect(0);
    for name in [":type", ":explain", ":load", ":agents", ":reset", ":help", ":quit"] {
        assert!(outcome.stdout.contains(name), "no `{name}` in {outcome:#?}");
    }
    assert!(parallax(&["repl", "--help"]).expect(0).stdout.contains("--no-history"));
}
