//! One run of a plug-in: a child process, lines to its stdin, lines from its stdout.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::protocol::{Answer, Request, What};
use super::words::{Redactor, Tail};
use crate::provider::{ErrorKind, ProviderError};

/// What a plug-in may take, of time and of memory.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// For one request, from its first octet to the answer's last.
    pub(super) request: Duration,
    /// To end by itself once there are no more requests.
    pub(super) grace: Duration,
    /// Octets of one line.
    pub(super) line: usize,
    /// Octets of all lines that answer one request.
    pub(super) answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(300),
            grace: Duration::from_secs(2),
            line: 16 << 20,
            answer: 256 << 20,
        }
    }
}

/// What to run, and what is said of it.
pub(super) struct Program {
    /// The program and its arguments.
    pub(super) command: Vec<String>,
    /// Where it runs: the project.
    pub(super) directory: PathBuf,
    /// Account id.
    pub(super) account: String,
    pub(super) redactor: Redactor,
    pub(super) limits: Limits,
}

impl Program {
    /// Starts it.
    pub(super) fn start(&self) -> Result<Child, ProviderError> {
        let (program, arguments) = self
            .command
            .split_first()
            .expect("checked when it was read");
        // Where it has a directory, it starts at the project, as every path of an account does.
        let path = if program.contains('/') {
            self.directory.join(program)
        } else {
            Path::new(program).to_path_buf()
        };
        let mut command = Command::new(path);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A Ctrl-C is for us, who let it finish what it is doing.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command.spawn().map_err(|error| {
            ProviderError::new(
                ErrorKind::Unreachable,
                format!("{} cannot be run: {error}", self.named()),
            )
            .hint("see `command`; a path with a `/` starts at the project directory")
        })?;
        let pipe = "a pipe was asked for";
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let tail = Tail::default();
        Ok(Child {
            stdin,
            stdout: BufReader::with_capacity(0x1_0000, stdout.expect(pipe)),
            listening: tokio::spawn(listen(process.stderr.take().expect(pipe), tail.clone())),
            process,
            tail,
            grace: self.limits.grace,
            last: 0,
        })
    }

    /// "the plug-in `zonefile.py` of account `files`".
    pub(super) fn named(&self) -> String {
        // Of `python3 plugins/x.py` the script says more than the interpreter.
        let script = self
            .command
            .iter()
            .find(|word| word.contains('/') && !word.starts_with('-'));
        let path = script.or(self.command.first()).map_or("", String::as_str);
        let name = path.rsplit('/').next().unwrap_or(path);
        format!("the plug-in `{name}` of account `{}`", self.account)
    }
}

/// Keeps the end of what the child says to people.
async fn listen(mut stderr: ChildStderr, tail: Tail) {
    let mut buffer = vec![0; 0x4000];
    while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
        tail.push(&buffer[..length]);
    }
}

/// A plug-in that runs. Dropping it ends it.
pub(super) struct Child {
    process: tokio::process::Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    listening: JoinHandle<()>,
    tail: Tail,
    grace: Duration,
    /// The id of the last request.
    last: u64,
}

/// Why there is no answer.
enum Silence {
    Late,
    Ended,
    HalfLine,
    LineTooLong,
    AnswerTooLong,
    Pipe(std::io::Error),
    /// The program said something that is no answer.
    Nonsense(String),
    /// Whoever takes the answer cannot use it.
    Useless(ProviderError),
}

