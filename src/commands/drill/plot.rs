//! A rehearsal for real: forwarders before every nameserver, a resolver behind them, lookups by the clock.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::audit::{Member, redundancy};
use crate::cli::Drill;
use crate::commands::console::Console;
use crate::commands::interrupt::signalled;
use crate::commands::session::{Loaded, Session};
use crate::drill::{
    Client, Fault, Forwarder, Installed, Names, Resolver, Rows, Schedule, installed, names,
    rehearse,
};
use crate::report::{ArithmeticEntry, LookupRow, Phase, RehearsalEntry, text};
use crate::verdict::Nameserver;
use crate::zone::{Finding, Severity, Zone};

/// The zone, who serves it, and what is to happen.
pub(super) struct Plot<'a> {
    pub(super) arguments: &'a Drill,
    pub(super) loaded: &'a Loaded,
    pub(super) nameservers: Vec<Nameserver>,
    pub(super) fault: Fault,
    pub(super) schedule: Schedule,
}

/// A rehearsal, as far as it went.
pub(super) struct Played {
    pub(super) rehearsal: RehearsalEntry,
    pub(super) rows: Vec<LookupRow>,
    /// Why it went no further.
    pub(super) stopped: Option<Finding>,
}

impl Plot<'_> {
    fn is_down(&self, server: &Nameserver) -> bool {
        server.provider.as_deref() == Some(&self.arguments.down)
    }

    pub(super) fn arithmetic(&self) -> ArithmeticEntry {
        let members: Vec<Member<'_>> = self
            .nameservers
            .iter()
            .map(|server| Member {
                server,
                // As the entry says that it assumes.
                is_sound: true,
                has_glue: false,
            })
            .collect();
        let whole = redundancy(self.loaded.zone.origin(), &members, None);
        ArithmeticEntry::of(&whole, &self.arguments.down)
    }

    /// The rehearsal; nothing was tried where the finding says why.
    pub(super) async fn for_real(
        &self,
        session: &Session,
        console: &Console,
    ) -> Result<Played, Finding> {
        let own: Vec<&Zone> = self.loaded.own_zones().map(|(_, zone)| zone).collect();
        let Some(names) = names(&self.loaded.zone, &own) else {
            let message =
                "no name of the zone has an A or AAAA record, so there is nothing to look up";
            return Err(Finding::new("DRL05", Severity::Warning, message)
                .hint("a wildcard below a name of its own will do: `*.drill A 192.0.2.1`"));
        };
        let program = self.arguments.resolver.as_deref();
        let Some(resolver) = installed(program).await else {
            let message = format!(
                "{} is not installed, so the loss was not rehearsed for real",
                program.unwrap_or("unbound")
            );
            return Err(Finding::new("DRL01", Severity::Warning, message)
                .hint("install the Debian package `unbound`; it need not run as a daemon"));
        };
        if self.nameservers.is_empty() {
            let message = "no nameserver of the zone can be asked, so nothing was rehearsed";
            return Err(Finding::new("DRL01", Severity::Error, message)
                .hint("list them in `nameservers` of the accounts in providers/"));
        }
        console.note(&self.announcement(&resolver, &names));
        let (rows, stopped) = self.rehearse(session, console, &resolver, &names).await?;
        let rehearsal = RehearsalEntry {
            resolver: resolver.version,
            names: names.as_str().to_owned(),
            rate: self.schedule.rate,
            seconds: self.schedule.duration.as_secs_f64(),
            patience_seconds: self.arguments.patience.as_secs_f64(),
            phases: Vec::new(),
            slices: Vec::new(),
        };
        let stopped = stopped.map(|why| {
            let message = format!(
                "{why}, after {} of {}: nothing is judged",
                rows.len(),
                text::plural(self.schedule.all(), "lookup")
            );
            Finding::new("DRL07", Severity::Error, message)
                .hint("the resolver has ended; a shorter `--duration` shows less, and sooner")
        });
        Ok(Played {
            rehearsal: rehearsal.with(&rows),
            rows,
            stopped,
        })
    }

    /// The rows, and why there are no more of them where it was cut short.
    async fn rehearse(
        &self,
        session: &Session,
        console: &Console,
        installed: &Installed,
        names: &Names,
    ) -> Result<(Vec<LookupRow>, Option<&'static str>), Finding> {
        let failed = |message: String| Finding::new("DRL01", Severity::Error, message);
        let is_on = Arc::new(AtomicBool::new(false));
        let mut forwarders = Vec::new();
        for server in &self.nameservers {
            let fault = self.is_down(server).then_some(self.fault);
            let forwarder = Forwarder::before(server.address, fault, &is_on).await;
            forwarders.push(forwarder.map_err(|error| {
                let message = format!("no forwarder can stand before {}: {error}", server.address);
                failed(message).hint("it needs a free port of 127.0.0.1; see `ulimit -n`")
            })?);
        }
        let addresses: Vec<_> = forwarders.iter().map(Forwarder::address).collect();
        let origin = self.loaded.zone.origin();
        let stopped = async {
            let deadline = async {
                match session.deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = signalled() => "stopped on request",
                () = deadline => "stopped by `--timeout`",
            }
        };
        tokio::pin!(stopped);
        let resolver = tokio::select! {
            resolver = Resolver::start(installed, origin, &addresses) => {
                resolver.map_err(|why| failed(why.message).hint(why.hint))?
            }
            why = &mut stopped => return Ok((Vec::new(), Some(why))),
        };
        let progress = console.progress("starting");
        let client = Client::new(resolver.address(), self.arguments.patience);
        let say = |phase| progress.say(self.waiting(phase));
        let rows = Rows::default();
        let why = tokio::select! {
            () = rehearse(client, names, self.schedule, &is_on, &rows, say) => None,
            why = &mut stopped => Some(why),
        };
        resolver.end().await;
        Ok((rows.take(), why))
    }

    fn waiting(&self, phase: Phase) -> String {
        let seconds = self.schedule.length(phase).as_secs_f64();
        let down = &self.arguments.down;
        match phase {
            Phase::Before => format!("before the fault: {seconds:.0} s"),
            Phase::During => format!(
                "{down} is {}: {seconds:.0} s, and until the last lookup has ended",
                self.fault
            ),
            Phase::After => format!("{down} is well again: {seconds:.0} s"),
        }
    }

    /// What is about to happen, before any of it does.
    fn announcement(&self, resolver: &Installed, names: &Names) -> String {
        let seconds = |time: Duration| format!("{} s", time.as_secs_f64());
        let (lost, others): (Vec<_>, Vec<_>) =
            self.nameservers.iter().partition(|one| self.is_down(one));
        let list = |servers: &[&Nameserver]| -> String {
            let servers = servers.iter();
            let each = servers.map(|one| format!("\n    {} {}", one.name, one.address));
            each.collect()
        };
        let what = match names {
            Names::Wildcard { above, .. } => format!("names under *.{above}, a new one each time"),
            Names::Uncached(all) => format!(
                "{} of the zone file again and again, with the resolver's cache off",
                text::plural(all.len(), "record set")
            ),
        };
        let rest = if others.is_empty() {
            "  nobody else serves the zone".to_owned()
        } else {
            format!("  the others answer as they do:{}", list(&others))
        };
        format!(
            "rehearsal: {} of lookups, {} a second, through {} started for it on loopback\n  \
             looked up: {what}\n  from {} on, for {} and until the last of those lookups has ended, it finds the nameservers of {} {}:{}\n{rest}\n  \
             nobody but this resolver notices, and nobody but these addresses is asked",
            seconds(self.schedule.duration),
            self.schedule.rate,
            resolver.version,
            seconds(self.schedule.length(Phase::Before)),
            seconds(self.schedule.length(Phase::During)),
            self.arguments.down,
            self.fault,
            list(&lost),
        )
    }
}
