//! Two states of one zone, exactly sixty changes apart, as plain text that owes nothing to the program's own types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The zone of every test here, without the final dot.
pub(crate) const ORIGIN: &str = "chaos.test";

/// How many changes lead from one state to the other, in either direction.
pub(crate) const CHANGES: usize = 60;

/// Owner (absolute, lower case, with the final dot) and type.
pub(crate) type Key = (String, String);

/// The data of a record set in presentation format, and its TTL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) ttl: u32,
    pub(crate) data: BTreeSet<String>,
}

/// Every record set of a zone but the SOA.
pub(crate) type Sets = BTreeMap<Key, Set>;

/// The state `A` or `B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

/// An absolute name from one relative to the origin.
pub(crate) fn absolute(owner: &str) -> String {
    match owner {
        "@" => format!("{ORIGIN}."),
        owner => format!("{owner}.{ORIGIN}."),
    }
}

pub(crate) fn key(owner: &str, rtype: &str) -> Key {
    (absolute(owner), rtype.to_owned())
}

fn put(sets: &mut Sets, owner: &str, rtype: &str, ttl: u32, data: &[&str]) {
    let data = data.iter().map(|text| (*text).to_owned()).collect();
    let before = sets.insert(key(owner, rtype), Set { ttl, data });
    assert!(before.is_none(), "{owner} {rtype} is said twice");
}

/// What the providers hold on one side. Nobody but a person who reads this file keeps the two apart, so that the
/// number of changes is counted again from the result.
pub(crate) fn sets(side: Side) -> Sets {
    let is_b = side == Side::B;
    let pick = |a: u32, b: u32| if is_b { b } else { a };
    let mut sets = Sets::new();
    let ns = ["ns1.pdns.example.", "ns1.bind.example.", "ns3.chaos.test."];
    // The third server is listed on one side alone, and so is its address: the last wave, in its own order.
    put(&mut sets, "@", "NS", 300, &ns[..if is_b { 3 } else { 2 }]);
    if is_b {
        put(&mut sets, "ns3", "A", 300, &["127.0.0.1"]);
    }
    for n in 0..30 {
        let address = format!("192.0.2.{n}");
        put(&mut sets, &format!("stays{n}"), "A", 300, &[&address]);
    }
    // 20 replacements: another address, another TTL, more and fewer addresses, and sets of other types.
    for n in 0..9 {
        let address = format!("198.51.100.{}", pick(n, 100 + n));
        put(&mut sets, &format!("moves{n}"), "A", 300, &[&address]);
    }
    for n in 0..4 {
        let address = format!("2001:db8::{}", n + 1);
        let ttl = pick(300, 60 + n);
        put(&mut sets, &format!("ttl{n}"), "AAAA", ttl, &[&address]);
    }
    let many: Vec<String> = (1..=5).map(|n| format!("203.0.113.{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    put(
        &mut sets,
        "grows",
        "A",
        300,
        &many[..if is_b { 5 } else { 2 }],
    );
    put(
        &mut sets,
        "shrinks",
        "A",
        300,
        &many[..if is_b { 1 } else { 4 }],
    );
    put(
        &mut sets,
        "swaps",
        "A",
        300,
        if is_b { &many[3..] } else { &many[..3] },
    );
    let mx = ["10 stays1.chaos.test.", "20 stays2.chaos.test."];
    put(&mut sets, "@", "MX", 300, &mx[..if is_b { 2 } else { 1 }]);
    put(
        &mut sets,
        "@",
        "TXT",
        300,
        &[if is_b {
            "v=spf1 mx -all"
        } else {
            "v=spf1 -all"
        }],
    );
    let target = if is_b {
        "stays4.chaos.test."
    } else {
        "stays3.chaos.test."
    };
    put(&mut sets, "turns", "CNAME", 300, &[target]);
    let srv = format!("10 60 {} stays5.chaos.test.", pick(5060, 5061));
    put(&mut sets, "_sip._tcp", "SRV", 300, &[&srv]);
    // 19 that only one side has, and 19 that only the other has.
    let (own, word) = if is_b { (50, "comes") } else { (0, "goes") };
    for n in 0..13 {
        let address = format!("192.0.2.{}", 100 + own + n);
        put(&mut sets, &format!("{word}{n}"), "A", 300, &[&address]);
    }
    put(&mut sets, &format!("{word}-txt"), "TXT", 300, &[word]);
    // A name that stays while its type changes.
    for n in 0..3 {
        let owner = format!("becomes{n}");
        if is_b {
            put(&mut sets, &owner, "AAAA", 300, &["2001:db8::80"]);
        } else {
            put(&mut sets, &owner, "A", 300, &["192.0.2.80"]);
        }
    }
    // A pointer and its target, neither of them on the other side.
    let target = format!("{word}-target");
    put(&mut sets, &target, "A", 300, &["192.0.2.90"]);
    put(
        &mut sets,
        &format!("{word}-alias"),
        "CNAME",
        300,
        &[&absolute(&target)],
    );
    sets
}

/// The sets that are not the same on both sides.
pub(crate) fn differing() -> BTreeSet<Key> {
    let (a, b) = (sets(Side::A), sets(Side::B));
    a.keys()
        .chain(b.keys())
        .filter(|key| a.get(*key) != b.get(*key))
        .cloned()
        .collect()
}

/// A master file of `sets`, its SOA with that serial.
pub(crate) fn master_file(sets: &Sets, serial: u32) -> String {
    let mut text = format!(
        "$ORIGIN {ORIGIN}.\n@ 300 IN SOA ns1.pdns.example. hostmaster {serial} 14400 3600 1209600 300\n"
    );
    for ((owner, rtype), set) in sets {
        for data in &set.data {
            let quote = if rtype == "TXT" { "\"" } else { "" };
            let _ = writeln!(text, "{owner} {} IN {rtype} {quote}{data}{quote}", set.ttl);
        }
    }
    text
}
