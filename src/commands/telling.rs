//! Questions to nameservers, and word of how far that is.

use super::console::{Console, Progress};
use crate::probe::{self, Ask, AskOptions};
use crate::verdict::{Observation, Seen};

/// Who wants to hear of it.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    pub(super) console: &'a Console,
    pub(super) progress: &'a Progress,
    /// What was found before.
    pub(super) found: Option<&'a str>,
}

impl Telling<'_> {
    /// Asks everything of everyone, or `pairs` alone, and takes in what was observed.
    pub(super) async fn put(
        self,
        seen: &mut Seen<'_>,
        pairs: Option<&[(usize, usize)]>,
        options: &AskOptions,
    ) {
        let (nameservers, questions) = seen.asked();
        let ask = Ask {
            origin: seen.origin(),
            nameservers,
            questions: &questions,
            pairs,
        };
        let mut take = |batch: Vec<Observation>| {
            for one in batch {
                seen.take(one);
            }
            seen.first_difference().map(str::to_owned)
        };
        self.ask(&ask, options, &mut take).await;
    }

    /// Asks. `take` is given what was observed, as it comes in, and says what was the first difference so far: that is
    /// told at once to those who want detail, to others with the progress.
    pub(super) async fn ask(
        self,
        ask: &Ask<'_>,
        options: &AskOptions,
        take: &mut (dyn FnMut(Vec<Observation>) -> Option<String> + Send),
    ) {
        let (mut done, total) = (0, ask.total());
        let mut known = take(Vec::new()).is_some();
        let mut each = |batch: Vec<Observation>| {
            done += batch.len();
            let first = take(batch);
            if let Some(first) = first.as_ref().filter(|_| !known) {
                self.console.detail(&format!("first difference: {first}"));
                known = true;
            }
            let first = first.as_deref().or(self.found);
            let first = first.map_or(String::new(), |first| format!("; {first}"));
            self.progress.say(format!(
                "{}: asking the nameservers, {done} of {total} answers{first}",
                ask.origin
            ));
        };
        probe::ask_each(ask, options, &mut each).await;
    }
}
