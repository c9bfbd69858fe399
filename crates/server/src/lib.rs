//! Configuration, wiring, command line, telemetry and shutdown.
