//! Messages on their way, in the background: whoever does not answer delays nobody but himself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::super::message::Message;
use super::Target;
use crate::report::text::plural;

/// How many messages may wait for one target.
pub(super) const WAITING: usize = 256;

/// From the first failure to the second attempt; each later pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(300);

/// A message that could not be delivered for so long is given up.
pub(super) const GIVEN_UP: Duration = Duration::from_secs(86_400);

/// A message that has not arrived yet, as it outlives the process.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// For whom: the target's name, and where several have the same, which of them.
    pub target: (String, usize),
    /// When it came, in seconds since 1970.
    pub came: u64,
    /// The message.
    pub message: Message,
}

/// The way to every target.
pub struct Post<'a> {
    lanes: Vec<Lane<'a>>,
}

struct Lane<'a> {
    target: &'a Target,
    /// How many targets before this one have the same name.
    twin: usize,
    queue: Mutex<Queue>,
    /// Rings when there is news in the queue.
    bell: Notify,
}

#[derive(Default)]
struct Queue {
    /// The oldest first, each with when it came. It stays until it arrived or was given up.
    messages: VecDeque<(u64, Message)>,
    is_closed: bool,
}

impl<'a> Post<'a> {
    /// A queue for each of `targets`.
    pub fn new(targets: &'a [Target]) -> Self {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let lanes = targets.iter().map(|target| {
            let twins = names.entry(target.name()).or_default();
            *twins += 1;
            Lane {
                target,
                twin: *twins - 1,
                queue: Mutex::default(),
                bell: Notify::new(),
            }
        });
        Self {
            lanes: lanes.collect(),
        }
    }

    /// Takes a message for everybody, and waits for nobody; says who has no room for it.
    pub fn take(&self, message: &Message, now: u64, say: &(dyn Fn(&str) + Sync)) {
        for lane in &self.lanes {
            lane.take(now, message, say);
        }
    }

    /// Takes what an earlier process could not deliver; says what is too old, or for somebody who is told no more.
    pub fn resume(&self, waiting: Vec<Waiting>, now: u64, say: &(dyn Fn(&str) + Sync)) {
        let mut resumed: BTreeMap<&str, usize> = BTreeMap::new();
        for one in waiting {
            let title = &one.message.title;
            let (name, twin) = &one.target;
            let mut lanes = self.lanes.iter();
            let Some(lane) = lanes.find(|lane| lane.target.name() == name && lane.twin == *twin)
            else {
                say(&format!(
                    "{name}: is told no more, and was not told `{title}`"
                ));
                continue;
            };
            if now.saturating_sub(one.came) > GIVEN_UP.as_secs() {
                lane.target.lost.fetch_add(1, Ordering::Relaxed);
                say(&format!(
                    "{name}: was not told `{title}`, and will not be: it has waited for more than a day"
                ));
                continue;
            }
            lane.take(one.came, &one.message, say);
            *resumed.entry(lane.target.name()).or_default() += 1;
        }
        for (name, count) in resumed {
            let verb = if count == 1 { "is" } else { "are" };
            let messages = plural(count, "message");
            say(&format!(
                "{name}: {messages} of an earlier run {verb} delivered first"
            ));
        }
    }

    /// What has not arrived yet.
    pub fn waiting(&self) -> Vec<Waiting> {
        let mut all = Vec::new();
        for lane in &self.lanes {
            let queue = lane.queue();
            all.extend(queue.messages.iter().map(|(came, message)| Waiting {
                target: (lane.target.name().to_owned(), lane.twin),
                came: *came,
                message: message.clone(),
            }));
        }
        all
    }

    /// From now on nothing more comes: [`Self::deliver`] ends with what is there.
    pub fn close(&self) {
        for lane in &self.lanes {
            lane.queue().is_closed = true;
            lane.bell.notify_one();
        }
    }

    /// Delivers what comes until [`Self::close`], again and again where it has to be; `say` is told of trouble once,
    /// and once that it is over.
    pub async fn deliver(&self, say: &(dyn Fn(&str) + Sync)) {
        let lanes = self.lanes.iter().map(|lane| lane.deliver(say));
        futures_util::future::join_all(lanes).await;
    }

    /// How many messages wait for whom, where any do.
    pub fn undelivered(&self) -> Vec<(&str, u64)> {
        let lanes = self.lanes.iter();
        lanes
            .map(|lane| (lane.target.name(), lane.target.tally().waiting))
            .filter(|(_, waiting)| *waiting > 0)
            .collect()
    }
}

impl Lane<'_> {
    /// What it holds is whole between any two statements.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, came: u64, message: &Message, say: &(dyn Fn(&str) + Sync)) {
        let target = self.target;
        let mut queue = self.queue();
        if queue.is_closed || queue.messages.len() == WAITING {
            target.lost.fetch_add(1, Ordering::Relaxed);
            say(&format!(
                "{}: {WAITING} messages wait already, so it is not told: {}",
                target.name, message.title
            ));
            return;
        }
        queue.messages.push_back((came, message.clone()));
        target.waiting.fetch_add(1, Ordering::Relaxed);
        self.bell.notify_one();
    }

    async fn deliver(&self, say: &(dyn Fn(&str) + Sync)) {
        let mut is_down = false;
        while let Some(message) = self.next().await {
            self.persist(&message, &mut is_down, say).await;
            self.queue().messages.pop_front();
            self.target.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The oldest message, once there is one; nothing once there never will be.
    async fn next(&self) -> Option<Message> {
        loop {
            {
                let queue = self.queue();
                if let Some((_, message)) = queue.messages.front() {
                    return Some(message.clone());
                }
                if queue.is_closed {
                    return None;
                }
            }
            self.bell.notified().await;
        }
    }

    async fn persist(&self, message: &Message, is_down: &mut bool, say: &(dyn Fn(&str) + Sync)) {
        let target = self.target;
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(failure) = target.send(message).await else {
                target.sent.fetch_add(1, Ordering::Relaxed);
                if std::mem::take(is_down) {
                    say(&format!("{}: takes messages again", target.name));
                }
                return;
            };
            target.failed.fetch_add(1, Ordering::Relaxed);
            if failure.is_final || begun.elapsed() > GIVEN_UP {
                target.lost.fetch_add(1, Ordering::Relaxed);
                say(&format!(
                    "{}: was not told `{}`, and will not be: {}",
                    target.name, message.title, failure.why
                ));
                return;
            }
            if !std::mem::replace(is_down, true) {
                say(&format!(
                    "{}: cannot be told now, and is tried again until it can: {}",
                    target.name, failure.why
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }
}
