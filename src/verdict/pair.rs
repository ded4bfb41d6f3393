//! One answer of one server against what the zone says.

use super::{Answer, Expected, Verdict};
use crate::zone::{RecordSet, RecordType, rdata};

/// What one answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Worth {
    pub(super) verdict: Verdict,
    /// What is wrong; empty where nothing is.
    pub(super) why: String,
    /// The code of a notice, where the answer is right in a way of its own.
    pub(super) notice: Option<&'static str>,
}

impl Worth {
    pub(super) fn of(verdict: Verdict, why: impl Into<String>) -> Self {
        Self {
            verdict,
            why: why.into(),
            notice: None,
        }
    }

    fn right() -> Self {
        Self::of(Verdict::Agree, "")
    }

    fn explained(code: &'static str) -> Self {
        Self {
            notice: Some(code),
            ..Self::right()
        }
    }
}

/// Judges `answer` to a question of type `asked`.
pub(super) fn weigh(expected: &Expected, answer: &Answer, asked: RecordType) -> Worth {
    match (expected, answer) {
        (_, Answer::NotAuthoritative) => {
            Worth::of(Verdict::Unverified, "lame: not authoritative for the zone")
        }
        (_, Answer::Refused) => Worth::of(Verdict::Unverified, "refused"),
        (_, Answer::Failure { what }) => Worth::of(Verdict::Unverified, what),
        (_, Answer::Silent { why }) => Worth::of(Verdict::Unverified, why),

        (
            Expected::Records {
                rtype,
                set,
                from_dname,
            },
            Answer::Records {
                rtype: given,
                set: got,
            },
        ) => {
            if rtype == given {
                compare(*rtype, set, got, *from_dname)
            } else {
                Worth::of(Verdict::Differs, format!("{given} instead of {rtype}"))
            }
        }
        (Expected::Records { .. }, Answer::NoData { .. }) => {
            Worth::of(Verdict::Missing, "the server has no such records")
        }
        (Expected::Records { .. }, Answer::NxDomain { .. }) => {
            Worth::of(Verdict::Missing, "the server has no such name")
        }
        (Expected::Records { .. }, Answer::Referral { cut, .. }) => Worth::of(
            Verdict::Differs,
            format!("the server delegates `{cut}` away"),
        ),

        (Expected::NoData { .. }, Answer::NoData { .. })
        | (Expected::NxDomain, Answer::NxDomain { .. }) => Worth::right(),
        (Expected::NoData { empty_non_terminal }, Answer::NxDomain { .. }) => Worth::of(
            Verdict::Differs,
            if *empty_non_terminal {
                "NXDOMAIN for a name that has names below it, which denies those as well (RFC 8020)"
            } else {
                "NXDOMAIN for a name that exists"
            },
        ),
        // One signature proves the one, and two the other: signers that work online answer NODATA.
        (Expected::NxDomain, Answer::NoData { .. }) => Worth::explained("compact-denial"),
        (Expected::NoData { .. } | Expected::NxDomain, Answer::Records { .. })
            if asked.is_signers() =>
        {
            Worth::right()
        }
        (Expected::NoData { .. } | Expected::NxDomain, Answer::Records { rtype, .. }) => Worth::of(
            Verdict::Extra,
            format!("the server has {rtype} records here"),
        ),
        (Expected::NoData { .. } | Expected::NxDomain, Answer::Referral { cut, .. }) => {
            Worth::of(Verdict::Extra, format!("the server delegates `{cut}` away"))
        }

        (
            Expected::Referral { cut, set },
            Answer::Referral {
                cut: given,
                set: got,
            },
        ) => {
            if cut == given {
                compare(RecordType::NS, set, got, false)
            } else {
                Worth::of(
                    Verdict::Differs,
                    format!("the server delegates `{given}`, not `{cut}`"),
                )
            }
        }
        // The server answers for the child zone as well, which is then right to answer.
        (
            Expected::Referral { set, .. },
            Answer::Records {
                rtype: RecordType::NS,
                set: got,
            },
        ) if !same(RecordType::NS, set, got) => Worth::of(
            Verdict::Differs,
            "the server answers for the zone below the cut, with another NS set",
        ),
        (Expected::Referral { .. }, Answer::Records { .. }) => Worth::explained("child-zone"),
        (Expected::Referral { .. }, Answer::NoData { .. } | Answer::NxDomain { .. })
            if asked != RecordType::NS =>
        {
            Worth::explained("child-zone")
        }
        (Expected::Referral { cut, .. }, Answer::NoData { .. } | Answer::NxDomain { .. }) => {
            Worth::of(
                Verdict::Missing,
                format!("the server does not delegate `{cut}`"),
            )
        }
    }
}

fn same(rtype: RecordType, a: &RecordSet, b: &RecordSet) -> bool {
    rdata::same_set(
        rtype,
        a.rdata.iter().map(AsRef::as_ref),
        b.rdata.iter().map(AsRef::as_ref),
    )
}

