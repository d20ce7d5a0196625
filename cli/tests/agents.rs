//! Agents that come along: inside a run, and served for others.

mod common;

use common::{Outcome, command, parallax, pattern, run_text};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::Child;

fn triage(arguments: &[&str]) -> Outcome {
    let letter = format!("document=@{}", pattern("examples/letter.txt"));
    parallax(&[&["run", &pattern("document-triage.prism"), "--input", &letter], arguments].concat())
}

#[test]
fn a_letter_is_read_by_the_local_agents() {
    let report = triage(&["--agents", "local", "--format", "json"]).expect(0).json();
    let result = &report["result"];
    assert_eq!(result["language"]["value"], "en", "{report:#}");
    assert_eq!(result["sentiment"]["value"], "negative", "{report:#}");
    assert_eq!(result["urgency"], "today", "{report:#}");
    assert_eq!(result["personal"]["value"], true, "{report:#}");
    let kinds: Vec<_> = result["kinds"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    for kind in ["email", "credit_card", "iban"] {
        assert!(kinds.contains(&kind), "no {kind} in {kinds:?}");
    }
    let confidence = report["confidence"].as_f64().expect("a confidence");
    assert!((0.5..1.0).contains(&confidence), "{report:#}");
    assert!(!result.to_string().contains("4111"), "the card's number is in the result: {result:#}");
}

#[test]
fn without_agents_it_says_whom_it_misses() {
    triage(&[]).expect(1).says("R0010").says("language");
}

/// A served agent; ended with the test.
struct Server {
    process: Child,
    agents: Vec<(String, String, String)>,
}

impl Server {
    fn start(names: &[&str]) -> Self {
        let mut process = command(&[&["agent", "serve"], names].concat()).spawn().expect("the server");
        let mut lines = BufReader::new(process.stdout.take().expect("stdout")).lines();
        let agents = names.iter().map(|_| {
            let line = lines.next().expect("a line an agent").expect("text");
            let mut words = line.split(' ').map(str::to_owned);
            let mut word = || words.next().unwrap_or_else(|| panic!("`{line}` has too few words"));
            (word(), word(), word())
        });
        let agents = agents.collect();
        Server { process, agents }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("a server to end");
        self.process.wait().expect("its end");
    }
}

#[test]
fn served_agents_are_asked_over_the_network() {
    let server = Server::start(&["whatlang", "pii"]);
    let (name, address, capabilities) = &server.agents[0];
    assert_eq!((name.as_str(), capabilities.as_str()), ("whatlang", "language,local"));
    let program = "a = select(capabilities: [\"language\"])\na[0].analyze(\"language\", {text: \"The old lighthouse stood at the end of the island.\"})";
    // With its capabilities written down, and asked for them.
    for agent in [format!("mine={address},language"), format!("mine={address}")] {
        let report = run_text(program, &["--agent", &agent, "--format", "json"]).expect(0).json();
        assert_eq!(report["result"], "en", "{report:#}");
        assert_eq!(report["calls"][0]["agent"], "mine");
    }
}

#[test]
fn a_prompt_goes_to_the_agent_that_answers_prompts() {
    let program = "llm(\"language\", {text: \"The old lighthouse stood at the end of the island.\"})";
    let server = Server::start(&["whatlang"]);
    let agent = format!("model={},llm", server.agents[0].1);
    let report = run_text(program, &["--agent", &agent, "--format", "json"]).expect(0).json();
    assert_eq!((&report["result"], &report["calls"][0]["agent"]), (&"en".into(), &"model".into()), "{report:#}");
    assert!(report["confidence"].as_f64().is_some_and(|confidence| confidence > 0.0), "{report:#}");
    run_text(program, &[]).expect(1).says("R0010").says("capability `llm`").says("--agent");
}

#[test]
fn an_agent_that_is_not_there_is_named() {
    let program = "a = select(capabilities: [\"x\"])\na[0].analyze(\"x\")";
    // Port 1 is never served.
    run_text(program, &["--agent", "gone=127.0.0.1:1,x"]).expect(1).says("R0010").says("gone");
    run_text(program, &["--agent", "gone=127.0.0.1:1"]).expect(2).says("gone");
    run_text(program, &["--agent", "a=127.0.0.1:1,x", "--agent", "a=127.0.0.1:1,x"]).expect(2).says("`a`");
}

#[cfg(unix)]
#[test]
fn a_server_ends_when_it_is_asked_to() {
    let mut server = Server::start(&["pii"]);
    let terminate =
        std::process::Command::new("kill").args(["-TERM", &server.process.id().to_string()]).status().expect("kill");
    assert!(terminate.success());
    assert_eq!(server.process.wait().expect("its end").code(), Some(0));
}

#[test]
fn wrong_names_and_ports_are_told() {
    parallax(&["agent", "serve", "nobody"]).expect(2).says("nobody").says("whatlang");
    parallax(&["agent", "serve", "--port", "70000"]).expect(2);
}

#[test]
fn the_list_has_a_line_an_agent() {
    let list = parallax(&["agent", "list"]).expect(0).stdout;
    assert_eq!(list.lines().count(), 10, "{list}");
    assert!(list.contains("lingua") && list.contains("language,local"), "{list}");
}

#[test]
fn a_run_that_lacks_agents_is_told_how_to_get_some() {
    let text = "select(capabilities: [\"review\"])";
    common::run_text(text, &[]).expect(1).says("--agents local");
    let told = common::run_text(text, &["--agents", "local"]).expect(1);
    assert!(!told.stderr.contains("No agents were given"), "{}", told.stderr);
}
