//! What a run comes to: one word for JSON, one exit code for scripts.

use serde::{Deserialize, Serialize};

/// The result of a whole run; the numbers extend those of diff(1) and are the same for every command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 0: nothing differs, and everything was verified.
    #[default]
    Same,
    /// 1: something differs: drift, disagreement, a finding of severity error.
    Differs,
    /// 2: something could not be done or could not be verified.
    Trouble,
    /// 3: stopped midway; providers may now differ because of this run.
    Partial,
    /// 4: refused by a guard, a stale plan or a lock; nothing was written.
    Refused,
}

impl Outcome {
    /// The one that tells most when several hold: 3, 4, 2, 1, 0. Of nothing at all: [`Outcome::Same`].
    pub fn worst(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes
            .into_iter()
            .max_by_key(|outcome| outcome.precedence())
            .unwrap_or_default()
    }

    /// The spelling in JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Trouble => "trouble",
            Self::Partial => "partial",
            Self::Refused => "refused",
        }
    }

    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Differs => 1,
            Self::Trouble => 2,
            Self::Partial => 3,
            Self::Refused => 4,
        }
    }

    fn precedence(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Differs => 1,
            Self::Trouble => 2,
            Self::Refused => 3,
            Self::Partial => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Differs, Partial, Refused, Same, Trouble};

    #[test]
    fn a_half_made_change_outranks_a_refusal_and_that_everything_else() {
        for (outcomes, worst) in [
            (vec![], Same),
            (vec![Same, Differs], Differs),
            (vec![Trouble, Differs, Same], Trouble),
            (vec![Refused, Trouble], Refused),
            (vec![Refused, Partial, Trouble], Partial),
        ] {
            assert_eq!(Outcome::worst(outcomes.clone()), worst, "{outcomes:?}");
        }
    }

    #[test]
    fn exit_codes_and_spellings_are_a_promise() {
        let promised = [
            (Same, 0, "\"same\""),
            (Differs, 1, "\"differs\""),
            (Trouble, 2, "\"trouble\""),
            (Partial, 3, "\"partial\""),
            (Refused, 4, "\"refused\""),
        ];
        for (outcome, code, spelling) in promised {
            assert_eq!(outcome.exit_code(), code);
            assert_eq!(serde_json::to_string(&outcome).expect("a word"), spelling);
            assert_eq!(format!("\"{}\"", outcome.as_str()), spelling);
        }
    }
}
