//! Every name of the library does what its registration says.

use prism_engine::Engine;
use serde_json::json;

#[test]
fn every_example_displays_as_written() {
    let engine = Engine::new();
    let mut wrong = Vec::new();
    for one in prism_stdlib::registrations() {
        for (program, display) in one.examples {
            match engine.eval(program, json!({})) {
                Ok(done) if done.display == *display => {}
                Ok(done) => wrong.push(format!("{}: `{program}` is {}, not {display}", one.path, done.display)),
                Err(error) => wrong.push(format!("{}: `{program}` fails: {error}", one.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
