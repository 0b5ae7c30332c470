//! The tables.

use std::time::{Duration, Instant};

use crate::measure::{Measured, strip};
use crate::peers::{Peer, aivi_text};

/// A workload and what was measured of it, in the order of [`Peer::ALL`].
type Row<'n> = (&'n str, Vec<Option<Measured>>);

/// The smallest program: what it weighs, and what it takes to compile.
///
/// # Errors
///
/// It does not compile.
pub fn hello(runs: usize) -> Result<(), String> {
    let text = "main = printLine \"Hello\"\n";
    let mut shortest = Duration::MAX;
    let mut module = Vec::new();
    for _ in 0..runs {
        let clock = Instant::now();
        module = aivi_text("hello.aivi", text, true)?;
        shortest = shortest.min(clock.elapsed());
    }
    println!("| hello world | figure | aim |\n|---|---|---|");
    println!("| stripped | {} bytes | under 300 |", strip(&module)?.len());
    println!(
        "| to compile | {:.1} ms | under 50 |",
        shortest.as_secs_f64() * 1e3
    );
    println!();
    Ok(())
}

/// Time, memory, size of the module and time to compile, one table each.
pub fn tables(rows: &[Row<'_>]) {
    table("time against C", rows, |measured, c| {
        Some(format!("{:.2}", ratio(measured, c?)))
    });
    table("peak memory, MiB", rows, |measured, _| {
        Some(format!(
            "{:.1}",
            measured.memory? as f64 / f64::from(1 << 20)
        ))
    });
    table("stripped module, bytes", rows, |measured, _| {
        Some(measured.size?.to_string())
    });
    table("to compile, ms", rows, |measured, _| {
        Some(format!("{:.0}", measured.compile.as_secs_f64() * 1e3))
    });
    means(rows);
}

fn ratio(measured: &Measured, c: &Measured) -> f64 {
    measured.time.as_secs_f64() / c.time.as_secs_f64()
}

/// What was measured of a peer in a row.
fn of(row: &[Option<Measured>], peer: Peer) -> Option<&Measured> {
    let place = Peer::ALL.iter().position(|other| *other == peer)?;
    row.get(place)?.as_ref()
}

fn table(
    what: &str,
    rows: &[Row<'_>],
    figure: impl Fn(&Measured, Option<&Measured>) -> Option<String>,
) {
    let titles: Vec<&str> = Peer::ALL.iter().map(|peer| peer.title()).collect();
    println!("| {what} | {} |", titles.join(" | "));
    println!("|---|{}", "---|".repeat(titles.len()));
    for (name, row) in rows {
        let c = of(row, Peer::C);
        let cells: Vec<String> = row
            .iter()
            .map(|measured| {
                let text = measured.as_ref().and_then(|measured| figure(measured, c));
                text.unwrap_or_else(|| "–".to_owned())
            })
            .collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
    println!();
}

/// The geometric means of the ratios of time, over the workloads that a peer has.
fn means(rows: &[Row<'_>]) {
    for peer in Peer::ALL {
        let logarithms: Vec<f64> = rows
            .iter()
            .filter_map(|(_, row)| Some(ratio(of(row, peer)?, of(row, Peer::C)?).ln()))
            .collect();
        if !logarithms.is_empty() {
            let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
            println!(
                "Geometric mean of {} for {}: {:.2}.",
                logarithms.len(),
                peer.title(),
                mean.exp()
            );
        }
    }
}
