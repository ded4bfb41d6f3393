//! The same zone and the same questions as two servers that the world relies on.

use std::net::SocketAddr;

use hickory_proto::op::{Message, ResponseCode};
use redundns::zone::RecordType;

use super::{Project, ask, in_words};
use crate::world::bind::Bind;
use crate::world::hosted::Hosted;
use crate::world::knot::Knot;

/// Its MINIMUM is below its SOA's TTL.
const ZONE: &str = "\
$ORIGIN example.com.
$TTL 3600
@ 7200 IN SOA ns1 hostmaster 2026112301 7200 3600 1209600 300
@ IN NS ns1
@ IN NS ns.elsewhere.example.net.
@ 600 IN MX 10 mail
@ IN TXT \"v=spf1 -all\" \"second string\"
ns1 IN A 192.0.2.53
ns1 IN AAAA 2001:db8::53
mail 120 IN A 192.0.2.25
mail 120 IN A 192.0.2.26
www IN CNAME web
web IN CNAME host
host 60 IN A 192.0.2.80
host 90 IN AAAA 2001:db8::80
out IN CNAME www.example.net.
dangling IN CNAME nothing-here
tonodata IN CNAME ns1
tocut IN CNAME www.sub
towild IN CNAME any.wild
loop1 IN CNAME loop2
loop2 IN CNAME loop1
self IN CNAME self
*.wild 30 IN A 192.0.2.99
*.wild 30 IN TXT \"wild\"
blocked.wild IN TXT \"I am here\"
a.deep.wild IN TXT \"so deep.wild is an empty non-terminal\"
*.cwild IN CNAME host
*.cdangle IN CNAME nothing-here
below.*.entwild IN A 192.0.2.77
a.b.c.ent IN A 192.0.2.10
_443._tcp.host IN TYPE52 \\# 4 03010100
odd IN TYPE65280 \\# 3 010203
sub IN NS ns.sub
sub IN NS ns.elsewhere.example.net.
ns.sub IN A 192.0.2.54
ns.sub IN AAAA 2001:db8::54
www.sub IN A 192.0.2.55
*.sub IN A 192.0.2.56
signed IN NS ns.elsewhere.example.net.
signed IN DS 12345 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766
old 400 IN DNAME new
old IN TXT \"beside the DNAME\"
host.new 500 IN A 192.0.2.70
away IN DNAME example.net.
caa IN CAA 0 issue \"ca.example.net\"
srv IN SRV 0 5 443 host
";

/// Its SOA's TTL is below its MINIMUM.
const SHORT: &str = "\
$ORIGIN short.example.
@ 60 IN SOA ns hostmaster 1 7200 3600 1209600 900
@ 60 IN NS ns
ns 60 IN A 192.0.2.1
";

const QUESTIONS: &str = "\
example.com. SOA
example.com. NS
example.com. MX
example.com. TXT
example.com. A
example.com. DS
example.com. CNAME
ns1.example.com. A
ns1.example.com. AAAA
ns1.example.com. TXT
EXAMPLE.com. MX
mail.example.com. A
host.example.com. A
host.example.com. AAAA
host.example.com. MX
www.example.com. A
www.example.com. AAAA
www.example.com. MX
www.example.com. CNAME
web.example.com. A
out.example.com. A
out.example.com. CNAME
dangling.example.com. A
dangling.example.com. CNAME
tonodata.example.com. TXT
tocut.example.com. A
towild.example.com. A
towild.example.com. MX
x.wild.example.com. A
x.wild.example.com. TXT
x.wild.example.com. MX
x.y.z.wild.example.com. A
*.wild.example.com. A
wild.example.com. A
blocked.wild.example.com. A
blocked.wild.example.com. TXT
x.blocked.wild.example.com. A
deep.wild.example.com. A
x.deep.wild.example.com. A
x.cwild.example.com. A
x.cwild.example.com. CNAME
x.cdangle.example.com. A
x.entwild.example.com. A
*.entwild.example.com. A
ent.example.com. A
c.ent.example.com. A
b.c.ent.example.com. TXT
a.b.c.ent.example.com. A
x.c.ent.example.com. A
below.host.example.com. A
_tcp.host.example.com. A
_443._tcp.host.example.com. TLSA
odd.example.com. TYPE65280
nothing.example.com. A
sub.example.com. A
sub.example.com. NS
sub.example.com. DS
ns.sub.example.com. A
www.sub.example.com. A
x.y.sub.example.com. TXT
x.sub.example.com. DS
signed.example.com. DS
signed.example.com. A
x.signed.example.com. A
old.example.com. DNAME
old.example.com. TXT
old.example.com. A
host.old.example.com. A
host.old.example.com. TXT
host.old.example.com. CNAME
nothing.old.example.com. A
x.away.example.com. A
caa.example.com. CAA
srv.example.com. SRV
short.example. SOA
short.example. A
nothing.short.example. A
example.net. A
com. NS
. SOA
";

