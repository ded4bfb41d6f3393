//! The faults of HTTP, each with what has to be said of it.

use crate::world::http_fake::Reply;

/// How long a fault lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lasts {
    /// The rest of the run.
    On,
    /// One request.
    Once,
}

/// At which calls a fault makes sense.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Every,
    Reads,
    Writes,
}

pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) at: At,
    pub(super) lasts: Lasts,
    pub(super) reply: fn() -> Reply,
    /// What a write that met it did for certain: nothing, or nobody knows; and whether it did it.
    pub(super) is_certain: bool,
    pub(super) happened: bool,
    /// What is said of a read, and of a write.
    pub(super) phrases: [&'static str; 2],
}

const fn fault(
    name: &'static str,
    reply: fn() -> Reply,
    is_certain: bool,
    phrases: [&'static str; 2],
) -> Fault {
    Fault {
        name,
        at: At::Every,
        lasts: Lasts::On,
        reply,
        is_certain,
        happened: false,
        phrases,
    }
}

fn limited(seconds: &str) -> Reply {
    let headers = vec![("Retry-After", seconds.to_owned())];
    Reply::Answer(429, headers, String::new())
}

fn of_another_zone() -> Reply {
    Reply::PassChanged(|body| body.replacen("\"name\": \"c", "\"name\": \"x", 1))
}

pub(super) fn faults() -> Vec<Fault> {
    let said = |text| [text, text];
    vec![
        fault(
            "refused",
            || Reply::PassAndLeave,
            true,
            said("connection refused by"),
        ),
        fault("reset", || Reply::Reset, false, said("connection reset by")),
        fault("timeout", || Reply::Hang, false, said("no answer from")),
        fault(
            "401",
            || Reply::json(401, "\"who?\""),
            true,
            said("answered 401: who?"),
        ),
        fault(
            "403",
            || Reply::json(403, "\"no\""),
            true,
            said("answered 403: no"),
        ),
        fault(
            "404",
            || Reply::json(404, "\"Not Found\""),
            true,
            ["has no server", "answered 404"],
        ),
        fault(
            "409",
            || Reply::json(409, "\"busy\""),
            true,
            said("answered 409: busy"),
        ),
        fault(
            "422",
            || Reply::json(422, "{\"error\": \"odd\"}"),
            true,
            said("answered 422: odd"),
        ),
        fault("429", || Reply::json(429, ""), true, said("answered 429")),
        fault(
            "429 for an hour",
            || limited("3600"),
            true,
            said("answered 429"),
        ),
        fault(
            "500",
            || Reply::json(500, "{\"error\": \"oops\"}"),
            false,
            said("answered 500: oops"),
        ),
        fault(
            "502",
            || Reply::html(502),
            false,
            said("answered 502: a web page"),
        ),
        fault(
            "a web page",
            || Reply::html(200),
            false,
            said("a web page where JSON was expected"),
        ),
        Fault {
            at: At::Writes,
            lasts: Lasts::Once,
            ..fault(
                "a lie",
                || Reply::Answer(204, Vec::new(), String::new()),
                false,
                said("reported success and does not hold"),
            )
        },
        Fault {
            happened: true,
            ..fault(
                "truncated",
                || Reply::PassHalf,
                false,
                ["broke off", "no answer from"],
            )
        },
        Fault {
            at: At::Reads,
            ..fault(
                "another zone",
                of_another_zone,
                false,
                ["is about the zone", ""],
            )
        },
        Fault {
            at: At::Writes,
            lasts: Lasts::Once,
            happened: true,
            ..fault(
                "answer lost",
                || Reply::PassAndReset,
                false,
                said("connection reset by"),
            )
        },
    ]
}

/// Its name, what it is, and whether a second attempt gets over it at writes as well as at reads.
pub(super) type Passing = (&'static str, fn() -> Reply, bool);

/// Faults that a second attempt gets over.
pub(super) fn passing() -> Vec<Passing> {
    vec![
        ("429 once", || Reply::json(429, ""), true),
        ("429 once for a second", || limited("1"), true),
        ("500 once", || Reply::json(500, ""), false),
        ("502 once", || Reply::html(502), false),
        ("reset once", || Reply::Reset, false),
        ("truncated once", || Reply::PassHalf, false),
    ]
}
