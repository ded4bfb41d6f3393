//! Servers with more than one opinion.

use std::collections::BTreeSet;

use super::Judge;
use super::answers::same;
use crate::verdict::expectation::ByZone;
use crate::verdict::pair::weigh;
use crate::verdict::seen::right_answer;
use crate::verdict::{Answer, Verdict};

impl Judge<'_> {
    /// A server that went back to an earlier answer, or away from the right one, has more than one opinion.
    pub(super) fn look_back(&mut self, number: usize, expected: &ByZone, is_soa: bool) {
        let rtype = self.questions[number].rtype;
        for nameserver in 0..self.nameservers.len() {
            let others = self.others(number, nameserver);
            if others.is_empty() {
                continue;
            }
            let expected = expected.of(self.zones[nameserver]);
            let right = self.seen.right(number, nameserver);
            let right = right.map(|_| right_answer(expected));
            let mut told: Vec<&Answer> = Vec::new();
            let mut unstable = false;
            for answer in right.iter().chain(others.iter().map(|seen| &seen.answer)) {
                if !answer.is_verified() || told.last().is_some_and(|last| same(last, answer)) {
                    continue;
                }
                let was_right = !is_soa
                    && told
                        .last()
                        .is_some_and(|last| weigh(expected, last, rtype).verdict == Verdict::Agree);
                let moved = self.options.at_once && !is_soa && !told.is_empty();
                unstable |= moved || was_right || told.iter().any(|earlier| same(earlier, answer));
                told.push(answer);
            }
            if unstable {
                let nodes = others.iter().filter_map(|seen| seen.nsid.as_ref());
                let message = in_turn(nodes.chain(self.seen.right_node(number, nameserver)));
                self.remark("unstable", Some(number), message, nameserver);
            }
        }
    }
}

/// The words for an unstable server, with the names of its nodes where they were told (RFC 5001).
fn in_turn<'n>(nodes: impl Iterator<Item = &'n Vec<u8>>) -> String {
    let nodes: BTreeSet<String> = nodes.map(|node| node.escape_ascii().to_string()).collect();
    let message = "the server gives different answers in turn";
    if nodes.is_empty() {
        return message.to_owned();
    }
    let nodes: Vec<String> = nodes.into_iter().collect();
    format!("{message} (nodes {})", nodes.join(", "))
}
