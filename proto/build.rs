//! Compiles the `.proto` files with `protox`, so that no `protoc` is needed, and generates clients and servers.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

/// Root that import paths are relative to.
const ROOT: &str = "proto";

/// One file per package.
const FILES: [&str; 6] = [
    "parallax/confidence.proto",
    "parallax/coordinator.proto",
    "parallax/executions.proto",
    "parallax/gateway.proto",
    "parallax/patterns.proto",
    "parallax/registry.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let descriptors = protox::compile(FILES, [ROOT])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("parallax.bin"), descriptors.encode_to_vec())?;
    // `AgentGateway` has an rpc named `Connect`; the constructor of the same name that goes with a
    // transport would clash with it, so clients are made from a channel: `RegistryClient::new(channel)`.
    tonic_prost_build::configure().build_transport(false).compile_fds(descriptors)?;
    Ok(())
}
