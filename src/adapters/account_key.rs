//! The keys of an adapter's account files, in words: what the schema of accounts is made of.

/// A key that accounts of one adapter have beside those that every account has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountKey {
    /// As written in the file.
    pub name: &'static str,
    /// What may stand behind it.
    pub kind: Kind,
    /// What it is, its unit, and what counts where it is left out.
    pub what: &'static str,
    /// Whether no account can do without it.
    pub required: bool,
}

/// What may stand behind a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number of seconds.
    Seconds,
    /// Where a secret comes from.
    Secret,
    /// A table of strings.
    Map,
    /// A key for signatures on messages.
    Tsig,
    /// A table of anything.
    Free,
}

impl AccountKey {
    /// Where an API over HTTP answers.
    pub const ENDPOINT: Self = Self::text(
        "endpoint",
        "The origin of the API, without a path; left out: the usual one. Plain http goes to loopback only, unless \
         `allow_http` is set.",
    );

    /// Whether plain http may leave the machine.
    pub const ALLOW_HTTP: Self = Self::flag(
        "allow_http",
        "Whether an `endpoint` of plain http may be one beyond loopback: the credentials can then be read on the way.",
    );

    /// Whether zones come into being.
    pub const CREATE: Self = Self::flag(
        "create",
        "Whether `sync` creates zones that the provider does not have yet.",
    );

    /// A string.
    pub const fn text(name: &'static str, what: &'static str) -> Self {
        Self::new(name, Kind::Text, what)
    }

    /// Yes or no; no where it is left out.
    pub const fn flag(name: &'static str, what: &'static str) -> Self {
        Self::new(name, Kind::Flag, what)
    }

    /// A credential.
    pub const fn secret(name: &'static str, what: &'static str) -> Self {
        Self::new(name, Kind::Secret, what)
    }

    /// Anything.
    pub const fn new(name: &'static str, kind: Kind, what: &'static str) -> Self {
        Self {
            name,
            kind,
            what,
            required: false,
        }
    }

    /// One that no account can do without.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }
}
