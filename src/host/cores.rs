//! How many processors this process may use, and work spread over them.

/// Threads beyond these wait for the disk and for each other.
pub const MOST_THREADS: usize = 8;

/// Returns the number of usable processors. Asked of the scheduler alone: the standard library also
/// reads control groups, which costs more than a whole run may.
pub fn count() -> usize {
    #[cfg(target_os = "linux")]
    if let Ok(set) = rustix::thread::sched_getaffinity(None) {
        return (set.count() as usize).max(1);
    }
    #[cfg(not(target_os = "linux"))]
    if let Ok(count) = std::thread::available_parallelism() {
        return count.get();
    }
    1
}

/// Does work on each item, on several threads where there are at least `worth` items for each;
/// returns the results in the order of the items.
pub fn spread<T: Sync, R: Send>(
    items: &[T],
    worth: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = (items.len() / worth.max(1)).clamp(1, count().min(MOST_THREADS));
    let share = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let mut shares = items.chunks(share);
        let first = shares.next().unwrap_or_default();
        let others: Vec<_> = shares
            .map(|share| scope.spawn(|| share.iter().map(&work).collect::<Vec<R>>()))
            .collect();
        let mut out: Vec<R> = first.iter().map(&work).collect();
        others
            .into_iter()
            .for_each(|other| out.extend(other.join().unwrap_or_default()));
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for length in [0, 1, 7, 1000] {
            let items: Vec<usize> = (0..length).collect();
            assert_eq!(
                spread(&items, 3, |item| item * 2),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }
}
