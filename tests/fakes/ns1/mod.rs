//! NS1's API, as far as zones and records go: its clients for Python, Go and JavaScript, octoDNS's provider, and answers
//! that others have recorded (ns1-js 2016, Shopify's `record_store` 2019 and 2020, dns-lexicon 2018).

mod content;
mod rejections;
mod routes;
mod zones;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redundns::zone::RecordType;
use serde_json::{Value, json};

use self::zones::Zones;
use super::clock::Clock;
use super::http::{Answer, Request};
use super::store::Store;
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "ns1",
    answers: |store, clock| Box::new(Ns1::new(store, clock)),
    account: "create = true",
    secrets: &[("api_key", KEY)],
    nameservers: &SERVERS,
    counts_serials: true,
    refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
    takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("x-nsone-key", KEY),
    throttled: &[429],
    reads_only: &[],
    variables: &["NS1_API_KEY"],
    octodns_calls: Some([1, 100, 1000]),
};

const KEY: &str = "qACMD09OJXBxT7XOuRs8";

/// The servers of every zone here.
pub const SERVERS: [&str; 4] = [
    "dns1.p04.nsone.net.",
    "dns2.p04.nsone.net.",
    "dns3.p04.nsone.net.",
    "dns4.p04.nsone.net.",
];

/// Tokens, and the seconds in which as many come back: as recorded in answers to `record_store`.
const READS: (f64, u32) = (900.0, 300);
const WRITES: (f64, u32) = (100.0, 200);

/// No empty text, and how other octets than printable ASCII would be sent, nobody says.
fn takes(rtype: RecordType, content: &str) -> bool {
    let is_text = matches!(rtype, RecordType::TXT | RecordType::SPF);
    !is_text || content::text_of(content).is_some_and(|text| !text.is_empty())
}

/// What is left of a bucket, and when that was.
#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Duration,
}

struct Ns1 {
    clock: Clock,
    /// By method.
    buckets: Mutex<HashMap<String, Bucket>>,
    zones: Zones,
}

impl Answers for Ns1 {
    fn answer(&self, request: &Request) -> Answer {
        if request.header("x-nsone-key") != Some(KEY) {
            return said(401, "Unauthorized");
        }
        let (limit, period) = match request.method.as_str() {
            "GET" => READS,
            _ => WRITES,
        };
        let left = self.take(&request.method, limit, period);
        let answer = match left {
            None => Err(said(429, "rate limit exceeded")),
            Some(_) => self.zones.route(request),
        };
        let (Ok(answer) | Err(answer)) = answer;
        answer
            .with("X-RateLimit-By", "customer")
            .with("X-RateLimit-Limit", limit)
            .with("X-RateLimit-Period", period)
            .with("X-RateLimit-Remaining", left.unwrap_or(0.0).floor())
    }
}

impl Ns1 {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            clock,
            buckets: Mutex::default(),
            zones: Zones::new(store),
        }
    }

    /// Takes a token; what is left.
    fn take(&self, method: &str, limit: f64, period: u32) -> Option<f64> {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket {
            left: limit,
            at: now,
        };
        let bucket = buckets.entry(method.to_owned()).or_insert(full);
        let passed = now.saturating_sub(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * limit / f64::from(period)).min(limit);
        bucket.at = now;
        if bucket.left < 1.0 {
            return None;
        }
        bucket.left -= 1.0;
        Some(bucket.left)
    }
}

fn said(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message }))
}

fn body(request: &Request) -> Result<Value, Answer> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| said(400, "Invalid body"))
}
