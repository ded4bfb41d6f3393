//! Who runs a nameserver, by its name.

use wildmatch::WildMatch;

use crate::zone::Name;

/// When the table was last compared with what the operators document.
pub const OPERATORS_VERIFIED: &str = "2026-11-30";

/// Whoever serves other people's zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// As they call themselves.
    pub name: &'static str,
    /// The adapter that speaks their API, where there is one.
    pub adapter: Option<&'static str>,
    /// The names of their nameservers, without the final dot.
    patterns: &'static [&'static str],
}

const fn with(
    name: &'static str,
    adapter: &'static str,
    patterns: &'static [&'static str],
) -> Operator {
    Operator {
        name,
        adapter: Some(adapter),
        patterns,
    }
}

const fn without(name: &'static str, patterns: &'static [&'static str]) -> Operator {
    Operator {
        name,
        adapter: None,
        patterns,
    }
}

/// Everybody known. Names of vanity servers tell nothing, so that nobody is recognised by them.
pub const OPERATORS: &[Operator] = &[
    with(
        "Cloudflare",
        "cloudflare",
        &[
            "*.ns.cloudflare.com",
            "*.foundationdns.com",
            "*.foundationdns.net",
            "*.foundationdns.org",
        ],
    ),
    with("Amazon Route 53", "route53", &["ns-*.awsdns-??.*"]),
    // The names of Squarespace Domains, once Google Domains, are of the same kind.
    with(
        "Google Cloud DNS",
        "google",
        &["ns-cloud-*.googledomains.com"],
    ),
    with(
        "Azure DNS",
        "azure",
        &[
            "ns?-*.azure-dns.com",
            "ns?-*.azure-dns.net",
            "ns?-*.azure-dns.org",
            "ns?-*.azure-dns.info",
        ],
    ),
    with("DigitalOcean", "digitalocean", &["ns?.digitalocean.com"]),
    with(
        "Hetzner",
        "hetzner",
        &["*.ns.hetzner.com", "*.ns.hetzner.de"],
    ),
    with("Gandi LiveDNS", "gandi", &["ns-*-?.gandi.net"]),
    // Netlify's zones stand on the same servers.
    with("NS1", "ns1", &["dns?.p??.nsone.net"]),
    with(
        "DNSimple",
        "dnsimple",
        &[
            "ns?.dnsimple.com",
            "ns?.dnsimple-edge.net",
            "ns?.dnsimple-edge.org",
        ],
    ),
    with("deSEC", "desec", &["ns1.desec.io", "ns2.desec.org"]),
    with(
        "OVHcloud",
        "ovh",
        &[
            "dns*.ovh.net",
            "ns*.ovh.net",
            "dns*.anycast.me",
            "ns*.anycast.me",
            "dns*.ovh.ca",
            "ns*.ovh.ca",
        ],
    ),
    with("Scaleway", "scaleway", &["ns?.dom.scw.cloud"]),
    without(
        "Akamai Edge DNS",
        &["*.akam.net", "*.akamaiedge.net", "*.akamai.net"],
    ),
    without("Akamai Cloud (Linode)", &["ns?.linode.com"]),
    without("Alibaba Cloud DNS", &["*.alidns.com", "*.hichina.com"]),
    without("Bunny DNS", &["*.bunny.net"]),
    without("ClouDNS", &["*.cloudns.net", "*.cloudns.uk"]),
    without("Constellix", &["*.constellix.com", "*.constellix.net"]),
    without("CSC", &["*.cscdns.net", "*.cscdns.uk"]),
    without("DNS Made Easy", &["*.dnsmadeeasy.com"]),
    without("DNSPod", &["*.dnspod.net"]),
    without("Dyn", &["*.dynect.net"]),
    without("easyDNS", &["dns?.easydns.*", "*.easydns.com"]),
    without("Exoscale", &["ns?.exoscale.*"]),
    without("Gcore", &["ns1.gcorelabs.net", "ns2.gcdn.services"]),
    without("GoDaddy", &["*.domaincontrol.com"]),
    without("Hurricane Electric", &["ns?.he.net"]),
    without("Infomaniak", &["ns*.infomaniak.ch", "ns*.infomaniak.com"]),
    without("INWX", &["ns*.inwx.de", "ns*.inwx.eu", "ns*.inwx.com"]),
    without(
        "IONOS",
        &[
            "*.ui-dns.com",
            "*.ui-dns.de",
            "*.ui-dns.org",
            "*.ui-dns.biz",
        ],
    ),
    without("Loopia", &["ns?.loopia.se"]),
    without("LuaDNS", &["ns?.luadns.net"]),
    without("MarkMonitor", &["*.markmonitor.com"]),
    without("Mythic Beasts", &["ns?.mythic-beasts.com"]),
    without("Name.com", &["ns*.name.com"]),
    without("Namecheap", &["*.registrar-servers.com"]),
    without("netcup", &["*.dns.netcup.net"]),
    without("Njalla", &["*.njalla.no", "*.njalla.in", "*.njalla.fo"]),
    without("Oracle Cloud DNS", &["*.dns.oraclecloud.net"]),
    without("Porkbun", &["*.ns.porkbun.com", "*.porkbun.com"]),
    without("Rackspace", &["*.stabletransit.com"]),
    without("STRATO", &["*.rzone.de"]),
    without(
        "TransIP",
        &["ns?.transip.nl", "ns?.transip.net", "ns?.transip.eu"],
    ),
    without(
        "UltraDNS",
        &[
            "*.ultradns.com",
            "*.ultradns.net",
            "*.ultradns.org",
            "*.ultradns.biz",
            "*.ultradns.info",
            "*.ultradns.co.uk",
        ],
    ),
    without("Vercel", &["*.vercel-dns.com"]),
    without("Vultr", &["ns?.vultr.com"]),
    without("Wix", &["*.wixdns.net"]),
    without("Yandex Cloud", &["*.yandexcloud.net", "dns?.yandex.net"]),
];

/// Who runs the nameserver called so; `None` where nobody knows.
pub fn operator(nameserver: &Name) -> Option<&'static Operator> {
    let name = nameserver.to_string();
    let name = name.trim_end_matches('.');
    let is_theirs = |operator: &&Operator| {
        let mut patterns = operator.patterns.iter();
        patterns.any(|pattern| WildMatch::new(pattern).matches(name))
    };
    OPERATORS.iter().find(is_theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameservers_are_recognised_by_their_names() {
        for (name, adapter) in [
            ("ada.ns.cloudflare.com", Some("cloudflare")),
            ("ns-12.awsdns-01.com", Some("route53")),
            ("NS-1890.awsdns-44.co.uk", Some("route53")),
            ("ns-cloud-a1.googledomains.com", Some("google")),
            ("ns1-05.azure-dns.com", Some("azure")),
            ("ns3.digitalocean.com", Some("digitalocean")),
            ("hydrogen.ns.hetzner.com", Some("hetzner")),
            ("ns-182-b.gandi.net", Some("gandi")),
            ("dns1.p04.nsone.net", Some("ns1")),
            ("ns4.dnsimple-edge.org", Some("dnsimple")),
            ("ns2.desec.org", Some("desec")),
            ("dns200.anycast.me", Some("ovh")),
            ("ns0.dom.scw.cloud", Some("scaleway")),
            ("ns53.domaincontrol.com", None),
        ] {
            let name = Name::absolute(name).expect("a name");
            let operator = operator(&name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(operator.adapter, adapter, "{name}");
        }
        for stranger in [
            "ns1.example.com",
            "cloudflare.com",
            "ns.cloudflare.com.evil.example",
        ] {
            let name = Name::absolute(stranger).expect("a name");
            assert_eq!(operator(&name), None, "{stranger}");
        }
    }
}
