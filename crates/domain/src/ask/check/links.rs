//! Addresses in running text, taken out word by word. No host is allowed; links come from fields of a
//! reply, never from its text. Whatever a reader's program would make a link of counts as one: a host
//! alone, a mail address, a scheme. Where a stream is cut changes nothing.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// What stands in its place.
const REMOVED: &str = "(link removed)";
/// What is held back of text without spaces. Nothing that makes a link is longer than what stays held.
const HELD_CHARS_MAX: usize = 240;
const HELD_CHARS_KEPT: usize = 120;

/// What can stand before a colon.
#[rustfmt::skip]
static SCHEMES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FxHashSet::from_iter([
    "http", "https", "ftp", "ftps", "sftp", "ssh", "ws", "wss", "file", "javascript", "vbscript", "data", "blob",
    "mailto", "tel", "sms", "callto", "facetime", "skype", "whatsapp", "tg", "magnet", "intent", "market", "about",
    "view-source", "itms", "geo", "irc", "ldap", "rtsp", "rtmp", "steam", "slack", "zoommtg", "msteams", "hxxp",
    "hxxps", "git", "jar", "smb", "webcal", "bitcoin", "chrome", "edge",
]));

/// Ends of hosts in use, beside those of countries.
#[rustfmt::skip]
static ENDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FxHashSet::from_iter([
    "com", "net", "org", "info", "biz", "name", "pro", "app", "dev", "page", "xyz", "online", "site",
    "website", "web", "top", "shop", "store", "club", "live", "life", "tech", "cloud", "space", "fun", "world",
    "email", "news", "media", "agency", "zone", "link", "click", "work", "works", "today", "digital",
    "network", "systems", "solutions", "host", "hosting", "support", "help", "chat", "social", "blog", "wiki",
    "icu", "vip", "win", "bid", "loan", "date", "review", "trade", "party", "science", "stream", "download",
    "cam", "camera", "video", "photo", "photos", "pics", "porn", "sex", "xxx", "adult", "tube", "games",
    "game", "bet", "casino", "poker", "finance", "money", "cash", "bank", "gold", "exchange", "fund", "market",
    "sale", "deals", "buy", "edu", "gov", "mil", "int", "aero", "asia", "cat", "coop", "jobs", "mobi",
    "museum", "post", "tel", "travel", "arpa", "onion", "zip", "mov", "rocks", "ninja", "guru", "global",
    "group", "company", "center", "team", "run", "one", "art", "design", "studio", "tools", "security", "gmbh",
    "berlin", "london", "nyc", "paris", "tokyo", "africa", "eu", "lol", "wtf", "foo", "ink", "men", "quest",
    "monster", "cfd", "sbs", "bond", "beauty", "hair", "skin", "makeup", "rest", "cyou", "best", "fit", "moe",
    "ooo", "golf",
]));

/// Ends of the hosts of countries, two letters each.
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs \
    bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj \
    fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it \
    je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp \
    mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa \
    re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr \
    tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// The second stage of a guard.
#[derive(Default)]
pub(super) struct Links {
    /// A word in the making.
    held: String,
    held_chars: usize,
    /// Whether it holds a mark that no address does without.
    has_mark: bool,
    /// The rest of an address that was too long to be held.
    is_inside: bool,
    out: String,
    last: Option<char>,
}

impl Links {
    pub(super) fn push(&mut self, c: char) {
        if is_between(c) {
            self.resolve();
            return self.emit(c);
        }
        if self.is_inside {
            return;
        }
        self.held.push(c);
        self.held_chars += 1;
        self.has_mark |= matches!(c, '.' | ':' | '@' | '/' | '\\' | '。' | '．' | '｡');
        if self.held_chars >= HELD_CHARS_MAX {
            self.make_room();
        }
    }

    /// A word has ended.
    fn resolve(&mut self) {
        self.is_inside = false;
        if self.held.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.held);
        self.held_chars = 0;
        let is_glued = self.last.is_some_and(char::is_alphanumeric);
        if std::mem::take(&mut self.has_mark) && is_address(&word, is_glued) {
            let (before, behind) = around(&word);
            before.chars().for_each(|c| self.emit(c));
            self.remove();
            behind.chars().for_each(|c| self.emit(c));
        } else {
            word.chars().for_each(|c| self.emit(c));
        }
    }

    fn make_room(&mut self) {
        let is_glued = self.last.is_some_and(char::is_alphanumeric);
        if self.has_mark && is_address(&self.held, is_glued) {
            self.held.clear();
            self.held_chars = 0;
            self.has_mark = false;
            self.is_inside = true;
            return self.remove();
        }
        let gone = self.held_chars - HELD_CHARS_KEPT;
        let end = self.held.char_indices().nth(gone).map_or(self.held.len(), |(at, _)| at);
        let front: String = self.held.drain(..end).collect();
        self.held_chars = HELD_CHARS_KEPT;
        front.chars().for_each(|c| self.emit(c));
    }

    fn remove(&mut self) {
        if self.last == Some(']') {
            // Right behind a reference, the brackets would make it a link.
            self.emit(' ');
        }
        REMOVED.chars().for_each(|c| self.emit(c));
    }

    fn emit(&mut self, c: char) {
        self.out.push(c);
        self.last = Some(c);
    }

    /// What can go out now.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> String {
        self.resolve();
        self.take()
    }
}

/// What no address goes on beyond.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '[' | ']' | '|' | '“' | '”' | '„' | '«' | '»')
}

