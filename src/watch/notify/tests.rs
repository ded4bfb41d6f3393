//! Messages that nobody takes, and messages as mail.

use super::post::{GIVEN_UP, WAITING};
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
        post.take(&Message::test(0), 0, &say);
    }
    assert!(said.lock().expect("as above").is_empty());
    post.take(&Message::test(0), 0, &say);
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

#[tokio::test]
async fn what_did_not_arrive_is_taken_up_by_the_next_process_at_the_same_target() {
    let twins = || {
        ["false", "true"].map(|program| {
            Target::new(
                Means::Command(vec!["env".to_owned(), program.to_owned()]),
                Path::new("."),
            )
        })
    };
    let said = std::sync::Mutex::new(Vec::new());
    let say = |text: &str| {
        said.lock()
            .expect("nothing panics here")
            .push(text.to_owned());
    };
    let targets = twins();
    let post = Post::new(&targets);
    post.take(&Message::test(0), 7, &say);
    post.close();
    tokio::select! {
        () = post.deliver(&say) => panic!("one of them never takes it"),
        () = async {
            while targets[0].tally().failed == 0 || targets[1].tally().sent == 0 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    let waiting = post.waiting();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].target, ("command env".to_owned(), 0));

    let later = twins();
    let post = Post::new(&later);
    post.resume(waiting.clone(), 8, &say);
    assert_eq!(post.waiting(), waiting);
    assert_eq!([later[0].tally().waiting, later[1].tally().waiting], [1, 0]);
    // What has waited for a day is old, and who is told no more is named.
    let (old, post) = (twins(), Post::new(&later[..0]));
    Post::new(&old).resume(waiting.clone(), 8 + GIVEN_UP.as_secs(), &say);
    assert_eq!((old[0].tally().lost, old[0].tally().waiting), (1, 0));
    post.resume(waiting, 8, &say);
    let said = said.into_inner().expect("nothing panics here");
    let told: Vec<&str> = said[1..].iter().map(|text| &**text).collect();
    let title = Message::test(0).title;
    assert_eq!(
        told,
        [
            "command env: 1 message of an earlier run is delivered first".to_owned(),
            format!(
                "command env: was not told `{title}`, and will not be: it has waited for more than a day"
            ),
            format!("command env: is told no more, and was not told `{title}`"),
        ]
    );
}
