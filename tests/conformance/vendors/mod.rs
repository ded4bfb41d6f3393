//! Fakes of vendors' APIs: beds for every behaviour, and what is tried with each fake beside those.

mod azure;
mod calls;
mod client;
mod cloudflare;
mod digitalocean;
mod dnsimple;
mod gandi;
mod google;
mod hetzner;
mod leave;
mod machine;
mod ns1;
mod ovh;
mod rejections;
mod route53;
mod scaleway;
mod snapshots;
mod throttles;
mod unserved;
mod whole_loop;

use std::path::Path;
use std::sync::{Arc, Mutex};

use libtest_mimic::Trial;
use redundns::adapters::adapter;
use redundns::provider::{Capabilities, Provider};
use redundns::zone::{Name, RecordType};

use crate::bed::{self, Account, Bed, Endpoint, Kind, Only, connect, zone_text};
use crate::case::{Case, wait};
use crate::fakes::clock::Clock;
use crate::fakes::{Fake, VENDORS, Vendor};
use crate::world::{environment, free_address};

/// How much faster than ours the fakes' time passes, so that the vendors' throttles hold without holding us up.
const SPEED: u32 = 100_000;

/// An account for a vendor's API at `endpoint`.
pub(crate) fn account(vendor: &Vendor, endpoint: &str) -> Account {
    Account {
        text: format!("endpoint = \"{endpoint}\"\n{}", vendor.account),
        secrets: vendor.secrets_at(endpoint),
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

fn own(vendor: &Vendor) -> Vec<String> {
    vendor.nameservers.iter().map(ToString::to_string).collect()
}

/// Puts a zone in as every trial expects it.
pub(crate) fn prepare(vendor: &Vendor, fake: &Fake, origin: &str) {
    let text = zone_text(origin, &capabilities(vendor), &own(vendor));
    fake.add(origin, &text);
}

/// A bed with the fake of a vendor.
pub(crate) fn bed(vendor: &'static Vendor, zones: &[String]) -> Bed {
    let fake = Fake::start(vendor, Clock::times(SPEED));
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    for origin in zones {
        prepare(vendor, &fake, origin);
    }
    let origin = fake.http().endpoint();
    let own = account(vendor, &origin);
    let confidential = ["key", "secret", "token", "credentials"];
    let secrets = own.secrets.iter();
    let secrets = secrets.filter(|(key, _)| confidential.iter().any(|word| key.contains(word)));
    let secrets = secrets.map(|(_, secret)| secret.clone()).collect();
    let mut stranger = own.clone();
    for secret in &mut stranger.secrets {
        secret.1 = wrong(&secret.1);
    }
    let here = Path::new(".");
    Bed {
        dns: Some(fake.dns()),
        stranger: Some(connect(adapter, here, &stranger)),
        nobody: Some(provider(vendor, &format!("http://{}", free_address()))),
        endpoint: Some(Endpoint {
            origin,
            connect: Box::new(move |origin| provider(vendor, origin)),
            secrets,
        }),
        counts_serials: vendor.counts_serials,
        own: self::own(vendor),
        takes: vendor.takes,
        refused: vendor.refused,
        ..bed::bed(vendor.adapter, here, &own, Box::new(fake))
    }
}

/// Credentials that are not the account's; those that are a document stay one.
fn wrong(secret: &str) -> String {
    let wrong = "not-the-key";
    match serde_json::from_str(secret) {
        Ok(serde_json::Value::Object(mut document)) => {
            document.insert("client_email".to_owned(), wrong.into());
            serde_json::Value::Object(document).to_string()
        }
        _ => wrong.to_owned(),
    }
}

/// The vendor's real service, where the environment has credentials and a zone that can be thrown away:
/// `REDUNDNS_TEST_ZONE_` and the adapter's name in capitals.
pub(crate) fn real_service(vendor: &'static Vendor) -> Option<Kind> {
    let variable = format!("REDUNDNS_TEST_ZONE_{}", vendor.adapter.to_uppercase());
    let origin = environment(&variable)?.into_string().ok()?;
    let secrets = vendor.secrets.iter().zip(vendor.variables);
    let secrets: Vec<(&'static str, String)> = secrets
        .map(|(&(key, _), &variable)| {
            let secret = environment(variable).and_then(|secret| secret.into_string().ok());
            (
                key,
                secret.unwrap_or_else(|| panic!("{variable} is not set")),
            )
        })
        .collect();
    let account = Account {
        text: vendor.account.to_owned(),
        secrets,
    };
    let name = format!("{}_real", vendor.adapter);
    let start = move |_: &[String]| Some(in_one_zone(vendor, &account, &origin));
    Some(Kind {
        is_real: true,
        ..Kind::new(vendor.adapter, &name, start)
    })
}

/// A bed with an account that has one zone.
fn in_one_zone(vendor: &Vendor, account: &Account, origin: &str) -> Bed {
    let bed = bed::bed(vendor.adapter, Path::new("."), account, Box::new(()));
    let zone = Name::absolute(origin).expect("a name");
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    let provider = bed::connect_with(adapter, Path::new("."), account, Vec::new());
    let own = wait(provider.nameservers(&zone)).expect("nameservers");
    Bed {
        only: Some(Only {
            origin: zone.to_string(),
            alone: Mutex::default(),
        }),
        own: own.iter().map(|server| server.name.to_string()).collect(),
        counts_serials: vendor.counts_serials,
        refused: vendor.refused,
        takes: vendor.takes,
        ..bed
    }
}

/// What a real service is tried with works: two behaviours, one after the other in one zone.
fn check_one_zone(vendor: &'static Vendor) {
    let fake = Fake::start(vendor, Clock::times(SPEED));
    let mut text = "@ 3600 IN SOA a. b. 1 2 3 4 5\n".to_owned();
    for server in vendor.nameservers {
        text += &format!("@ 3600 IN NS {server}\n");
    }
    fake.add("one.example.", &text);
    let account = account(vendor, &fake.http().endpoint());
    let bed = in_one_zone(vendor, &account, "one.example");
    let only = bed.only.as_ref().expect("its zone");
    for _ in 0..2 {
        let case = Case::within(&bed, only, true);
        let base = case.fetch();
        case.expect(&base, &case.zone(&case.zone_text()));
        case.apply(&[
            case.delete(&base, "www", RecordType::A),
            case.create("new", RecordType::A, 600, &["192.0.2.20"]),
        ]);
    }
}

type Check = fn(&'static Vendor);

/// What is tried with every fake by itself.
pub(crate) fn trials() -> Vec<Trial> {
    let checks: [(&str, Check); 9] = [
        ("refuses_what_the_vendor_refuses", rejections::check),
        ("is_driven_by_the_vendors_client", client::check),
        ("throttles_as_the_vendor_does", throttles::check),
        ("is_tried_in_one_zone", check_one_zone),
        ("tells_whether_it_may_write", leave::check),
        ("closes_the_whole_loop", whole_loop::check),
        ("is_driven_by_octodns", client::check_octodns),
        ("sends_the_bodies_that_are_kept", snapshots::check),
        ("answers_as_the_corpus_has_it", snapshots::check_corpus),
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
    let own: [(&str, fn()); 6] = [
        (
            "leaves_alone_what_no_zone_file_can_express",
            route53::leaves_alone_what_no_zone_file_can_express,
        ),
        (
            "does_not_guess_between_zones",
            route53::does_not_guess_between_zones,
        ),
        (
            "finds_credentials_where_aws_keeps_them",
            route53::credentials::are_found_where_aws_keeps_them,
        ),
        (
            "the_fake_holds_the_limits_of_a_batch",
            route53::the_fake_holds_the_limits_of_a_batch,
        ),
        (
            "is_patient_with_an_api_that_is_busy",
            route53::is_patient_with_an_api_that_is_busy,
        ),
        (
            "waits_until_all_nameservers_have_a_change",
            route53::waits_until_all_nameservers_have_a_change,
        ),
    ];
    for (name, check) in own {
        trials.push(Trial::test(format!("route53::{name}"), move || {
            check();
            Ok(())
        }));
    }
    trials.extend(cloudflare::trials());
    let own: [(&str, fn()); 6] = [
        (
            "leaves_alone_what_no_zone_file_can_express",
            azure::leaves_alone_what_no_zone_file_can_express,
        ),
        ("keeps_metadata", azure::keeps_metadata),
        (
            "refuses_each_change_of_what_moved",
            azure::refuses_each_change_of_what_moved,
        ),
        (
            "is_patient_while_a_set_is_worked_on",
            azure::is_patient_while_a_set_is_worked_on,
        ),
        (
            "keeps_a_token_until_shortly_before_its_end",
            azure::keeps_a_token_until_shortly_before_its_end,
        ),
        (
            "uses_the_identity_of_the_machine",
            azure::uses_the_identity_of_the_machine,
        ),
    ];
    let azure = own.iter().map(|own| ("azure", own));
    let google = google::TRIALS.iter().map(|own| ("google", own));
    for (vendor, &(name, check)) in azure.chain(google) {
        trials.push(Trial::test(format!("{vendor}::{name}"), move || {
            check();
            Ok(())
        }));
    }
    trials.extend(gandi::trials());
    trials.extend(hetzner::trials());
    trials.extend(scaleway::trials());
    trials.extend(ovh::trials());
    trials.extend(dnsimple::trials());
    trials.extend(ns1::trials());
    trials.extend(digitalocean::trials());
    trials.push(Trial::test("docs::tell_what_providers_hold", || {
        calls::check_document();
        Ok(())
    }));
    trials.push(Trial::test("docs::have_a_table_in_the_readme", || {
        calls::check_readme();
        Ok(())
    }));
    trials
}
