//! The faults of HTTP, each with what has to be said of it.

use redundns::provider::ErrorKind;

use super::http_fake::{Reply, Request};

/// How long a fault lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lasts {
    /// The rest of the run.
    On,
    /// One request.
    Once,
}

/// At which calls a fault makes sense.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// All.
    Every,
    /// Those of a read.
    Reads,
    /// Those of a write.
    Writes,
}

/// A way in which an API misbehaves.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// In words.
    pub name: &'static str,
    /// Where it makes sense.
    pub at: At,
    /// For how long.
    pub lasts: Lasts,
    /// What is answered.
    pub reply: fn(&Request) -> Reply,
    /// What a write that met it did for certain: nothing, or nobody knows.
    pub is_certain: bool,
    /// Whether the write happened.
    pub happened: bool,
    /// What every adapter makes of it; `None` where an API may mean something of its own by it.
    pub kind: Option<ErrorKind>,
    /// What is said of a read, and of a write, by adapters that leave it to HTTP.
    pub phrases: [&'static str; 2],
}

impl Fault {
    /// Whether it is that nobody listens any more.
    pub fn leaves(&self) -> bool {
        matches!((self.reply)(&Request::default()), Reply::PassAndLeave)
    }
}

const fn fault(
    name: &'static str,
    reply: fn(&Request) -> Reply,
    is_certain: bool,
    kind: Option<ErrorKind>,
    phrases: [&'static str; 2],
) -> Fault {
    Fault {
        name,
        at: At::Every,
        lasts: Lasts::On,
        reply,
        is_certain,
        happened: false,
        kind,
        phrases,
    }
}

/// The API says no, and did nothing.
const fn refusal(
    name: &'static str,
    reply: fn(&Request) -> Reply,
    kind: Option<ErrorKind>,
    phrase: &'static str,
) -> Fault {
    fault(name, reply, true, kind, [phrase, phrase])
}

/// Nobody knows what the API did.
const fn trouble(
    name: &'static str,
    reply: fn(&Request) -> Reply,
    kind: ErrorKind,
    phrase: &'static str,
) -> Fault {
    fault(name, reply, false, Some(kind), [phrase, phrase])
}

/// Gone at the next attempt.
const fn passing_by(name: &'static str, at: At, reply: fn(&Request) -> Reply) -> Fault {
    Fault {
        at,
        lasts: Lasts::Once,
        ..fault(name, reply, true, None, ["", ""])
    }
}

fn limited(seconds: &str) -> Reply {
    let headers = vec![("Retry-After", seconds.to_owned())];
    Reply::Answer(429, headers, String::new())
}

/// Everything that was sent, credentials and all, in the API's own words.
fn repeated(request: &Request) -> Reply {
    let headers = request.headers.iter().map(|header| header.1.as_str());
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let words: Vec<String> = headers.map(str::to_owned).chain([body]).collect();
    Reply::json(400, &serde_json::json!({ "errors": words }).to_string())
}

/// The same with every zone and every owner below `test` in another zone. The names of servers and targets, which are
/// data, stay what they are, and so do paths.
fn of_another_zone(body: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.*\\".contains(c);
    let mut parts = body.split(".test");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let begin = text.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
        let label = text[begin..].split('.').next().unwrap_or_default();
        let is_data = ["ns1", "ns2", "www", "hostmaster"].contains(&label);
        text += if is_data || text[..begin].ends_with('/') {
            ".test"
        } else {
            ".tset"
        };
        text += part;
    }
    text
}

use ErrorKind::{Protocol, RateLimited, Unauthorized, Unreachable};

/// Those that last, or leave a trace.
#[rustfmt::skip]
pub const FAULTS: &[Fault] = &[
    refusal("refused", |_| Reply::PassAndLeave, Some(Unreachable), "connection refused by"),
    trouble("reset", |_| Reply::Reset, Unreachable, "connection reset by"),
    trouble("timeout", |_| Reply::Hang, Unreachable, "no answer from"),
    refusal("401", |_| Reply::json(401, "\"who?\""), Some(Unauthorized), "answered 401: who?"),
    refusal("403", |_| Reply::json(403, "\"no\""), Some(Unauthorized), "answered 403: no"),
    fault("404", |_| Reply::json(404, "\"Not Found\""), true, None, ["has no ", "answered 404"]),
    refusal("409", |_| Reply::json(409, "\"busy\""), None, "answered 409: busy"),
    refusal("422", |_| Reply::json(422, "{\"error\": \"odd\"}"), None, "answered 422: odd"),
    refusal("429", |_| Reply::json(429, ""), Some(RateLimited), "answered 429"),
    refusal("429 for an hour", |_| limited("3600"), Some(RateLimited), "answered 429"),
    refusal("what was sent", repeated, None, "answered 400"),
    trouble("500", |_| Reply::json(500, "{\"error\": \"oops\"}"), Unreachable, "answered 500: oops"),
    trouble("502", |_| Reply::html(502), Unreachable, "answered 502: a web page"),
    trouble("a web page", |_| Reply::html(200), Protocol, "a web page where JSON was expected"),
    Fault {
        happened: true,
        ..fault("truncated", |_| Reply::PassHalf, false, None, ["broke off", "no answer from"])
    },
    Fault {
        at: At::Reads,
        ..fault(
            "another zone",
            |_| Reply::PassChanged(of_another_zone),
            false,
            None,
            ["is about the zone", ""],
        )
    },
    Fault {
        at: At::Writes,
        lasts: Lasts::Once,
        happened: true,
        ..trouble("answer lost", |_| Reply::PassAndReset, Unreachable, "connection reset by")
    },
];

/// Those that a second attempt gets over; at writes, too, only where nothing was done for certain.
#[rustfmt::skip]
pub const PASSING: &[Fault] = &[
    passing_by("429 once", At::Every, |_| Reply::json(429, "")),
    passing_by("429 once for a second", At::Every, |_| limited("1")),
    passing_by("500 once", At::Reads, |_| Reply::json(500, "")),
    passing_by("502 once", At::Reads, |_| Reply::html(502)),
    passing_by("reset once", At::Reads, |_| Reply::Reset),
    passing_by("truncated once", At::Reads, |_| Reply::PassHalf),
];

/// A success that was none. Whoever reads back finds it out.
pub const LIE: Fault = Fault {
    at: At::Writes,
    lasts: Lasts::Once,
    ..fault(
        "a lie",
        |_| Reply::Answer(204, Vec::new(), String::new()),
        false,
        None,
        ["", "reported success and does not hold"],
    )
};

/// A page for the second time.
pub const AGAIN: Fault = Fault {
    at: At::Reads,
    lasts: Lasts::Once,
    ..fault("a page again", |_| Reply::Again, false, None, ["", ""])
};
