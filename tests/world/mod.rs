//! Real servers and faithful fakes on free loopback ports, each stopped when its handle is dropped.

pub mod bind;
pub mod dns_proxy;
pub mod dns_watch;
pub mod fake_ns;
pub mod hosted;
pub mod http_fake;
pub mod http_faults;
pub mod knot;
pub mod ministack;
pub mod namespace;
pub mod nsd;
pub mod pdns;
pub mod small_internet;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A process of ours that ends with its handle.
pub struct Running(Child);

impl Running {
    /// Starts `command` as a child of this process.
    pub fn start(command: &mut Command) -> Self {
        Self(
            command
                .spawn()
                .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")),
        )
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A loopback address whose port was free for UDP and TCP a moment ago, and is not given out twice.
///
/// It lies below the ports that systems give to outgoing connections, any of which could take it before its server does.
pub fn free_address() -> SocketAddr {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id().wrapping_mul(7919);
    for _ in 0..2000 {
        let next = own.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let port = 12_000 + u16::try_from(next).expect("less than 20,000");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port free for both UDP and TCP")
}

/// Asks again until `ready` says so: a server is up when it answers, not when time has passed.
pub fn wait_until(what: &str, mut ready: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !ready() {
        assert!(
            Instant::now() < deadline,
            "{what} did not become ready within 30 s"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// A variable of the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration to read it for them"
)]
pub fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// The path of an installed program, looked for in the usual places.
pub fn program(name: &str) -> Option<std::path::PathBuf> {
    let path = environment("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/sbin"].map(|dir| Path::new(dir).to_path_buf()))
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// The Python with a vendor's pinned clients, or a named skip; under `CI=true` its absence is a failure.
pub fn require_clients(vendor: &str) -> Option<std::path::PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("clients");
    let place = place.join(vendor);
    let wanted = std::fs::read(here.join(format!("{vendor}.txt"))).expect("pinned clients");
    let installed = std::fs::read(place.join("installed.txt"));
    if installed.is_ok_and(|installed| installed == wanted) {
        return Some(place.join("bin/python"));
    }
    assert!(
        environment("CI").is_none(),
        "the clients of `{vendor}` are missing: run `tests/clients/install {vendor}`"
    );
    eprintln!("SKIPPED: the clients of `{vendor}` are missing (tests/clients/install {vendor})");
    None
}

/// The program, or a named skip; under `CI=true` its absence is a failure.
pub fn require(name: &str, debian_package: &str) -> Option<std::path::PathBuf> {
    let found = program(name);
    if found.is_none() {
        assert!(
            environment("CI").is_none(),
            "`{name}` is missing: install the Debian package `{debian_package}`"
        );
        eprintln!("SKIPPED: `{name}` is missing (Debian package `{debian_package}`)");
    }
    found
}
