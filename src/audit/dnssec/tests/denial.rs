use data_encoding::BASE32HEX_NOPAD;

use super::{name, question, unsigned};
use crate::audit::dnssec::denial::{Claim, Nsec3, has_type, prove};
use crate::audit::dnssec::signed::SignedSet;
use crate::zone::RecordType;

fn nsec(owner: &str, data: &str) -> SignedSet {
    unsigned(owner, RecordType::NSEC, &[data])
}

/// A claim about a name and a type, the NSEC records that came with it, and whether they prove it.
type Row<'a> = (Claim, &'a str, RecordType, &'a [(&'a str, &'a str)], bool);

#[test]
fn nsec_records_prove_what_they_say_and_no_more() {
    use Claim::{Expanded, NoData, NxDomain};
    use RecordType as T;
    let apex = ("example.", "b.example. NS SOA TXT RRSIG NSEC DNSKEY");
    let b = ("b.example.", "x.ent.example. A RRSIG NSEC");
    let ent = ("x.ent.example.", "*.wild.example. A RRSIG NSEC");
    let wild = ("*.wild.example.", "example. TXT RRSIG NSEC");
    let cut = ("c.example.", "e.example. NS RRSIG NSEC");
    let rows: &[Row<'_>] = &[
        (NoData, "b.example.", T::MX, &[b], true),
        (NoData, "b.example.", T::A, &[b], false),
        (NoData, "ent.example.", T::A, &[b], true),
        (NoData, "f.example.", T::A, &[ent], false),
        (NoData, "f.wild.example.", T::A, &[wild], true),
        (NoData, "f.wild.example.", T::TXT, &[wild], false),
        (NxDomain, "f.example.", T::A, &[ent, apex], true),
        (NxDomain, "f.example.", T::A, &[ent], false),
        (NxDomain, "f.example.", T::A, &[apex], false),
        // The last record of the zone covers everything behind it.
        (NxDomain, "zz.example.", T::A, &[wild, apex], true),
        (Expanded(2), "f.wild.example.", T::TXT, &[wild], true),
        (Expanded(2), "f.wild.example.", T::TXT, &[b], false),
        // The parent's side of a cut says nothing about what lies below it.
        (NxDomain, "x.c.example.", T::A, &[cut, apex], false),
        (NxDomain, "d.example.", T::A, &[cut, apex], true),
        // Compact denial (RFC 9824): the name itself, with hardly a type.
        (
            NoData,
            "no.example.",
            T::A,
            &[("no.example.", "\\000.no.example. RRSIG NSEC TYPE128")],
            true,
        ),
        (NxDomain, "f.example.", T::A, &[], false),
    ];
    for (claim, owner, rtype, records, proved) in rows {
        let sets: Vec<SignedSet> = records
            .iter()
            .map(|(owner, data)| nsec(owner, data))
            .collect();
        let sets: Vec<&SignedSet> = sets.iter().collect();
        let outcome = prove(
            *claim,
            &question(owner, *rtype),
            name("example.").borrow(),
            &sets,
        );
        assert_eq!(
            outcome.is_ok(),
            *proved,
            "{claim:?} {owner} {rtype} {records:?}: {outcome:?}"
        );
    }
}

/// The zone of RFC 5155, appendix A: 12 iterations, salt aabbccdd.
fn hashed(owner: &str, next: &str, types: &str) -> SignedSet {
    let data = format!("1 1 12 aabbccdd {next} {types}");
    unsigned(&format!("{owner}.example."), RecordType::NSEC3, &[&data])
}

#[test]
fn hashes_are_those_of_rfc_5155() {
    let set = hashed(
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
        "A",
    );
    let nsec = Nsec3::read(&set).expect("an NSEC3");
    for (owner, expected) in [
        ("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
        ("a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
        ("x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"),
        ("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"),
    ] {
        let hash = nsec.hash_of(name(owner).borrow());
        let text = BASE32HEX_NOPAD.encode(&hash).to_ascii_lowercase();
        assert_eq!(text, expected, "{owner}");
    }
    assert_eq!((nsec.iterations, nsec.opt_out), (12, true));
}

/// The answers of RFC 5155, appendix B.
#[test]
fn nsec3_records_prove_what_they_say_and_no_more() {
    use Claim::{NoData, NxDomain};
    let apex = hashed(
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
        "NS SOA MX RRSIG DNSKEY NSEC3PARAM",
    );
    let encloser = hashed(
        "b4um86eghhds6nea196smvmlo4ors995",
        "gjeqe526plbf1g8mklp59enfd789njgi",
        "MX RRSIG",
    );
    let wildcard = hashed(
        "35mthgpgcu1qg68fab165klnsnk3dpvl",
        "b4um86eghhds6nea196smvmlo4ors995",
        "NS DS RRSIG",
    );
    let ns1 = hashed(
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
        "2vptu5timamqttgl4luu9kg21e0aor3s",
        "A RRSIG",
    );
    let asked = |claim, owner, rtype, sets: &[&SignedSet]| {
        prove(
            claim,
            &question(owner, rtype),
            name("example.").borrow(),
            sets,
        )
    };
    // B.1: a name error; the first set encloses, the apex covers the next closer name, the third the wildcard.
    let name_error = asked(
        NxDomain,
        "a.c.x.w.example.",
        RecordType::A,
        &[&apex, &encloser, &wildcard],
    );
    assert_eq!(name_error, Ok(()));
    for two in [
        [&apex, &encloser],
        [&apex, &wildcard],
        [&encloser, &wildcard],
    ] {
        assert!(asked(NxDomain, "a.c.x.w.example.", RecordType::A, &two).is_err());
    }
    // B.2: no data.
    assert_eq!(
        asked(NoData, "ns1.example.", RecordType::MX, &[&ns1]),
        Ok(())
    );
    assert!(asked(NoData, "ns1.example.", RecordType::A, &[&ns1]).is_err());
    // B.3: a delegation without DS under opt-out.
    assert_eq!(
        asked(NoData, "c.example.", RecordType::DS, &[&wildcard, &apex]),
        Ok(())
    );
    assert!(asked(NoData, "c.example.", RecordType::A, &[&wildcard, &apex]).is_err());
}

#[test]
fn a_bitmap_has_the_types_that_it_lists() {
    let set = nsec("example.", "example. A MX TYPE1234");
    let bitmap = &set.rdata[0][name("example.").borrow().wire().len()..];
    for (rtype, listed) in [
        (1, true),
        (15, true),
        (1234, true),
        (2, false),
        (16, false),
        (1235, false),
        (65000, false),
    ] {
        assert_eq!(has_type(bitmap, RecordType(rtype)), listed, "{rtype}");
    }
    assert!(!has_type(&[0, 200, 1], RecordType::A), "cut short");
}
