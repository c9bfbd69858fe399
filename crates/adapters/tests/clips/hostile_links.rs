//! A video management system that answers with links to where nobody should go.

use std::time::Duration;

use eps_domain::clip::{ClipSource, ClipState, Media, MediaKind, MediaRequest};
use eps_testkit::keepers::Kept;

use super::*;

#[tokio::test]
async fn only_links_to_named_hosts_are_given_away_and_none_is_ever_followed() {
    let keeper = FakeKeeper::vms(true).await;
    // Whatever is followed lands here.
    let trap = FakeKeeper::vms(false).await;
    let source = vms(&keeper, None);
    let (own, elsewhere) = (keeper.host(), trap.host());
    let hostile = [
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "javascript:alert(1)".to_owned(),
        format!("//{elsewhere}/x"),
        format!("http://{own}@{elsewhere}/x"),
        format!("http://{elsewhere}/x"),
        format!("http://{elsewhere}\\@{own}/x"),
        format!("http://{own}.evil.example/x"),
        format!("http://{own}/\r\nset-cookie: a=b"),
        "/relative".to_owned(),
        String::new(),
    ];
    let request = MediaRequest::whole(MediaKind::Clip);
    for (number, link) in hostile.iter().enumerate() {
        let event = young(&format!("h{number}"));
        keeper.keep(
            &event.event_id,
            Kept { link: Some(link.clone()), still: Some(STILL.into()), ..Kept::default() },
        );
        let asked = [event.clone(), young("none")];
        let status = source.status(TENANT, &asked, Duration::from_secs(5), now()).await.unwrap()[0].unwrap();
        assert_eq!((status.clip, status.has_thumbnail), (ClipState::Unavailable, false), "{link}");
        for kind in [MediaKind::Clip, MediaKind::Thumbnail] {
            let opened = source.open(TENANT, &event, &MediaRequest::whole(kind)).await.unwrap();
            assert!(opened.is_none(), "{link}: {opened:?}");
        }
    }
    let good = format!("http://{own}/media/good/clip.mp4?token=x");
    keeper.keep("good", Kept { link: Some(good.clone()), ..Kept::default() });
    let opened = source.open(TENANT, &young("good"), &request).await.unwrap();
    assert!(matches!(opened, Some(Media::Link(link)) if link == good));
    // One that has ended already opens nothing.
    for minutes in [0, -5] {
        keeper.keep("over", Kept { link: Some(good.clone()), minutes: Some(minutes), ..Kept::default() });
        let status = source.status(TENANT, &[young("over")], Duration::from_secs(5), now()).await.unwrap();
        assert_eq!(status[0].unwrap().clip, ClipState::Pending, "{minutes}");
        assert!(source.open(TENANT, &young("over"), &request).await.unwrap().is_none(), "{minutes}");
    }
    assert_eq!(trap.asked(), [""; 0]);
    assert!(keeper.asked().iter().all(|path| path.starts_with("/api/v1/clips/")), "{:?}", keeper.asked());
}
