//! `parallax run`: input, output, reports, exit status.

mod common;

use common::{command, file, parallax, parallax_reading, run_text};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};

#[test]
fn the_result_comes_after_the_lines_and_its_confidence_after_it() {
    let outcome = run_text("print(\"one\")\nconsole.warn(\"two\")\n{ a: 1, b: [\"x\" ~> 0.5] } ~> 0.9", &[]).expect(0);
    assert_eq!(outcome.stdout, "one\n{ a: 1, b: [\"x\" ~> 0.50] }\nconfidence 0.90\n");
    assert_eq!(outcome.stderr, "two\n");
}

#[test]
fn large_results_are_spread_over_lines() {
    let outcome = run_text("{ words: range(30).map(n => \"word ${n}\"), short: [1, 2] }", &[]).expect(0);
    assert!(outcome.stdout.starts_with("{\n  words: [\n    \"word 0\"\n    \"word 1\"\n"), "{outcome:#?}");
    assert!(outcome.stdout.ends_with("  ]\n  short: [1, 2]\n}\n"), "{outcome:#?}");
}

#[test]
fn a_program_that_only_prints_shows_no_null() {
    assert_eq!(run_text("print(1)", &[]).expect(0).stdout, "1\n");
    assert_eq!(run_text("null", &[]).expect(0).stdout, "null\n");
}

#[test]
fn quiet_leaves_the_lines_and_the_result() {
    let outcome = run_text("print(\"one\")\nmax = 3\nreturn max ~> 0.9 with warning \"hm\"", &["--quiet"]).expect(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("one\n3\n", ""));
}

#[test]
fn json_is_one_object_with_everything() {
    let program = "print(\"one\")\nreturn [1, 2 ~> 0.5] ~> 0.9 with warning \"hm\"";
    let report = run_text(program, &["--format", "json"]).expect(0).json();
    assert_eq!(report["status"], "completed");
    assert_eq!(report["result"], json!([1, {"$conf": 0.5, "value": 2}]));
    assert_eq!(report["confidence"], json!(0.9));
    assert_eq!(report["stdout"], json!(["one"]));
    assert_eq!(report["warnings"], json!(["hm"]));
    assert_eq!(report["error"], Value::Null);
    for number in ["steps", "dispatches", "elapsedMs"] {
        assert!(report["metrics"][number].is_number(), "{number} in {report:#}");
    }
}

#[test]
fn metadata_is_reported() {
    let report = run_text("return 1 with { tokens: 3 }", &["--format", "json"]).expect(0).json();
    assert_eq!(report["metadata"], json!({"tokens": 3}));
}

#[test]
fn a_failed_run_tells_where_and_how_it_got_there() {
    let path = file(
        "failing.prism",
        "function half(n) {\n  if (n == 0) { throw \"too small\" }\n  n / 2\n}\n\nx = half(0)\nx\n",
    );
    let outcome = parallax(&["run", &path]).expect(1);
    assert_eq!(outcome.stdout, "");
    for part in ["R0011", "too small", "failing.prism:2:17", "in half at"] {
        assert!(outcome.stderr.contains(part), "no `{part}` in {outcome:#?}");
    }
    let report = parallax(&["run", &path, "--format", "json"]).expect(1).json();
    assert_eq!(report["status"], "failed");
    assert_eq!(report["result"], Value::Null);
    let error = &report["error"];
    assert_eq!(
        (&error["phase"], &error["code"], &error["message"]),
        (&json!("run"), &json!("R0011"), &json!("too small"))
    );
    assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(17)));
    assert!(error["file"].as_str().is_some_and(|file| file.ends_with("failing.prism")), "{error}");
}

#[test]
fn a_faulty_program_is_refused_with_all_of_its_faults() {
    let outcome = run_text("x = a\ny = b\n", &[]).expect(1).says("2 errors");
    assert_eq!(outcome.stderr.matches("E0200").count(), 2, "{outcome:#?}");
    let report = run_text("x = nothing\n", &["--format", "json"]).expect(1).json();
    assert_eq!(report["status"], "refused");
    assert_eq!((&report["error"]["phase"], &report["error"]["line"]), (&json!("compile"), &json!(1)));
}

#[test]
fn warnings_of_the_compiler_do_not_stop_a_run() {
    let outcome = run_text("max = 3\nmax", &[]).expect(0);
    assert_eq!(outcome.stderr, "<stdin>:1:1: warning: `max` hides the library's `max` [W0200 shadows-library]\n");
    assert_eq!(outcome.stdout, "3\n");
}

