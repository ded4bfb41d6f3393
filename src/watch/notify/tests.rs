//! Messages that nobody takes, and messages as mail.

use super::*;

#[test]
fn who_has_no_room_for_a_message_is_named_and_it_is_lost() {
    let targets = [Target::new(
        Means::Command(vec!["tell".to_owned()]),
        Path::new("."),
    )];
    let post = Post::new(&targets);
    let said = std::sync::Mutex::new(Vec::new());
    let say = |text: &str| {
        let mut said = said.lock().expect("nothing panics while it is held");
        said.push(text.to_owned());
    };
    for _ in 0..WAITING {
        post.take(&Message::test(0), &say);
    }
    assert!(said.lock().expect("as above").is_empty());
    post.take(&Message::test(0), &say);
    let said = said.into_inner().expect("as above");
    assert!(
        said.len() == 1 && said[0].starts_with("command tell: 256 messages wait already"),
        "{said:?}"
    );
    let tally = targets[0].tally();
    assert_eq!((tally.waiting, tally.lost), (WAITING as u64, 1));
    assert_eq!(post.undelivered(), [("command tell", WAITING as u64)]);
}

#[test]
fn nothing_that_is_told_becomes_a_header() {
    let message = Message {
        title: "zöne\r\nBcc: x@example.net".to_owned(),
        text: "what happened".to_owned(),
        ..Message::default()
    };
    let to = ["a@example.net".to_owned(), "b@example.net".to_owned()];
    let mail = mail(&to, "dns@example.net", &message);
    let (head, body) = mail.split_once("\n\n").expect("a blank line");
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "From: dns@example.net",
            "To: a@example.net, b@example.net",
            "Subject: z?ne??Bcc: x@example.net",
        ]
    );
    assert_eq!((lines.len(), body), (7, "what happened\n"));
}
