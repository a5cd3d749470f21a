//! Writing to stdout and stderr, and reading an answer. A reader that went away is not an error.

use std::io::{self, IsTerminal, Write};

/// Writes to stdout.
pub fn out(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    quiet(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Writes to stderr; where that fails there is nobody left to tell.
pub fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Returns whether stdout is a terminal.
pub fn out_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Returns whether stderr is a terminal.
pub fn err_is_terminal() -> bool {
    io::stderr().is_terminal()
}

fn quiet(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Returns whether stdin is a terminal.
pub fn in_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Reads one line from stdin; nothing where there is none.
pub fn answer() -> String {
    let mut line = String::new();
    let _ = io::stdin().read_line(&mut line);
    line
}
