//! The program `yizhi`.

fn main() -> std::process::ExitCode {
    yizhi_server::cli::run()
}
