//! A future whose pauses are short.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

/// How much faster than ours its time passes.
const SPEED: u32 = 100;
const TICK: Duration = Duration::from_millis(2);

/// Runs a future to its end; for its timers, time passes a hundred times as fast, and only while `is_idle`: whoever is
/// answered never waits.
pub(super) fn hurried<T>(
    is_idle: impl Fn() -> bool + Send + 'static,
    future: impl Future<Output = T>,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let is_over = Arc::new(AtomicBool::new(false));
    let over = is_over.clone();
    runtime.block_on(async move {
        let (tick, mut ticked) = mpsc::channel(1);
        // Tokio sets a paused clock forward by itself whenever it has nothing to do, even while answers are under way; but
        // not while a task of this kind runs.
        let _ticking = tokio::task::spawn_blocking(move || {
            while !is_over.load(Ordering::SeqCst) {
                std::thread::park_timeout(TICK);
                if is_idle() && tick.blocking_send(()).is_err() {
                    break;
                }
            }
        });
        let mut future = pin!(future);
        loop {
            tokio::select! {
                biased;
                result = &mut future => {
                    over.store(true, Ordering::SeqCst);
                    break result;
                }
                Some(()) = ticked.recv() => tokio::time::advance(TICK * SPEED).await,
            }
        }
    })
}
