//! Agents as users write them down.

use parallax_runtime_host::agent::CallFailure;
use parallax_runtime_host::agent::grpc::GrpcAgent;
use parallax_runtime_host::agent::list::{AgentAddress, AgentList, ListError};
use std::time::Duration;

fn scripted(json: &str) -> Vec<parallax_runtime_host::ScriptedAgent> {
    match json.parse() {
        Ok(AgentList::Scripted(agents)) => agents,
        other => panic!("not a list of scripted agents: {other:?}"),
    }
}

fn fault(json: &str) -> String {
    json.parse::<AgentList>().expect_err("a fault").to_string()
}

#[test]
fn an_agent_on_the_command_line_has_a_name_an_address_and_capabilities() {
    let agent: AgentAddress = "a1 = 127.0.0.1:50051, review,code".parse().expect("an agent");
    assert_eq!((agent.id.as_str(), agent.address.as_str()), ("a1", "127.0.0.1:50051"));
    assert_eq!(agent.capabilities, ["review", "code"]);
    for bad in ["", "a1", "=h:1", "a1=", "a1=h:1,", "a1=,x"] {
        assert!(matches!(bad.parse::<AgentAddress>(), Err(ListError::Form(_))), "{bad:?}");
    }
}

#[tokio::test]
async fn an_address_has_host_and_port() {
    for bad in ["localhost", "host name:1", "http://", ":50051", "host:port"] {
        assert!(GrpcAgent::new("a", bad).is_err(), "{bad:?}");
    }
    for good in ["localhost:1", "http://localhost:1", "[::1]:50051"] {
        assert!(GrpcAgent::new("a", good).is_ok(), "{good:?}");
    }
}

#[test]
fn a_scripted_agent_answers_with_the_first_that_fits() {
    let agents = scripted(
        r#"[{"id": "a", "capabilities": ["x"], "metadata": {"price": 1}, "answers": [
            {"task": "null", "result": null, "confidence": 0.8, "delayMs": 1.5},
            {"task": "*", "error": "busy"},
            {"task": "late", "result": 1}]}]"#,
    );
    let agent = &agents[0];
    assert_eq!((agent.profile.name.as_str(), agent.profile.metadata["price"].as_f64()), ("a", Some(1.0)));
    let (reply, delay) = agent.reply("null");
    assert_eq!((reply.expect("an answer").confidence, delay), (Some(0.8), Duration::from_micros(1500)));
    let busy = agent.reply("late").0.expect_err("a failure");
    assert_eq!((busy.kind, busy.message.as_str()), (CallFailure::FAILED, "busy"));
    let silent = scripted(r#"{"agents": [{"id": "s"}]}"#);
    assert!(silent[0].reply("x").0.expect_err("a failure").message.contains("no answer for task `x`"));
}

#[test]
fn scripts_that_mean_nothing_are_refused_with_their_place() {
    let answer = |fields: &str| format!(r#"[{{"id": "a", "answers": [{{"task": "t", {fields}}}]}}]"#);
    assert!(fault(&answer(r#""confidence": 0.5"#)).contains("agent `a`, answer 1 (`t`): it must have either"));
    assert!(fault(&answer(r#""result": 1, "error": "x""#)).contains("either"));
    assert!(fault(&answer(r#""result": 1, "confidence": 1.5"#)).contains("outside 0…1"));
    assert!(fault(&answer(r#""result": 1, "delayMs": -1"#)).contains("delayMs"));
    assert!(fault(&answer(r#""result": 1, "delay": 1"#)).contains("delay"));
    assert!(fault(r#"[{"id": "a"}, {"id": "a"}]"#).contains("two agents have the id `a`"));
    assert!(fault("{}").contains("can't be read"));
}

#[test]
fn a_file_holds_one_kind_of_agents() {
    let list: AgentList = r#"[{"id": "a", "address": "127.0.0.1:1", "capabilities": ["x"]}]"#.parse().expect("a list");
    assert!(matches!(list, AgentList::Addresses(agents) if agents[0].capabilities == ["x"]));
    let mixed = r#"[{"id": "a", "address": "127.0.0.1:1"}, {"id": "b", "answers": []}]"#.parse::<AgentList>();
    assert!(matches!(mixed, Err(ListError::Mixed)));
}
