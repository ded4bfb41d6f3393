//! Several servers for one question: the next one is asked when the last one takes long.

use std::future::Future;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};

/// When a server takes long; most are nearer.
const LONG: Duration = Duration::from_millis(150);

/// The first success. The attempts are begun one after the other, each when the one before has failed or takes long.
/// The error is that of the last attempt that ended; there is none where nobody could be asked.
pub(super) async fn first<T, F: Future<Output = Result<T, String>>>(
    attempts: impl IntoIterator<Item = F>,
) -> Result<T, Option<String>> {
    let mut waiting = attempts.into_iter();
    let mut running = FuturesUnordered::new();
    let mut last = None;
    loop {
        running.extend(waiting.next());
        if running.is_empty() {
            return Err(last);
        }
        let is_last = waiting.size_hint().1 == Some(0);
        tokio::select! {
            ended = running.next() => match ended {
                Some(Ok(found)) => return Ok(found),
                Some(Err(why)) => last = Some(why),
                None => {}
            },
            () = tokio::time::sleep(LONG), if !is_last => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn after(millis: u64, result: Result<u8, &str>) -> Result<u8, String> {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        result.map_err(str::to_owned)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_server_does_not_keep_the_next_one_waiting() {
        let begun = tokio::time::Instant::now();
        let got = first([after(5000, Ok(1)), after(10, Ok(2))]).await;
        assert_eq!(got, Ok(2));
        assert_eq!(begun.elapsed().as_millis(), 160);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_brings_the_next_one_at_once() {
        let begun = tokio::time::Instant::now();
        let got = first([after(1, Err("no")), after(1, Ok(2))]).await;
        assert_eq!(got, Ok(2));
        assert_eq!(begun.elapsed().as_millis(), 2);
        let none = first([after(1, Err("no")), after(900, Err("timeout"))]).await;
        assert_eq!(none, Err(Some("timeout".to_owned())));
        let nobody: [std::future::Ready<Result<u8, String>>; 0] = [];
        assert_eq!(first(nobody).await, Err(None));
    }
}