impl Child {
    /// Asks `what`, and gives every line of the answer to `take`. An error that the plug-in itself reports leaves it
    /// running; after any other the child has to be dropped, and its fate is unknown ([`ProviderError::applied`] is
    /// `None`).
    pub(super) async fn ask(
        &mut self,
        program: &Program,
        what: What<'_>,
        deadline: Duration,
        take: &mut (dyn FnMut(Answer) -> Result<(), ProviderError> + Send),
    ) -> Result<Result<(), ProviderError>, ProviderError> {
        self.last += 1;
        let name = what.name();
        let request = Request {
            id: self.last,
            what,
        };
        let mut line = serde_json::to_vec(&request).expect("text and numbers become JSON");
        drop(request);
        line.push(b'\n');
        match timeout(deadline, self.exchange(program, &line, take)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(silence)) => Err(self.failure(program, name, silence).await),
            Err(_) => Err(self.failure(program, name, Silence::Late).await),
        }
    }

    async fn exchange(
        &mut self,
        program: &Program,
        request: &[u8],
        take: &mut (dyn FnMut(Answer) -> Result<(), ProviderError> + Send),
    ) -> Result<Result<(), ProviderError>, Silence> {
        let Self {
            stdin,
            stdout,
            tail,
            last,
            ..
        } = self;
        let stdin = stdin.as_mut().expect("open as long as it lives");
        // Both at once: it may have much to say before it has read all of a long line.
        let mut writing = std::pin::pin!(async {
            stdin.write_all(request).await?;
            stdin.flush().await
        });
        let mut reading = std::pin::pin!(read_answer(program, *last, stdout, tail, take));
        let mut is_written = false;
        loop {
            tokio::select! {
                answer = &mut reading => {
                    return match answer {
                        Ok(_) if !is_written => Err(Silence::Nonsense(
                            "it answered before it had read the request".to_owned(),
                        )),
                        answer => answer,
                    };
                }
                // Whoever does not read any more has ended, and its stdout says so.
                _ = &mut writing, if !is_written => is_written = true,
            }
        }
    }

    /// Ends the child, and says what happened.
    async fn failure(&mut self, program: &Program, asked: &str, silence: Silence) -> ProviderError {
        let has_closed = matches!(silence, Silence::Ended | Silence::HalfLine);
        // Who closed its stdout is about to end, and how it does says why.
        let patience = if has_closed {
            self.grace
        } else {
            Duration::ZERO
        };
        let ended = timeout(patience, self.process.wait()).await;
        let status = ended.ok().and_then(Result::ok);
        self.end(Duration::ZERO);
        let _ = timeout(Duration::from_millis(200), &mut self.listening).await;
        let (kind, message) = explain(program.limits, asked, silence, status);
        let said = self.tail.show(&program.redactor);
        let said = said.map(|words| format!("; its last words: {words}"));
        ProviderError {
            kind,
            message: format!("{} {message}{}", program.named(), said.unwrap_or_default()),
            hint: (kind == ErrorKind::Protocol)
                .then(|| "docs/exec.md says what a plug-in may answer".to_owned()),
            applied: None,
        }
    }

    /// Closes its stdin, which tells it to end, waits, and kills what is still there.
    fn end(&mut self, grace: Duration) {
        const LOOK_AGAIN: Duration = Duration::from_millis(2);
        drop(self.stdin.take());
        let mut until = Instant::now() + grace;
        let mut is_killed = false;
        while let Ok(None) = self.process.try_wait() {
            if Instant::now() >= until {
                if is_killed {
                    // Not even the kernel can end it now; `kill_on_drop` goes on waiting.
                    return;
                }
                let _ = self.process.start_kill();
                is_killed = true;
                until = Instant::now() + Duration::from_secs(1);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

impl Drop for Child {
    /// Blocks for as long as the plug-in takes to end, so that none is left behind when the program ends.
    fn drop(&mut self) {
        self.end(self.grace);
        self.listening.abort();
    }
}

/// What happened, as the end of a sentence that begins with the plug-in.
fn explain(
    limits: Limits,
    asked: &str,
    silence: Silence,
    status: Option<ExitStatus>,
) -> (ErrorKind, String) {
    use ErrorKind::{Protocol, Unreachable};
    let ended = status.map_or_else(
        || "closed its stdout".to_owned(),
        |status| format!("ended ({status})"),
    );
    match silence {
        Silence::Late => (
            Unreachable,
            format!("did not answer `{asked}` in time, and was ended"),
        ),
        Silence::Ended => (
            Unreachable,
            format!("{ended} and left `{asked}` unanswered"),
        ),
        Silence::HalfLine => (
            Unreachable,
            format!("{ended} in the middle of a line of its answer to `{asked}`"),
        ),
        Silence::LineTooLong => (
            Protocol,
            format!(
                "answers `{asked}` with a line of more than {} octets",
                limits.line
            ),
        ),
        Silence::AnswerTooLong => (
            Protocol,
            format!("answers `{asked}` with more than {} octets", limits.answer),
        ),
        Silence::Pipe(error) => (Unreachable, format!("cannot be heard: {error}")),
        Silence::Nonsense(why) => (Protocol, format!("answers `{asked}` with nonsense: {why}")),
        Silence::Useless(error) => (
            error.kind,
            format!(
                "answers `{asked}` with what cannot be used: {}",
                error.message
            ),
        ),
    }
}

/// Reads lines up to the last of the answer.
async fn read_answer(
    program: &Program,
    id: u64,
    stdout: &mut BufReader<ChildStdout>,
    tail: &Tail,
    take: &mut (dyn FnMut(Answer) -> Result<(), ProviderError> + Send),
) -> Result<Result<(), ProviderError>, Silence> {
    let mut line = Vec::new();
    let mut octets = 0;
    loop {
        read_line(stdout, &mut line, program.limits.line).await?;
        octets += line.len();
        if octets > program.limits.answer {
            return Err(Silence::AnswerTooLong);
        }
        let answer: Answer = serde_json::from_slice(&line).map_err(|error| {
            let shown = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
            let shown = program.redactor.clean(&shown);
            Silence::Nonsense(format!(
                "{}: {shown}",
                program.redactor.clean(&error.to_string())
            ))
        })?;
        if let Some(words) = &answer.log {
            tail.push(words.as_bytes());
            tail.push(b"\n");
            if answer.id.is_none() {
                continue;
            }
        }
        match answer.id {
            Some(own) if own == id => {}
            Some(other) => {
                let why = format!("the request has the id {id}, and the answer has {other}");
                return Err(Silence::Nonsense(why));
            }
            None => return Err(Silence::Nonsense("an answer without `id`".to_owned())),
        }
        if let Some(refusal) = answer.error {
            return Ok(Err(refusal.into_error(|text| program.redactor.clean(text))));
        }
        let more = answer.more;
        take(answer).map_err(Silence::Useless)?;
        if !more {
            return Ok(Ok(()));
        }
    }
}

/// The next line without its end, of at most `most` octets.
async fn read_line(
    stdout: &mut BufReader<ChildStdout>,
    line: &mut Vec<u8>,
    most: usize,
) -> Result<(), Silence> {
    line.clear();
    loop {
        let buffer = stdout.fill_buf().await.map_err(Silence::Pipe)?;
        if buffer.is_empty() {
            return Err(if line.is_empty() {
                Silence::Ended
            } else {
                Silence::HalfLine
            });
        }
        let newline = buffer.iter().position(|&octet| octet == b'\n');
        let length = newline.unwrap_or(buffer.len());
        if line.len() + length > most {
            return Err(Silence::LineTooLong);
        }
        line.extend_from_slice(&buffer[..length]);
        stdout.consume(newline.map_or(length, |at| at + 1));
        if newline.is_some() {
            return Ok(());
        }
    }
}
