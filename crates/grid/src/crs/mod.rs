//! Coordinate systems met in China and the way between them. Everything is stored in WGS-84/CGCS2000; what phones and
//! map sites send in GCJ-02 or BD-09 is converted at the edge by [`to_wgs84`].

mod bd09;
mod gcj02;
mod lonlat;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use lonlat::{EARTH_RADIUS_M, LonLat};

/// A coordinate system in which a point or a file may arrive.
///
/// CGCS2000 and WGS-84 differ by centimetres and are treated as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Crs {
    /// GPS receivers; EPSG:4326.
    #[default]
    #[serde(rename = "WGS84")]
    Wgs84,
    /// The national system, used by 天地图; EPSG:4490.
    #[serde(rename = "CGCS2000")]
    Cgcs2000,
    /// The shifted system of 高德, 腾讯 and many phones' web views.
    #[serde(rename = "GCJ02")]
    Gcj02,
    /// Baidu's further shift of GCJ-02.
    #[serde(rename = "BD09")]
    Bd09,
}

impl Crs {
    /// All systems, in the order they are offered to people.
    pub const ALL: [Crs; 4] = [Crs::Wgs84, Crs::Cgcs2000, Crs::Gcj02, Crs::Bd09];

    /// The name used in the API and in files: `WGS84`, `CGCS2000`, `GCJ02` or `BD09`.
    pub fn name(self) -> &'static str {
        match self {
            Crs::Wgs84 => "WGS84",
            Crs::Cgcs2000 => "CGCS2000",
            Crs::Gcj02 => "GCJ02",
            Crs::Bd09 => "BD09",
        }
    }

    /// Whether coordinates in this system are stored as they are.
    pub fn is_stored_as_is(self) -> bool {
        matches!(self, Crs::Wgs84 | Crs::Cgcs2000)
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no coordinate system we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown coordinate system {0:?}: use WGS84, CGCS2000, GCJ02 or BD09")]
pub struct UnknownCrs(pub String);

impl FromStr for Crs {
    type Err = UnknownCrs;

    /// Lenient about case and punctuation: `GCJ-02`, `gcj02`, `WGS 84` and `EPSG:4490` are understood.
    fn from_str(text: &str) -> Result<Self, UnknownCrs> {
        let bare: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        match bare.as_str() {
            "WGS84" | "CRS84" | "EPSG4326" => Ok(Crs::Wgs84),
            "CGCS2000" | "EPSG4490" => Ok(Crs::Cgcs2000),
            "GCJ02" => Ok(Crs::Gcj02),
            "BD09" | "BD09LL" => Ok(Crs::Bd09),
            _ => Err(UnknownCrs(text.to_owned())),
        }
    }
}

/// Converts a point given in `crs` to WGS-84. Outside China every system is taken for WGS-84, as the shifts do not
/// apply there.
///
/// The shifted systems have no published inverse; the inverse is found by iteration and agrees with [`from_wgs84`] to
/// well under a millimetre inside China.
pub fn to_wgs84(point: LonLat, crs: Crs) -> LonLat {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => point,
        _ if !may_be_in_china(point) => point,
        Crs::Gcj02 => gcj02::remove_shift(point),
        Crs::Bd09 => gcj02::remove_shift(bd09::remove_shift(point)),
    }
}

/// Converts a WGS-84 point to `crs`; the counterpart of [`to_wgs84`].
pub fn from_wgs84(point: LonLat, crs: Crs) -> LonLat {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => point,
        _ if !may_be_in_china(point) => point,
        Crs::Gcj02 => gcj02::add_shift(point),
        Crs::Bd09 => bd09::add_shift(gcj02::add_shift(point)),
    }
}

/// Whether a point lies in the rectangle around China within which the published GCJ-02 shift is applied
/// (72.004–137.8347° E, 0.8293–55.8271° N). It also covers parts of the neighbours.
pub fn may_be_in_china(point: LonLat) -> bool {
    (72.004..=137.8347).contains(&point.lon) && (0.8293..=55.8271).contains(&point.lat)
}

/// Solves `shift(x) = target` for a shift that is smooth and changes slowly: each round removes the error left by
/// the one before, which shrinks it about a thousandfold.
fn invert(target: LonLat, shift: impl Fn(LonLat) -> LonLat) -> LonLat {
    const CLOSE_ENOUGH_DEG: f64 = 1e-11;
    let mut guess = target;
    for _ in 0..12 {
        let reached = shift(guess);
        let (error_lon, error_lat) = (reached.lon - target.lon, reached.lat - target.lat);
        guess = LonLat { lon: guess.lon - error_lon, lat: guess.lat - error_lat };
        if error_lon.abs().max(error_lat.abs()) < CLOSE_ENOUGH_DEG {
            break;
        }
    }
    guess
}
