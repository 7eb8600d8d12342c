//! What is refused, in words, and leaves nothing.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use yizhi_store::Quota;

use crate::common::{on_both, on_both_with};
use crate::scene::{form, photo, upload};

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_named() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let big = [photo(20, 20), vec![0; usize::try_from(yizhi_server::uploads::BYTES_MAX).unwrap()]].concat();
        for (bytes, status, code) in [
            (b"%PDF-1.7 not a photo".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media"),
            (b"<script>alert(1)</script>".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media"),
            (Vec::new(), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            (photo(90, 90)[..300].to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            (big, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        ] {
            let answer = upload(&citizen, "photo.jpg", &bytes, None).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{} bytes", bytes.len());
            assert_eq!(answer.json["field"], "file");
        }
        let form =
            Request::post("/api/v1/attachments").header("content-type", "application/json").body(Body::from("{}"));
        assert!(citizen.call(form.unwrap()).await.status.is_client_error());
    })
    .await;
}

#[tokio::test]
async fn only_those_who_report_or_handle_upload() {
    on_both(async |h| {
        for (role, status) in [
            ("citizen", StatusCode::CREATED),
            ("grid_worker", StatusCode::CREATED),
            ("department_handler", StatusCode::CREATED),
            ("leader", StatusCode::FORBIDDEN),
            ("administrator", StatusCode::FORBIDDEN),
        ] {
            let answer = upload(&h.as_role(role).await, "a.jpg", &photo(20, 20), None).await;
            assert_eq!(answer.status, status, "{role}");
        }
        assert_eq!(upload(&h.stranger(), "a.jpg", &photo(20, 20), None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_failed_upload_leaves_nothing() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let folder = h.app.config().data.join("attachments");
        // A file where the folder should be: nothing can be kept.
        std::fs::write(&folder, b"").unwrap();
        let answer = upload(&citizen, "a.jpg", &photo(20, 20), None).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        std::fs::remove_file(&folder).unwrap();
        let answer = upload(&citizen, "a.jpg", &photo(20, 20), None).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "the file and its thumbnail");
    })
    .await;
}

#[tokio::test]
async fn a_form_has_one_file_and_headings_of_its_own_length() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let (kind, body) = form("a.jpg", &photo(20, 20), None);
        let twice = [&body[..body.len() - "--b--\r\n".len()], &body].concat();
        let endless = [b"--b\r\nContent-Disposition: form-data; name=\"".as_slice(), &vec![b'x'; 20_000_000]].concat();
        let late = [vec![b'x'; 20_000_000], body.clone()].concat();
        let broken = body[..body.len() - 40].to_vec();
        for (body, status) in [(twice, 422), (endless, 422), (late, 422), (broken, 422), (Vec::new(), 422)] {
            let request = Request::post("/api/v1/attachments").header("content-type", kind.clone());
            let answer = citizen.call(request.body(Body::from(body)).unwrap()).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/problem+json"));
        }
        let announced =
            Request::post("/api/v1/attachments").header("content-type", kind).header("content-length", "99999999");
        let answer = citizen.call(announced.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"), "before it is read");
        let wrong = Request::post("/api/v1/attachments").header("content-type", "multipart/form-data");
        let answer = citizen.call(wrong.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_form"));
        let left = std::fs::read_dir(h.app.config().data.join("incoming")).unwrap().count();
        assert_eq!(left, 0, "nothing of it has a name");
    })
    .await;
}

#[tokio::test]
async fn whoever_sends_too_slowly_is_cut_off() {
    let hurry = |config: &mut yizhi_server::app::Config| {
        config.uploads.idle = Duration::from_millis(50);
        config.uploads.least_rate = 0;
    };
    on_both_with(hurry, async |h| {
        let citizen = h.as_role("citizen").await;
        let (kind, body) = form("a.jpg", &photo(20, 20), None);
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from(body[..200].to_vec()))]);
        let silent = futures_util::StreamExt::chain(begun, stream::pending());
        let request = Request::post("/api/v1/attachments").header("content-type", kind);
        let answer = citizen.call(request.body(Body::from_stream(silent)).unwrap()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::REQUEST_TIMEOUT, "too_slow"));
        assert_eq!(upload(&citizen, "a.jpg", &photo(20, 20), None).await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_uses_is_bounded_for_each_person() {
    let few = |config: &mut yizhi_server::app::Config| config.uploads.unused = Quota { files: 2, bytes: 1 << 30 };
    on_both_with(few, async |h| {
        let citizen = h.as_role("citizen").await;
        let first = upload(&citizen, "1.jpg", &photo(20, 20), None).await;
        upload(&citizen, "2.jpg", &photo(20, 20), None).await;
        let answer = upload(&citizen, "3.jpg", &photo(20, 20), None).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "too_many_unused"));
        assert_eq!(std::fs::read_dir(h.app.config().data.join("attachments")).unwrap().count(), 4);
        let other = h.as_account("citizen-2").await;
        assert_eq!(upload(&other, "1.jpg", &photo(20, 20), None).await.status, StatusCode::CREATED, "for each person");
        crate::scene::report(&h, &citizen, &first.json["id"]).await;
        assert_eq!(
            upload(&citizen, "3.jpg", &photo(20, 20), None).await.status,
            StatusCode::CREATED,
            "used is not unused"
        );
    })
    .await;
}

#[tokio::test]
async fn many_at_once_do_not_slip_past_the_bound() {
    let few = |config: &mut yizhi_server::app::Config| config.uploads.unused = Quota { files: 3, bytes: 1 << 30 };
    on_both_with(few, async |h| {
        let citizen = h.as_role("citizen").await;
        let file = photo(20, 20);
        let all = (0..12).map(|_| upload(&citizen, "a.jpg", &file, None));
        let answers = futures_util::future::join_all(all).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count(), 3);
        assert_eq!(std::fs::read_dir(h.app.config().data.join("attachments")).unwrap().count(), 6);
    })
    .await;
}