/// The marks before and behind an address that are not its own: "(evil.example)."
fn around(word: &str) -> (&str, &str) {
    let inner = word.trim_start_matches(['(', '*', '_', '\'', ',', ';', '—', '–']);
    let before = word.get(..word.len() - inner.len()).unwrap_or_default();
    let marks = |c: char| matches!(c, '.' | ',' | ';' | '!' | '?' | '*' | '\'' | '。' | '、');
    let mut own = inner.trim_end_matches(marks);
    // A parenthesis that an address opens is its own: "javascript:alert(1)".
    while own.ends_with(')') && own.matches(')').count() > own.matches('(').count() {
        own = own.strip_suffix(')').unwrap_or(own).trim_end_matches(marks);
    }
    let end = own.len();
    (before, inner.get(end..).unwrap_or_default())
}

/// Whether a reader's program would make a link of something in a word.
fn is_address(word: &str, is_glued: bool) -> bool {
    let lower = word.to_lowercase().replace('\\', "/");
    let mut chars: Vec<char> = lower.chars().collect();
    for at in 1..chars.len() {
        // Other full stops end hosts as well, and sentences.
        if matches!(chars[at - 1], '。' | '．' | '｡') && chars[at].is_ascii_alphanumeric() {
            chars[at - 1] = '.';
        }
    }
    let is_alphanumeric = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric());
    chars.iter().enumerate().any(|(at, c)| match c {
        ':' => {
            let scheme: Vec<char> = chars[..at]
                .iter()
                .rev()
                .take_while(|c| c.is_ascii_alphanumeric() || **c == '-')
                .copied()
                .collect();
            let scheme: String = scheme.into_iter().rev().collect();
            let has_target =
                chars.get(at + 1).is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '?' | '#'));
            (chars.get(at + 1) == Some(&'/') && chars.get(at + 2) == Some(&'/'))
                || (has_target && SCHEMES.contains(scheme.as_str()))
        }
        '/' => {
            chars.get(at + 1) == Some(&'/')
                && (at == 0 || !is_alphanumeric(at - 1))
                && is_alphanumeric(at + 2)
        }
        '.' => {
            let is_www = at >= 3
                && chars[at - 3..at].iter().all(|c| *c == 'w')
                && (at == 3 || !is_alphanumeric(at - 4));
            let has_host = if at == 0 { is_glued } else { is_alphanumeric(at - 1) };
            (is_www && is_alphanumeric(at + 1)) || (has_host && ends_host(&chars, at))
        }
        _ => false,
    })
}

/// Whether a full stop is followed by what ends a host: "evil.com", "bit.ly/abc".
fn ends_host(chars: &[char], stop: usize) -> bool {
    let rest = chars.get(stop + 1..).unwrap_or_default();
    let end: String = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '-').collect();
    let behind = rest.get(end.chars().count()).copied();
    let has_path = matches!(behind, Some('/' | '?' | '#'))
        || (behind == Some(':') && rest.get(end.chars().count() + 1).is_some_and(char::is_ascii_digit));
    let is_mail = || {
        let host = chars[..stop].iter().rev().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
        let at = stop - host.count();
        at > 1 && chars.get(at - 1) == Some(&'@')
    };
    let is_word = end.chars().count() > 1 && end.chars().all(char::is_alphabetic);
    let is_country = || end.len() == 2 && COUNTRIES.split(' ').any(|country| country == end);
    let is_number = !end.is_empty() && end.chars().all(|c| c.is_ascii_digit());
    let is_ip = || {
        let host: String =
            chars[..stop].iter().rev().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
        host.matches('.').count() == 2
    };
    end.starts_with("xn--")
        || (is_word
            && (ENDS.contains(end.as_str()) || is_country() || has_path || is_mail() || !end.is_ascii()))
        || (is_number && has_path && is_ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        let mut links = Links::default();
        text.chars().for_each(|c| links.push(c));
        links.finish()
    }

    #[test]
    fn whatever_becomes_a_link_is_removed_and_nothing_else() {
        for address in [
            "evil.com",
            "Evil.COM",
            "bit.ly/abc",
            "t.me/x",
            "//evil.com",
            "https:evil.com",
            "https:\\\\evil.com",
            "data:text/html,hi",
            "a@evil.com",
            "javascript:alert(1)",
            "www.evil.example",
            "evil.co.uk",
            "evil。com",
            "hxxp://evil.example",
            "tel:112",
            "evil.xn--p1ai",
            "10.0.0.1/login",
            "evil.com:8080",
            "evil.zip",
            "evil.example/x",
            "mailto:a@b",
            "пример.рф",
            "例え.com",
            "x.evil.com",
            "me@mail.evil.example",
        ] {
            assert_eq!(clean(&format!("See {address}, now.")), "See (link removed), now.", "{address}");
            assert_eq!(clean(&format!("({address}).")), "((link removed)).", "{address}");
        }
        for text in [
            "At 9 a.m. and 5 p.m., e.g. 2.5 m, approx. 3, 07:10–08:05.",
            "and/or 1/2 dock-1, gate:3 Yes: 3. (3 events).",
            "cam.lobby, v1.2, clip.mp4, 10.0.0.5, 13.05.2026, 12:30:00, @ 5 pm, 3:1, A/B, U.S. gate.",
            "二人が来ました。一人は帰りました。",
        ] {
            assert_eq!(clean(text), text);
        }
        let long = "a".repeat(1_000);
        assert_eq!(clean(&long), long);
        assert_eq!(clean(&format!("{long}.com x")).matches(".com").count(), 0);
        assert_eq!(clean(&format!("http://{long}/{long} x")), "(link removed) x");
    }
}
