//! Processes that go on running while their sources are edited.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use crate::sandbox::Sandbox;

/// A process that has imported, and says something for every line that it is sent; killed at the
/// end.
#[derive(Debug)]
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts a process and waits until it has imported.
    pub fn start(sandbox: &Sandbox, directory: &str, command: &[&str], value: &str) -> Self {
        let mut run = sandbox
            .command(command[0])
            .args(&command[1..])
            .within(directory);
        // What a kernel and a debugger warn of is kept for a look.
        let errors = std::fs::File::options()
            .create(true)
            .append(true)
            .open(sandbox.path("errors"))
            .unwrap();
        let child = run
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut server = Self(child);
        assert_eq!(server.says(), value);
        server
    }

    pub fn says(&mut self) -> String {
        self.answers("")
    }

    pub fn answers(&mut self, question: &str) -> String {
        self.0
            .stdin
            .as_mut()
            .unwrap()
            .write_all(format!("{question}\n").as_bytes())
            .unwrap();
        let mut line = Vec::new();
        let out = self.0.stdout.as_mut().unwrap();
        // One byte more than the answer could be lost in a buffer; there is only ever one line.
        BufReader::with_capacity(1, out)
            .read_until(b'\n', &mut line)
            .unwrap();
        String::from_utf8(line).unwrap().trim_end().to_owned()
    }

    pub fn id(&self) -> String {
        self.0.id().to_string()
    }
}
