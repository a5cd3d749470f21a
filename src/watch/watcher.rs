//! Watches the files of a view: listens where something may happen, looks when something did, and
//! says what changed once that has come to rest. Where it can't listen it looks every now and then.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::look::{Change, Look, View};
use super::settle::Settling;
use crate::host::clock;
use crate::host::ears::{Ears, Sound};

/// Directories that are new are listened at and looked into again; where there are always new ones,
/// not for ever.
const ROUNDS: usize = 8;

/// A watcher.
#[derive(Debug)]
pub struct Watcher {
    view: Arc<Mutex<View>>,
    /// Nothing where it can't listen.
    ears: Option<Ears>,
    /// Whether it was woken, and has not looked since.
    is_woken: Arc<AtomicBool>,
    settling: Settling,
    /// Why it can't listen, until somebody asks.
    complaint: Option<io::Error>,
}

impl Watcher {
    /// Returns a watcher of nothing. `wake` is called when it should look, in a thread of its own.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (view, is_woken) = (Arc::<Mutex<View>>::default(), Arc::<AtomicBool>::default());
        let (own, woken) = (Arc::clone(&view), Arc::clone(&is_woken));
        let ears = Ears::open(move |sound: Sound<'_>| {
            if lock(&own).concerns(sound) && !woken.swap(true, Ordering::SeqCst) {
                wake();
            }
        });
        let mut watcher = Self {
            view,
            ears: None,
            is_woken,
            settling: Settling::default(),
            complaint: None,
        };
        match ears {
            Ok(ears) => watcher.ears = Some(ears),
            Err(error) => watcher.deafen(error),
        }
        watcher
    }

    /// Returns what is watched.
    pub fn view(&self) -> View {
        lock(&self.view).clone()
    }

    /// Watches something else from the next look on.
    pub fn watch(&mut self, view: View) {
        *lock(&self.view) = view;
    }

    /// Looks, and listens from then on where it looked.
    pub fn look(&mut self) -> Look {
        let view = self.view();
        let mut look = self.take(&view);
        for _ in 0..ROUNDS {
            let Some(ears) = &mut self.ears else { break };
            match ears.listen_at(&look.directories) {
                Ok(false) => break,
                // What happened in a new directory before it was listened at was not heard.
                Ok(true) => look = self.take(&view),
                Err(error) => self.deafen(error),
            }
        }
        look
    }

    fn take(&self, view: &View) -> Look {
        // Whoever is woken from here on looks again.
        self.is_woken.store(false, Ordering::SeqCst);
        Look::take(view, self.settling.newest())
    }

    fn deafen(&mut self, error: io::Error) {
        self.ears = None;
        self.complaint = Some(error);
        self.settling.deafen(clock::steady());
    }

    /// Returns why it can't listen, once.
    pub fn complaint(&mut self) -> Option<io::Error> {
        self.complaint.take()
    }

    /// Begins anew: what was seen by this look is no change.
    pub fn begin(&mut self, look: Look) {
        self.settling.begin(look, clock::steady());
        if self.is_woken.load(Ordering::SeqCst) {
            self.stir();
        }
    }

    /// Notes that it was woken.
    pub fn stir(&mut self) {
        self.settling.stir(clock::steady());
    }

    /// Returns when it wants to look.
    pub fn due(&self) -> Option<std::time::Duration> {
        self.settling.due()
    }

    /// Looks where that is due; returns what changed, once that has come to rest.
    pub fn look_around(&mut self) -> Option<Vec<Change>> {
        if self.due().is_none_or(|due| due > clock::steady()) {
            return None;
        }
        let look = self.look();
        self.settling.saw(look, clock::steady())
    }
}

fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}
