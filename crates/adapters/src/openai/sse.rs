//! Server-sent events out of bytes, wherever the network splits them. Only `data` matters here; names,
//! ids and comments are skipped. Never holds more than one line and one event, both bounded.

/// The longest line and the longest event. A model's piece is a few hundred bytes; a line of this size
/// is no piece of an answer.
pub(super) const EVENT_BYTES_MAX: usize = 256 * 1024;

/// A line or an event is longer than [`EVENT_BYTES_MAX`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Collects bytes into events (WHATWG HTML, section 9.2.6, without what needs a `Last-Event-ID`).
#[derive(Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was a carriage return, so that a line feed now belongs to it.
    is_after_return: bool,
    /// A line has ended; only before that can a byte order mark stand.
    is_past_first_line: bool,
}

impl SseParser {
    /// Takes bytes and appends the data of every event that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut impl Extend<String>) -> Result<(), TooLong> {
        let mut rest = bytes;
        if self.is_after_return && rest.first() == Some(&b'\n') {
            rest = &rest[1..];
        }
        if !bytes.is_empty() {
            self.is_after_return = false;
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.extend_line(&rest[..end])?;
            self.end_line(events)?;
            let is_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if is_return {
                match rest.first() {
                    Some(b'\n') => rest = &rest[1..],
                    Some(_) => {}
                    None => self.is_after_return = true,
                }
            }
        }
        self.extend_line(rest)
    }

    /// What was left when the stream ended: an event whose lines are whole but whose blank line is
    /// missing, as some servers end. A line that was cut is dropped.
    pub(super) fn finish(&mut self) -> Option<String> {
        self.line.clear();
        self.take_event()
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > EVENT_BYTES_MAX {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, events: &mut impl Extend<String>) -> Result<(), TooLong> {
        let mut line = self.line.as_slice();
        if !self.is_past_first_line {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
            self.is_past_first_line = true;
        }
        if line.is_empty() {
            self.line.clear();
            events.extend(self.take_event());
            return Ok(());
        }
        let value = match line.strip_prefix(b"data") {
            Some([]) => Some(&b""[..]),
            Some([b':', value @ ..]) => Some(value.strip_prefix(b" ").unwrap_or(value)),
            _ => None,
        };
        if let Some(value) = value {
            if self.data.len() + value.len() > EVENT_BYTES_MAX {
                return Err(TooLong);
            }
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value);
            self.has_data = true;
        }
        self.line.clear();
        Ok(())
    }

    fn take_event(&mut self) -> Option<String> {
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then(|| String::from_utf8_lossy(&data).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(pieces: &[&[u8]]) -> Result<Vec<String>, TooLong> {
        let mut parser = SseParser::default();
        let mut events = Vec::new();
        for piece in pieces {
            parser.push(piece, &mut events)?;
        }
        events.extend(parser.finish());
        Ok(events)
    }

    #[test]
    fn comments_names_and_every_line_ending_are_understood() {
        let bytes =
            "\u{FEFF}: hello\r\nevent: x\r\ndata: a\r\ndata:b\r\n\r\ndata\n\nid: 1\rdata:  c\r\r: end\n\n";
        assert_eq!(parse(&[bytes.as_bytes()]).unwrap(), ["a\nb", "", " c"]);
    }

    #[test]
    fn an_event_without_its_blank_line_counts_and_a_cut_line_does_not() {
        assert_eq!(parse(&[b"data: [DONE]\n"]).unwrap(), ["[DONE]"]);
        assert_eq!(parse(&[b"data: {\"a\""]).unwrap(), [""; 0]);
    }

    #[test]
    fn a_line_or_an_event_beyond_the_bound_is_refused_without_being_kept() {
        let long = vec![b'x'; 1024 * 1024];
        assert_eq!(parse(&[b"data: ", &long]), Err(TooLong));
        let line = [b"data: ".as_slice(), &long[..100_000], b"\n"].concat();
        assert_eq!(parse(&[&line, &line, &line]), Err(TooLong));
        assert!(parse(&[&line, &line, b"\n", &line]).is_ok());
    }

    proptest! {
        #[test]
        fn any_split_of_the_bytes_gives_the_same_events(
            texts in prop::collection::vec("[a-zäß日🚗 ]{0,12}", 0..6),
            ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut stream = String::new();
            for text in &texts {
                let data = format!("data: {text}{ending}");
                stream.extend([": ping", ending, &data, &data, ending]);
            }
            let bytes = stream.as_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let expected: Vec<String> = texts.iter().map(|text| format!("{text}\n{text}")).collect();
            prop_assert_eq!(parse(&pieces).unwrap(), expected);
        }
    }
}