#[test]
fn input_comes_in_every_form() {
    let (whole, text) = (file("whole.json", r#"{"a": 1, "b": 2}"#), file("text.txt", "two\nlines\n"));
    let input = |arguments: &[&str]| {
        run_text("input", &[arguments, &["--format", "json"]].concat()).expect(0).json()["result"].clone()
    };
    assert_eq!(input(&[]), json!({}));
    assert_eq!(input(&["--input", r#"{"a": [1]}"#]), json!({"a": [1]}));
    assert_eq!(input(&["--input", &format!("@{whole}")]), json!({"a": 1, "b": 2}));
    assert_eq!(
        input(&["--input", "n=3", "--input", "s=three", "--input", r#"q="3""#]),
        json!({"n": 3, "s": "three", "q": "3"})
    );
    assert_eq!(input(&["--input", &format!("t=@{text}")]), json!({"t": "two\nlines\n"}));
    assert_eq!(input(&["--input", &format!("@{whole}"), "--input", "b=x=y"]), json!({"a": 1, "b": "x=y"}));
    let program = file("echo.prism", "input.t");
    let outcome = parallax_reading("from a pipe\n".as_bytes(), &["run", &program, "--input", "t=@-"]).expect(0);
    assert_eq!(outcome.stdout, "from a pipe\n\n");
}

#[test]
fn input_that_can_not_be_read_is_wrong_usage() {
    run_text("1", &["--input", "{a: 1}"]).expect(2).says("E0600").says("--input is no JSON");
    run_text("1", &["--input", "@nowhere.json"]).expect(2).says("E0600").says("nowhere.json");
    run_text("1", &["--input", "[1]", "--input", "a=1"]).expect(2).says("E0600").says("object");
    let report = run_text("1", &["--input", "{", "--format", "json"]).expect(2).json();
    assert_eq!((&report["status"], &report["error"]["code"]), (&json!("refused"), &json!("E0600")));
}

#[test]
fn input_that_does_not_fit_is_refused_with_every_fault() {
    let program = "/**\n * @input {\"type\": \"object\", \"required\": [\"a\", \"b\"]}\n */\n1";
    let outcome = run_text(program, &[]).expect(1).says("E0601");
    assert!(outcome.stderr.contains("input.a") && outcome.stderr.contains("input.b"), "{outcome:#?}");
    let report = run_text(program, &["--format", "json"]).expect(1).json();
    assert_eq!((&report["status"], &report["error"]["phase"]), (&json!("refused"), &json!("input")));
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    parallax(&["run", "nowhere.prism"]).expect(2).says("E0106").says("nowhere.prism");
    let report = parallax(&["run", "nowhere.prism", "--format", "json"]).expect(2).json();
    assert_eq!(report["error"]["code"], "E0106");
}

#[test]
fn unknown_flags_and_values_are_wrong_usage() {
    parallax(&["run"]).expect(2);
    parallax(&["run", "x.prism", "--colour"]).expect(2).says("--colour");
    run_text("1", &["--confidence", "best"]).expect(2).says("lukasiewicz");
    run_text("1", &["--fuel", "much"]).expect(2).says("unlimited");
    run_text("1", &["--timeout", "30"]).expect(2);
    run_text("1", &["--agent", "nonsense"]).expect(2).says("NAME=HOST:PORT");
}

#[test]
fn imports_and_the_root() {
    file("project/prism.toml", "");
    file("project/lib/words.prism", "export hello = \"hello\"");
    let inner = file("project/app/main.prism", "import {hello} from \"../lib/words\"\nhello");
    assert_eq!(parallax(&["run", &inner]).expect(0).stdout, "hello\n");

    file("outside.prism", "export x = 1");
    let leaving = file("rooted/main.prism", "import {x} from \"../outside\"\nx");
    parallax(&["run", &leaving]).expect(1).says("E0503");
    let root = std::path::Path::new(&leaving).parent().and_then(|folder| folder.parent()).expect("a folder");
    parallax(&["run", &leaving, "--root", root.to_str().expect("UTF-8")]).expect(0);
}

#[test]
fn the_algebra_is_chosen_by_flag() {
    let confidence = |algebra: &str| {
        let report =
            run_text("(1 ~> 0.8) + (2 ~> 0.5)", &["--confidence", algebra, "--format", "json"]).expect(0).json();
        report["confidence"].as_f64().expect("a number")
    };
    for (algebra, expected) in [("min", 0.5), ("product", 0.4), ("lukasiewicz", 0.3), ("average", 0.65)] {
        assert!((confidence(algebra) - expected).abs() < 1e-9, "{algebra}");
    }
}

#[test]
fn a_seed_makes_random_numbers_repeat() {
    let with = |seed: &str| run_text("random()", &["--seed", seed]).expect(0).stdout;
    assert_eq!(with("7"), with("7"));
    assert_ne!(with("7"), with("8"));
}

#[test]
fn explain_shows_where_the_confidence_comes_from() {
    let outcome = run_text("a = 1 ~> 0.8\nb = 2 ~> 0.5\na + b", &["--explain"]).expect(0);
    for part in ["arithmetic", "asserted", "<stdin>:1:", "0.80", "0.50"] {
        assert!(outcome.stdout.contains(part), "no `{part}` in {outcome:#?}");
    }
    let report = run_text("a = 1 ~> 0.8\na", &["--explain", "--format", "json"]).expect(0).json();
    assert_eq!(report["explanation"]["confidence"], json!(0.8));
}

#[test]
fn agents_of_a_file_answer_in_virtual_time() {
    let agents = file(
        "agents.json",
        r#"[{"id": "a1", "name": "Alice", "capabilities": ["review"],
             "answers": [{"task": "*", "result": "fine", "confidence": 0.8, "delayMs": 30000}]}]"#,
    );
    let program = "agents = select(capabilities: [\"review\"])\nagents[0].analyze(\"look\", {x: 1})";
    let outcome = run_text(program, &["--agents", &agents]).expect(0);
    assert_eq!(outcome.stdout, "fine\nconfidence 0.80\n");
    // A line an agent, without control sequences where no terminal reads them.
    assert!(outcome.stderr.contains("a1") && outcome.stderr.contains("0.80"), "{outcome:#?}");
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome:#?}");
    let report = run_text(program, &["--agents", &agents, "--format", "json"]).expect(0).json();
    assert_eq!(report["metrics"]["dispatches"], json!(1));
    assert_eq!(report["metrics"]["elapsedMs"], json!(30_000.0));

    run_text("1", &["--agents", "nowhere.json"]).expect(2).says("nowhere.json");
    let broken = file("broken-agents.json", r#"[{"id": "a1", "answers": [{"task": "*"}]}]"#);
    run_text("1", &["--agents", &broken]).expect(2).says("result");
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let mut child = command(&["run", "-", "--fuel", "unlimited", "--timeout", "60s"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("the command");
    let mut pipe = child.stdin.take().expect("standard input");
    std::io::Write::write_all(&mut pipe, b"i = 0\nwhile (true) { i++\n print(\"line ${i}\") }").expect("a program");
    drop(pipe);
    let mut output = BufReader::new(child.stdout.take().expect("stdout"));
    let mut first = String::new();
    output.read_line(&mut first).expect("a line");
    assert_eq!(first, "line 1\n");
    drop(output);
    let mut talk = String::new();
    child.stderr.take().expect("stderr").read_to_string(&mut talk).expect("talk");
    assert!(!talk.contains("panicked"), "{talk}");
    assert_eq!(child.wait().expect("an end").code(), Some(1));
}

#[cfg(unix)]
#[test]
fn an_interrupt_cancels_the_run() {
    let mut child =
        command(&["run", "-", "--fuel", "unlimited"]).stdin(std::process::Stdio::piped()).spawn().expect("the command");
    let mut pipe = child.stdin.take().expect("standard input");
    std::io::Write::write_all(&mut pipe, b"console.error(\"begun\")\nwhile (true) {}").expect("a program");
    drop(pipe);
    let mut talk = BufReader::new(child.stderr.take().expect("stderr"));
    let mut line = String::new();
    talk.read_line(&mut line).expect("a line");
    assert_eq!(line, "begun\n");
    let interrupt = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(interrupt.success());
    let mut rest = String::new();
    talk.read_to_string(&mut rest).expect("talk");
    assert!(rest.contains("R0104"), "{rest}");
    let status = child.wait().expect("an end");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn compiled_programs_are_kept_where_the_cache_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let flags = ["--cache", cache.to_str().expect("a path")];
    let files = || std::fs::read_dir(&cache).into_iter().flatten().count();
    assert_eq!(run_text("return 1 + 1", &flags).expect(0).stdout, "2\n");
    assert_eq!(files(), 1);
    assert_eq!(run_text("return 1 + 1", &flags).expect(0).stdout, "2\n");
    assert_eq!(files(), 1);
    for file in std::fs::read_dir(&cache).expect("the cache").flatten() {
        std::fs::write(file.path(), "damaged").expect("a damaged file");
    }
    assert_eq!(run_text("return 1 + 1", &flags).expect(0).stdout, "2\n");
    assert_eq!(run_text("return 2 + 1", &flags).expect(0).stdout, "3\n");
    assert_eq!(files(), 2);
}
