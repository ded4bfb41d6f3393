//! What did not fit into a datagram: one TCP connection to one address, used for one question after the other.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Sender, UnboundedReceiver};
use tokio::time::timeout;

use super::engine::Shared;
use super::query::random_id;
use super::socket::said;
use crate::verdict::{Answer, NO_TIME, Observation, Question, answers, classify, nsid};
use crate::zone::message::MessageRef;

/// Failures in a row after which the server is taken to have no usable TCP.
const PATIENCE: u32 = 2;

/// Answers the questions that come in until there are no more.
pub(super) async fn run(
    nameserver: usize,
    address: SocketAddr,
    shared: Arc<Shared>,
    mut questions: UnboundedReceiver<usize>,
    out: Sender<Vec<Observation>>,
) {
    let mut line = Line {
        address,
        connection: None,
        wait: shared
            .options
            .timeouts
            .last()
            .copied()
            .unwrap_or(Duration::from_secs(1)),
    };
    let mut failures = 0;
    let mut last = Answer::Silent { why: String::new() };
    while let Some(number) = questions.recv().await {
        let begun = Instant::now();
        let question = &shared.questions[number];
        let (mut attempts, mut node, mut whole) = (0, None, None);
        let late = shared
            .options
            .deadline
            .is_some_and(|deadline| deadline <= begun);
        let answer = if late {
            Answer::Silent {
                why: NO_TIME.to_owned(),
            }
        } else if failures >= PATIENCE {
            last.clone()
        } else {
            attempts = 1;
            let exchange = line.ask(&shared, question);
            let got = match shared.options.deadline {
                Some(deadline) => tokio::time::timeout_at(deadline.into(), exchange)
                    .await
                    .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
                None => exchange.await,
            };
            match got {
                Ok(octets) => {
                    failures = 0;
                    let (answer, nsid) = read(&octets, question, &shared);
                    node = nsid;
                    whole = shared.options.dnssec.then(|| octets.into());
                    answer
                }
                Err(error) => {
                    failures += 1;
                    last = over_tcp(&error);
                    line.connection = None;
                    last.clone()
                }
            }
        };
        let observation = Observation {
            nameserver,
            question: number,
            answer,
            elapsed: begun.elapsed(),
            tcp: true,
            attempts,
            nsid: node,
            whole,
        };
        if out.send(vec![observation]).await.is_err() {
            return;
        }
    }
}

fn read(octets: &[u8], question: &Question, shared: &Shared) -> (Answer, Option<Vec<u8>>) {
    let malformed = |what: String| Answer::Failure {
        what: format!("malformed: {what}"),
    };
    match MessageRef::read(octets) {
        Ok(message) if !answers(&message, question) => {
            (malformed("an answer to another question".to_owned()), None)
        }
        Ok(message) => {
            let answer = classify(&message, question, shared.origin.borrow())
                .unwrap_or_else(|error| malformed(error.to_string()));
            let nsid = shared.options.nsid.then(|| nsid(&message)).flatten();
            (answer, nsid)
        }
        Err(error) => (malformed(error.to_string()), None),
    }
}

fn over_tcp(error: &io::Error) -> Answer {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Answer::Failure {
            what: "malformed: the TCP connection ended before the answer did".to_owned(),
        };
    }
    Answer::Silent {
        why: format!("{} over TCP", said(error)),
    }
}

/// The connection, made when it is needed.
struct Line {
    address: SocketAddr,
    connection: Option<TcpStream>,
    wait: Duration,
}

impl Line {
    /// Asks, once more on a new connection if the server had closed the old one in between.
    async fn ask(&mut self, shared: &Shared, question: &Question) -> io::Result<Vec<u8>> {
        let id = random_id();
        let mut query = Vec::new();
        let edns = !shared.options.without_edns.contains(&self.address);
        let template = if edns {
            &shared.with_edns
        } else {
            &shared.without_edns
        };
        template.write(id, question, &mut query);
        let length = u16::try_from(query.len()).expect("a query is shorter than 65,536 octets");
        query.splice(0..0, length.to_be_bytes());
        if let Some(connection) = &mut self.connection {
            match exchange(connection, &query, id, self.wait).await {
                Err(error) if error.kind() != io::ErrorKind::TimedOut => {}
                done => return done,
            }
        }
        self.connection = None;
        let connection = timeout(self.wait, TcpStream::connect(self.address)).await??;
        let connection = self.connection.insert(connection);
        exchange(connection, &query, id, self.wait).await
    }
}

async fn exchange(
    connection: &mut TcpStream,
    query: &[u8],
    id: u16,
    wait: Duration,
) -> io::Result<Vec<u8>> {
    timeout(wait, async {
        connection.write_all(query).await?;
        loop {
            let length = connection.read_u16().await?;
            let mut octets = vec![0; usize::from(length)];
            connection.read_exact(&mut octets).await?;
            // A late answer to an earlier question that timed out is nothing to us.
            if octets.starts_with(&id.to_be_bytes()) {
                return Ok(octets);
            }
        }
    })
    .await?
}
