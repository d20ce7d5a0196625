//! How large a message may be, for every client and server alike.
//!
//! The receiver keeps the limit, because it can name the cause; a sender that refused its own message would end the
//! call with a bare stream error.

/// Largest message that is accepted, in bytes, counted without compression: 16 MiB.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// A generated client or server that can be told how large a message may be.
pub trait MessageLimit: Sized {
    /// Accepts messages up to [`MAX_MESSAGE_BYTES`]; a larger one ends the call with `OUT_OF_RANGE`.
    #[must_use]
    fn limited(self) -> Self;
}

macro_rules! limit {
    ($($package:ident: $client_mod:ident::$client:ident, $server_mod:ident::$server:ident;)*) => {$(
        impl<T> MessageLimit for crate::$package::$client_mod::$client<T>
        where
            T: tonic::client::GrpcService<tonic::body::Body>,
            T::Error: Into<tonic::codegen::StdError>,
            T::ResponseBody: tonic::codegen::Body<Data = tonic::codegen::Bytes> + Send + 'static,
            <T::ResponseBody as tonic::codegen::Body>::Error: Into<tonic::codegen::StdError> + Send,
        {
            fn limited(self) -> Self {
                self.max_decoding_message_size(MAX_MESSAGE_BYTES)
            }
        }

        impl<T> MessageLimit for crate::$package::$server_mod::$server<T> {
            fn limited(self) -> Self {
                self.max_decoding_message_size(MAX_MESSAGE_BYTES)
            }
        }
    )*};
}

limit! {
    confidence: confidence_agent_client::ConfidenceAgentClient, confidence_agent_server::ConfidenceAgentServer;
    coordinator: coordinator_client::CoordinatorClient, coordinator_server::CoordinatorServer;
    executions: execution_service_client::ExecutionServiceClient, execution_service_server::ExecutionServiceServer;
    gateway: agent_gateway_client::AgentGatewayClient, agent_gateway_server::AgentGatewayServer;
    patterns: pattern_service_client::PatternServiceClient, pattern_service_server::PatternServiceServer;
    registry: registry_client::RegistryClient, registry_server::RegistryServer;
}
