//! Uploads and the cases that use them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Answer, Client, Harness, ground};

const BOUNDARY: &str = "b";

pub(crate) fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// Content type and body.
pub(crate) fn form(name: &str, bytes: &[u8], id: Option<Uuid>) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    if let Some(id) = id {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n{id}\r\n");
        body.extend(part.into_bytes());
    }
    let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend(part.into_bytes());
    body.extend(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

pub(crate) async fn upload(client: &Client, name: &str, bytes: &[u8], id: Option<Uuid>) -> Answer {
    let (kind, body) = form(name, bytes, id);
    client.call(Request::post("/api/v1/attachments").header("content-type", kind).body(Body::from(body)).unwrap()).await
}

pub(crate) async fn report(h: &Harness, client: &Client, attachment: &Value) -> Value {
    let (lon, lat) = ground::point_in("350302001001001");
    let body = json!({
        "matter": "event-0194", "title": "后门油烟", "location": { "lon": lon, "lat": lat }, "attachments": [attachment],
    });
    let (status, case) = client.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    h.pass(chrono::TimeDelta::seconds(1));
    case
}

pub(crate) async fn act(client: &Client, case: &Value, action: &str, step: &Value) -> (StatusCode, Value) {
    client.post(&format!("/api/v1/cases/{}/actions/{action}", case["id"].as_str().unwrap()), step.clone()).await
}

/// Names of the files that are kept.
pub(crate) fn files(h: &Harness) -> Vec<String> {
    let folder = std::fs::read_dir(h.app.config().data.join("attachments")).into_iter().flatten();
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
