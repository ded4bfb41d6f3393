//! What the API says when it says no: always in XML, nearly always with 400.

use super::xml::Element;
use crate::adapters::http::{Refusal, Response};
use crate::provider::ErrorKind;

/// Says that the base moved: a set to be created is there, or one to be deleted is gone or another one by now.
const MOVED: [&str; 3] = [
    "but it already exists",
    "but it was not found",
    "but the values provided do not match the current values",
];

/// The reason in an answer outside of 2xx, if it is one of the API's own.
pub(super) fn read(response: &Response) -> Option<Refusal> {
    let root = Element::parse(response.body()).ok()?;
    let (code, said) = code_and_words(&root)?;
    let kind = kind(&code, &said, response.status);
    let hint = match code.as_str() {
        "SignatureDoesNotMatch" => Some("check `secret_access_key` of this account"),
        "InvalidClientTokenId" | "UnrecognizedClientException" => {
            Some("check `access_key_id` of this account")
        }
        "ExpiredToken" | "ExpiredTokenException" => Some("the session is over: log in again"),
        "RequestExpired" => Some("is the clock of this machine right?"),
        "AccessDenied" | "AccessDeniedException" => {
            Some("docs/providers.md lists what the policy has to allow")
        }
        _ if kind == ErrorKind::Conflict => {
            Some("somebody else changed it since it was read; plan again to see what it is now")
        }
        _ => None,
    };
    // What follows the first line of some refusals repeats the request, a session token included.
    let said = said.lines().next().unwrap_or_default();
    Some(Refusal {
        kind,
        said: format!("{code}: {said}"),
        hint: hint.map(str::to_owned),
    })
}

/// Both shapes: `ErrorResponse`, and an element named like the code that lists messages.
fn code_and_words(root: &Element) -> Option<(String, String)> {
    if let Some(error) = root.child("Error") {
        let code = error.text_of("Code")?.to_owned();
        return Some((
            code,
            error.text_of("Message").unwrap_or_default().to_owned(),
        ));
    }
    let messages: Vec<&str> = root.list("Messages").map(Element::text).collect();
    (!messages.is_empty()).then(|| (root.name().to_owned(), messages.join(", ")))
}

fn kind(code: &str, said: &str, status: u16) -> ErrorKind {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "PriorRequestNotComplete" => ErrorKind::RateLimited,
        "InvalidChangeBatch" if MOVED.iter().any(|part| said.contains(part)) => ErrorKind::Conflict,
        "NoSuchHostedZone" => ErrorKind::NoSuchZone,
        "RequestExpired" | "ExpiredToken" | "ExpiredTokenException" => ErrorKind::Unauthorized,
        _ => match status {
            401 | 403 => ErrorKind::Unauthorized,
            500.. => ErrorKind::Unreachable,
            _ => ErrorKind::Rejected,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_kinds() {
        let batch = "InvalidChangeBatch";
        for (status, code, said, expected) in [
            (400, "Throttling", "Rate exceeded", ErrorKind::RateLimited),
            (400, "PriorRequestNotComplete", "…", ErrorKind::RateLimited),
            (
                400,
                batch,
                "[Tried to create resource record set [name='a.', type='A'] but it already exists]",
                ErrorKind::Conflict,
            ),
            (
                400,
                batch,
                "[Tried to delete resource record set [name='a.', type='A'] but it was not found]",
                ErrorKind::Conflict,
            ),
            (
                400,
                batch,
                "[RRSet with DNS name a.example.net. is not permitted in zone example.com.]",
                ErrorKind::Rejected,
            ),
            (404, "NoSuchHostedZone", "…", ErrorKind::NoSuchZone),
            (403, "SignatureDoesNotMatch", "…", ErrorKind::Unauthorized),
            (403, "AccessDenied", "…", ErrorKind::Unauthorized),
            (400, "InvalidInput", "…", ErrorKind::Rejected),
            (503, "ServiceUnavailable", "…", ErrorKind::Unreachable),
        ] {
            assert_eq!(kind(code, said, status), expected, "{code} {said}");
        }
    }

    #[test]
    fn both_shapes_are_read() {
        let read = |text: &str| code_and_words(&Element::parse(text.as_bytes()).expect("XML"));
        assert_eq!(
            read(
                "<ErrorResponse><Error><Type>Sender</Type><Code>A</Code><Message>b &amp; c</Message></Error>\
                 <RequestId>1</RequestId></ErrorResponse>"
            ),
            Some(("A".to_owned(), "b & c".to_owned()))
        );
        assert_eq!(
            read(
                "<InvalidChangeBatch><Messages><Message>a</Message><Message>b</Message></Messages>\
                 </InvalidChangeBatch>"
            ),
            Some(("InvalidChangeBatch".to_owned(), "a, b".to_owned()))
        );
        assert_eq!(read("<html><body>no</body></html>"), None);
    }
}
