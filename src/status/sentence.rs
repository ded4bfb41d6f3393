//! What it all comes to, in a sentence that a visitor understands.

use super::told::{list, relaxed};
use super::{Page, State, ZoneHistory};
use crate::report::text::plural;

/// Names in one sentence.
const NAMES: usize = 3;

/// Without a final period.
pub(super) fn verdict(page: &Page) -> String {
    let zones = &page.zones;
    let of = |state: State| -> Vec<&str> {
        let zones = zones.iter().filter(|zone| zone.state == state);
        zones.map(|zone| relaxed(&zone.zone)).collect()
    };
    let good = of(State::Good);
    match &zones[..] {
        [] => return "No zone is watched".to_owned(),
        [only] => return of_one(only),
        [one, other] if good.len() == 2 => {
            return format!(
                "{} and {} answer the same at every provider",
                relaxed(&one.zone),
                relaxed(&other.zone)
            );
        }
        _ if good.len() == zones.len() => {
            return format!(
                "All {} zones answer the same at every provider",
                zones.len()
            );
        }
        _ => {}
    }
    let mut parts = Vec::new();
    for (state, is, are) in [
        (State::Failed, "has failed", "have failed"),
        (State::Degraded, "is degraded", "are degraded"),
        (State::Unknown, "is not known", "are not known"),
    ] {
        let names = of(state);
        let verb = if names.len() == 1 { is } else { are };
        match (names.len(), parts.is_empty()) {
            (0, _) => {}
            (count, true) if count == zones.len() => {
                parts.push(format!("All {count} zones {verb}"));
            }
            (count, true) => parts.push(format!(
                "{count} of {} {verb}: {}",
                plural(zones.len(), "zone"),
                list(&names, NAMES)
            )),
            (count, false) => parts.push(format!("{count} {verb}: {}", list(&names, NAMES))),
        }
    }
    parts.join("; ")
}

fn of_one(zone: &ZoneHistory) -> String {
    let name = relaxed(&zone.zone);
    match zone.state {
        State::Good => format!("{name} answers the same at every provider"),
        State::Degraded => {
            format!("{name} is answered, and not everything about it is as it should be")
        }
        State::Failed => format!("{name} is not answered, or wrongly"),
        State::Unknown => format!("How {name} is doing is not known"),
    }
}

/// What else a visitor should know at once: incidents, and services elsewhere.
pub(super) fn besides(page: &Page) -> Option<String> {
    let incidents = page.incidents.iter();
    let current: Vec<&str> = incidents
        .filter(|incident| incident.is_current(page.made))
        .map(|incident| &*incident.title)
        .collect();
    let troubled: Vec<&str> = page
        .elsewhere
        .iter()
        .filter(|one| matches!(one.state, State::Degraded | State::Failed))
        .map(|one| &*one.name)
        .collect();
    let mut parts = Vec::new();
    if !current.is_empty() {
        parts.push(format!(
            "{}: {}.",
            plural(current.len(), "current incident"),
            list(&current, NAMES)
        ));
    }
    if !troubled.is_empty() {
        parts.push(format!("Trouble elsewhere: {}.", list(&troubled, NAMES)));
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{page, zone};
    use super::*;

    fn told(states: &[State]) -> String {
        let zones = states.iter().enumerate();
        verdict(&page(
            zones
                .map(|(place, &state)| zone(&format!("z{place}.example."), state))
                .collect(),
        ))
    }

    #[test]
    fn one_sentence_says_what_it_comes_to() {
        use State::{Degraded, Failed, Good, Unknown};
        for (states, text) in [
            (&[][..], "No zone is watched"),
            (&[Good], "z0.example answers the same at every provider"),
            (&[Failed], "z0.example is not answered, or wrongly"),
            (&[Unknown], "How z0.example is doing is not known"),
            (
                &[Good, Good],
                "z0.example and z1.example answer the same at every provider",
            ),
            (
                &[Good, Good, Good],
                "All 3 zones answer the same at every provider",
            ),
            (
                &[Good, Failed, Degraded, Unknown, Failed],
                "2 of 5 zones have failed: z1.example and z4.example; 1 is degraded: z2.example; 1 is not known: z3.example",
            ),
            (&[Unknown, Unknown], "All 2 zones are not known"),
            (&[Degraded, Good], "1 of 2 zones is degraded: z0.example"),
        ] {
            assert_eq!(told(states), text);
        }
    }

    #[test]
    fn trouble_beside_the_zones_is_said_too() {
        let mut page = page(vec![zone("z", State::Good)]);
        assert_eq!(besides(&page), None);
        page.elsewhere
            .push(super::super::samples::elsewhere("Web", State::Failed));
        page.incidents
            .push(super::super::samples::incident("a", 10, None));
        page.incidents
            .push(super::super::samples::incident("b", 10, Some(20)));
        assert_eq!(
            besides(&page).as_deref(),
            Some("1 current incident: Incident a. Trouble elsewhere: Web.")
        );
    }
}
