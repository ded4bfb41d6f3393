//! Every fake refuses what its vendor refuses, by a table that names the vendor's pages.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fakes::clock::Clock;
use crate::fakes::http::Request;
use crate::fakes::{Fake, Vendor};
use crate::vendors::prepare;

/// The fewest rows that count as strict.
const FEWEST: usize = 15;

pub(crate) fn check(vendor: &'static Vendor) {
    let rows = vendor.rejections;
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert!(
        names.len() >= FEWEST,
        "only {} kinds of refusals",
        names.len()
    );
    assert_eq!(names.len(), rows.len(), "two rows have one name");
    let clock = Clock::times(0);
    let fake = Fake::start(vendor, clock.clone());
    let zone = "rejections.example.";
    prepare(vendor, &fake, zone);
    let before = fake.store().origins();
    let mut wrong = Vec::new();
    for row in rows {
        assert!(row.page.starts_with("https://"), "{}: no page", row.name);
        let (path, body) = row.about(zone.trim_end_matches('.'));
        let mut request = Request::new(row.method, &path, &body);
        (vendor.sign)(&mut request);
        // The throttles are not what is tried here.
        clock.advance(Duration::from_secs(86_400));
        let answer = fake.ask(&request);
        let said = String::from_utf8_lossy(&answer.body);
        if answer.status != row.status || !said.contains(row.says) {
            wrong.push(format!("{}: {} {said}", row.name, answer.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(fake.store().origins(), before, "a refusal made a zone");
    let untouched = Fake::start(vendor, Clock::times(super::SPEED));
    prepare(vendor, &untouched, zone);
    let origin = &before[0];
    let held = |fake: &Fake| fake.store().get(origin).map(|held| held.zone());
    assert_eq!(held(&fake), held(&untouched), "a refusal changed the zone");
    let mut unsigned = Request::new("GET", rows[0].about("rejections.example").0.as_str(), "");
    unsigned.set_header("host", "localhost");
    let status = fake.ask(&unsigned).status;
    assert!(
        matches!(status, 400 | 401 | 403),
        "{status} without credentials"
    );
}
