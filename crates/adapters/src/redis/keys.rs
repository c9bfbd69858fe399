//! The names of the keys. What is changed together shares a hash tag (`{…}`), so that it lies on one
//! server of a Cluster.

use std::fmt::Write as _;

use eps_domain::Owner;
use sha2::{Digest as _, Sha256};

/// Ids of these characters and at most so many stand in keys as they are; ours do.
const PLAIN_BYTES_MAX: usize = 64;

/// The keys of one conversation of one owner. Another's are other keys: nothing can be read or written
/// without its owner.
pub(super) struct ConversationKeys {
    /// A hash: when, how many turns, title.
    pub head: String,
    /// A list: the turns, oldest first.
    pub turns: String,
    /// A list beside it: the ids of these turns.
    pub ids: String,
    /// A set: what names the responses kept for replay that speak of it.
    pub replies: String,
    /// Whose turn it is. With the owner: nobody else must learn that a turn is in the making.
    pub lock: String,
    /// A sorted set: the owner's conversations by last activity.
    pub list: String,
    /// What names it in the index of what is due.
    pub member: String,
}

impl ConversationKeys {
    pub(super) fn new(owner: &Owner, conversation_id: &str) -> Self {
        Self::of(&owner_digest(owner), conversation_id)
    }

    /// From what [`Self::member`] holds.
    pub(super) fn of_member(member: &str) -> Option<Self> {
        let (owner, conversation_id) = member.split_once('/')?;
        Some(Self::of(owner, conversation_id))
    }

    fn of(owner: &str, conversation_id: &str) -> Self {
        let stem = format!("eps:conversation:{{{}}}", tag(conversation_id));
        Self {
            head: format!("{stem}:{owner}:head"),
            turns: format!("{stem}:{owner}:turns"),
            ids: format!("{stem}:{owner}:ids"),
            replies: format!("{stem}:{owner}:replies"),
            lock: format!("{stem}:{owner}:lock"),
            list: format!("eps:owner:{{{owner}}}:conversations"),
            member: format!("{owner}/{conversation_id}"),
        }
    }
}

/// The owner's conversations.
pub(super) fn list(owner: &Owner) -> String {
    format!("eps:owner:{{{}}}:conversations", owner_digest(owner))
}

/// 128 bits of a digest over parts that cannot run into each other, in hexadecimal.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Tenant and subject.
pub(super) fn owner_digest(owner: &Owner) -> String {
    digest(&[owner.tenant.as_bytes(), owner.subject.as_bytes()])
}

/// The id, or its digest when it holds what could end the hash tag.
fn tag(conversation_id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=PLAIN_BYTES_MAX).contains(&conversation_id.len()) && conversation_id.bytes().all(is_plain) {
        conversation_id.to_owned()
    } else {
        format!("~{}", digest(&[conversation_id.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(tenant: &str, subject: &str) -> Owner {
        Owner { tenant: tenant.into(), subject: subject.into() }
    }

    #[test]
    fn no_two_owners_and_no_two_ids_share_a_key() {
        let key = |owner: &Owner, id: &str| ConversationKeys::new(owner, id).head;
        let alice = owner("acme", "alice");
        assert_ne!(key(&alice, "a"), key(&owner("acmea", "lice"), "a"));
        for odd in ["", "}", "{}", "a}b", "ä", "a b", &"x".repeat(100)] {
            let keys = ConversationKeys::new(&alice, odd);
            assert!(keys.head.contains("{~") && keys.lock.contains("{~"), "{odd}");
            assert_eq!(ConversationKeys::of_member(&keys.member).unwrap().head, keys.head);
        }
        assert!(key(&alice, "0190-a_B").starts_with("eps:conversation:{0190-a_B}:"));
    }
}
