//! Which file belongs to which event.

use eps_domain::Event;

/// Where the files of an event are below the folder, without their ending; in a folder of its camera where that
/// is how they are kept.
pub fn file_path(event: &Event, by_camera: bool) -> String {
    let stem = file_stem(&event.event_id);
    if by_camera { format!("{}/{stem}", file_stem(&event.camera_id)) } else { stem }
}

/// The file name of an event without its ending: its id, with what a plain file name must not hold
/// written as `%XX`: `/`, `\`, `%`, control characters, and a dot at the beginning. No two ids share a
/// name, and no name leads out of a folder.
pub fn file_stem(event_id: &str) -> String {
    let mut stem = String::with_capacity(event_id.len());
    for (position, c) in event_id.char_indices() {
        let is_plain = !matches!(c, '/' | '\\' | '%') && !c.is_control() && (c != '.' || position > 0);
        if is_plain {
            stem.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                stem.push('%');
                for digit in [byte >> 4, byte & 15] {
                    stem.extend(char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(stem: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = stem.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            rest = if *first == b'%' {
                bytes.extend(hex::decode(&tail[..2]).unwrap());
                &tail[2..]
            } else {
                bytes.push(*first);
                tail
            };
        }
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn every_id_has_a_plain_name_that_leads_back_to_it(event_id in any::<String>()) {
            let stem = file_stem(&event_id);
            prop_assert_eq!(decoded(&stem), event_id);
            prop_assert!(!stem.starts_with('.') && !stem.contains(['/', '\\', '\0']));
        }
    }

    #[test]
    fn ordinary_ids_keep_their_spelling() {
        for id in ["evt_1", "2018-03-05:G329:12.5", "Tür 5", "a..b"] {
            assert_eq!(file_stem(id), id);
        }
        assert_eq!(file_stem("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
        assert_eq!(file_stem("a%2Fb"), "a%252Fb");
    }
}
