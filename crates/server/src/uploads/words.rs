//! What is wrong with an upload and how to mend it.

use axum::http::StatusCode;
use yizhi_uploads::{BYTES_MAX, Fault};

use crate::error::Problem;

use super::Limits;
use super::body::Cut;

const MEGABYTE: u64 = 1024 * 1024;

pub(super) fn too_large() -> Problem {
    let most = BYTES_MAX / MEGABYTE;
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("文件超过{most}MB，请压缩或截短后再传。"),
        format!("The file is larger than {most} MB; shrink or shorten it."),
    )
    .with_field("file")
}

pub(super) fn refused(fault: &Fault) -> Problem {
    let (zh, en) = match fault {
        Fault::TooLarge => return too_large(),
        Fault::Io(error) => return unwritable(error),
        Fault::Unsupported { heic } => return unsupported(*heic),
        Fault::Empty => ("文件是空的，请重新选择。".to_owned(), "The file is empty; choose another.".to_owned()),
        Fault::Damaged => (
            "文件已损坏或不完整，请重新拍摄或导出。".to_owned(),
            "The file is damaged or incomplete; take or export it again.".to_owned(),
        ),
        Fault::TooManyPixels { most } => {
            let most = most / 1_000_000;
            (
                format!("照片太大：这种格式最多{most}百万像素，请缩小后再传。"),
                format!("The picture is too large: at most {most} million pixels in this format; make it smaller."),
            )
        }
        Fault::Fragmented => (
            "这段视频是分段录制的流格式，不能去除其中的位置等信息。请用手机自带相机录制，或另存为普通 MP4 后再传。".to_owned(),
            "This clip is recorded in pieces for streaming and cannot be cleaned. Record it with the phone's own camera, or save it as an ordinary MP4."
                .to_owned(),
        ),
        Fault::Coding => (
            "这段视频的画面或声音编码不能识别。请转成 H.264 或 H.265 画面、AAC 声音的 MP4 后再传。".to_owned(),
            "The coding of this clip's picture or sound is not known. Convert it to MP4 with H.264 or H.265 and AAC sound.".to_owned(),
        ),
    };
    Problem::invalid("file", zh, en)
}

fn unsupported(heic: bool) -> Problem {
    let (zh, en) = if heic {
        (
            "这是 HEIC 格式的照片，暂不能上传。请在手机“设置－相机－格式”里选“兼容性最佳”重拍，或另存为 JPEG 后再传。",
            "This is a HEIC photo, which is not taken. Choose “Most Compatible” in the camera's settings, or save it as JPEG.",
        )
    } else {
        (
            "只能上传照片（JPEG、PNG、WebP）和短视频（MP4、MOV）。文件类型按内容判断，改扩展名没有用。",
            "Only photos (JPEG, PNG, WebP) and clips (MP4, MOV) are taken. The content decides, not the name.",
        )
    };
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media", zh, en).with_field("file")
}

pub(super) fn cut(cut: Cut, limits: &Limits) -> Problem {
    match cut {
        Cut::TooLong => too_large(),
        Cut::TooSlow => {
            let seconds = limits.idle.as_secs();
            Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                format!("上传太慢或中断超过{seconds}秒，已停止。请换到信号好的地方再试。"),
                format!("The upload was too slow or stood still for more than {seconds} seconds. Try again where the network is better."),
            )
            .with_field("file")
        }
        Cut::Headings | Cut::Broken => incomplete(),
    }
}

pub(super) fn incomplete() -> Problem {
    Problem::invalid(
        "file",
        "上传中断或表单不完整，请重试。",
        "The upload was cut off or the form is incomplete; try again.",
    )
}

pub(super) fn not_a_form() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not_a_form",
        "请求头 Content-Type 应为 multipart/form-data，并带有 boundary。",
        "Send the header Content-Type: multipart/form-data with its boundary.",
    )
}

pub(super) fn unwritable(error: &std::io::Error) -> Problem {
    if has_no_space(error) { Problem::disk_full() } else { Problem::internal(error) }
}

pub(super) fn key_reused() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "key_reused",
        "这个编号已用于另一个文件或请求，请换一个新的。",
        "This key or id was used for another file or request; take a new one.",
    )
}

pub(super) fn too_many_unused(limits: &Limits) -> Problem {
    let (files, bytes) = (limits.unused.files, limits.unused.bytes / MEGABYTE);
    Problem::invalid(
        "file",
        format!(
            "您已上传、还没有随上报或办理提交的文件太多（最多{files}个、共{bytes}MB）。请先提交，或等待一天，未提交的会自动清理。"
        ),
        format!(
            "Too many of your uploads are not yet sent with a report or an action (at most {files} files, {bytes} MB). \
             Send them first, or wait a day: what is not used is removed."
        ),
    )
    .with_code("too_many_unused")
}

/// What is wrong with the file store.
pub(crate) fn stored(error: &object_store::Error) -> Problem {
    match error {
        object_store::Error::NotFound { .. } => Problem::not_found(),
        error if is_full(error) => Problem::disk_full(),
        error => Problem::internal(error),
    }
}

/// Whether a full disk, or a full quota, is somewhere among the causes.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(has_no_space) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A full disk, a full quota, or a limit on files.
fn has_no_space(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let wrapped = |kind: std::io::ErrorKind| object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(std::io::Error::from(kind)),
        };
        assert!(is_full(&wrapped(std::io::ErrorKind::StorageFull)));
        assert!(!is_full(&wrapped(std::io::ErrorKind::PermissionDenied)));
    }
}
