//! Metrics over HTTP, for whoever scrapes: `/metrics`, and `/healthz` for whoever restarts what hangs.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::history::{Sight, Subject};
use super::notify::Target;
use crate::report::{Label, Metric, Report, metric, prometheus};
use crate::status::State;

/// The most octets of a request that are read.
const LONGEST: usize = 8 << 10;

/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many clients are served at a time.
const CLIENTS: usize = 16;

/// What is given: the last round, and how rounds go.
pub struct Board {
    interval: Duration,
    begun: Instant,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The last round's report, rendered.
    report: String,
    states: Vec<(Subject, State)>,
    last: Option<(Instant, u64, Duration)>,
    rounds: u64,
    overruns: u64,
    leaps: u64,
    unsaved: u64,
    unpublished: u64,
}

/// Something that went wrong with a round, beside what it saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mishap {
    /// It took longer than the interval.
    Overrun,
    /// The wall clock leapt.
    Leap,
    /// The history could not be written.
    Unsaved,
    /// The status page could not be written.
    Unpublished,
}

impl Board {
    /// Nothing yet.
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            begun: Instant::now(),
            inner: Mutex::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        let inner = self.inner.lock();
        inner.unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Shows a round that ended at `now`, in seconds since 1970, and took so long.
    pub fn show(&self, report: &Report, round: &[Sight], now: u64, took: Duration) {
        let text = prometheus(report);
        let mut inner = self.inner();
        inner.report = text;
        inner.states = round
            .iter()
            .map(|sight| (sight.subject.clone(), sight.state))
            .collect();
        inner.last = Some((Instant::now(), now, took));
        inner.rounds += 1;
    }

    /// Counts what went wrong.
    pub fn count(&self, mishap: Mishap) {
        let mut inner = self.inner();
        let counter = match mishap {
            Mishap::Overrun => &mut inner.overruns,
            Mishap::Leap => &mut inner.leaps,
            Mishap::Unsaved => &mut inner.unsaved,
            Mishap::Unpublished => &mut inner.unpublished,
        };
        *counter += 1;
    }

    /// Whether rounds come as they should: the last one began no longer than three intervals ago.
    pub fn is_healthy(&self) -> bool {
        let inner = self.inner();
        let last = inner.last.map_or(self.begun, |(ended, _, _)| ended);
        let longest = inner.last.map_or(Duration::ZERO, |(_, _, took)| took);
        last.elapsed() <= self.interval * 3 + longest
    }

    /// Everything, in Prometheus' text format.
    pub fn render(&self, targets: &[Target]) -> String {
        let inner = self.inner();
        let mut out = inner.report.clone();
        states(&mut out, &inner.states);
        let counter = |out: &mut String, name: &str, help: &str, value: f64| {
            metric(out, Metric::Counter, name, help, [(Vec::new(), value)]);
        };
        counter(
            &mut out,
            "redundns_watch_rounds_total",
            "Rounds since the process began.",
            float(inner.rounds),
        );
        counter(
            &mut out,
            "redundns_watch_overruns_total",
            "Rounds that took longer than the interval.",
            float(inner.overruns),
        );
        counter(
            &mut out,
            "redundns_watch_clock_leaps_total",
            "Leaps of the wall clock.",
            float(inner.leaps),
        );
        counter(
            &mut out,
            "redundns_watch_history_failures_total",
            "Rounds whose history could not be written at once.",
            float(inner.unsaved),
        );
        counter(
            &mut out,
            "redundns_watch_page_failures_total",
            "Rounds whose status page could not be written.",
            float(inner.unpublished),
        );
        if let Some((_, now, took)) = inner.last {
            let gauge = |out: &mut String, name: &str, help: &str, value: f64| {
                metric(out, Metric::Gauge, name, help, [(Vec::new(), value)]);
            };
            gauge(
                &mut out,
                "redundns_watch_last_round_timestamp_seconds",
                "When the last round ended, since 1970.",
                float(now),
            );
            gauge(
                &mut out,
                "redundns_watch_last_round_duration_seconds",
                "How long the last round took.",
                took.as_secs_f64(),
            );
        }
        notifications(&mut out, targets);
        out
    }
}

/// One series for each state, so that an alert can tell 0 from nothing.
fn states(out: &mut String, states: &[(Subject, State)]) {
    let each = |is_zone: bool| {
        states
            .iter()
            .filter(move |(subject, _)| subject.provider.is_none() == is_zone)
            .flat_map(|(subject, own)| {
                State::ALL.map(|state| {
                    let mut labels: Vec<Label<'_>> = vec![("zone", &*subject.zone)];
                    labels.extend(subject.provider.as_deref().map(|id| ("provider", id)));
                    labels.push(("state", state.word()));
                    (labels, if *own == state { 1.0 } else { 0.0 })
                })
            })
    };
    metric(
        out,
        Metric::Gauge,
        "redundns_watch_zone_state",
        "1 for the state that the last round saw the zone in.",
        each(true),
    );
    metric(
        out,
        Metric::Gauge,
        "redundns_watch_provider_state",
        "1 for the state that the last round saw the provider's part in the zone in.",
        each(false),
    );
}

