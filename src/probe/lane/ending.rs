//! How a question ends: with an observation, which is handed over in batches.

use std::time::Duration;

use super::Lane;
use crate::verdict::{Answer, Observation};

/// Observations that are handed over in one go where there are many at once.
const BATCH: usize = 256;

impl Lane {
    /// Everything that is left is silent, for the same reason.
    pub(super) async fn give_up(&mut self, why: &str) {
        self.requeue();
        for question in std::mem::take(&mut self.queue) {
            self.silence(question, why, Duration::ZERO, 0);
            if self.batch.len() >= BATCH {
                self.flush().await;
            }
        }
    }

    pub(super) fn silence(
        &mut self,
        question: usize,
        why: &str,
        elapsed: Duration,
        attempts: usize,
    ) {
        self.observe(Observation {
            nameserver: self.index,
            question,
            answer: Answer::Silent {
                why: why.to_owned(),
            },
            elapsed,
            tcp: false,
            attempts,
            nsid: None,
            whole: None,
        });
    }

    pub(super) fn observe(&mut self, observation: Observation) {
        self.batch.push(observation);
    }

    pub(super) async fn flush(&mut self) {
        if !self.batch.is_empty() {
            // Nobody listens any more only when the run was cancelled.
            let _ = self.out.send(std::mem::take(&mut self.batch)).await;
        }
    }
}
