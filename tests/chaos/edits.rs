//! Changing one record set at one provider as somebody else would: through the provider's own door, with nothing of
//! the program's.

use std::fs::{self, File};
use std::net::UdpSocket;
use std::str::FromStr as _;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use super::answers::transfer;
use super::three::Three;
use super::zones::{Key, ORIGIN, Set, absolute, master_file};

/// What somebody else does: the set of that name is this from now on, or no longer there. Sets of type A alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) provider: &'static str,
    pub(crate) key: Key,
    pub(crate) after: Option<Set>,
}

impl Edit {
    /// Makes it; it is made when this returns.
    pub(crate) fn make(&self, three: &Three) {
        assert_eq!(self.key.1, "A");
        match self.provider {
            "bind" => self.at_bind(three),
            "pdns" => self.at_powerdns(three),
            _ => self.at_embedded(three),
        }
    }

    fn at_bind(&self, three: &Three) {
        let name = Name::from_str(&self.key.0).expect("a name");
        let mut message = Message::new(7, MessageType::Query, OpCode::Update);
        let origin = Name::from_str(&absolute("@")).expect("a name");
        message.add_query(Query::query(origin, RecordType::SOA));
        let mut gone = Record::update0(name.clone(), 0, RecordType::A);
        gone.dns_class = DNSClass::ANY;
        message.authorities.push(gone);
        if let Some(set) = &self.after {
            for data in &set.data {
                let address = RData::A(A::from_str(data).expect("an address"));
                message
                    .authorities
                    .push(Record::from_rdata(name.clone(), set.ttl, address));
            }
        }
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket
            .set_read_timeout(Some(Duration::from_secs(5)))
            .expect("a timeout");
        socket
            .connect(three.bind.address())
            .expect("loopback is there");
        socket
            .send(&message.to_vec().expect("a message"))
            .expect("sent");
        let mut buffer = [0; 512];
        let length = socket.recv(&mut buffer).expect("BIND answers");
        let answer = Message::from_vec(&buffer[..length]).expect("a message");
        assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
    }

    fn at_powerdns(&self, three: &Three) {
        let mut set = serde_json::json!({
            "name": self.key.0, "type": self.key.1, "changetype": "DELETE", "records": [],
        });
        if let Some(after) = &self.after {
            let record = |content| serde_json::json!({ "content": content, "disabled": false });
            set["changetype"] = "REPLACE".into();
            set["ttl"] = after.ttl.into();
            set["records"] = after.data.iter().map(record).collect();
        }
        let body = serde_json::json!({ "rrsets": [set] }).to_string();
        let (status, said) = three
            .pdns
            .request("PATCH", &format!("/zones/{ORIGIN}."), &body);
        assert_eq!(status, 204, "{said}");
    }

    /// As the adapter's description asks of whoever writes there: one at a time, and files replaced whole.
    fn at_embedded(&self, three: &Three) {
        let directory = File::open(three.path("held")).expect("a directory");
        directory.lock().expect("a lock");
        let (mut sets, serial) = transfer(three.embedded).expect("a transfer");
        match &self.after {
            Some(set) => sets.insert(self.key.clone(), set.clone()),
            None => sets.remove(&self.key),
        };
        let new = three.path("held/new");
        fs::write(&new, master_file(&sets, serial + 1)).expect("written");
        fs::rename(&new, three.path(format!("held/{ORIGIN}.zone"))).expect("replaced");
    }
}
