//! What is compared of an SOA.

use crate::zone::wire_length;

/// The fields of SOA RDATA (RFC 1035, section 3.3.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoaFields {
    /// MNAME and RNAME, canonical wire form, one after the other.
    pub names: Vec<u8>,
    /// SERIAL.
    pub serial: u32,
    /// REFRESH, RETRY and EXPIRE in seconds.
    pub timers: [u32; 3],
    /// MINIMUM in seconds.
    pub minimum: u32,
}

impl SoaFields {
    /// Reads canonical RDATA; `None` where it is no SOA's.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let mname = wire_length(rdata).ok()?;
        let names = mname + wire_length(&rdata[mname..]).ok()?;
        let numbers: &[u8; 20] = rdata[names..].try_into().ok()?;
        let [serial, refresh, retry, expire, minimum] = std::array::from_fn(|index| {
            let at = index * 4;
            u32::from_be_bytes([
                numbers[at],
                numbers[at + 1],
                numbers[at + 2],
                numbers[at + 3],
            ])
        });
        Some(Self {
            names: rdata[..names].to_vec(),
            serial,
            timers: [refresh, retry, expire],
            minimum,
        })
    }

    /// How long a resolver may remember that something does not exist, given the SOA's TTL (RFC 2308, section 5).
    pub fn negative_ttl(&self, ttl: u32) -> u32 {
        self.minimum.min(ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_nonsense_is_not() {
        let rdata = b"\x01m\0\x01r\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x3c";
        let soa = SoaFields::read(rdata).expect("an SOA");
        assert_eq!((soa.serial, soa.timers, soa.minimum), (1, [2, 3, 4], 60));
        assert_eq!((soa.negative_ttl(30), soa.negative_ttl(900)), (30, 60));
        for length in 0..rdata.len() {
            assert_eq!(SoaFields::read(&rdata[..length]), None, "{length} octets");
        }
    }
}
