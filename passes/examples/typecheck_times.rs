//! Prints how the time of inference grows with the size of a program: seconds at each size, and the exponent between
//! neighbouring sizes.

#[path = "../tests/scale/mod.rs"]
mod scale;

use scale::{arms, block, chain, list, record, recursive, time};

fn main() {
    on_a_large_stack(measure_all);
}

fn measure_all() {
    measure("definitions", [1_000, 10_000, 30_000], chain);
    measure("recursive group", [1_000, 5_000, 20_000], recursive);
    measure("record", [100, 300, 1_000], record);
    measure("block", [1_000, 5_000, 20_000], block);
    measure("match", [1_000, 3_000, 10_000], arms);
    measure("list", [1_000, 10_000, 30_000], list);
}

/// Prints times and exponents.
fn measure(name: &str, sizes: [usize; 3], make: impl Fn(usize) -> String) {
    // The best of three, because other work disturbs the clock.
    let best = |size| (0..3).map(|_| time(&make(size))).fold(f64::MAX, f64::min);
    let times = sizes.map(best);
    let exponent = |a: usize, b: usize| {
        (times[b] / times[a].max(1e-6)).ln() / (sizes[b] as f64 / sizes[a] as f64).ln()
    };
    println!(
        "{name}: {sizes:?} in {times:.3?} s, exponents {:.2} {:.2}",
        exponent(0, 1),
        exponent(1, 2)
    );
}

/// The compiler runs on a thread with a large stack, and so do these.
fn on_a_large_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(512 << 20);
        let handle = thread.spawn_scoped(scope, test);
        assert!(handle.is_ok_and(|handle| handle.join().is_ok()));
    });
}
