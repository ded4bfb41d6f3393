//! Codes of what can be wrong with the data of a record.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal,)*) => {
        $(#[doc = $text] pub(super) const $name: &str = $code;)*

        /// Every code with its explanation, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $text),)*];
    };
}

codes! {
    MISSING = "RDA01" "All fields of a type stand on one line, or within parentheses on several.",
    LEFT_OVER = "RDA02" "Nothing follows the last field: text with blanks stands in quotes, a comment begins with `;`, and another record on its own line.",
    NOT_A_NUMBER = "RDA03" "A decimal number without sign is expected.",
    OUT_OF_RANGE = "RDA04" "The number does not fit the field.",
    BAD_IPV4 = "RDA05" "An IPv4 address has four decimal numbers from 0 to 255, joined by dots.",
    BAD_IPV6 = "RDA06" "An IPv6 address is written as in RFC 4291, section 2.2.",
    BAD_NAME = "RDA07" "The word is no domain name (RFC 1035, section 2.3.4 and 5.1).",
    STRING_TOO_LONG = "RDA08" "A character-string holds at most 255 octets; longer texts are cut into several strings.",
    BAD_ESCAPE = "RDA09" "A backslash is followed by one character, or by three digits up to 255.",
    BAD_HEX = "RDA10" "An even number of hexadecimal digits is expected.",
    BAD_BASE64 = "RDA11" "Base64 with its padding is expected (RFC 4648, section 4).",
    BAD_BASE32 = "RDA12" "Base32hex without padding is expected (RFC 4648, section 7).",
    UNKNOWN_MNEMONIC = "RDA13" "The word is neither a number nor one of the field's mnemonics.",
    QUOTED = "RDA14" "Quotes stand around a field that is not a character-string.",
    GENERIC_LENGTH = "RDA15" "Generic data is `\\#`, the number of octets, and just as many octets in hexadecimal (RFC 3597, section 5).",
    GENERIC_INVALID = "RDA16" "The octets that follow `\\#` are the fields of the type as they go over the wire.",
    NO_TEXT_FORM = "RDA17" "The type has no presentation format here; write its data as `\\# LENGTH HEX` (RFC 3597, section 5).",
    DIGEST_LENGTH = "RDA18" "The digest is not as long as digests of its kind are.",
    BAD_TIME = "RDA19" "A time is `YYYYMMDDHHmmSS` in UTC, or seconds since 1970 (RFC 4034, section 3.2).",
    UNKNOWN_TYPE = "RDA20" "The word is no record type.",
    BAD_LOCATION = "RDA21" "A location is written as in RFC 1876, section 3.",
    BAD_PARAMETER_KEY = "RDA22" "A service parameter is a registered name or `key` and a number up to 65535 (RFC 9460, section 2.1).",
    BAD_PARAMETER_VALUE = "RDA23" "The value does not fit its key (RFC 9460, section 7).",
    REPEATED_PARAMETER = "RDA24" "A service parameter is given twice.",
    MANDATORY_MISSING = "RDA25" "Each key in `mandatory` must be there and must not be `mandatory`; `no-default-alpn` needs `alpn` (RFC 9460, sections 7.1 and 8).",
    BAD_PREFIX = "RDA26" "An address prefix list consists of `[!]1:ADDRESS/LENGTH` and `[!]2:ADDRESS/LENGTH` (RFC 3123).",
    UNKNOWN_SERVICE = "RDA27" "The protocol or service is neither a number nor one of the well-known names of RFC 1010.",
    BAD_IDENTIFIER = "RDA28" "Hexadecimal groups of fixed length are expected, joined by `-` (EUI) or `:` (ILNP).",
    BAD_NSAP = "RDA29" "An NSAP address is `0x` and hexadecimal digits; an ATM address is hexadecimal digits, or `+` and decimal digits.",
    TOO_LONG = "RDA30" "The data of a record has at most 65535 octets.",
    BAD_TAG = "RDA31" "A CAA tag consists of letters and digits (RFC 8659, section 4.1).",
    OPEN_QUOTE = "RDA32" "A quoted string is not closed.",
    BAD_GATEWAY = "RDA33" "The gateway does not fit the gateway type: 0 is `.`, 1 an IPv4 address, 2 an IPv6 address, 3 a name.",
    BAD_X25 = "RDA34" "An X.25 address has at least four decimal digits (RFC 1183, section 3.1).",
    CONTRADICTION = "RDA35" "The fields contradict each other: fewer labels signed than the signer's name has (RFC 4034, section 3.1.3), an NSEC3 hash that is no SHA-1 (RFC 5155, section 3.3), RKEY flags that are not zero.",
}
