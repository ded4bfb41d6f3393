//! Looking again and again: what every round saw becomes a history, changes of state become messages, and both become
//! metrics and the files of a status page.
//!
//! The decisions are pure: [`sights`] makes states of a report, [`History`] makes changes and daily figures of states,
//! and neither looks at a clock. Around them stand the database ([`Store`]), the messages ([`Post`]), and what others
//! read.

mod counts;
mod elsewhere;
mod history;
mod message;
mod metrics;
mod notify;
mod publish;
mod reduce;
mod schedule;
mod store;

pub use counts::{Counted, Counts};
pub use elsewhere::elsewhere;
pub use history::{Change, DAY, History, Leap, Moment, Sight, Subject, Track};
pub use message::Message;
pub use metrics::{Board, Mishap, serve};
pub use notify::{LARGEST, Means, PATIENCE, Post, Tally, Target, Waiting};
pub use publish::publish;
pub use reduce::{Standing, sights};
pub use schedule::pause;
pub use store::{Note, Refusal, Store};
