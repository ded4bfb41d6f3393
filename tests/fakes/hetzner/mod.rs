//! Hetzner's Cloud API, as far as DNS goes: the vendor's description of 2026-02, its clients for Python and Go, and
//! the acceptance tests of its Terraform provider.

mod check;
mod extras;
mod rejections;
mod routes;
mod zonefile;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use self::extras::State;
use super::clock::Clock;
use super::http::{Answer, Request};
use super::store::Store;
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "hetzner",
    answers: |store, clock| Box::new(Hetzner::new(store, clock)),
    account: "create = true",
    secrets: &[("token", TOKEN)],
    nameservers: &ASSIGNED,
    counts_serials: true,
    // No name or value that a zone file can hold is refused by itself: an address beside an alias is.
    refused: Some(("alias", "300 IN A 192.0.2.1")),
    takes: |_, _| true,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[],
    variables: &["HCLOUD_TOKEN"],
    // There is a provider, which reads the whole zone again for each change: 1,000 of them take it many minutes.
    octodns_calls: None,
};

const TOKEN: &str = "jEheVytlAoFl7F8MqUQ7jAo2hOXASztXjEheVytlAoFl7F8MqUQ7jAo2hOXASztX";

/// The servers of every zone.
pub const ASSIGNED: [&str; 3] = [
    "hydrogen.ns.hetzner.com.",
    "oxygen.ns.hetzner.com.",
    "helium.ns.hetzner.de.",
];

/// Requests an hour; one comes back every second.
const BUDGET: f64 = 3600.0;

/// <https://docs.hetzner.cloud/reference/cloud#rate-limiting>
struct Budget {
    left: f64,
    at: Duration,
}

struct Hetzner {
    store: Arc<Store>,
    clock: Clock,
    budget: Mutex<Budget>,
    state: Mutex<State>,
}

impl Answers for Hetzner {
    fn answer(&self, request: &Request) -> Answer {
        let left = self.spend();
        let answer = match left {
            Some(_) => self.authorized(request),
            None => Err(error(429, "rate_limit_exceeded", "rate limit exceeded")),
        };
        let left = left.unwrap_or(0.0);
        let (Ok(answer) | Err(answer)) = answer;
        // When the whole budget is there again, not when there is something of it.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let whole = now.unwrap_or_default().as_secs_f64() + BUDGET - left;
        answer
            .with("RateLimit-Limit", BUDGET)
            .with("RateLimit-Remaining", left.floor())
            .with("RateLimit-Reset", whole.ceil())
    }
}

impl Hetzner {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        let budget = Budget {
            left: BUDGET,
            at: clock.now(),
        };
        Self {
            store,
            clock,
            budget: Mutex::new(budget),
            state: Mutex::default(),
        }
    }

    /// Takes one request from the budget; what is left of it.
    fn spend(&self) -> Option<f64> {
        let mut budget = self.budget.lock().expect("no panic while held");
        let now = self.clock.now();
        let passed = now.saturating_sub(budget.at).as_secs_f64();
        budget.left = (budget.left + passed).min(BUDGET);
        budget.at = now;
        if budget.left < 1.0 {
            return None;
        }
        budget.left -= 1.0;
        Some(budget.left)
    }

    fn authorized(&self, request: &Request) -> Result<Answer, Answer> {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            let words = "unable to authenticate";
            return Err(error(401, "unauthorized", words));
        }
        self.route(request)
    }
}

/// <https://docs.hetzner.cloud/reference/cloud#errors>
fn error(status: u16, code: &str, message: &str) -> Answer {
    let error = json!({ "code": code, "message": message, "details": null });
    Answer::json(status, &json!({ "error": error }))
}

fn missing(what: &str) -> Answer {
    error(404, "not_found", &format!("{what} not found"))
}

/// The refusal of a field's value.
fn invalid(field: &str, why: &str) -> Answer {
    let error = json!({
        "code": "invalid_input",
        "message": format!("invalid input in field '{field}': {why}"),
        "details": { "fields": [{ "name": field, "messages": [why] }] },
    });
    Answer::json(422, &json!({ "error": error }))
}

fn body(request: &Request) -> Result<Value, Answer> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| error(400, "json_error", "invalid JSON input"))
}
