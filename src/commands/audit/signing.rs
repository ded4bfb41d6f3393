//! The part of an audit that is about DNSSEC.

use std::time::{SystemTime, UNIX_EPOCH};

use super::inputs::Inputs;
use crate::audit::dnssec::{
    Anchor, Examined, Trust, anchors_of, follow, judge, questions, root_anchors,
};
use crate::audit::{Evidence, Probe};
use crate::probe::{AskOptions, signed};
use crate::verdict::{Nameserver, Question};
use crate::zone::Finding;

/// Findings of the family SEC, and whether the chain of trust is known.
pub(super) async fn signing(
    evidence: &Evidence,
    inputs: &Inputs,
    known: &[Question],
    options: &AskOptions,
) -> (Vec<Finding>, bool) {
    let nameservers: Vec<Nameserver> = evidence
        .servers
        .iter()
        .map(|view| view.server.clone())
        .collect();
    let is_live = |index: &usize| {
        let view = &evidence.servers[*index];
        Probe::ALL.iter().any(|&probe| view.reply(probe).is_some())
    };
    let live: Vec<usize> = (0..nameservers.len()).filter(is_live).collect();
    let mut chain = evidence.chain.clone();
    if let Some(zone) = chain.last_mut() {
        zone.servers = live.iter().map(|&at| nameservers[at].clone()).collect();
    }
    let zone = &evidence.zone().zone;
    let questions = questions(zone, known, false);
    let mut signed = signed(&chain, &questions, options).await;
    for witness in &mut signed.witnesses {
        witness.nameserver = live[witness.nameserver];
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as u32);
    let trust = follow(&signed.links, &anchors(inputs), now);
    let examined = Examined {
        zone,
        nameservers: &nameservers,
        trust: &trust,
        witnesses: &signed.witnesses,
    };
    let is_known = !matches!(trust, Trust::Unknown { .. });
    (judge(&examined, now), is_known)
}

/// The file's, else the public root's; a root of one's own has neither.
fn anchors(inputs: &Inputs) -> Vec<Anchor> {
    match (&inputs.anchors, &inputs.hints) {
        (Some(records), _) => anchors_of(records),
        (None, Some(_)) => Vec::new(),
        (None, None) => root_anchors(),
    }
}
