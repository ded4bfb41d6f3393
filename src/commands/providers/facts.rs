//! What an account can hold and do, in words.

use crate::provider::{ApexNs, Capabilities, Granularity};
use crate::report::text::plural;

pub(super) fn facts(capabilities: &Capabilities) -> Vec<(&'static str, String)> {
    let types = match &capabilities.rtypes {
        None => "all".to_owned(),
        Some(types) => types
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
    };
    let ttl = format!(
        "{} to {} s",
        capabilities.ttl.start(),
        capabilities.ttl.end()
    );
    let apex = match capabilities.apex_ns {
        ApexNs::Full => "any set",
        ApexNs::AddOnly => "its own stay, others can be added",
        ApexNs::Fixed => "its own and nothing else",
        ApexNs::Hidden => "neither shown nor settable",
    };
    let unit = match capabilities.granularity {
        Granularity::Record => "record",
        Granularity::RecordSet => "record set",
        Granularity::Zone => "zone",
    };
    let atomic = if capabilities.atomic {
        "atomic"
    } else {
        "not atomic"
    };
    vec![
        ("types", types),
        ("TTL", ttl),
        ("apex NS", apex.to_owned()),
        (
            "writes",
            format!(
                "by {unit}, {} in one call, {atomic}",
                match capabilities.batch {
                    usize::MAX => "any number of changes".to_owned(),
                    most => format!("up to {}", plural(most, "change")),
                }
            ),
        ),
        ("zones", abilities(capabilities)),
        (
            "settles",
            format!("within {} s", capabilities.settle.as_secs()),
        ),
    ]
}

fn abilities(capabilities: &Capabilities) -> String {
    let lists = if capabilities.lists_zones {
        "listed"
    } else {
        "not listed"
    };
    let creates = if capabilities.creates_zones {
        "created where the account says `create = true`"
    } else {
        "not created"
    };
    format!("{lists}, {creates}")
}