fn compare(rtype: RecordType, expected: &RecordSet, got: &RecordSet, from_dname: bool) -> Worth {
    if !same(rtype, expected, got) {
        return Worth::of(Verdict::Differs, "other data");
    }
    if expected.ttl != got.ttl && !(from_dname && got.ttl == 0) {
        return Worth::of(
            Verdict::Differs,
            format!("TTL {} instead of {}", got.ttl, expected.ttl),
        );
    }
    if expected.rdata == got.rdata {
        Worth::right()
    } else {
        Worth::explained("txt-cut")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn set(ttl: u32, rdata: &[&[u8]]) -> RecordSet {
        RecordSet::new(ttl, rdata.iter().map(|&octets| octets.into()).collect())
    }

    fn expected(rtype: RecordType, set: RecordSet) -> Expected {
        Expected::Records {
            rtype,
            set,
            from_dname: false,
        }
    }

    fn records(rtype: RecordType, set: RecordSet) -> Answer {
        Answer::Records { rtype, set }
    }

    #[test]
    fn every_pair_of_expectation_and_answer_has_its_worth() {
        use RecordType as T;
        let a = set(300, &[&[192, 0, 2, 1]]);
        let ns = set(300, &[b"\x01a\0"]);
        let cut = Name::absolute("sub.example").expect("a name");
        let negative_ttl = None;
        let (nodata, nxdomain) = (
            Answer::NoData { negative_ttl },
            Answer::NxDomain { negative_ttl },
        );
        let referral = Answer::Referral {
            cut: cut.clone(),
            set: ns.clone(),
        };
        let referred = Expected::Referral {
            cut,
            set: ns.clone(),
        };
        let (exists, hollow) = (
            Expected::NoData {
                empty_non_terminal: false,
            },
            Expected::NoData {
                empty_non_terminal: true,
            },
        );
        let silent = Answer::Silent {
            why: "timeout".to_owned(),
        };
        let cname = records(T::CNAME, set(300, &[b"\x01a\0"]));
        let dname = Expected::Records {
            rtype: T::CNAME,
            set: set(300, &[b"\x01a\0"]),
            from_dname: true,
        };
        let here = || expected(T::A, a.clone());
        let got = |ttl, octet| records(T::A, set(ttl, &[&[192, 0, 2, octet]]));
        let table = [
            (here(), got(300, 1), T::A, Verdict::Agree, ""),
            (here(), got(300, 2), T::A, Verdict::Differs, "other data"),
            (
                here(),
                got(60, 1),
                T::A,
                Verdict::Differs,
                "TTL 60 instead of 300",
            ),
            (
                here(),
                cname.clone(),
                T::A,
                Verdict::Differs,
                "CNAME instead of A",
            ),
            (
                here(),
                nodata.clone(),
                T::A,
                Verdict::Missing,
                "the server has no such records",
            ),
            (
                here(),
                nxdomain.clone(),
                T::A,
                Verdict::Missing,
                "the server has no such name",
            ),
            (
                here(),
                referral.clone(),
                T::A,
                Verdict::Differs,
                "the server delegates `sub.example.` away",
            ),
            (here(), silent, T::A, Verdict::Unverified, "timeout"),
            (
                here(),
                Answer::Refused,
                T::A,
                Verdict::Unverified,
                "refused",
            ),
            (
                here(),
                Answer::NotAuthoritative,
                T::A,
                Verdict::Unverified,
                "lame: not authoritative for the zone",
            ),
            (exists.clone(), nodata.clone(), T::A, Verdict::Agree, ""),
            (
                exists.clone(),
                nxdomain.clone(),
                T::A,
                Verdict::Differs,
                "NXDOMAIN for a name that exists",
            ),
            (
                hollow,
                nxdomain.clone(),
                T::A,
                Verdict::Differs,
                "NXDOMAIN for a name that has names below it, which denies those as well (RFC 8020)",
            ),
            (
                exists.clone(),
                got(300, 1),
                T::A,
                Verdict::Extra,
                "the server has A records here",
            ),
            (
                exists,
                records(T::DNSKEY, a.clone()),
                T::DNSKEY,
                Verdict::Agree,
                "",
            ),
            (
                Expected::NxDomain,
                nxdomain.clone(),
                T::A,
                Verdict::Agree,
                "",
            ),
            (
                Expected::NxDomain,
                got(300, 1),
                T::A,
                Verdict::Extra,
                "the server has A records here",
            ),
            (referred.clone(), referral, T::NS, Verdict::Agree, ""),
            (
                referred.clone(),
                nxdomain,
                T::NS,
                Verdict::Missing,
                "the server does not delegate `sub.example.`",
            ),
            (
                referred,
                records(T::NS, set(300, &[b"\x01b\0"])),
                T::NS,
                Verdict::Differs,
                "the server answers for the zone below the cut, with another NS set",
            ),
            (
                dname,
                records(T::CNAME, set(0, &[b"\x01a\0"])),
                T::A,
                Verdict::Agree,
                "",
            ),
        ];
        for (expected, answer, asked, verdict, why) in table {
            let worth = weigh(&expected, &answer, asked);
            assert_eq!(
                (worth.verdict, worth.why.as_str()),
                (verdict, why),
                "{expected:?} {answer:?}"
            );
        }
    }

    #[test]
    fn what_is_right_in_a_way_of_its_own_is_noticed() {
        let negative_ttl = Some(60);
        let text = |rdata: &[u8]| set(300, &[rdata]);
        let compact = weigh(
            &Expected::NxDomain,
            &Answer::NoData { negative_ttl },
            RecordType::A,
        );
        let cut = weigh(
            &expected(RecordType::TXT, text(b"\x02ab")),
            &records(RecordType::TXT, text(b"\x01a\x01b")),
            RecordType::TXT,
        );
        assert_eq!(compact, Worth::explained("compact-denial"));
        assert_eq!(cut, Worth::explained("txt-cut"));
    }
}
