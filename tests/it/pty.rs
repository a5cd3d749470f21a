//! A program in a pseudo-terminal: what it is sent, and what it shows.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::sandbox::{Sandbox, wait_or};

/// What a terminal is asked by programs that wait for an answer: where its cursor is, and what it
/// is.
const QUERIES: [(&[u8], &[u8]); 2] = [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62c")];

/// A program in a pseudo-terminal, and everything that it has shown so far.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    input: Arc<Mutex<Box<dyn Write + Send>>>,
    pub shown: Arc<Mutex<String>>,
    /// How much of it was waited for already.
    read: usize,
}

impl Terminal {
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::start_in(sandbox, args, &sandbox.project())
    }

    pub fn start_in(sandbox: &Sandbox, args: &[&str], cwd: &Path) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 24,
                cols: 200,
                ..PtySize::default()
            })
            .unwrap();
        let mut command = CommandBuilder::new(args[0]);
        command.args(&args[1..]);
        command.env_clear();
        sandbox
            .env
            .iter()
            .for_each(|(name, value)| command.env(name, value));
        command.env("TERM", "xterm");
        // Where elvish meets the process that keeps its history.
        command.env("XDG_RUNTIME_DIR", &sandbox.root);
        command.cwd(cwd);
        let child = pair.slave.spawn_command(command).unwrap();
        let shown = Arc::new(Mutex::new(String::new()));
        let input = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let (mut reader, sink) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&shown));
        let answers = Arc::clone(&input);
        std::thread::spawn(move || {
            let (mut buffer, mut unread) = ([0; 4096], Vec::new());
            while let Ok(length) = reader.read(&mut buffer) {
                if length == 0 {
                    break;
                }
                sink.lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&buffer[..length]));
                unread.extend_from_slice(&buffer[..length]);
                answer(&mut unread, &mut **answers.lock().unwrap());
            }
        });
        // The master must outlive the reader; the terminal is closed with the process.
        std::mem::forget(pair.master);
        Self {
            child,
            input,
            shown,
            read: 0,
        }
    }

    pub fn send(&mut self, keys: &str) {
        let mut input = self.input.lock().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Waits for a text after the one that was last waited for.
    pub fn expect(&mut self, text: &str) {
        let rest = || self.shown.lock().unwrap()[self.read..].to_owned();
        wait_or(
            || format!("{text:?} in {:?}", rest()),
            || rest().contains(text),
        );
        self.read += rest().find(text).unwrap() + text.len();
    }

    pub fn ends(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}

/// Answers what was asked, and leaves what may be the beginning of a question.
fn answer(unread: &mut Vec<u8>, input: &mut dyn Write) {
    let asked = |text: &[u8]| {
        QUERIES
            .iter()
            .find(|(query, _)| text.starts_with(query))
            .copied()
    };
    while !unread.is_empty() {
        if let Some((query, answer)) = asked(unread) {
            // Nobody reads the answer where the program has ended.
            let _ = input.write_all(answer);
            unread.drain(..query.len());
        } else if QUERIES.iter().any(|(query, _)| query.starts_with(unread)) {
            return;
        } else {
            unread.drain(..1);
        }
    }
}
