//! The clock of the machine. Readings go into messages and into the rule about writes in one tick,
//! never into a decision about whether a file changed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Two writes within this span can carry the same time on file systems with a coarse clock.
pub const TICK_NS: i64 = 20_000_000;

/// Returns the time in nanoseconds since 1970.
pub fn now_ns() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// Returns the time that passed since some moment, which nobody can set.
pub fn steady() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Waits.
pub fn pause(span: Duration) {
    std::thread::sleep(span);
}
