//! The compiled descriptors are exactly what `wire.md` lists: nothing missing, nothing extra.
//!
//! Both sides are turned into the same set of facts, one line each, and the sets are compared.

use std::collections::BTreeSet;

use parallax_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};

type Facts = BTreeSet<String>;

const LIST: &str = include_str!("wire.md");
const PACKAGE_PREFIX: &str = "parallax.";

#[test]
fn the_compiled_files_are_what_the_list_says() {
    let (listed, compiled) = (listed(), compiled());
    let missing: Vec<_> = listed.difference(&compiled).collect();
    let extra: Vec<_> = compiled.difference(&listed).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nextra: {extra:#?}");
}

/// A list that the test fails to read would make the comparison worthless.
#[test]
fn the_list_is_read_whole() {
    let facts = listed();
    let count = |kind: &str| facts.iter().filter(|fact| fact.starts_with(kind)).count();
    assert_eq!(count("rpc "), 22);
    assert_eq!(count("value "), 25);
    assert!(facts.contains("rpc parallax.gateway.AgentGateway.Connect(stream parallax.gateway.AgentToControlPlane) -> stream parallax.gateway.ControlPlaneToAgent"));
    assert!(facts.contains("message parallax.confidence.Empty"));
    assert!(facts.contains("field parallax.registry.AgentRegistration.Metadata: 3 labels: map<string, string>"));
    assert!(
        facts
            .contains("field parallax.coordinator.CoordinateResponse: 4 custom: google.protobuf.Struct (oneof result)")
    );
}

#[test]
fn field_names_in_json_are_the_default_ones() {
    for message in messages() {
        for field in message.fields() {
            assert_eq!(field.json_name(), lower_camel(field.name()), "{}", field.full_name());
        }
    }
}

fn lower_camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut name, part| {
        let mut letters = part.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

// ---- the list ----

fn listed() -> Facts {
    let mut facts = Facts::new();
    let mut package = String::new();
    for line in LIST.lines() {
        if line.starts_with("### ") {
            package = ticked(line).last().expect("a heading names its package").clone();
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        match cells.as_slice() {
            [service, rpc, request, response] if service.starts_with('`') => {
                let (service, rpc) = (&ticked(service)[0], &ticked(rpc)[0]);
                facts.insert(format!("rpc {package}.{service}.{rpc}({request}) -> {response}"));
            }
            [head, items] if head.contains('`') => list_type(&mut facts, &package, head, items),
            _ => {}
        }
    }
    facts
}

fn list_type(facts: &mut Facts, package: &str, head: &str, items: &str) {
    let name = format!("{package}.{}", ticked(head)[0]);
    let (kind, item_kind) = if head.starts_with("enum") { ("enum", "value") } else { ("message", "field") };
    facts.insert(format!("{kind} {name}"));
    for item in items.split("; ").filter(|item| !item.is_empty()) {
        facts.insert(format!("{item_kind} {name}: {item}"));
    }
}

/// The parts of a text between back-ticks.
fn ticked(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

// ---- the compiled files ----

fn pool() -> DescriptorPool {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptor set decodes")
}

fn messages() -> Vec<MessageDescriptor> {
    pool()
        .all_messages()
        .filter(|message| message.full_name().starts_with(PACKAGE_PREFIX) && !message.is_map_entry())
        .collect()
}

fn compiled() -> Facts {
    let mut facts = Facts::new();
    for service in pool().services() {
        for rpc in service.methods() {
            let stream = |on: bool| if on { "stream " } else { "" };
            facts.insert(format!(
                "rpc {}({}{}) -> {}{}",
                rpc.full_name(),
                stream(rpc.is_client_streaming()),
                rpc.input().full_name(),
                stream(rpc.is_server_streaming()),
                rpc.output().full_name()
            ));
        }
    }
    for message in messages() {
        facts.insert(format!("message {}", message.full_name()));
        facts.extend(message.fields().map(|field| format!("field {}: {}", message.full_name(), describe(&field))));
    }
    for list in pool().all_enums().filter(|list| list.full_name().starts_with(PACKAGE_PREFIX)) {
        facts.extend(describe_enum(&list));
    }
    facts
}

fn describe_enum(list: &EnumDescriptor) -> Vec<String> {
    let name = list.full_name();
    let values = list.values().map(|value| format!("value {name}: {} {}", value.number(), value.name()));
    std::iter::once(format!("enum {name}")).chain(values).collect()
}

fn describe(field: &FieldDescriptor) -> String {
    let type_name = match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            format!("map<{}, {}>", kind_name(&entry.map_entry_key_field()), kind_name(&entry.map_entry_value_field()))
        }
        _ if field.cardinality() == Cardinality::Repeated => {
            format!("repeated {}", kind_name(field))
        }
        _ => kind_name(field),
    };
    let oneof = field.containing_oneof().map(|oneof| format!(" (oneof {})", oneof.name())).unwrap_or_default();
    format!("{} {}: {type_name}{oneof}", field.number(), field.name())
}

fn kind_name(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(list) => list.full_name().to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}
