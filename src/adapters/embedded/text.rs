//! Zone text on its way in and out of the provider's directory.

use std::fmt::Write as _;
use std::path::Path;

use crate::zone::{Name, Position, Zone, ZoneBuilder};

/// The zone that a file holds, or the first thing wrong with it as `file:line: what`.
pub(super) fn read(path: &Path, octets: &[u8], origin: &Name) -> Result<Zone, String> {
    let mut builder = ZoneBuilder::new(origin.clone());
    for (number, line) in String::from_utf8_lossy(octets).lines().enumerate() {
        let wrong = || format!("{}:{}: not a record", path.display(), number + 1);
        let mut words = line.split_whitespace();
        let mut word = || words.next().ok_or_else(wrong);
        let owner = Name::parse(word()?.as_bytes(), Some(origin.borrow())).map_err(|_| wrong())?;
        let ttl = word()?.parse().map_err(|_| wrong())?;
        word()?;
        let rtype = word()?.parse().map_err(|_| wrong())?;
        word()?;
        word()?;
        let rdata = data_encoding::HEXUPPER
            .decode(words.next().unwrap_or_default().as_bytes())
            .map_err(|_| wrong())?;
        builder.push(owner.borrow(), rtype, ttl, &rdata, Position::default());
    }
    Ok(builder.finish())
}

/// The text of a zone.
pub(super) fn write(zone: &Zone) -> String {
    let mut text = String::new();
    for set in zone.sets() {
        for rdata in set.rdata() {
            let _ = writeln!(
                text,
                "{} {} IN {} \\# {} {}",
                set.owner(),
                set.ttl(),
                set.rtype(),
                rdata.len(),
                data_encoding::HEXUPPER.encode(rdata)
            );
        }
    }
    text
}
