//! A fake turns away whoever asks too often, and lets them in again.

use std::time::Duration;

use redundns::zone::Name;

use crate::case::wait;
use crate::fakes::clock::Clock;
use crate::fakes::http::Request;
use crate::fakes::{Fake, Vendor};
use crate::vendors::{self, prepare};

const ZONE: &str = "throttled.example.";
/// More than any vendor answers while time stands still.
const MANY: usize = 6000;

pub(crate) fn check(vendor: &'static Vendor) {
    let clock = Clock::times(0);
    let fake = Fake::start(vendor, clock.clone());
    prepare(vendor, &fake, ZONE);
    let provider = vendors::provider(vendor, &fake.http().endpoint());
    let origin = Name::absolute(ZONE).expect("a name");
    wait(provider.fetch(&origin)).expect("a zone");
    // Whoever signs with tokens has asked for one before.
    let log = fake.http().take_log().into_iter();
    let mut reads = log.filter(|exchange| exchange.request.method == "GET");
    let read = reads.next().expect("a read").request;
    let mut again = Request::new(&read.method, &read.target, "");
    (vendor.sign)(&mut again);
    let refusal = (0..MANY)
        .map(|_| fake.ask(&again))
        .find(|answer| answer.status >= 400)
        .expect("nobody is turned away");
    assert!(
        vendor.throttled.contains(&refusal.status),
        "{} to whoever asks too often",
        refusal.status
    );
    // All but the last second of what the vendor asks for passes at once.
    let asked = refusal.headers.iter();
    let asked = asked.filter(|header| header.0.eq_ignore_ascii_case("retry-after"));
    let asked = asked
        .filter_map(|header| header.1.parse::<u64>().ok())
        .max();
    clock.advance(Duration::from_secs(asked.unwrap_or(0).saturating_sub(1)));
    // The adapter tries again once the vendor's time has come, which is now while it waits.
    let waiting =
        std::thread::spawn(move || wait(provider.fetch(&origin)).map(|held| held.zone.len()));
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while fake.http().take_log().is_empty() {
        assert!(std::time::Instant::now() < deadline, "nothing was asked");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    clock.advance(Duration::from_secs(86_400));
    let sets = waiting
        .join()
        .expect("no panic")
        .expect("the zone after all");
    assert!(sets > 3, "{sets} sets");
}
