//! Why a demo could not be prepared. Shown to the person who typed the command.

use yizhi_store::ApplyError;

/// A demo that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error(transparent)]
    Load(#[from] crate::loading::LoadError),
    #[error("没有“{0}”这个地方的数据，可选：{1}。 There is no place “{0}”; choose from: {1}.")]
    UnknownPlace(String, String),
    #[error("{0} 的网格无法生成：{1} The grids of {0} cannot be made: {1}")]
    Grids(String, yizhi_grid::demo::DemoError),
    #[error("演示数据损坏：{0} The demo's own data are damaged: {0}")]
    Damaged(String),
    #[error("{path}: 读写失败 cannot be read or written: {source}")]
    File { path: String, source: std::io::Error },
    #[error(
        "{path} 里没有 {county} 的账号，口令已无法找回。请换一个空的数据目录。 {path} no longer has the accounts of {county}; use an empty data folder."
    )]
    AccountsLost { path: String, county: String },
    #[error("第 {step} 步没有成功：{source} Step {step} failed: {source}")]
    Step { step: String, source: Box<ApplyError> },
    #[error("见证方 {name} 没有启动：{why} The witness {name} did not start: {why}")]
    Witness { name: &'static str, why: String },
    #[error("改写演不下去：{0} The rewrite cannot be staged: {0}")]
    Rewrite(String),
    #[error("不该如此：{0} This should not have happened: {0}")]
    NotRefused(String),
    #[error("当地没有人担任{0}。 Nobody there is {0}.")]
    Nobody(String),
}
