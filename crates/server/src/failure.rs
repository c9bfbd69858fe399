//! How a command ends: the exit codes that scripts rely on. Prints nothing.

use std::fmt;

use eps_domain::Error;

use crate::config::ConfigError;

/// A command that did not succeed, and the code with which the process ends.
#[derive(Debug)]
pub struct Failure {
    /// See the constants of this type.
    pub code: u8,
    /// For people; names what to do.
    pub message: String,
}

impl Failure {
    /// Anything without a code of its own.
    pub const GENERAL: u8 = 1;
    /// The command line cannot be understood.
    pub const USAGE: u8 = 2;
    /// Another process works on the data directory.
    pub const IN_USE: u8 = 73;
    /// The data cannot be read as they are: damaged, or written by a later version.
    pub const DAMAGED: u8 = 74;
    /// The settings are wrong (`EX_CONFIG`).
    pub const CONFIG: u8 = 78;

    /// A failure with a code of its own.
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A failure of the general kind.
    pub fn general(message: impl Into<String>) -> Self {
        Self::new(Self::GENERAL, message)
    }

    /// A command line that says something impossible.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Self::USAGE, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Self::CONFIG, error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.code {
            "DATA_DIR_IN_USE" => Self::IN_USE,
            "DATA_DAMAGED" | "DATA_TOO_NEW" => Self::DAMAGED,
            _ => Self::GENERAL,
        };
        let mut message = error.message.clone();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self::new(code, message)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::general(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use eps_domain::ErrorKind;

    use super::*;

    #[test]
    fn a_data_directory_in_use_and_damaged_data_have_codes_of_their_own() {
        let code = |code| Failure::from(Error::new(ErrorKind::Unavailable, code, "x")).code;
        assert_eq!((code("DATA_DIR_IN_USE"), code("DATA_DAMAGED"), code("STORE_UNAVAILABLE")), (73, 74, 1));
        assert_eq!(code("DATA_TOO_NEW"), 74);
        let error = Error::internal("cannot open").caused_by(std::io::Error::other("disk gone"));
        assert_eq!(Failure::from(error).message, "cannot open: disk gone");
    }
}
