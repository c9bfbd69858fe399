//! Links that came from outside with an event. They are given out only to hosts that the operator
//! named, and only in a form that every browser reads the same way.

/// Whether a link is `http(s)` to one of the hosts (`host` or `host:port`), without a user in it.
pub fn is_allowed(url: &str, hosts: &[String]) -> bool {
    // Characters on which parsers disagree, or that would end an attribute or a Markdown link.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#""'<>\`{}|^()[]"#.contains(&byte);
    if !url.bytes().all(is_plain) {
        return false;
    }
    let (rest, default_port) = match url.split_once("://") {
        Some(("https", rest)) => (rest, ":443"),
        Some(("http", rest)) => (rest, ":80"),
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    if authority.is_empty() || !authority.bytes().all(is_host) {
        return false;
    }
    let named = authority.strip_suffix(default_port).unwrap_or(authority);
    hosts.iter().any(|host| named.eq_ignore_ascii_case(host.strip_suffix(default_port).unwrap_or(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_links_to_named_hosts_pass() {
        let hosts = ["vms.example".to_owned(), "cdn.example:8443".to_owned()];
        for good in [
            "https://vms.example/clip.mp4?token=a%20b&x=1#t=5",
            "http://VMS.example",
            "https://vms.example:443/x",
            "https://cdn.example:8443/x",
        ] {
            assert!(is_allowed(good, &hosts), "{good}");
            assert!(!is_allowed(good, &[]), "{good}");
        }
        for bad in [
            "",
            "vms.example/x",
            "//vms.example/x",
            "ftp://vms.example/x",
            "HTTPS://vms.example/x",
            "javascript:alert(1)//vms.example",
            "file:///etc/passwd",
            "https://evil.example/vms.example",
            "https://vms.example.evil.example/",
            "https://vms.example@evil.example/",
            "https://evil.example\\@vms.example/",
            "https://evil.example#@vms.example/",
            "https://evil.example?vms.example",
            "https://vms.example:8443/",
            "https://cdn.example/",
            "https://vms.example/ x",
            "https://vms.example/\u{202E}x",
            "https://vms.example/\"onerror=x",
            "https://vms.example/a)[b](https://evil.example",
            "http://169.254.169.254/",
            "https:///vms.example",
        ] {
            assert!(!is_allowed(bad, &hosts), "{bad}");
        }
    }
}
