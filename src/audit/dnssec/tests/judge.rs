use super::{DAY, Maker, NOW, name, question, said, unsigned};
use crate::audit::dnssec::chain::{Promise, Trust};
use crate::audit::dnssec::judge::{Examined, Witness, judge};
use crate::audit::dnssec::key::Ds;
use crate::audit::dnssec::signed::{Said, SignedSet};
use crate::verdict::Nameserver;
use crate::zone::RecordType as T;

/// Two nameservers of two providers, both with the whole truth until a test spoils it.
struct Two {
    makers: [Maker; 2],
    witnesses: Vec<Witness>,
    insecure: bool,
}

const APEX: &str = "example.";
const SOA: &str = "ns. host. 1 7200 3600 1209600 300";

impl Two {
    fn new() -> Self {
        let makers = [Maker::new(APEX, 1), Maker::new(APEX, 2)];
        let mut witnesses = Vec::new();
        for (nameserver, maker) in makers.iter().enumerate() {
            let other = &makers[1 - nameserver];
            let nsec = maker.set(APEX, T::NSEC, &["www.example. NS SOA RRSIG NSEC DNSKEY"]);
            let last = maker.set("www.example.", T::NSEC, &["example. A RRSIG NSEC"]);
            let soa = maker.set(APEX, T::SOA, &[SOA]);
            let mut tell = |owner: &str, rtype, said| {
                witnesses.push(Witness {
                    nameserver,
                    question: question(owner, rtype),
                    said,
                });
            };
            tell(APEX, T::DNSKEY, said(0, vec![maker.keys(&[other])], vec![]));
            tell(APEX, T::SOA, said(0, vec![soa.clone()], vec![]));
            let www = maker.set("www.example.", T::A, &["192.0.2.1"]);
            tell("www.example.", T::A, said(0, vec![www], vec![]));
            tell(
                APEX,
                T::CDS,
                said(0, vec![], vec![soa.clone(), nsec.clone()]),
            );
            tell(
                "www.example.",
                T::AAAA,
                said(0, vec![], vec![soa.clone(), last.clone()]),
            );
            tell("zz.example.", T::A, said(3, vec![], vec![soa, last, nsec]));
        }
        Self {
            makers,
            witnesses,
            insecure: false,
        }
    }

    fn said(&mut self, nameserver: usize, owner: &str, rtype: T) -> &mut Said {
        let asked = question(owner, rtype);
        let witness = self
            .witnesses
            .iter_mut()
            .find(|witness| witness.nameserver == nameserver && witness.question == asked);
        &mut witness.expect("a question of `new`").said
    }

    /// Code, severity, nameservers and message of every finding.
    fn findings(&self) -> Vec<String> {
        let zone = name(APEX);
        let nameservers = ["192.0.2.53:53", "198.51.100.53:53"].map(|address| Nameserver {
            name: name("ns.example."),
            address: address.parse().expect("an address"),
            provider: None,
        });
        let promises = self
            .makers
            .iter()
            .map(|maker| Promise::Digest(Ds::read(&maker.ds_data()).expect("a DS")));
        let trust = if self.insecure {
            Trust::Insecure {
                at: zone.clone(),
                why: "there is no DS".to_owned(),
            }
        } else {
            Trust::Secure(promises.collect())
        };
        let examined = Examined {
            zone: &zone,
            nameservers: &nameservers,
            trust: &trust,
            witnesses: &self.witnesses,
        };
        judge(&examined, NOW)
            .into_iter()
            .map(|finding| {
                let servers = finding.nameserver.unwrap_or_default();
                let servers = servers.replace("ns.example. ", "").replace(":53", "");
                format!(
                    "{} {} [{servers}] {}",
                    finding.code, finding.severity, finding.message
                )
            })
            .collect()
    }

    /// The one finding there is.
    fn only(&self) -> String {
        let findings = self.findings();
        assert_eq!(findings.len(), 1, "{findings:#?}");
        findings.into_iter().next().expect("one")
    }
}

