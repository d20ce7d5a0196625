//! A shop that lets its staff write the rules for orders in Prism. What the rules ask for, the shop's own code answers.

use prism_engine::{Engine, HostError, Limits, Uncertain};
use serde::{Deserialize, Serialize};

const RULE: &str = r#"
    tone = tone_of(input.note)                  // a task: the next line does not wait for it
    missing = input.count - stock(input.item)
    urgent = ((tone == "angry") ~?> 0.7) ?? true   // when in doubt, hurry
    { action: missing > 0 ? "order ${missing} more" : "ship", urgent: urgent }
"#;

#[derive(Serialize)]
struct Order {
    item: &'static str,
    count: u32,
    note: &'static str,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Decision {
    action: String,
    urgent: Uncertain<bool>,
}

fn stock(item: String) -> Result<u32, HostError> {
    match item.as_str() {
        "lamp" => Ok(3),
        _ => Err(HostError::new("there is no such item").with("item", item)),
    }
}

/// Stands for a service on a network.
async fn tone_of(note: String) -> Result<Uncertain<&'static str>, HostError> {
    Ok(if note.ends_with('!') { Uncertain::new("angry", 0.8) } else { Uncertain::new("calm", 0.6) })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::builder()
        .function("stock(item: string): number", stock)
        .async_function("tone_of(note: string): string", tone_of)
        .build()?;
    let rule = engine.program(RULE)?;

    let order = Order { item: "lamp", count: 5, note: "Where are my lamps!" };
    let limits = Limits { fuel: 10_000, memory: 1 << 20, ..Limits::default() };
    let decision: Decision = rule.run_async_in(&order, limits).await?.read()?;
    assert_eq!(decision, Decision { action: "order 2 more".to_owned(), urgent: Uncertain::new(true, 0.8) });

    let unknown = rule.run_async(&Order { item: "sofa", ..order }).await;
    assert_eq!(unknown.unwrap_err().to_string(), "R0012: there is no such item");
    Ok(())
}
