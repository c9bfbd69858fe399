//! The one place that writes to the terminal: results to standard output, everything said beside
//! them to standard error, so that output can be piped. A reader that has gone away is no error.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

/// How a command shows what it found.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Whether results are JSON.
    pub is_json: bool,
}

impl Terminal {
    /// Writes a result line.
    ///
    /// # Errors
    /// When standard output cannot be written; not when its reader has gone.
    pub fn line(self, text: impl AsRef<str>) -> io::Result<()> {
        self.text(&format!("{}\n", text.as_ref()))
    }

    /// Writes a piece of a result at once, without an end of line.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn text(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Writes a result as JSON: on one line for pipes, indented for people.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn json(self, value: &impl Serialize) -> io::Result<()> {
        let text = if io::stdout().is_terminal() {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        self.line(text.map_err(io::Error::other)?)
    }

    /// Says something beside the result.
    pub fn note(self, text: impl AsRef<str>) {
        // Nobody can be told that standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
    }

    /// Whether someone watches standard error: only then is there a progress bar.
    pub fn is_watched(self) -> bool {
        io::stderr().is_terminal()
    }
}
