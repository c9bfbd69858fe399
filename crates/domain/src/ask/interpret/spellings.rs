//! "Tor Sued", "Tor Sud" for "Tor Süd": names are typed without their marks, or with the letters that stand for them.

use std::borrow::Cow;

/// A name as it is written, and where it has letters with marks, as it is typed without them.
pub(super) fn of(name: &str) -> Vec<Cow<'_, str>> {
    if name.is_ascii() {
        return vec![Cow::Borrowed(name)];
    }
    let typed = |of: fn(char) -> Option<&'static str>| {
        let mut text = String::with_capacity(name.len());
        for letter in name.to_lowercase().chars() {
            match of(letter) {
                Some(typed) => text.push_str(typed),
                None => text.push(letter),
            }
        }
        text
    };
    let mut all = vec![Cow::Borrowed(name)];
    let bare = typed(bare);
    let german = typed(|letter| german(letter).or_else(|| self::bare(letter)));
    let as_written = name.to_lowercase();
    for other in [bare, german] {
        if other != as_written && !all.iter().any(|known| *known == other) {
            all.push(Cow::Owned(other));
        }
    }
    all
}

fn german(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        _ => return None,
    })
}

fn bare(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}
