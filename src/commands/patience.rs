//! What is said while nameservers are given time.

use crate::report::text::plural;
use crate::verdict::{Nameserver, Round};
use crate::zone::Name;

/// How many nameservers are named.
const NAMED: usize = 2;

/// Which nameservers do not answer as they should yet, and for how long they are asked at most.
pub(super) fn not_right_yet(origin: &Name, nameservers: &[Nameserver], round: &Round) -> String {
    let mut names: Vec<String> = Vec::new();
    for &(nameserver, _) in &round.pairs {
        let name = nameservers[nameserver].name.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    format!(
        "{origin}: {} not right yet at {}, asking again for {} s at most",
        plural(round.pairs.len(), "answer"),
        names.join(", "),
        round.left.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_says_who_and_for_how_long() {
        let server = |name: &str| Nameserver {
            name: Name::absolute(name).expect("a name"),
            address: "192.0.2.1:53".parse().expect("an address"),
            provider: None,
        };
        let all = ["ns1.a", "ns2.a", "ns1.b"].map(server);
        let origin = Name::absolute("example.com").expect("a name");
        let said = |pairs: &[(usize, usize)]| {
            let round = Round {
                pause: Duration::ZERO,
                left: Duration::from_secs(40),
                pairs: pairs.to_vec(),
            };
            not_right_yet(&origin, &all, &round)
        };
        assert_eq!(
            said(&[(1, 0), (1, 3)]),
            "example.com.: 2 answers not right yet at ns2.a., asking again for 40 s at most"
        );
        assert!(said(&[(0, 0), (1, 0), (2, 0)]).contains("at ns1.a., ns2.a., 1 more,"));
    }
}