/// BIND answers these alike and says SERVFAIL.
const LOOPS: &str = "\
loop1.example.com. A
self.example.com. A
";

/// What two servers must have in common: code, AA, the answer section as a set, and of the authority section the
/// SOA with its TTL and the NS set of a referral with its glue.
#[derive(Debug, PartialEq)]
struct Essence {
    code: ResponseCode,
    authoritative: bool,
    answers: Vec<String>,
    authority: Vec<String>,
    glue: Vec<String>,
}

fn essence(message: &Message) -> Essence {
    let sorted = |records: &mut dyn Iterator<Item = &hickory_proto::rr::Record>| {
        // Names in data may come back in the question's spelling.
        let mut words: Vec<String> = records.map(|r| in_words(r).to_lowercase()).collect();
        words.sort();
        words
    };
    let authoritative = message.metadata.authoritative;
    let soa =
        |record: &&hickory_proto::rr::Record| u16::from(record.record_type()) == RecordType::SOA.0;
    // Next to positive answers some servers add the apex NS set and addresses; nothing asks for them.
    let referral = message.answers.is_empty() && !message.authorities.iter().any(|r| soa(&r));
    Essence {
        code: message.metadata.response_code,
        authoritative,
        answers: sorted(&mut message.answers.iter()),
        authority: sorted(&mut message.authorities.iter().filter(|r| referral || soa(r))),
        glue: sorted(&mut message.additionals.iter().filter(|_| referral)),
    }
}

fn compare(server: &str, address: SocketAddr, ours: SocketAddr, questions: &str) {
    let mut unlike = Vec::new();
    for line in questions.lines() {
        let (qname, qtype) = line.split_once(' ').expect("a name and a type");
        let qtype: RecordType = qtype.parse().expect("a type");
        let theirs = essence(&ask(address, qname, qtype.0));
        let ours = essence(&ask(ours, qname, qtype.0));
        if ours != theirs {
            unlike.push(format!(
                "{line}\n  we     {ours:?}\n  {server:6} {theirs:?}"
            ));
        }
    }
    assert!(unlike.is_empty(), "unlike {server}:\n{}", unlike.join("\n"));
}

fn hosted() -> [Hosted; 2] {
    [
        Hosted::fixed("example.com", ZONE),
        Hosted::fixed("short.example", SHORT),
    ]
}

#[test]
fn answers_are_those_of_bind() {
    let (_project, _serving, ours) =
        Project::serving(&[("example.com", ZONE), ("short.example", SHORT)]);
    if let Some(bind) = Bind::start(&hosted()) {
        compare("BIND", bind.address(), ours, QUESTIONS);
    }
}

#[test]
fn answers_are_those_of_knot() {
    let (_project, _serving, ours) =
        Project::serving(&[("example.com", ZONE), ("short.example", SHORT)]);
    if let Some(knot) = Knot::start(&hosted()) {
        compare("Knot", knot.address(), ours, QUESTIONS);
        compare("Knot", knot.address(), ours, LOOPS);
    }
}
