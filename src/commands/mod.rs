//! One file per command, and what they share. A command only sequences calls: it decides nothing that a pure module
//! could decide.

mod aftermath;
mod aids;
mod audit;
mod beyond;
mod check;
mod closely;
mod console;
mod declared;
mod delegated;
mod delivery;
mod departures;
mod drill;
mod expected;
mod explain;
mod extras;
mod fleet;
mod fold;
mod history;
mod import;
mod init;
mod interrupt;
mod lint;
mod listed;
mod neighbors;
mod new_files;
mod objections;
mod output;
mod owner;
mod patience;
mod plan;
mod proof;
mod providers;
mod resume;
mod roots;
mod saved;
mod serve;
mod served;
mod session;
mod strangers;
mod survey;
mod sync;
mod telling;
mod undo;
mod watch;

use std::io::ErrorKind;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use crate::adapters;
use crate::cli::{Cli, Command, Format};
use crate::report::Outcome;
use crate::rollout::journal::Watch;
use crate::zone::{Finding, Severity};
use console::Console;
use interrupt::Interrupts;

/// Codes of findings about a run.
const CODES: &[(&str, &str)] = &[
    (
        "RUN04",
        "a provider lacks the zone, and `sync` creates it there",
    ),
    (
        "RUN01",
        "a provider may hold a part of the plan, since writing to it failed midway",
    ),
    (
        "RUN02",
        "the nameservers of a provider did not answer as it holds the zone by the end of the settle time",
    ),
    (
        "RUN03",
        "a rollout was stopped on request before all providers were changed",
    ),
    (
        "RUN05",
        "which zones were written cannot be remembered, so the next sync may ask for `--adopt` again",
    ),
    (
        "XFR01",
        "a secondary did not acknowledge that there is something new (NOTIFY, RFC 1996)",
    ),
    (
        "XFR02",
        "the nameservers of a secondary did not answer as its primary holds the zone by the end of the settle time",
    ),
    (
        "RUN06",
        "the run before was cut off: what is known of it, and what became of what is not",
    ),
    (
        "RUN07",
        "a line of an earlier run's journal cannot be read, so what it said of that run is not known",
    ),
    (
        "RUN08",
        "the journal cannot be written: without it no call is made, and what was made is not wholly on record",
    ),
    (
        "RUN12",
        "a run stopped midway: what finishes it, and what takes it back",
    ),
    (
        "RUN15",
        "a zone was not begun, since another one of the same run went wrong",
    ),
    (
        "RUN16",
        "a nameserver that is no longer listed has to go on serving as long as resolvers may remember it (RFC 2181, section 5.4.1)",
    ),
    (
        "RUN17",
        "a nameserver that is no longer listed may stop serving",
    ),
    (
        "RUN18",
        "a provider that serves what it holds only when it is told to may not have been told by a run that was cut off",
    ),
    (
        "RUN09",
        "this machine failed the run: a file of the program's own cannot be read or written",
    ),
    (
        "RUN13",
        "somebody else changed a record set at a provider while a run was under way; the run left it alone",
    ),
    (
        "RUN14",
        "somebody else wrote to a provider at the moment of a run's write, which has overwritten what they set",
    ),
    (
        "DRL01",
        "the loss of a provider was not rehearsed for real, so there is the arithmetic alone",
    ),
    (
        "DRL02",
        "lookups failed before the fault began, so what they did during it says nothing",
    ),
    (
        "DRL03",
        "lookups got no answer while a provider was lost, or nobody would be left to answer",
    ),
    (
        "DRL04",
        "lookups got a wrong answer while a provider was stale: resolvers do not fail over on an answer",
    ),
    (
        "DRL05",
        "the zone has no name with an address that could be looked up",
    ),
    (
        "DRL06",
        "a nameserver of the apex NS set is of no account, so a rehearsal leaves it out",
    ),
    (
        "DRL07",
        "a rehearsal was stopped before it was over: what was looked up until then is shown, and not judged",
    ),
    (
        "WAT01",
        "the history of `watch` cannot be used: a later version wrote it, another process has it open, or it cannot be read",
    ),
    (
        "WAT02",
        "somebody of `[[notify]]` cannot be told: a URL that is none, or a message that did not arrive",
    ),
    (
        "WAT03",
        "the metrics of `watch` cannot be given at their address",
    ),
    ("RUN10", "the journal has no run of that number"),
    ("EXP01", "`explain` was asked for a code that there is not"),
    ("IMP01", "a provider's zone cannot be imported"),
    ("IMP02", "what was asked to be imported makes no sense"),
    (
        "IMP03",
        "providers hold different records, and nobody chose which the file shall have",
    ),
    (
        "INI01",
        "a domain does not exist, is no zone, or its delegation cannot be read",
    ),
    (
        "INI02",
        "something about how a domain is served that stands in the way of redundancy",
    ),
    ("INI03", "what `init` was asked for makes no sense"),
    ("INI04", "nobody gives the records of a zone"),
    (
        "INI05",
        "only a part of a zone is known, which is kept apart from zone files",
    ),
    (
        "INI06",
        "an account lacks what it needs to be asked, usually its credentials",
    ),
    ("INI07", "credentials read a zone, and do not write"),
    (
        "INI08",
        "a zone does not fit the second provider that was asked for, so nothing was written",
    ),
    ("INI09", "what to do next on the way to redundancy"),
    (
        "NEW01",
        "a file that would be written is there already, and nothing is overwritten",
    ),
    ("NEW02", "a file cannot be written, so none was"),
    (
        "RUN11",
        "a provider holds a record set that no zone file can express (an alias, a weight), and it is left alone",
    ),
    (
        "UND01",
        "a record set is neither as the run that is undone wrote it nor as it was before, and is left alone",
    ),
    (
        "UND02",
        "the zone file does not say what `undo` puts back, so the next sync would change it again",
    ),
    (
        "UND03",
        "the run that is undone created the zone, which stays",
    ),
    (
        "UND04",
        "the run cannot be undone: it is not in the journal, or not readable, or an account is gone",
    ),
    (
        "UND05",
        "what `undo` put back is not the same at all providers, as it was not before the run, or since somebody changed it",
    ),
    (
        "NSV01",
        "nobody knows which nameservers answer for a provider, so nothing can be proved",
    ),
    (
        "NSV03",
        "the delegation at the parent cannot be read, or differs from the apex NS set",
    ),
    ("NS01", "the addresses of a nameserver are not known"),
    (
        "FIT09",
        "the apex NS set lacks a nameserver that an account lists",
    ),
    (
        "API01",
        "an API holds something else than the zone file, while the nameservers still answer as the file says: they will follow it",
    ),
    (
        "API02",
        "an API holds what the zone file says, and its nameservers answer otherwise: accepted, and not served",
    ),
    (
        "AUD01",
        "the nameservers of a domain cannot be found or heard, so that there is nothing to audit",
    ),
    (
        "AUD02",
        "a zone that may be transferred is large, and only a part of it was asked for",
    ),
    (
        "AUD03",
        "something was not looked at, since there was nobody to ask about it",
    ),
    (
        "NSV04",
        "an embedded nameserver cannot listen on its address",
    ),
];

