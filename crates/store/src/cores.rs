//! How many cores work for one kind of request: half of them are left to everybody else.

/// Half of this machine's cores, at least one and at most `most`.
pub fn half_of_the_cores(most: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores / 2).clamp(1, most)
}
