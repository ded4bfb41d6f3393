//! Tables.

use super::*;
use crate::zone::{Position, ZoneBuilder};

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// Owners and types; the data is a root target where the type wants a name, and does not matter otherwise.
fn zone(origin: &str, sets: &[(&str, &str)]) -> Zone {
    let mut builder = ZoneBuilder::new(name(origin));
    for (owner, types) in sets {
        for rtype in types.split(' ') {
            builder.push(
                name(owner).borrow(),
                rtype.parse().expect("a type in a test"),
                60,
                &[0],
                Position::default(),
            );
        }
    }
    builder.finish()
}

/// The outcome in one line: kind, owner and type of the set, `*` where synthesized.
fn told(lookup: Lookup<'_>) -> String {
    let star = |wildcard| if wildcard { " *" } else { "" };
    match lookup {
        Lookup::Records { set, wildcard } => format!("{}{}", set.key(), star(wildcard)),
        Lookup::Alias { set, wildcard } => format!("alias {}{}", set.owner(), star(wildcard)),
        Lookup::Dname { set } => format!("dname {}", set.owner()),
        Lookup::Referral { set } => format!("referral {}", set.owner()),
        Lookup::NoData { wildcard } => format!("nodata{}", star(wildcard)),
        Lookup::NxDomain => "nxdomain".to_owned(),
        Lookup::NotInZone => "not in zone".to_owned(),
    }
}

fn check(zone: &Zone, table: &[(&str, &str, &str)]) {
    for (qname, qtype, expected) in table {
        let qtype = qtype.parse().expect("a type in a test");
        let got = told(zone.lookup(name(qname).borrow(), qtype));
        assert_eq!(got, *expected, "{qname} {qtype}");
    }
}

#[test]
fn the_examples_of_rfc_4592() {
    let zone = zone(
        "example.",
        &[
            ("example.", "SOA NS"),
            ("*.example.", "TXT MX"),
            ("sub.*.example.", "TXT"),
            ("host1.example.", "A"),
            ("_ssh._tcp.host1.example.", "SRV"),
            ("_ssh._tcp.host2.example.", "SRV"),
            ("subdel.example.", "NS"),
        ],
    );
    check(
        &zone,
        &[
            ("host3.example.", "MX", "*.example. MX *"),
            ("host3.example.", "A", "nodata *"),
            ("foo.bar.example.", "TXT", "*.example. TXT *"),
            ("host1.example.", "MX", "nodata"),
            ("sub.*.example.", "MX", "nodata"),
            ("_telnet._tcp.host1.example.", "SRV", "nxdomain"),
            ("host.subdel.example.", "A", "referral subdel.example."),
            ("ghost.*.example.", "MX", "nxdomain"),
            ("*.example.", "TXT", "*.example. TXT"),
            ("_tcp.host2.example.", "SRV", "nodata"),
            ("host2.example.", "TXT", "nodata"),
            ("x.host2.example.", "TXT", "nxdomain"),
        ],
    );
}

#[test]
fn names_and_types() {
    let zone = zone(
        "example.",
        &[
            ("example.", "SOA NS"),
            ("a.b.c.example.", "A"),
            ("www.example.", "A AAAA"),
            ("alias.example.", "CNAME"),
        ],
    );
    check(
        &zone,
        &[
            ("example.", "SOA", "example. SOA"),
            ("example.", "NS", "example. NS"),
            ("example.", "DS", "nodata"),
            ("WWW.Example.", "AAAA", "www.example. AAAA"),
            ("www.example.", "TXT", "nodata"),
            ("www.example.", "ANY", "www.example. A"),
            ("b.c.example.", "A", "nodata"),
            ("b.c.example.", "ANY", "nodata"),
            ("x.c.example.", "A", "nxdomain"),
            ("below.www.example.", "A", "nxdomain"),
            ("alias.example.", "A", "alias alias.example."),
            ("alias.example.", "CNAME", "alias.example. CNAME"),
            ("alias.example.", "ANY", "alias.example. CNAME"),
            ("below.alias.example.", "A", "nxdomain"),
            ("nope.example.", "A", "nxdomain"),
            ("example.com.", "A", "not in zone"),
            ("notexample.", "A", "not in zone"),
            (".", "NS", "not in zone"),
        ],
    );
}

