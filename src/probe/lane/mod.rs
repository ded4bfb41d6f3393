//! Everything between the engine and one address: its sockets, its window, its retries and its breaker.

mod ending;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::io::{Interest, Ready};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{Sender, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::engine::Shared;
use super::query::random_id;
use super::socket::{NO_BUFFERS, connect, said};
use super::stream;
use crate::verdict::{NO_TIME, Observation, answers, classify, nsid};
use crate::zone::RecordType;
use crate::zone::message::{MessageRef, Section};

/// Sockets at one address. Each has a random port and only hears from the address it is connected to, so that a
/// forger has to guess the port, the socket's share of the questions and the id.
const SOCKETS: usize = 4;

/// How long to leave a socket alone that takes no more.
const FULL: Duration = Duration::from_millis(1);

/// FORMERR, RFC 1035 section 4.1.1.
const FORMERR: u16 = 1;

/// A question on its way.
struct Flight {
    question: usize,
    id: u16,
    socket: usize,
    edns: bool,
    tries: usize,
    first_sent: Instant,
    sent: Instant,
    expires: Instant,
}

pub(super) struct Lane {
    index: usize,
    address: SocketAddr,
    /// Whether it is asked with EDNS.
    edns: bool,
    shared: Arc<Shared>,
    queue: VecDeque<usize>,
    flights: Vec<Flight>,
    sockets: Vec<UdpSocket>,
    /// A socket that took no more; nothing is sent until it does.
    full: Option<usize>,
    started: Instant,
    sent: u32,
    /// When the server last said something that makes sense.
    heard: Option<Instant>,
    /// Questions that ran out of tries in silence since it was last heard.
    strikes: u32,
    batch: Vec<Observation>,
    out: Sender<Vec<Observation>>,
    over_tcp: Option<UnboundedSender<usize>>,
    tcp: JoinSet<()>,
    buffer: Vec<u8>,
}

impl Lane {
    pub(super) fn new(
        index: usize,
        address: SocketAddr,
        questions: Vec<usize>,
        shared: Arc<Shared>,
        out: Sender<Vec<Observation>>,
    ) -> Self {
        Self {
            index,
            address,
            edns: !shared.options.without_edns.contains(&address),
            shared,
            queue: questions.into(),
            flights: Vec::new(),
            sockets: Vec::new(),
            full: None,
            started: Instant::now(),
            sent: 0,
            heard: None,
            strikes: 0,
            batch: Vec::new(),
            out,
            over_tcp: None,
            tcp: JoinSet::new(),
            buffer: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) {
        if let Err(why) = self.exchange().await {
            self.give_up(&why).await;
        }
        self.flush().await;
        self.over_tcp = None;
        while self.tcp.join_next().await.is_some() {}
    }

    /// Runs until every question is answered, has run out of tries or is being asked over TCP; the error is why
    /// there is no use in going on.
    async fn exchange(&mut self) -> Result<(), String> {
        for _ in 0..SOCKETS.min(self.queue.len()) {
            let socket = connect(self.address).await.map_err(|error| said(&error))?;
            self.sockets.push(socket);
        }
        let mut incoming = vec![0; usize::from(u16::MAX)];
        loop {
            let now = Instant::now();
            if self
                .shared
                .options
                .deadline
                .is_some_and(|deadline| deadline <= now)
            {
                return Err(NO_TIME.to_owned());
            }
            self.expire(now)?;
            let next_send = self.send_more(now)?;
            self.flush().await;
            if self.flights.is_empty() && self.queue.is_empty() {
                return Ok(());
            }
            let wake = self
                .flights
                .iter()
                .map(|flight| flight.expires)
                .chain(next_send)
                .chain(self.shared.options.deadline)
                .min();
            self.ready(wake).await?;
            self.receive(&mut incoming)?;
        }
    }

    /// Waits for something to read, for room to write if it was missing, or for `wake`. Either outcome leads back
    /// to the loop, which looks at the sockets and the clock.
    async fn ready(&mut self, wake: Option<Instant>) -> Result<(), String> {
        let (sockets, full) = (&self.sockets, self.full.take());
        let any = std::future::poll_fn(|context| {
            let readable = sockets
                .iter()
                .any(|socket| socket.poll_recv_ready(context).is_ready());
            let writable =
                full.is_some_and(|index| sockets[index].poll_send_ready(context).is_ready());
            if readable || writable {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        // Refusals wake nobody who waits to read. Later ones show when the next question is sent.
        let only = self.flights.len() == 1 && self.heard.is_none();
        let first = self.flights.first().filter(|_| only);
        let ready = async {
            let Some(first) = first else {
                any.await;
                return Ok(());
            };
            let socket = &sockets[first.socket];
            let ready = socket.ready(Interest::READABLE | Interest::ERROR).await;
            let refused = ready.is_ok_and(Ready::is_error);
            match socket.take_error() {
                Ok(Some(error)) if refused => Err(said(&error)),
                _ => Ok(()),
            }
        };
        match wake {
            Some(wake) => tokio::time::timeout_at(wake.into(), ready)
                .await
                .unwrap_or(Ok(())),
            None => ready.await,
        }
    }

    fn receive(&mut self, incoming: &mut [u8]) -> Result<(), String> {
        for socket in 0..self.sockets.len() {
            loop {
                match self.sockets[socket].try_recv(incoming) {
                    Ok(length) => self.take(socket, &incoming[..length]),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(said(&error)),
                }
            }
        }
        Ok(())
    }

    /// One datagram. What answers no question of ours is ignored, and the wait goes on.
    fn take(&mut self, socket: usize, octets: &[u8]) {
        let Some(&[high, low]) = octets.first_chunk() else {
            return;
        };
        let id = u16::from_be_bytes([high, low]);
        let Some(at) = self
            .flights
            .iter()
            .position(|flight| flight.socket == socket && flight.id == id)
        else {
            return;
        };
        let number = self.flights[at].question;
        let question = &self.shared.questions[number];
        let Ok(message) = MessageRef::read(octets) else {
            self.heard = Some(Instant::now());
            self.flights.swap_remove(at);
            self.ask_over_tcp(number);
            return;
        };
        if !answers(&message, question) {
            return;
        }
        let now = Instant::now();
        self.heard = Some(now);
        self.strikes = 0;
        let has_opt = message
            .records()
            .map_while(Result::ok)
            .any(|record| record.section == Section::Additional && record.rtype == RecordType::OPT);
        if self.flights[at].edns && message.rcode() == FORMERR && !has_opt {
            // A server from before EDNS (RFC 6891, section 7).
            self.flights[at].edns = false;
            self.flights[at].expires = now;
            self.flights[at].tries = self.flights[at].tries.saturating_sub(1);
            return;
        }
        let flight = self.flights.swap_remove(at);
        let answer = if message.tc() {
            None
        } else {
            classify(&message, question, self.shared.origin.borrow()).ok()
        };
        // A truncated answer may lack the bit that says so.
        let Some(answer) = answer else {
            self.ask_over_tcp(number);
            return;
        };
        let options = &self.shared.options;
        let nsid = options.nsid.then(|| nsid(&message)).flatten();
        let whole = options.dnssec.then(|| octets.into());
        self.observe(Observation {
            nameserver: self.index,
            question: number,
            answer,
            elapsed: now - flight.sent,
            tcp: false,
            attempts: flight.tries,
            nsid,
            whole,
        });
    }

    /// Sends again what waited long enough, and drops what ran out of tries.
    fn expire(&mut self, now: Instant) -> Result<(), String> {
        let mut at = 0;
        while at < self.flights.len() {
            let flight = &self.flights[at];
            if flight.expires > now {
                at += 1;
            } else if flight.tries < self.shared.options.timeouts.len() {
                self.send(at, now)?;
                at += 1;
            } else {
                let flight = self.flights.swap_remove(at);
                self.silence(flight.question, "timeout", now - flight.sent, flight.tries);
                let in_silence = self.heard.is_none_or(|heard| heard < flight.first_sent);
                if in_silence {
                    self.strikes += 1;
                    // Flights that left together time out together and count once.
                    if self.heard.is_none() || self.strikes > 1 {
                        return Err("timeout".to_owned());
                    }
                    self.requeue();
                }
            }
        }
        Ok(())
    }

    /// Puts everything in flight back, to be asked one by one of a server that fell silent.
    fn requeue(&mut self) {
        for flight in self.flights.drain(..) {
            self.queue.push_front(flight.question);
        }
    }

    /// Fills the window; says when more may be sent if the rate forbids it now.
    fn send_more(&mut self, now: Instant) -> Result<Option<Instant>, String> {
        // Until a server has spoken, one question is enough to find out whether it will.
        let spoke = self.heard.is_some() || self.shared.options.awake;
        let trusted = spoke && self.strikes == 0;
        let window = if trusted {
            self.shared.options.window.max(1)
        } else {
            1
        };
        while self.flights.len() < window && self.full.is_none() {
            if let Some(rate) = self.shared.options.rate.filter(|_| !self.queue.is_empty()) {
                let due = self.started + Duration::from_secs(1) * self.sent / rate.max(1);
                if due > now {
                    return Ok(Some(due));
                }
            }
            let Some(question) = self.queue.pop_front() else {
                break;
            };
            let socket = self.random_socket();
            self.flights.push(Flight {
                question,
                id: self.free_id(socket),
                socket,
                edns: self.edns,
                tries: 0,
                first_sent: now,
                sent: now,
                expires: now,
            });
            self.send(self.flights.len() - 1, now)?;
        }
        Ok(None)
    }

    /// A socket at random.
    fn random_socket(&self) -> usize {
        usize::from(random_id()) % self.sockets.len()
    }

    fn free_id(&self, socket: usize) -> u16 {
        loop {
            let id = random_id();
            let taken = |flight: &Flight| flight.socket == socket && flight.id == id;
            if !self.flights.iter().any(taken) {
                return id;
            }
        }
    }

    fn send(&mut self, at: usize, now: Instant) -> Result<(), String> {
        let flight = &mut self.flights[at];
        let template = if flight.edns {
            &self.shared.with_edns
        } else {
            &self.shared.without_edns
        };
        let question = &self.shared.questions[flight.question];
        template.write(flight.id, question, &mut self.buffer);
        let timeouts = &self.shared.options.timeouts;
        let wait = timeouts.get(flight.tries).or(timeouts.last());
        match self.sockets[flight.socket].try_send(&self.buffer) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.full = Some(flight.socket);
                flight.expires = now + FULL;
                return Ok(());
            }
            // Sent and lost, as any datagram can be.
            Err(error) if error.raw_os_error() == Some(NO_BUFFERS) => {}
            Err(error) => return Err(said(&error)),
        }
        self.sent = self.sent.saturating_add(1);
        flight.tries += 1;
        flight.sent = now;
        flight.expires = now + wait.copied().unwrap_or(Duration::from_secs(1));
        Ok(())
    }

    fn ask_over_tcp(&mut self, question: usize) {
        let sender = self.over_tcp.get_or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            let (shared, out) = (self.shared.clone(), self.out.clone());
            self.tcp
                .spawn(stream::run(self.index, self.address, shared, receiver, out));
            sender
        });
        if sender.send(question).is_err() {
            self.silence(question, "no connection over TCP", Duration::ZERO, 0);
        }
    }
}
