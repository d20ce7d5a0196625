//! `parallax agent`: the agents that come along, for others to ask.

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::stop::Requests;
use parallax_local_agents::catalog::AGENTS;
use parallax_local_agents::serve;
use std::net::{Ipv4Addr, SocketAddr};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Serves agents over gRPC on this machine until Ctrl-C.
    ///
    /// Prints a line an agent: its name, its address, its capabilities. Give them to a run with
    /// `--agent NAME=HOST:PORT,CAPABILITY`.
    Serve {
        /// The agents; all of them if none is named.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// The first agent's port; the others take the ports after it. 0 gives each a free port.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Lists the agents.
    List,
}

pub fn execute(command: Command) -> Exit {
    let console = Console::new();
    match command {
        Command::List => {
            console.print(list().trim_end());
            Exit::Completed
        }
        Command::Serve { names, port } => match run_server(&names, port, &console) {
            Ok(()) => Exit::Completed,
            Err(unusable) => {
                console.say(unusable.render(console.colour()).trim_end());
                Exit::Usage
            }
        },
    }
}

#[tokio::main]
async fn run_server(names: &[String], port: u16, console: &Console) -> Result<(), Unusable> {
    let mut requests =
        Requests::listen().map_err(|error| Unusable::agent(format!("can't wait for Ctrl-C: {error}")))?;
    let first = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let agents = serve(names, first).await.map_err(|error| Unusable::agent(error.to_string()))?;
    for agent in &agents {
        console.print(&format!("{} {} {}", agent.id(), agent.address(), agent.capabilities().join(",")));
    }
    console.say("Serving; Ctrl-C ends it.");
    requests.next().await;
    for agent in agents {
        if let Err(error) = agent.stop().await {
            console.say(&format!("an agent ended with a fault: {error}"));
        }
    }
    Ok(())
}

/// A line an agent.
fn list() -> String {
    let capabilities = AGENTS.each_ref().map(|agent| agent.capabilities.join(","));
    let names = AGENTS.iter().map(|agent| agent.id.len()).max().unwrap_or_default();
    let width = capabilities.iter().map(String::len).max().unwrap_or_default();
    AGENTS
        .iter()
        .zip(&capabilities)
        .map(|(agent, capabilities)| format!("{:names$}  {capabilities:width$}  {}\n", agent.id, agent.description))
        .collect()
}