#[test]
fn wildcards() {
    let zone = zone(
        "example.",
        &[
            ("example.", "SOA NS"),
            ("*.w.example.", "A"),
            ("sibling.w.example.", "TXT"),
            ("deep.ent.w.example.", "TXT"),
            ("*.alias.example.", "CNAME"),
            ("below.*.ent.example.", "A"),
            ("*.cut.example.", "NS"),
            ("*.d.example.", "DNAME"),
        ],
    );
    check(
        &zone,
        &[
            ("x.w.example.", "A", "*.w.example. A *"),
            ("x.y.w.example.", "A", "*.w.example. A *"),
            ("x.w.example.", "TXT", "nodata *"),
            ("x.w.example.", "ANY", "*.w.example. A *"),
            ("w.example.", "A", "nodata"),
            ("sibling.w.example.", "A", "nodata"),
            ("x.sibling.w.example.", "A", "nxdomain"),
            ("ent.w.example.", "A", "nodata"),
            ("x.ent.w.example.", "A", "nxdomain"),
            ("x.alias.example.", "A", "alias *.alias.example. *"),
            ("x.alias.example.", "CNAME", "*.alias.example. CNAME *"),
            ("x.ent.example.", "A", "nodata *"),
            ("x.cut.example.", "NS", "*.cut.example. NS *"),
            ("x.cut.example.", "A", "nodata *"),
            ("x.y.d.example.", "A", "nodata *"),
        ],
    );
}

#[test]
fn a_zone_cut_hides_everything_below_it() {
    let zone = zone(
        "example.",
        &[
            ("example.", "SOA NS"),
            ("sub.example.", "NS DS"),
            ("ns.sub.example.", "A"),
            ("*.sub.example.", "A"),
            ("deeper.sub.example.", "NS"),
            ("d.sub.example.", "DNAME"),
            ("plain.example.", "NS"),
            ("*.example.", "A"),
        ],
    );
    check(
        &zone,
        &[
            ("sub.example.", "NS", "referral sub.example."),
            ("sub.example.", "A", "referral sub.example."),
            ("sub.example.", "ANY", "referral sub.example."),
            ("sub.example.", "DS", "sub.example. DS"),
            ("plain.example.", "DS", "nodata"),
            ("ns.sub.example.", "A", "referral sub.example."),
            ("x.sub.example.", "A", "referral sub.example."),
            ("x.sub.example.", "DS", "referral sub.example."),
            ("deeper.sub.example.", "DS", "referral sub.example."),
            ("x.d.sub.example.", "A", "referral sub.example."),
            ("x.plain.example.", "A", "referral plain.example."),
            ("other.example.", "A", "*.example. A *"),
        ],
    );
}

#[test]
fn dname_redirects_what_is_below_it() {
    let zone = zone(
        "example.",
        &[
            ("example.", "SOA NS"),
            ("d.example.", "DNAME TXT"),
            ("hidden.d.example.", "A"),
        ],
    );
    check(
        &zone,
        &[
            ("d.example.", "DNAME", "d.example. DNAME"),
            ("d.example.", "TXT", "d.example. TXT"),
            ("d.example.", "A", "nodata"),
            ("x.d.example.", "A", "dname d.example."),
            ("x.d.example.", "DNAME", "dname d.example."),
            ("hidden.d.example.", "A", "dname d.example."),
            ("x.y.d.example.", "DS", "dname d.example."),
        ],
    );
}

#[test]
fn the_root_is_a_zone_too() {
    let zone = zone(".", &[(".", "SOA NS"), ("com.", "NS"), ("*.x.", "A")]);
    check(
        &zone,
        &[
            (".", "NS", ". NS"),
            ("example.com.", "A", "referral com."),
            ("org.", "A", "nxdomain"),
            ("y.x.", "A", "*.x. A *"),
        ],
    );
    check(
        &Zone::empty(name("example.")),
        &[("example.", "A", "nxdomain")],
    );
}

#[test]
fn a_redirected_name_may_be_too_long() {
    let mut builder = ZoneBuilder::new(name("example."));
    let (owner, target) = (name("d.example."), name("target.other."));
    builder.push(
        owner.borrow(),
        RecordType::DNAME,
        60,
        target.borrow().wire(),
        Position::default(),
    );
    let zone = builder.finish();
    let set = zone.set(0);
    assert_eq!(
        redirect(name("a.b.d.example.").borrow(), set),
        Some(name("a.b.target.other."))
    );
    let long = format!("{0}.{0}.{0}.{1}.d.example.", "a".repeat(63), "b".repeat(50));
    assert_eq!(redirect(name(&long).borrow(), set), None);
}

#[test]
fn a_wildcard_too_long_to_exist_covers_nothing() {
    // 255 octets: nothing fits in front of it, so the wildcard below its parent is all there can be.
    let longest = format!("{0}.{0}.{0}.{1}.", "a".repeat(63), "b".repeat(61));
    let zone = zone(".", &[(".", "SOA NS"), (&longest, "A")]);
    let sibling = format!("c.{}", longest.split_once('.').expect("labels").1);
    check(
        &zone,
        &[(&longest, "AAAA", "nodata"), (&sibling, "A", "nxdomain")],
    );
}
