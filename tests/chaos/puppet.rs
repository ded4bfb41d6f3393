//! The program with somebody who watches: the same entry point as the binary's, except that it waits at every moment
//! until it is told to go on. So whoever holds the strings can end it exactly there.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser as _;
use redundns::cli::Cli;
use redundns::rollout::journal::Moment;

use super::three::Three;

/// The first argument of a test binary that is to be the program instead.
pub(crate) const STAGE: &str = "on-strings";
const STRINGS: &str = "strings";

/// Runs the program on strings: the socket, then the program's own arguments.
pub(crate) fn perform(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let socket = arguments.next().expect("a socket");
    let strings = UnixStream::connect(socket).expect("somebody holds the strings");
    let strings = Mutex::new(strings);
    let cli = Cli::parse_from(std::iter::once("redundns".to_owned()).chain(arguments));
    redundns::commands::run_watched(cli, &move |moment| {
        let mut strings = strings.lock().expect("nobody panics with it");
        let mut word = [letter(moment)];
        // Whoever lets go of the strings lets the program run.
        let _ = strings.write_all(&word);
        let _ = strings.read(&mut word);
    })
}

fn letter(moment: Moment) -> u8 {
    match moment {
        Moment::JournalBefore => b'J',
        Moment::JournalAfter => b'j',
        Moment::CallBefore => b'C',
        Moment::CallAfter => b'c',
    }
}

/// A run on strings.
pub(crate) struct Puppet {
    child: Child,
    strings: UnixStream,
}

impl Puppet {
    /// Starts a run in the project of `three`.
    pub(crate) fn start(three: &Three, arguments: &[&str]) -> Self {
        let socket = three.path(STRINGS);
        let _ = std::fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).expect("a socket");
        let output = File::create(three.path("said")).expect("a file");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        three.dress(&mut command);
        command
            .args([STAGE, STRINGS])
            .args(arguments)
            .stdout(output.try_clone().expect("the same file"))
            .stderr(output)
            .stdin(Stdio::null());
        let child = command.spawn().expect("started");
        let (strings, _) = listener.accept().expect("it calls");
        let patience = Some(Duration::from_secs(60));
        strings.set_read_timeout(patience).expect("a timeout");
        Self { child, strings }
    }

    /// The next moment, as its letter; nothing once it has ended.
    pub(crate) fn next(&mut self) -> Option<char> {
        let mut word = [0];
        let length = self.strings.read(&mut word).expect("it goes on or ends");
        (length == 1).then(|| char::from(word[0]))
    }

    /// Lets it go on after a moment.
    pub(crate) fn go_on(&mut self) {
        self.strings.write_all(b"!").expect("it waits");
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it was running");
        let status = self.child.wait().expect("ended");
        assert_eq!(status.code(), None, "ended by itself: {status}");
    }

    /// Waits for its end, which has begun.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("ended")
    }
}
