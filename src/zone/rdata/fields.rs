//! What each type's data consists of. Reading text, reading messages and printing all interpret these tables.

use super::mnemonics::{ALGORITHMS, CERTIFICATES, DIGESTS, DSYNC_SCHEMES, HASHES, PROTOCOLS};
use super::odd::{self, Odd};
use crate::zone::RecordType;

/// One field of a type's data.
///
/// Numbers are in network order. A field that reaches to the end comes last.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// One octet, a decimal number.
    U8,
    /// Two octets, a decimal number.
    U16,
    /// Four octets, a decimal number.
    U32,
    /// Four octets, a number of seconds, in text also with units (`1h30m`).
    Seconds,
    /// Four octets, a moment as in RFC 4034, section 3.2.
    Time,
    /// One octet, in text also a mnemonic.
    Named8(&'static [(&'static str, u16)]),
    /// Two octets, in text also a mnemonic.
    Named16(&'static [(&'static str, u16)]),
    /// Two octets, the mnemonic or the number of a record type.
    Type,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A domain name.
    Name,
    /// Any number of names, to the end.
    Names,
    /// A character-string: a length octet and as many octets.
    String,
    /// A character-string, or the end.
    MaybeString,
    /// One or more character-strings, to the end.
    Strings,
    /// Octets to the end without a length, in text one string of any length; `true` where it must stand in quotes.
    Octets(bool),
    /// Octets to the end in hexadecimal, at least one.
    Hex,
    /// Octets to the end in base64, at least one.
    Base64,
    /// Octets to the end in base64, perhaps none; `true` where none is written `-`.
    MaybeBase64(bool),
    /// The key of KEY and its kin: base64 to the end, unless the flags say that there is none.
    KeyData,
    /// A digest to the end in hexadecimal; the octet before tells its kind, the table how long that kind is, the number
    /// how long other kinds are at least.
    Digest(&'static [(u8, usize)], usize),
    /// A salt with its length octet (RFC 5155, section 3.3).
    Salt,
    /// A hashed owner name with its length octet (RFC 5155, section 3.3).
    HashedName,
    /// A type bitmap to the end (RFC 4034, section 4.1.2); `true` where it may be empty.
    Bitmap(bool),
    /// Groups of hexadecimal digits: how many, octets in each, what joins them.
    Groups(usize, usize, u8),
    /// A gateway whose kind stands in the low bits of the second octet, as the mask says.
    Gateway(u8),
    /// Something only one type has.
    Odd(&'static Odd),
}

use Field::{
    Base64, Bitmap, Digest, Gateway, Groups, HashedName, Hex, Ipv4, Ipv6, MaybeBase64, MaybeString,
    Name, Named8, Named16, Names, Octets, Salt, Seconds, String, Strings, Time, Type, U8, U16, U32,
};

const ALGORITHM: Field = Named8(ALGORITHMS);
const KEY: &[Field] = &[
    Field::Odd(&odd::KEY_FLAGS),
    Named8(PROTOCOLS),
    ALGORITHM,
    Field::KeyData,
];
const DS: &[Field] = &[
    U16,
    ALGORITHM,
    Named8(DIGESTS),
    Digest(&[(1, 20), (2, 32), (4, 48)], 1),
];
const SIGNATURE: &[Field] = &[Type, ALGORITHM, U8, U32, Time, Time, U16, Name, Base64];
const TLSA: &[Field] = &[U8, U8, U8, Hex];
const SERVICE: &[Field] = &[U16, Name, Field::Odd(&odd::PARAMETERS)];

/// The fields of a type; `None` for a type whose data is only known as octets.
pub(super) fn fields(rtype: RecordType) -> Option<&'static [Field]> {
    type T = RecordType;
    Some(match rtype {
        T::A => &[Ipv4],
        T::AAAA => &[Ipv6],
        T::NS
        | T::CNAME
        | T::PTR
        | T::DNAME
        | T::MB
        | T::MD
        | T::MF
        | T::MG
        | T::MR
        | T::NSAP_PTR => &[Name],
        T::SOA => &[Name, Name, U32, Seconds, Seconds, Seconds, Seconds],
        T::MX | T::AFSDB | T::RT | T::KX | T::LP => &[U16, Name],
        T::TXT | T::SPF | T::AVC | T::NINFO | T::RESINFO | T::WALLET => &[Strings],
        T::RP | T::MINFO | T::TALINK => &[Name, Name],
        T::SRV => &[U16, U16, U16, Name],
        T::CAA => &[U8, Field::Odd(&odd::TAG), Octets(false)],
        T::HINFO => &[String, String],
        T::NAPTR => &[U16, U16, String, String, String, Name],
        T::DS | T::CDS | T::DLV | T::TA => DS,
        T::DNSKEY | T::CDNSKEY | T::KEY | T::RKEY => KEY,
        T::RRSIG | T::SIG => SIGNATURE,
        T::NSEC => &[Name, Bitmap(false)],
        T::NSEC3 => &[Named8(HASHES), U8, U16, Salt, HashedName, Bitmap(true)],
        T::NSEC3PARAM => &[Named8(HASHES), U8, U16, Salt],
        T::CSYNC => &[U32, U16, Bitmap(true)],
        T::ZONEMD => &[U32, U8, U8, Digest(&[(1, 48), (2, 64)], 12)],
        T::TLSA | T::SMIMEA => TLSA,
        T::SSHFP => &[U8, U8, Digest(&[(1, 20), (2, 32)], 1)],
        T::OPENPGPKEY | T::DHCID => &[Base64],
        T::CERT => &[Named16(CERTIFICATES), U16, ALGORITHM, Base64],
        T::SVCB | T::HTTPS => SERVICE,
        T::URI => &[U16, U16, Octets(true)],
        T::LOC => &[Field::Odd(&odd::LOCATION)],
        T::APL => &[Field::Odd(&odd::PREFIXES)],
        T::WKS => &[Ipv4, Field::Odd(&odd::SERVICES)],
        T::PX => &[U16, Name, Name],
        T::X25 => &[Field::Odd(&odd::X25)],
        T::ISDN => &[String, MaybeString],
        T::GPOS => &[String, String, String],
        T::NSAP => &[Field::Odd(&odd::NSAP)],
        T::ATMA => &[Field::Odd(&odd::ATMA)],
        T::EID | T::NIMLOC => &[Hex],
        T::SINK => &[U8, U8, U8, MaybeBase64(false)],
        T::DOA => &[U32, U32, U8, String, MaybeBase64(true)],
        T::IPSECKEY => &[
            U8,
            Field::Odd(&odd::GATEWAY_KIND),
            U8,
            Gateway(0xff),
            Base64,
        ],
        T::AMTRELAY => &[U8, Field::Odd(&odd::RELAY_KIND), Gateway(0x7f)],
        T::HIP => &[Field::Odd(&odd::HOST_IDENTITY), Names],
        T::NID | T::L64 => &[U16, Groups(4, 2, b':')],
        T::L32 => &[U16, Ipv4],
        T::EUI48 => &[Groups(6, 1, b'-')],
        T::EUI64 => &[Groups(8, 1, b'-')],
        T::DSYNC => &[Type, Named8(DSYNC_SCHEMES), U16, Name],
        _ => return None,
    })
}
