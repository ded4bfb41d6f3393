//! What servers do without a word, as the adapter's quirks claim, shown with `nsupdate` instead of the adapter.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{ORIGIN, START, connect, fetch, servers};
use crate::world::hosted::{Hosted, KEY};
use crate::world::require;

#[test]
fn servers_ignore_these_updates_and_answer_noerror() {
    let Some(nsupdate) = require("nsupdate", "bind9-dnsutils") else {
        return;
    };
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        for update in [
            "add alias.example.com. 300 A 192.0.2.1",
            "add www.example.com. 300 CNAME alias.example.com.",
            "delete example.com. NS",
            "add example.com. 3600 SOA ns1.example.com. other.example.com. 1 3600 600 86400 300",
        ] {
            let address = server.address();
            let script = format!(
                "server {} {}\nzone {ORIGIN}\nkey {}:{} {}\nupdate {update}\nsend\n",
                address.ip(),
                address.port(),
                KEY.algorithm,
                KEY.name,
                KEY.secret
            );
            let mut child = Command::new(&nsupdate)
                .stdin(Stdio::piped())
                .spawn()
                .expect("nsupdate starts");
            let mut input = child.stdin.take().expect("a pipe");
            input.write_all(script.as_bytes()).expect("a script");
            drop(input);
            assert!(child.wait().expect("nsupdate ends").success(), "{update}");
            let snapshot = fetch(&*connect(&server, Some(KEY))).expect("a transfer");
            assert_eq!(snapshot.zone, super::zone(START), "{update}");
        }
    }
}
