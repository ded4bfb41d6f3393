//! RFC 2136 against BIND and Knot.

use crate::world::bind::Bind;
use crate::world::hosted::Hosted;
use crate::world::knot::Knot;

const ZONE: &str = "$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 192.0.2.1
";

#[test]
fn both_servers_start_and_stop() {
    let zones = [Hosted::dynamic("example.com", ZONE)];
    drop((Bind::start(&zones), Knot::start(&zones)));
}