/// Runs a command line to its exit code; `watch` is told of every moment that outlives the process.
pub fn run_watched(cli: Cli, watch: &Watch) -> ExitCode {
    let console = Arc::new(Console::new(&cli));
    let ear = Arc::clone(&console);
    adapters::run::begin(adapters::run::Run {
        deadline: cli
            .global
            .timeout
            .filter(|_| !cli.command.goes_on())
            .map(|timeout| Instant::now() + timeout),
        hear: Box::new(move |event| ear.hear(event)),
    });
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let hint = "the machine has no threads to give: see `ulimit -u`";
            console.error(&format!("cannot start: {error}"), Some(hint));
            return ExitCode::from(Outcome::Trouble.exit_code());
        }
    };
    let command = cli.command.name();
    if !console.format.suits(command) {
        let format = console.format.name();
        let formats: Vec<&str> = Format::of(command).map(Format::name).collect();
        console.error(
            &format!("`{command}` has no format `{format}`"),
            Some(&format!(
                "`{command}` has {}; {} {format}",
                formats.join(", "),
                Format::those_with(console.format)
            )),
        );
        return ExitCode::from(Outcome::Trouble.exit_code());
    }
    let outcome = runtime.block_on(dispatch(cli, &console, watch));
    // A name server that never answers must not keep the program from ending.
    runtime.shutdown_background();
    let outcome = outcome.unwrap_or_else(|error| {
        let context: Vec<String> = error.chain().map(ToString::to_string).collect();
        let (message, contexts) = context.split_last().expect("an error has a message");
        let told: Vec<String> = contexts
            .iter()
            .rev()
            .map(|context| format!("\n  ... while {context}"))
            .collect();
        let message = format!("{message}{}", told.concat());
        let finding = Finding::new("RUN09", Severity::Error, message).hint(machine(&error));
        if console.format == Format::Text {
            console.error(&finding.message, finding.hint.as_deref());
        } else {
            session::refuse(command, &[finding], &console);
        }
        Outcome::Trouble
    });
    ExitCode::from(console.exit_code(outcome))
}

/// What to do where the machine fails a run.
fn machine(error: &anyhow::Error) -> &'static str {
    let kind = error.chain().find_map(|cause| {
        let cause = cause.downcast_ref::<std::io::Error>();
        cause.map(std::io::Error::kind)
    });
    match kind {
        Some(ErrorKind::NotFound) => "make the folder first, or name another place",
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            "let this user write there, or name another place"
        }
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) => {
            "make room, and run it again"
        }
        _ => "`-vv` shows every request on the way there",
    }
}

async fn dispatch(cli: Cli, console: &Console, watch: &Watch) -> anyhow::Result<Outcome> {
    let global = &cli.global;
    match cli.command {
        Command::Init(arguments) => init::run(global, &arguments, console).await,
        Command::Import(arguments) => import::run(global, &arguments, console).await,
        Command::Lint(arguments) => lint::run(global, &arguments, console),
        Command::Plan(arguments) => plan::run(global, &arguments, console).await,
        Command::Sync(arguments) => {
            let interrupts = Interrupts::watch(global.timeout);
            let run = sync::run(global, &arguments, console, &interrupts, watch);
            interrupts.watch_over("sync", console, Box::pin(run)).await
        }
        Command::Undo(arguments) => {
            let interrupts = Interrupts::watch(global.timeout);
            let run = undo::run(global, &arguments, console, &interrupts, watch);
            interrupts.watch_over("undo", console, Box::pin(run)).await
        }
        Command::History(arguments) => history::run(global, arguments.run, console),
        Command::Check(arguments) => check::run(global, &arguments, console).await,
        Command::Audit(arguments) => audit::run(global, &arguments, console).await,
        Command::Drill(arguments) => drill::run(global, &arguments, console).await,
        Command::Watch(arguments) => watch::run(global, &arguments, console).await,
        Command::Providers(arguments) => providers::run(global, &arguments, console).await,
        Command::Serve => serve::run(global, console).await,
        Command::Explain(arguments) => explain::run(arguments.code.as_deref(), console),
        Command::Completions(arguments) => Ok(aids::completions(&arguments, console)),
        Command::Man(arguments) => aids::man(&arguments, console),
    }
}
