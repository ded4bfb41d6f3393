//! Master files as lines: `owner TTL TYPE data`, and edits of them.

use crate::faults::{Case, Edit, Nameserver};

/// The zone that is audited, without the final dot.
pub const ZONE: &str = "shop.example";

/// What the zone holds in every world, beside its NS set.
const BODY: &str = r#"@ 3600 SOA ns1.alpha.example. hostmaster 2026113001 14400 3600 1209600 300
@ 300 A 192.0.2.10
@ 300 AAAA 2001:db8::10
@ 3600 MX 10 mail
@ 3600 MX 20 mail2
@ 3600 TXT "v=spf1 mx -all"
@ 3600 CAA 0 issue "ca.example"
www 300 A 192.0.2.10
www 300 AAAA 2001:db8::10
api 300 CNAME www
mail 3600 A 192.0.2.25
mail 3600 AAAA 2001:db8::25
mail2 3600 A 192.0.2.26
legacy 300 A 192.0.2.40
_dmarc 3600 TXT "v=DMARC1; p=reject"
s1._domainkey 3600 TXT "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
*.apps 300 A 192.0.2.80
fixed.apps 300 TXT "no address"
host.rack.dc 300 A 192.0.2.50
_sip._tcp 3600 SRV 10 5 5060 sip
sip 3600 A 192.0.2.60
"#;

/// Lines of one zone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Master {
    /// Without the final dot; empty for the root.
    pub origin: String,
    /// In no particular order.
    pub lines: Vec<String>,
}

impl Master {
    /// A zone of `text`'s lines.
    pub fn new(origin: &str, text: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            lines: text.lines().map(str::to_owned).collect(),
        }
    }

    /// The zone as it is meant in this case: what every provider should serve.
    pub fn meant(case: &Case) -> Self {
        let nameservers = case.nameservers();
        let primary = format!("SOA {}. ", nameservers[0].name);
        let mut zone = Self::new(ZONE, &BODY.replace("SOA ns1.alpha.example. ", &primary));
        for server in nameservers {
            zone.lines.push(format!("@ 3600 NS {}.", server.name));
            zone.lines.extend(zone.hosts(&server));
        }
        if let Some(many) = &case.generate {
            zone.lines.extend(
                (0..many.count).map(|last| format!("{} 300 A 198.51.100.{last}", many.owner)),
            );
        }
        if let Some(edit) = case.edit.get("all") {
            zone.edit(edit);
        }
        zone
    }

    /// The address records of a nameserver whose name lies in this zone.
    pub fn hosts(&self, server: &Nameserver) -> Vec<String> {
        let Some(label) = self.relative(&server.name) else {
            return Vec::new();
        };
        let records = server.addresses.iter().map(|address| {
            let rtype = if address.is_ipv4() { "A" } else { "AAAA" };
            format!("{label} 3600 {rtype} {address}")
        });
        records.collect()
    }

    /// `name` without the origin, where it lies below it.
    pub fn relative<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_suffix(&self.origin)?.strip_suffix('.')
    }

    /// Takes lines out and puts lines in; what is to be taken out must be there.
    pub fn edit(&mut self, edit: &Edit) {
        for wanted in &edit.remove {
            let before = self.lines.len();
            let wanted = self.words(wanted);
            let origin = self.clone();
            self.lines
                .retain(|line| !origin.words(line).starts_with(&wanted));
            assert!(
                self.lines.len() < before,
                "{}: there is no {wanted:?} to remove",
                self.origin
            );
        }
        self.lines.extend(edit.add.iter().cloned());
    }

    /// Absolute owner, type, words of the data.
    fn words(&self, line: &str) -> Vec<String> {
        let mut words = line.split_whitespace();
        let owner = words.next().unwrap_or_default();
        let owner = match (owner, owner.strip_suffix('.')) {
            ("@", _) => self.origin.clone(),
            (_, Some(absolute)) => absolute.to_owned(),
            _ => format!("{owner}.{}", self.origin),
        };
        let is_class_or_ttl =
            |word: &&str| *word == "IN" || word.bytes().all(|octet| octet.is_ascii_digit());
        let rest = words.skip_while(is_class_or_ttl).map(str::to_owned);
        std::iter::once(owner.to_ascii_lowercase())
            .chain(rest)
            .collect()
    }

    /// The lines whose owner and type are these.
    pub fn of(&self, owner: &str, rtype: &str) -> Vec<String> {
        let wanted = self.words(&format!("{owner} {rtype}"));
        let lines = self.lines.iter();
        lines
            .filter(|line| self.words(line).starts_with(&wanted))
            .cloned()
            .collect()
    }

    /// As a master file.
    pub fn text(&self) -> String {
        format!("$ORIGIN {}.\n{}\n", self.origin, self.lines.join("\n"))
    }
}
