//! The host's clocks, in nanoseconds.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// Since 1970-01-01T00:00:00Z.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, nanoseconds)
}

/// Since the first question.
pub fn monotonic() -> i64 {
    static START: OnceLock<Instant> = OnceLock::new();
    nanoseconds(START.get_or_init(Instant::now).elapsed())
}

/// Waits; not at all for what is not above zero.
pub fn sleep(nanoseconds: i64) {
    if let Ok(nanoseconds) = u64::try_from(nanoseconds) {
        std::thread::sleep(Duration::from_nanos(nanoseconds));
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
