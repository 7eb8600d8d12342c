//! The program `yizhi`.

/// A step allocates some hundreds of times, freed by another thread than asked for it: the C library's allocator, above all musl's, is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    yizhi_server::cli::run()
}
