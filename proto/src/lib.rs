//! The Parallax wire interface: messages, clients and servers, generated from `proto/parallax/*.proto`.
//!
//! One module per package. Package names, service names and field numbers are fixed: agents and clients that were built
//! elsewhere speak them. `tests/wire.md` is the list, and a test compares it with the compiled files both ways. What
//! this toolchain adds gets numbers from 100 up.
//!
//! Clients are made from a channel (`RegistryClient::new(channel)`), and both ends take [`MessageLimit::limited`], so
//! that the two agree on how large a message may be.
//!
//! Not here: conversions to and from other types, and anything that gives these messages a meaning.

mod limit;

pub use limit::{MAX_MESSAGE_BYTES, MessageLimit};

/// Package `parallax.confidence`: what an agent is.
#[allow(missing_docs)]
pub mod confidence {
    tonic::include_proto!("parallax.confidence");
}

/// Package `parallax.coordinator`: several agents on one task.
#[allow(missing_docs)]
pub mod coordinator {
    tonic::include_proto!("parallax.coordinator");
}

/// Package `parallax.executions`: runs of patterns.
#[allow(missing_docs)]
pub mod executions {
    tonic::include_proto!("parallax.executions");
}

/// Package `parallax.gateway`: agents that call in instead of being called.
#[allow(missing_docs)]
pub mod gateway {
    tonic::include_proto!("parallax.gateway");
}

/// Package `parallax.patterns`: programs that coordinate agents.
#[allow(missing_docs)]
pub mod patterns {
    tonic::include_proto!("parallax.patterns");
}

/// Package `parallax.registry`: which agents there are.
#[allow(missing_docs)]
pub mod registry {
    tonic::include_proto!("parallax.registry");
}

/// All compiled files with their imports, as an encoded `google.protobuf.FileDescriptorSet`; for reflection and tests.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/parallax.bin"));