fn starts(text: &str, start: &str) {
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn two_signers_with_each_others_keys_are_well() {
    assert_eq!(Two::new().findings(), Vec::<String>::new());
}

#[test]
fn an_unsigned_provider_below_a_ds_is_an_error() {
    let mut two = Two::new();
    for witness in two
        .witnesses
        .iter_mut()
        .filter(|witness| witness.nameserver == 1)
    {
        let is_signers = |set: &SignedSet| matches!(set.rtype, T::DNSKEY | T::NSEC);
        for sets in [&mut witness.said.answer, &mut witness.said.authority] {
            sets.retain(|set| !is_signers(set));
            for set in sets.iter_mut() {
                set.signatures.clear();
            }
        }
    }
    starts(
        &two.only(),
        "SEC01 error [198.51.100.53] the zone is served unsigned",
    );
    two.insecure = true;
    starts(
        &two.only(),
        "SEC01 warning [198.51.100.53] the zone is served unsigned by some",
    );
}

#[test]
fn a_wrong_signature_names_the_set() {
    let mut two = Two::new();
    two.said(0, "www.example.", T::A).answer[0].rdata[0][3] = 9;
    starts(
        &two.only(),
        "SEC01 error [192.0.2.53] `www.example. A`: its signature is not what key",
    );
    two.insecure = true;
    let findings = two.findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    starts(&findings[0], "SEC01 warning [192.0.2.53] `www.example. A`");
    starts(
        &findings[1],
        "SEC01 info [] the zone is signed, and nobody validates it",
    );
}

#[test]
fn signatures_that_ran_out_or_soon_will() {
    for (until, expected) in [
        (
            NOW - 3 * DAY,
            "SEC04 error [192.0.2.53] `www.example. A`: its signature is expired 3 days ago",
        ),
        (
            NOW + 3600,
            "SEC04 warning [192.0.2.53] `www.example. A`: its signature runs out in 60 min",
        ),
    ] {
        let mut two = Two::new();
        let mut set = unsigned("www.example.", T::A, &["192.0.2.1"]);
        two.makers[0].sign(&mut set, "www.example.", until);
        two.said(0, "www.example.", T::A).answer = vec![set];
        starts(&two.only(), expected);
    }
}

#[test]
fn a_key_that_one_server_lacks_and_a_key_that_nobody_promised() {
    let mut two = Two::new();
    let alone = two.makers[1].keys(&[]);
    two.said(1, APEX, T::DNSKEY).answer = vec![alone];
    starts(
        &two.only(),
        "SEC02 error [198.51.100.53] `example. DNSKEY`: key ",
    );
    let stranger = Maker::new(APEX, 7);
    two.said(1, APEX, T::DNSKEY).answer = vec![stranger.keys(&[])];
    let findings = two.findings();
    assert!(
        findings.iter().any(|finding| finding.starts_with(
            "SEC01 error [198.51.100.53] `example.`: none of its keys is what the DS set promises"
        )),
        "{findings:#?}"
    );
}

#[test]
fn a_denial_without_proof_and_a_bitmap_that_lies() {
    let mut two = Two::new();
    two.said(0, "zz.example.", T::A).authority.truncate(2);
    starts(
        &two.only(),
        "SEC06 error [192.0.2.53] `zz.example. A`: the answer has no NSEC record that covers the wildcard",
    );
    let mut two = Two::new();
    let lying = two.makers[0].set("www.example.", T::NSEC, &["example. TXT RRSIG NSEC"]);
    two.said(0, "www.example.", T::AAAA).authority[1] = lying;
    starts(
        &two.only(),
        "SEC06 error [192.0.2.53] `www.example. A`: it is answered, and the proof",
    );
}

#[test]
fn what_the_parent_is_told_is_the_same_everywhere_and_true() {
    let told = |two: &mut Two, nameserver: usize, of: &Maker| {
        let mut set = unsigned(APEX, T::CDS, &[]);
        set.rdata.push(of.ds_data());
        two.makers[nameserver].sign(&mut set, APEX, NOW + 30 * DAY);
        *two.said(nameserver, APEX, T::CDS) = said(0, vec![set], vec![]);
    };
    // That the bitmap of the apex lacks CDS is found as well, and another test's business.
    let of_children = |two: &Two| -> Vec<String> {
        let mut findings = two.findings();
        findings.retain(|finding| finding.starts_with("SEC05"));
        findings
    };
    let mut two = Two::new();
    let first = Maker::new(APEX, 1);
    told(&mut two, 0, &first);
    let found = of_children(&two);
    assert_eq!(found.len(), 1, "{found:?}");
    starts(&found[0], "SEC05 error [");
    told(&mut two, 1, &first);
    assert_eq!(of_children(&two), Vec::<String>::new());
    let stranger = Maker::new(APEX, 7);
    told(&mut two, 0, &stranger);
    told(&mut two, 1, &stranger);
    let found = of_children(&two);
    assert_eq!(found.len(), 1, "{found:?}");
    starts(
        &found[0],
        "SEC05 error [192.0.2.53, 198.51.100.53] `example. CDS`: the CDS",
    );
}
