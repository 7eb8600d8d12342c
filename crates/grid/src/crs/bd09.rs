//! Baidu's BD-09 shift on top of GCJ-02: a small ripple in polar coordinates and a constant offset.

use std::f64::consts::PI;

use super::{LonLat, invert};

const RIPPLE: f64 = PI * 3000.0 / 180.0;
const OFFSET_LON: f64 = 0.0065;
const OFFSET_LAT: f64 = 0.006;

pub(super) fn add_shift(p: LonLat) -> LonLat {
    let radius = p.lon.hypot(p.lat) + 0.00002 * (p.lat * RIPPLE).sin();
    let angle = p.lat.atan2(p.lon) + 0.000003 * (p.lon * RIPPLE).cos();
    LonLat { lon: radius * angle.cos() + OFFSET_LON, lat: radius * angle.sin() + OFFSET_LAT }
}

pub(super) fn remove_shift(p: LonLat) -> LonLat {
    invert(p, add_shift)
}