fn notifications(out: &mut String, targets: &[Target]) {
    let tallies: Vec<_> = targets
        .iter()
        .enumerate()
        .map(|(place, target)| ((place + 1).to_string(), target.name(), target.tally()))
        .collect();
    let each = |value: fn(&super::Tally) -> u64| {
        tallies.iter().map(move |(number, name, tally)| {
            let labels: Vec<Label<'_>> = vec![("number", number), ("target", name)];
            (labels, float(value(tally)))
        })
    };
    metric(
        out,
        Metric::Counter,
        "redundns_watch_notifications_sent_total",
        "Messages that arrived.",
        each(|tally| tally.sent),
    );
    metric(
        out,
        Metric::Counter,
        "redundns_watch_notification_failures_total",
        "Attempts to send a message that failed.",
        each(|tally| tally.failed),
    );
    metric(
        out,
        Metric::Counter,
        "redundns_watch_notifications_lost_total",
        "Messages that were given up.",
        each(|tally| tally.lost),
    );
    metric(
        out,
        Metric::Gauge,
        "redundns_watch_notifications_waiting",
        "Messages that wait to be sent.",
        each(|tally| tally.waiting),
    );
}

#[expect(clippy::cast_precision_loss, reason = "nothing is counted up to 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

/// Answers whoever asks, for ever.
pub async fn serve(listener: TcpListener, board: &Board, targets: &[Target]) {
    let listener = &listener;
    let clients = (0..CLIENTS).map(|_| async move {
        loop {
            match listener.accept().await {
                // A client that goes away in the middle is no trouble of ours.
                Ok((stream, _)) => {
                    let _ = tokio::time::timeout(PATIENCE, answer(stream, board, targets)).await;
                }
                // Out of descriptors, say: others may give some back.
                Err(_) => tokio::time::sleep(PATIENCE).await,
            }
        }
    });
    futures_util::future::join_all(clients).await;
}

async fn answer(mut stream: TcpStream, board: &Board, targets: &[Target]) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|octets| octets == b"\r\n\r\n") {
        let length = stream.read(&mut buffer).await?;
        if length == 0 || request.len() + length > LONGEST {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..length]);
    }
    let text = String::from_utf8_lossy(&request);
    let mut words = text.split([' ', '\r']);
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let path = path.split('?').next();
    let (status, body) = match (method, path) {
        (Some("GET" | "HEAD"), Some("/metrics")) => ("200 OK", board.render(targets)),
        (Some("GET" | "HEAD"), Some("/healthz")) if board.is_healthy() => {
            ("200 OK", "ok\n".to_owned())
        }
        (Some("GET" | "HEAD"), Some("/healthz")) => (
            "503 Service Unavailable",
            "no round for three intervals\n".to_owned(),
        ),
        (Some("GET" | "HEAD"), _) => (
            "404 Not Found",
            "there are /metrics and /healthz\n".to_owned(),
        ),
        _ => ("405 Method Not Allowed", "GET\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if method != Some("HEAD") {
        stream.write_all(body.as_bytes()).await?;
    }
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a round every `interval` seconds, and one that ended `ago` seconds ago.
    fn board(interval: u64, ago: u64) -> Board {
        let seconds = Duration::from_secs;
        let ended = Instant::now().checked_sub(seconds(ago));
        let ended = ended.expect("a machine that has run for a minute");
        let board = Board::new(seconds(interval));
        board.inner().last = Some((ended, 0, seconds(5)));
        board
    }

    async fn answered(board: &Board, request: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let ask = async {
            let mut stream = TcpStream::connect(address).await.expect("somebody listens");
            stream.write_all(request.as_bytes()).await.expect("sent");
            let mut said = Vec::new();
            // Whoever is turned away may find the connection reset.
            let _ = stream.read_to_end(&mut said).await;
            String::from_utf8_lossy(&said).into_owned()
        };
        tokio::select! {
            () = serve(listener, board, &[]) => String::new(),
            said = ask => said,
        }
    }

    #[tokio::test]
    async fn health_is_a_round_within_three_intervals_and_what_one_takes() {
        for (interval, ago, status) in [(10, 34, "200 OK"), (10, 36, "503 Service Unavailable")] {
            let said = answered(&board(interval, ago), "GET /healthz HTTP/1.1\r\n\r\n").await;
            assert!(
                said.starts_with(&format!("HTTP/1.1 {status}\r\n")),
                "{said}"
            );
        }
    }

    #[tokio::test]
    async fn who_asks_otherwise_than_a_scraper_is_told_so() {
        let board = board(10, 0);
        for (request, status, body) in [
            ("HEAD /healthz HTTP/1.1\r\n\r\n", "200 OK", ""),
            ("GET /healthz?x=y HTTP/1.1\r\n\r\n", "200 OK", "ok\n"),
            (
                "POST /metrics HTTP/1.1\r\n\r\n",
                "405 Method Not Allowed",
                "GET\n",
            ),
        ] {
            let said = answered(&board, request).await;
            let (head, own) = said.split_once("\r\n\r\n").expect("a head");
            assert_eq!(head.lines().next(), Some(&*format!("HTTP/1.1 {status}")));
            assert_eq!(own, body, "{request}");
            assert!(!head.contains("Content-Length: 0"), "{head}");
        }
        let long = format!(
            "GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n",
            "x".repeat(LONGEST)
        );
        assert_eq!(answered(&board, &long).await, "");
    }
}
