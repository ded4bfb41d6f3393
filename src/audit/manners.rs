//! SRV05: what a server does for strangers that it should not.

use super::evidence::{Probe, ServerView, Transfer};
use super::note::{Notes, dig, dig_probe};
use super::read::is_upward;
use super::servers::heard;
use crate::zone::message::{MessageRef, Section};
use crate::zone::{Name, RecordType};

/// SERVFAIL, RFC 1035, section 4.1.1.
const SERVFAIL: u16 = 2;

/// Judges one address.
pub(super) fn judge(view: &ServerView, zone: &Name, notes: &mut Notes) {
    let address = view.server.address;
    // A resolver that tries and fails says so with SERVFAIL.
    let resolves = |message: &MessageRef<'_>| match message.rcode() {
        0 => message.count(Section::Answer) > 0,
        code => code == SERVFAIL,
    };
    if let Some(Ok(message)) = heard(view, Probe::Recursion)
        && message.ra()
        && !message.aa()
        && resolves(&message)
    {
        notes.add_hinted(
            "SRV05",
            "other people's names are resolved for everybody",
            "Switch recursion off there, or let it be used from your own networks only.",
            &view.server,
            dig_probe(address, zone, Probe::Recursion),
        );
    }
    if let Some(Ok(message)) = heard(view, Probe::Upward)
        && !message.ra()
        && is_upward(&message)
    {
        notes.add_hinted(
            "SRV05",
            "questions about other zones are answered with a referral to the root",
            "Have the server refuse what is about zones that it does not serve.",
            &view.server,
            dig_probe(address, zone, Probe::Upward),
        );
    }
    if matches!(view.transfer, Transfer::Open(_)) {
        notes.add_hinted(
            "SRV05",
            "the whole zone is given to everybody who asks (AXFR)",
            "Allow transfers to the secondaries only, by key or by address.",
            &view.server,
            dig(address, zone, RecordType::AXFR),
        );
    }
}
