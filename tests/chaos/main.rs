//! Breaking it on purpose: what happens at three providers when somebody else edits between plan and write, and when
//! the process is killed anywhere.

#![expect(
    clippy::print_stdout,
    reason = "seeds and counts are worth knowing also when all is well"
)]

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../world/mod.rs"]
mod world;

mod answers;
mod calm;
mod editor;
mod edits;
mod killed;
mod prober;
mod puppet;
mod random;
mod records;
mod three;
mod zones;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(puppet::STAGE) {
        return puppet::perform(arguments);
    }
    // What is tested is the death of a process, not of a disk, and memory makes a thousand of them affordable.
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        let _ = tempfile::env::override_temp_dir(memory);
    }
    let trial = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let trials = vec![
        trial("calm::sixty_changes_in_peace", calm::sixty_changes_in_peace),
        trial(
            "killed::before_and_after_every_call_and_every_line",
            killed::before_and_after_every_call_and_every_line,
        ),
        trial("editor::a_thousand_rounds", editor::a_thousand_rounds),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
