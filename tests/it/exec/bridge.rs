//! The bridge to octoDNS with many vendors' modules: each says hello without a network.

use redundns::provider::{ApexNs, ErrorKind, Soa};

use super::connect;
use crate::world::require_clients;

/// A provider class of each module of `tests/clients/octodns-many.txt`, and whether it manages the apex NS set.
const CLASSES: &[(&str, bool)] = &[
    ("octodns_autodns.AutoDNSProvider", false),
    ("octodns_azure.AzureProvider", true),
    ("octodns_cloudflare.CloudflareProvider", false),
    ("octodns_constellix.ConstellixProvider", false),
    ("octodns_desec.DesecProvider", true),
    ("octodns_digitalocean.DigitalOceanProvider", true),
    ("octodns_dnsimple.DnsimpleProvider", false),
    ("octodns_dnsmadeeasy.DnsMadeEasyProvider", true),
    ("octodns_easydns.EasyDnsProvider", true),
    ("octodns_edgecenter.EdgeCenterProvider", true),
    ("octodns_edgedns.AkamaiProvider", false),
    ("octodns_gandi.GandiProvider", false),
    ("octodns_gcore.GCoreProvider", true),
    ("octodns_googlecloud.GoogleCloudProvider", true),
    ("octodns_hetzner.HetznerProvider", true),
    ("octodns_mythicbeasts.MythicBeastsProvider", true),
    ("octodns_ns1.Ns1Provider", true),
    ("octodns_ovh.OvhProvider", true),
    ("octodns_rackspace.RackspaceProvider", false),
    ("octodns_route53.Route53Provider", true),
    ("octodns_scaleway.ScalewayProvider", false),
    ("octodns_selectel.SelectelProvider", false),
    ("octodns_transip.TransipProvider", true),
    ("octodns_ultra.UltraProvider", true),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_module_says_hello() {
    let Some(python) = require_clients("octodns-many") else {
        return;
    };
    assert!(CLASSES.len() >= 20);
    let bridge = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/octodns_bridge.py");
    let here = tempfile::tempdir().expect("a temporary directory");
    let mut wrong = Vec::new();
    for &(class, has_apex_ns) in CLASSES {
        let text = format!(
            "command = [\"{}\", \"{bridge}\"]\n[settings]\nclass = \"{class}\"",
            python.display()
        );
        let provider =
            connect(here.path(), &text).unwrap_or_else(|error| panic!("{}", error.message));
        match provider.capabilities().await {
            Err(error) => wrong.push(format!("{class}: {error}")),
            Ok(told) => {
                let told = told.expect("what it says of itself");
                let types = told.rtypes.as_ref().map_or(0, |types| types.len());
                let apex = if has_apex_ns {
                    ApexNs::Full
                } else {
                    ApexNs::Hidden
                };
                if types < 5 || told.apex_ns != apex || told.soa != Soa::Fixed {
                    wrong.push(format!("{class}: {types} types, {:?}", told.apex_ns));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_that_is_not_there_is_named() {
    let Some(python) = require_clients("octodns") else {
        return;
    };
    let bridge = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/octodns_bridge.py");
    let here = tempfile::tempdir().expect("a temporary directory");
    for (class, words) in [
        ("octodns_nobody.NobodyProvider", "cannot be imported"),
        ("octodns_powerdns.NobodyProvider", "cannot be imported"),
        ("Nobody", "names no class"),
    ] {
        let text = format!(
            "command = [\"{}\", \"{bridge}\"]\n[settings]\nclass = \"{class}\"",
            python.display()
        );
        let provider =
            connect(here.path(), &text).unwrap_or_else(|error| panic!("{}", error.message));
        let error = provider.capabilities().await.expect_err("no class");
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
}
