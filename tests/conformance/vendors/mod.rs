//! Fakes of vendors' APIs: beds for every behaviour, and what is tried with each fake beside those.

mod calls;
mod client;
mod rejections;
mod snapshots;

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use redundns::adapters::adapter;
use redundns::provider::{Capabilities, Provider};

use crate::bed::{self, Account, Bed, Endpoint, connect, zone_text};
use crate::fakes::clock::Clock;
use crate::fakes::{Fake, VENDORS, Vendor};
use crate::world::free_address;

/// How much faster than ours the fakes' time passes, so that the vendors' throttles hold without holding us up.
const SPEED: u32 = 100_000;

/// An account for a vendor's API at `endpoint`.
pub(crate) fn account(vendor: &Vendor, endpoint: &str) -> Account {
    let own = |&(key, value): &(&'static str, &str)| (key, value.to_owned());
    Account {
        text: format!("endpoint = \"{endpoint}\"\n{}", vendor.account),
        secrets: vendor.secrets.iter().map(own).collect(),
    }
}

/// The vendor's account at `endpoint`.
pub(crate) fn provider(vendor: &Vendor, endpoint: &str) -> Arc<dyn Provider> {
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    connect(adapter, Path::new("."), &account(vendor, endpoint))
}

/// What the vendor's API can hold, as its adapter says.
pub(crate) fn capabilities(vendor: &Vendor) -> Capabilities {
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    (adapter.capabilities)()
}

/// Puts a zone in as every trial expects it.
pub(crate) fn prepare(vendor: &Vendor, fake: &Fake, origin: &str) {
    let text = zone_text(origin, &capabilities(vendor), vendor.nameservers);
    fake.add(origin, &text);
}

/// A bed with the fake of a vendor.
pub(crate) fn bed(vendor: &'static Vendor, zones: &[String]) -> Bed {
    let fake = Fake::start(vendor, Clock::times(SPEED));
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    let capabilities = (adapter.capabilities)();
    for origin in zones {
        fake.add(
            origin,
            &zone_text(origin, &capabilities, vendor.nameservers),
        );
    }
    let origin = fake.http().endpoint();
    let own = account(vendor, &origin);
    let mut stranger = own.clone();
    for secret in &mut stranger.secrets {
        "not-the-key".clone_into(&mut secret.1);
    }
    let here = Path::new(".");
    Bed {
        dns: Some(fake.dns()),
        stranger: Some(connect(adapter, here, &stranger)),
        nobody: Some(provider(vendor, &format!("http://{}", free_address()))),
        endpoint: Some(Endpoint {
            origin,
            connect: Box::new(move |origin| provider(vendor, origin)),
        }),
        own: vendor.nameservers,
        counts_serials: vendor.counts_serials,
        refused: vendor.refused,
        ..bed::bed(vendor.adapter, here, &own, Box::new(fake))
    }
}

type Check = fn(&'static Vendor);

/// What is tried with every fake by itself.
pub(crate) fn trials() -> Vec<Trial> {
    let checks: [(&str, Check); 4] = [
        ("refuses_what_the_vendor_refuses", rejections::check),
        ("is_driven_by_the_vendors_client", client::check),
        ("is_driven_by_octodns", client::check_octodns),
        ("sends_the_bodies_that_are_kept", snapshots::check),
    ];
    let mut trials = Vec::new();
    for &vendor in VENDORS {
        for (name, check) in checks {
            let trial = Trial::test(format!("{}::{name}", vendor.adapter), move || {
                check(vendor);
                Ok(())
            });
            trials.push(trial);
        }
    }
    trials.push(Trial::test("docs::tell_what_providers_hold", || {
        calls::check_document();
        Ok(())
    }));
    trials
}
