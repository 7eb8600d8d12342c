//! Why a witness does not start, or does not answer. Said in both languages, with what to do.

use std::path::Path;

use yizhi_ledger::note::KeyError;

/// A witness that cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error("{path}: 读写失败 cannot be read or written: {source}")]
    File { path: String, source: std::io::Error },
    #[error(
        "{folder} 正由另一个进程使用；同一密钥只能由一个见证进程使用。\n\
         Another process works in {folder}: one key, one witness."
    )]
    InUse { folder: String },
    #[error(
        "{folder} 里没有见证密钥，请先运行 yizhi witness key。\n\
         There is no witness key in {folder}: run yizhi witness key first."
    )]
    NoKey { folder: String },
    #[error(
        "{path} 不是见证方的私钥：{source}。请勿为旧密钥恢复备份，请换一个空目录另立见证方。\n\
         {path} does not hold a witness's private key: {source}. Begin anew as another witness, in an empty folder."
    )]
    Key { path: String, source: KeyError },
    #[error(
        "名称不能为空，不能含空格、加号或控制字符：{name}\n\
         A name is not empty and holds neither spaces, plus signs nor control characters: {name}"
    )]
    Name { name: String },
    #[error(
        "密钥已有名称“{name}”，名称随密钥不变；要用别的名称，请换一个空目录。\n\
         The key is named “{name}” for good; for another name take an empty folder."
    )]
    Named { name: String },
    #[error(
        "没有指定账本：用 --log 公钥，或写在 {path} 里，每行一个。\n\
         No log is named: give --log KEY, or write the keys into {path}, one a line."
    )]
    NoLogs { path: String },
    #[error("{place}：不是账本的公钥：{source}\n{place}: not the key of a log: {source}")]
    Log { place: String, source: KeyError },
    #[error(
        "{place}：这是见证方的公钥（类型 4），账本的公钥是类型 1。\n\
         {place}: this is a witness's key (type 4); a log's has type 1."
    )]
    NotALog { place: String },
    #[error(
        "{folder} 里有密钥，却没有 state 目录：已签过什么无从得知。这个密钥不能再用，请换一个空目录另立见证方，并告知账本的运营方。\n\
         {folder} holds a key but no folder `state`, so what was signed is not known. Do not use this key again: begin anew as another witness, \
         in an empty folder, and tell the log's operator."
    )]
    NoStates { folder: String },
    #[error(
        "{folder} 里有签字记录，却没有密钥；请换一个空目录。\n\
         {folder} holds what was signed but no key: take an empty folder."
    )]
    OtherStates { folder: String },
    #[error(
        "{path} 已损坏：它应是“{origin}”最后一次签字的检查点。已签过什么无从得知，继续签字可能为改写作证。\
         请保留此目录备查，换一个空目录另立见证方，并告知账本的运营方。\n\
         {path} is damaged: it should be the checkpoint of “{origin}” signed last. What was signed is not known, and going on might vouch for a \
         rewrite. Keep this folder, begin anew as another witness in an empty one, and tell the log's operator."
    )]
    Damaged { path: String, origin: String },
    #[error(
        "时钟比上次签字早了 {seconds} 秒，不签字；请校准时钟。\n\
         The clock is {seconds} seconds before the last signature; nothing is signed until it is right."
    )]
    Clock { seconds: u64 },
    #[error(
        "此前一次请求意外中断，不再签字，请重启。\n\
         An earlier request broke off; nothing is signed until the witness is restarted."
    )]
    Broken,
}

impl WitnessError {
    /// For `map_err`: a file that cannot be read or written.
    pub(super) fn file(path: &Path) -> impl Fn(std::io::Error) -> Self + use<> {
        let path = path.display().to_string();
        move |source| Self::File { path: path.clone(), source }
    }
}
