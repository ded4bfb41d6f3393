//! What should be served: zones as data, and the text they are written in.
//!
//! A **zone** is a set of **`RRsets`** below one **apex** (the origin), cut off where NS sets below the apex
//! delegate parts of it away (RFC 9499). An `RRset` is everything that shares an owner name and a type: it has one
//! TTL (RFC 2181, section 5.2) and a set of RDATA. The class is always IN.
//!
//! Inside the program RDATA is **canonical wire bytes** (RFC 4034, section 6.2: names uncompressed and in lower
//! case where the type is one of RFC 1035's; RFC 3597 for types we do not know). Equality, order, difference and
//! the comparison with answers are byte comparisons, whatever the type. Text exists at the edges only: [`parse`]
//! on the way in, [`print()`], [`master_file`] and [`rdata::to_text`] on the way out.
//!
//! A [`Zone`] keeps all octets in one arena and its records in one sorted table, since a zone of a million
//! records is a thing people have. It serves the zone file as well as what a provider holds.
//!
//! Nothing here reads a file, a clock or the environment.

mod codes;
mod data;
mod date;
mod finding;
mod lint;
mod lookup;
mod master;
pub mod message;
mod name;
mod parse;
mod print;
pub mod rdata;
mod rtype;
mod scan;
mod show;

pub use codes::CODES;
pub use data::{Position, RecordKey, RecordSet, Repetition, SetRef, Zone, ZoneBuilder};
pub use date::{Date, rfc3339};
pub use finding::{Finding, Severity};
pub use lint::lint;
pub use lookup::{Lookup, redirect};
pub use master::master_file;
pub use name::{MAX_NAME, Name, NameError, NameRef, escaped, parse_into, wire_length};
pub use parse::{Includes, NoIncludes, Parsed, Source, parse};
pub use print::print;
pub use rtype::{RecordType, UnknownType};
pub use show::show;
