//! What to do about a file that cannot be read.

use std::io::{Error, ErrorKind};

/// The step that a hint names.
pub fn unread(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "look at the spelling; a relative path begins where you are",
        ErrorKind::PermissionDenied => "let this user read it: `ls -l` shows who may",
        ErrorKind::InvalidData => "it has to be UTF-8 text: `iconv -f latin1 -t utf-8` makes it so",
        ErrorKind::IsADirectory => "it is a folder: name a file",
        _ => "see whether other programs can read it, such as `cat`",
    }
}
