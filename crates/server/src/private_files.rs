//! What the service keeps is for the account that it runs under alone, whichever part of it comes first to
//! make the data directory: events, conversations and stills are personal.

/// From here on this process makes folders with mode 0700 and files with 0600. What is there already stays
/// as it is: whoever opened it to others did so on purpose.
pub(crate) fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}
