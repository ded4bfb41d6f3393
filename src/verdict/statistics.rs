//! How one nameserver did.

use std::time::Duration;

use super::{Answer, NO_ROUTE, Observation, SoaFields};
use crate::zone::RecordType;

/// What the observations say about one nameserver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Questions put to it.
    pub asked: usize,
    /// Answered with authority, rightly or not.
    pub answered: usize,
    /// Half of the responses came within this many milliseconds.
    pub p50_ms: Option<f64>,
    /// Nineteen of twenty came within this many milliseconds.
    pub p95_ms: Option<f64>,
    /// The serial in its SOA.
    pub serial: Option<u32>,
    /// Whether this machine has no route to the address.
    pub no_route: bool,
    /// Why nothing was answered with authority: the first reason met.
    pub trouble: Option<String>,
}

/// How the last of several observations came out.
pub(super) enum Last<'o> {
    /// As expected, after this time.
    Right(Duration),
    /// Somehow.
    Seen(&'o Observation),
}

/// Statistics of the last observation of each question, given those of one nameserver.
pub(super) fn statistics<'o>(last: impl Iterator<Item = Last<'o>>) -> Statistics {
    let mut statistics = Statistics::default();
    let mut times: Vec<Duration> = Vec::new();
    let mut trouble = None;
    let mut routeless = 0;
    for seen in last {
        statistics.asked += 1;
        let seen = match seen {
            Last::Seen(seen) => seen,
            Last::Right(time) => {
                statistics.answered += 1;
                times.push(time);
                continue;
            }
        };
        match &seen.answer {
            Answer::Silent { why } => {
                routeless += usize::from(why == NO_ROUTE);
                trouble.get_or_insert_with(|| why.clone());
                continue;
            }
            Answer::Failure { what } => {
                trouble.get_or_insert_with(|| what.clone());
            }
            Answer::Refused => {
                trouble.get_or_insert_with(|| "refused".to_owned());
            }
            Answer::NotAuthoritative => {
                trouble.get_or_insert_with(|| "not authoritative for the zone".to_owned());
            }
            Answer::Records { rtype, set } => {
                if *rtype == RecordType::SOA {
                    let fields = set.rdata.first().and_then(|rdata| SoaFields::read(rdata));
                    statistics.serial = fields.map(|fields| fields.serial);
                }
                statistics.answered += 1;
            }
            Answer::NoData { .. } | Answer::NxDomain { .. } | Answer::Referral { .. } => {
                statistics.answered += 1;
            }
        }
        times.push(seen.elapsed);
    }
    times.sort_unstable();
    let within = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(rank).map(|time| time.as_secs_f64() * 1000.0)
    };
    statistics.p50_ms = within(50);
    statistics.p95_ms = within(95);
    statistics.no_route = routeless > 0 && routeless == statistics.asked;
    statistics.trouble = trouble.filter(|_| statistics.answered == 0);
    statistics
}
