//! When a change has come to rest, so that a burst of writes, an editor that writes beside and
//! renames, and a checkout of many files are one change each: when two looks, a short span apart,
//! see the same. Pure: who asks has looked.

use std::time::Duration;

use super::look::{Change, Look};

/// Two looks this span apart that see the same are rest.
const QUIET: Duration = Duration::from_millis(100);

/// What does not come to rest within this span is taken as it is.
const MOST: Duration = Duration::from_secs(2);

/// As long is waited for somebody who says that they write; who was killed meanwhile will never say
/// that they are done.
const MOST_BUSY: Duration = Duration::from_secs(10);

/// How often to look where nobody says that something happened.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// What is known, and what is going on.
#[derive(Debug, Default)]
pub struct Settling {
    known: Look,
    /// The last look that saw something else, and when the first one did.
    moving: Option<(Look, Duration)>,
    looked: Duration,
    due: Option<Duration>,
    is_deaf: bool,
}

impl Settling {
    /// Begins anew with what is known now.
    pub fn begin(&mut self, known: Look, now: Duration) {
        (self.known, self.moving) = (known, None);
        self.rest(now);
    }

    /// Notes that nobody will say when something happens.
    pub fn deafen(&mut self, now: Duration) {
        self.is_deaf = true;
        self.due = self.due.or(Some(now + INTERVAL));
    }

    /// Notes that something may have happened.
    pub fn stir(&mut self, now: Duration) {
        let soon = now.max(self.looked + QUIET);
        self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
    }

    /// Returns when to look.
    pub fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Returns the newest look.
    pub fn newest(&self) -> &Look {
        self.moving.as_ref().map_or(&self.known, |(look, _)| look)
    }

    /// Takes a look into account; returns what changed, once that has come to rest. From then on it
    /// is known.
    pub fn saw(&mut self, look: Look, now: Duration) -> Option<Vec<Change>> {
        let changes = look.changes_since(&self.known);
        let since = self.moving.as_ref().map_or(now, |(_, since)| *since);
        let is_still = !look.is_busy
            && self
                .moving
                .as_ref()
                .is_some_and(|(last, _)| last.is_same(&look));
        if changes.is_empty() {
            // Also where something was written and taken back: nobody has read it.
            self.begin(look, now);
            return None;
        }
        let most = if look.is_busy { MOST_BUSY } else { MOST };
        if is_still || now >= since + most {
            self.begin(look, now);
            return Some(changes);
        }
        (self.moving, self.looked, self.due) = (Some((look, since)), now, Some(now + QUIET));
        None
    }

    fn rest(&mut self, now: Duration) {
        self.looked = now;
        self.due = self.is_deaf.then_some(now + INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::look::tests::look;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn settling() -> Settling {
        let mut settling = Settling::default();
        settling.begin(look(&["a"]), at(1000));
        settling
    }

    #[test]
    fn without_a_word_nothing_is_due() {
        assert_eq!(settling().due(), None);
        let mut deaf = settling();
        deaf.deafen(at(1000));
        assert_eq!(deaf.due(), Some(at(1500)));
        assert_eq!(
            (deaf.saw(look(&["a"]), at(1500)), deaf.due()),
            (None, Some(at(2000)))
        );
    }

    #[test]
    fn a_burst_is_one_change_which_ends_with_two_looks_that_see_the_same() {
        let mut settling = settling();
        settling.stir(at(5000));
        assert_eq!(settling.due(), Some(at(5000)));
        assert_eq!(settling.saw(look(&["a", "b"]), at(5000)), None);
        settling.stir(at(5001));
        settling.stir(at(5099));
        assert_eq!(
            settling.due(),
            Some(at(5100)),
            "no event brings the next look forward"
        );
        assert_eq!(settling.saw(look(&["a", "b", "c"]), at(5100)), None);
        let changes = settling.saw(look(&["a", "b", "c"]), at(5200)).unwrap();
        assert_eq!(
            changes
                .iter()
                .map(|change| change.path.to_str().unwrap())
                .collect::<Vec<_>>(),
            ["b", "c"]
        );
        assert_eq!(
            (
                settling.due(),
                settling.saw(look(&["a", "b", "c"]), at(5300))
            ),
            (None, None)
        );
    }

    #[test]
    fn what_was_taken_back_is_no_change() {
        let mut settling = settling();
        assert_eq!(settling.saw(look(&["a", "b"]), at(2000)), None);
        assert_eq!(settling.saw(look(&["a"]), at(2100)), None);
        assert_eq!(
            (settling.due(), settling.saw(look(&["a"]), at(2200))),
            (None, None)
        );
    }

    #[test]
    fn as_long_as_somebody_writes_it_is_waited_for_but_not_for_ever() {
        let busy = || {
            let mut look = look(&["b"]);
            look.is_busy = true;
            look
        };
        let mut settling = settling();
        let settled = (0..200)
            .map(|n| at(2000 + 100 * n))
            .find(|now| settling.saw(busy(), *now).is_some());
        assert_eq!(settled, Some(at(12_000)));
    }

    #[test]
    fn looks_keep_their_distance() {
        let mut settling = settling();
        settling.stir(at(1010));
        assert_eq!(settling.due(), Some(at(1100)));
    }
}
