//! The redundancy answer as data and in one sentence.

use serde::{Deserialize, Serialize};

use crate::audit::{Dimension, FIRST_WAIT, Loss, Redundancy};

/// What a zone survives.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RedundancyEntry {
    /// Whether the loss of any one thing of `losses` leaves a server that answers as it should.
    pub survives: bool,
    /// In one sentence.
    pub answer: String,
    /// Addresses of nameservers.
    pub servers: usize,
    /// Those of them that answer with authority and as the others do.
    pub sound: usize,
    /// Each thing that can be lost.
    pub losses: Vec<LossEntry>,
    /// The fewest things whose loss together leaves nothing.
    pub cut: Vec<String>,
    /// What the figures take for granted.
    pub assumptions: Vec<String>,
}

/// What losing one thing does.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct LossEntry {
    /// `provider`, `network`, `as`, `name_zone` or `tld`.
    pub kind: String,
    /// Which.
    pub name: String,
    /// Whether the zone is still served.
    pub survives: bool,
    /// Sound addresses that are left.
    pub left: usize,
    /// Addresses that are lost.
    pub lost: usize,
    /// The share of lookups with an empty cache that try a dead address first, from 0 to 1.
    pub cold_share: f64,
    /// The share of lookups that get a wrong answer if it were stale instead of dead, from 0 to 1.
    pub stale_share: f64,
}

impl From<&Redundancy> for RedundancyEntry {
    fn from(redundancy: &Redundancy) -> Self {
        let loss = |loss: &Loss| LossEntry {
            kind: loss.thing.dimension.as_str().to_owned(),
            name: loss.thing.name.clone(),
            survives: loss.is_survived(),
            left: loss.left,
            lost: loss.lost,
            cold_share: rounded(redundancy.cold_share(loss)),
            stale_share: rounded(redundancy.stale_share(loss)),
        };
        Self {
            survives: redundancy.sound > 0 && redundancy.losses.iter().all(Loss::is_survived),
            answer: answer(redundancy),
            servers: redundancy.servers,
            sound: redundancy.sound,
            losses: redundancy.losses.iter().map(loss).collect(),
            cut: redundancy.cut.iter().map(ToString::to_string).collect(),
            assumptions: assumptions(),
        }
    }
}

fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

fn assumptions() -> Vec<String> {
    let (least, most) = FIRST_WAIT;
    vec![
        "resolvers pick among all addresses of the zone alike".to_owned(),
        format!(
            "a first lookup that meets a dead address waits {least} to {most} s, measured with four resolvers; later ones avoid it"
        ),
        "a stale answer is never tried again elsewhere; with half of the addresses stale, four resolvers gave from 3 to 70 % wrong answers".to_owned(),
        "a nameserver's name needs the zone that it lies in, unless the parent gives its address along".to_owned(),
    ]
}

/// `survives the loss of any one provider and network, not of the top-level domain …`.
fn answer(redundancy: &Redundancy) -> String {
    if redundancy.sound == 0 {
        return "no nameserver answers as it should, so there is nothing to survive with"
            .to_owned();
    }
    let mut kept = Vec::new();
    let mut fatal = Vec::new();
    for dimension in Dimension::ALL {
        let mut all = redundancy.of(dimension).peekable();
        if all.peek().is_none() {
            continue;
        }
        let own: Vec<&Loss> = all.filter(|loss| !loss.is_survived()).collect();
        match own[..] {
            [] => kept.push(format!("any one {dimension}")),
            _ => fatal.extend(own.iter().map(|loss| loss.thing.to_string())),
        }
    }
    let kept = (!kept.is_empty()).then(|| format!("survives the loss of {}", listed(&kept, "or")));
    let fatal = (!fatal.is_empty())
        .then(|| format!("does not survive the loss of {}", listed(&fatal, "or")));
    let cut: Vec<String> = redundancy.cut.iter().map(ToString::to_string).collect();
    let cut = (cut.len() > 1).then(|| {
        format!(
            "it takes {} together to end it: {}",
            cut.len(),
            listed(&cut, "and")
        )
    });
    let parts: Vec<String> = [fatal, kept, cut].into_iter().flatten().collect();
    if parts.is_empty() {
        "nothing is known that its nameservers depend on".to_owned()
    } else {
        parts.join("; ")
    }
}

fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., end] => format!("{} {last} {end}", others.join(", ")),
    }
}

impl RedundancyEntry {
    /// What an outage of the worst provider that is survived costs, and what it costs if it is stale: one sentence.
    pub fn cost(&self) -> Option<String> {
        let worst = self
            .losses
            .iter()
            .filter(|loss| loss.kind == Dimension::Provider.as_str() && loss.survives)
            .max_by(|one, other| one.cold_share.total_cmp(&other.cold_share))?;
        let (least, most) = FIRST_WAIT;
        Some(format!(
            "with {} dead, {:.0} % of first lookups wait {least} to {most} s; with {} stale, as many get a wrong answer \
             (if resolvers pick servers alike)",
            worst.name,
            worst.cold_share * 100.0,
            worst.name,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Member, redundancy};
    use crate::verdict::Nameserver;
    use crate::zone::Name;

    fn entry(servers: &[(&str, &str, &str)]) -> RedundancyEntry {
        let servers: Vec<Nameserver> = servers
            .iter()
            .map(|(name, address, provider)| Nameserver {
                name: Name::absolute(name).expect("a name"),
                address: (address.parse::<std::net::IpAddr>().expect("an address"), 53).into(),
                provider: Some((*provider).to_owned()),
            })
            .collect();
        let members: Vec<Member<'_>> = servers
            .iter()
            .map(|server| Member {
                server,
                is_sound: true,
                has_glue: false,
            })
            .collect();
        let zone = Name::absolute("example.com").expect("a name");
        (&redundancy(&zone, &members, None)).into()
    }

    #[test]
    fn the_answer_is_one_sentence_and_the_cost_another() {
        let two = entry(&[
            ("ns1.alpha.net", "192.0.2.1", "alpha"),
            ("ns1.beta.org", "198.51.100.1", "beta"),
        ]);
        assert!(two.survives);
        assert_eq!(
            two.answer,
            "survives the loss of any one provider, any one network, any one zone of nameserver names or any one \
             top-level domain of nameserver names; it takes 2 together to end it: provider alpha and provider beta"
        );
        assert_eq!(
            two.cost().expect("a provider"),
            "with beta dead, 50 % of first lookups wait 0.8 to 1.5 s; with beta stale, as many get a wrong answer \
             (if resolvers pick servers alike)"
        );
        let one = entry(&[
            ("ns1.alpha.net", "192.0.2.1", "alpha"),
            ("ns2.alpha.net", "198.51.100.1", "alpha"),
        ]);
        assert!(!one.survives);
        assert_eq!(
            one.answer,
            "does not survive the loss of provider alpha, zone of nameserver names alpha.net. or top-level domain of \
             nameserver names net.; survives the loss of any one network"
        );
        assert_eq!(one.cost(), None);
    }
}
