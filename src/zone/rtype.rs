//! Record types: the number is what counts, the mnemonic is for people (RFC 3597, section 5).

use std::fmt;
use std::str::FromStr;

/// A resource record type, RFC 6895 section 3.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(pub u16);

macro_rules! record_types {
    ($($name:ident = $number:literal $(as $text:literal)?),* $(,)?) => {
        #[expect(missing_docs, reason = "each constant is the mnemonic of IANA's registry")]
        impl RecordType {
            $(pub const $name: Self = Self($number);)*
        }

        /// Every type with a mnemonic, ordered as in the registry.
        pub(crate) const MNEMONICS: &[(RecordType, &str)] = &[
            $((RecordType::$name, record_types!(@text $name $($text)?)),)*
        ];
    };
    (@text $name:ident) => { stringify!($name) };
    (@text $name:ident $text:literal) => { $text };
}

record_types! {
    A = 1, NS = 2, MD = 3, MF = 4, CNAME = 5, SOA = 6, MB = 7, MG = 8, MR = 9, NULL = 10, WKS = 11, PTR = 12,
    HINFO = 13, MINFO = 14, MX = 15, TXT = 16, RP = 17, AFSDB = 18, X25 = 19, ISDN = 20, RT = 21, NSAP = 22,
    NSAP_PTR = 23 as "NSAP-PTR", SIG = 24, KEY = 25, PX = 26, GPOS = 27, AAAA = 28, LOC = 29, NXT = 30, EID = 31,
    NIMLOC = 32, SRV = 33, ATMA = 34, NAPTR = 35, KX = 36, CERT = 37, A6 = 38, DNAME = 39, SINK = 40, OPT = 41,
    APL = 42, DS = 43, SSHFP = 44, IPSECKEY = 45, RRSIG = 46, NSEC = 47, DNSKEY = 48, DHCID = 49, NSEC3 = 50,
    NSEC3PARAM = 51, TLSA = 52, SMIMEA = 53, HIP = 55, NINFO = 56, RKEY = 57, TALINK = 58, CDS = 59, CDNSKEY = 60,
    OPENPGPKEY = 61, CSYNC = 62, ZONEMD = 63, SVCB = 64, HTTPS = 65, DSYNC = 66, SPF = 99, NID = 104, L32 = 105,
    L64 = 106, LP = 107, EUI48 = 108, EUI64 = 109, TKEY = 249, TSIG = 250, IXFR = 251, AXFR = 252, MAILB = 253,
    MAILA = 254, ANY = 255, URI = 256, CAA = 257, AVC = 258, DOA = 259, AMTRELAY = 260, RESINFO = 261,
    WALLET = 262, TA = 32768, DLV = 32769,
}

impl RecordType {
    /// Types that exist only in questions or messages and never in a zone (RFC 6895, section 3.1).
    pub fn is_meta(self) -> bool {
        self == Self::OPT || (128..=255).contains(&self.0) || self.0 == 0
    }

    /// What a signer makes for itself and nobody plans: RRSIG, NSEC, NSEC3, NSEC3PARAM, DNSKEY, CDS, CDNSKEY and
    /// BIND's private signing type 65534.
    pub fn is_signers(self) -> bool {
        matches!(
            self,
            Self::RRSIG
                | Self::NSEC
                | Self::NSEC3
                | Self::NSEC3PARAM
                | Self::DNSKEY
                | Self::CDS
                | Self::CDNSKEY
        ) || self.0 == 65534
    }

    /// The registered mnemonic, if there is one.
    pub fn mnemonic(self) -> Option<&'static str> {
        MNEMONICS
            .iter()
            .find(|(rtype, _)| *rtype == self)
            .map(|(_, text)| *text)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mnemonic() {
            Some(text) => f.pad(text),
            None => f.pad(&format!("TYPE{}", self.0)),
        }
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is neither a known mnemonic nor `TYPE` and a number.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownType;

impl FromStr for RecordType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        if let Some((rtype, _)) = MNEMONICS
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(text))
        {
            return Ok(*rtype);
        }
        let digits = text
            .get(..4)
            .filter(|prefix| prefix.eq_ignore_ascii_case("TYPE"))
            .map(|_| &text[4..])
            .filter(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
        digits
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or(UnknownType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mnemonics_and_numbers_name_the_same_type() {
        assert_eq!("aaaa".parse(), Ok(RecordType::AAAA));
        assert_eq!("TYPE28".parse(), Ok(RecordType::AAAA));
        assert_eq!("type65280".parse(), Ok(RecordType(65280)));
        assert_eq!(RecordType(65280).to_string(), "TYPE65280");
        assert_eq!(RecordType::NSAP_PTR.to_string(), "NSAP-PTR");
        for bad in ["TYPE", "TYPE65536", "TYPE+1", "BOGUS", ""] {
            assert_eq!(bad.parse::<RecordType>(), Err(UnknownType), "{bad}");
        }
    }
}
