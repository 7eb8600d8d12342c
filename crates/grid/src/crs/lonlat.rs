//! A point on the ground and the few measurements taken between points.

use serde::{Deserialize, Serialize};

/// Mean radius of the earth in metres (IUGG), used for all distances and areas here.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Longitude and latitude in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east of Greenwich.
    pub lon: f64,
    /// Degrees north of the equator.
    pub lat: f64,
}

impl LonLat {
    /// A point from longitude and latitude in degrees, in this order.
    pub const fn new(lon: f64, lat: f64) -> Self {
        LonLat { lon, lat }
    }

    /// Whether both numbers are finite and within ±180° and ±90°.
    pub fn valid(self) -> bool {
        self.lon.is_finite() && self.lat.is_finite() && self.lon.abs() <= 180.0 && self.lat.abs() <= 90.0
    }

    /// Great-circle distance in metres (haversine on the mean sphere, within 0.5 % of the ellipsoid).
    pub fn distance_m(self, other: LonLat) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let half_dlat = (lat2 - lat1) / 2.0;
        let half_dlon = (other.lon - self.lon).to_radians() / 2.0;
        let h = half_dlat.sin().powi(2) + lat1.cos() * lat2.cos() * half_dlon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// The point `east` and `north` metres away, for offsets up to some tens of kilometres.
    pub fn offset_m(self, east: f64, north: f64) -> LonLat {
        LonLat {
            lon: self.lon + (east / (EARTH_RADIUS_M * self.lat.to_radians().cos())).to_degrees(),
            lat: self.lat + (north / EARTH_RADIUS_M).to_degrees(),
        }
    }

    /// The point `distance` metres away in the direction `bearing` (degrees clockwise from north), on the great circle.
    pub fn destination(self, bearing: f64, distance: f64) -> LonLat {
        let (lat, bearing, arc) = (self.lat.to_radians(), bearing.to_radians(), distance / EARTH_RADIUS_M);
        let lat2 = (lat.sin() * arc.cos() + lat.cos() * arc.sin() * bearing.cos()).asin();
        let dlon = (bearing.sin() * arc.sin() * lat.cos()).atan2(arc.cos() - lat.sin() * lat2.sin());
        LonLat { lon: (self.lon + dlon.to_degrees() + 540.0).rem_euclid(360.0) - 180.0, lat: lat2.to_degrees() }
    }

    /// The same point with both numbers rounded to 1e-7 degrees (about a centimetre), the precision of stored shapes.
    pub fn rounded(self) -> LonLat {
        LonLat { lon: round7(self.lon), lat: round7(self.lat) }
    }
}

/// Rounds degrees to seven decimals.
pub(crate) fn round7(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}
