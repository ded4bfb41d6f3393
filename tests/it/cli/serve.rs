//! `serve`: nameservers that stay, beside commands that come and go.

use std::process::{Child, Command, Stdio};

use super::{ORIGIN, Project};
use crate::world::hosted::answers_for;
use crate::world::{free_address, require, wait_until};

/// Ends with its handle, whatever the test does.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn terminate(served: &mut Served) -> Option<i32> {
    let sent = Command::new("kill")
        .args(["-TERM", &served.0.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success());
    served.0.wait().expect("it ends").code()
}

#[test]
fn served_zones_are_answered_for_checked_and_synced_until_sigterm() {
    let address = free_address();
    let other = free_address();
    let project = Project::pair()
        .embedded_at("a", address)
        .embedded_at("b", other);
    project.run(&["sync", "--yes"]).expect_code(0);
    let child = project
        .command(&["serve"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut served = Served(child);
    wait_until("serve", || {
        answers_for(address, ORIGIN) && answers_for(other, ORIGIN)
    });
    project
        .run(&["check"])
        .expect(0, &["2 nameservers of 2 providers agree"]);

    project.append("new A 192.0.2.99\n");
    project.run(&["check"]).expect(1, &["new A: missing"]);
    project.run(&["sync", "--yes"]).expect_code(0);
    if require("dig", "bind9-dnsutils").is_some() {
        let port = address.port().to_string();
        let name = format!("new.{ORIGIN}");
        let words = ["@127.0.0.1", "-p", &port, "+norec", "+short", &name, "A"];
        let answer = Command::new("dig").args(words).output().expect("dig runs");
        assert_eq!(String::from_utf8_lossy(&answer.stdout), "192.0.2.99\n");
    }
    assert_eq!(terminate(&mut served), Some(0));
    assert!(
        !answers_for(address, ORIGIN),
        "nobody answers after the end"
    );
    project.run(&["check"]).expect_code(0);
}

#[test]
fn a_port_in_use_by_somebody_else_is_said() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = socket.local_addr().expect("its address");
    let project = Project::pair().embedded_at("a", address);
    project
        .run(&["serve"])
        .expect(2, &[&format!("cannot listen on {address}"), "hint"]);
    // Nobody answers there, so nothing can be proved; what is stored is another matter.
    project.run(&["check"]).expect_code(2);
}

#[test]
fn there_may_be_nothing_to_serve() {
    let project = Project::new().zone(ORIGIN, super::ZONE);
    project
        .run(&["serve"])
        .expect(2, &["no enabled account is embedded", "hint"]);
}
