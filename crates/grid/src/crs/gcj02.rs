//! The GCJ-02 shift, in the form that has been public since 2010 and that the usual converters (`eviltransform`,
//! `gcoord`) share. It is an approximation of a secret transformation, good to about a metre.

use std::f64::consts::PI;

use super::{LonLat, invert};

/// Semi-major axis of the Krasovsky 1940 ellipsoid in metres, and its first eccentricity squared.
const KRASOVSKY_A: f64 = 6_378_245.0;
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;

pub(super) fn add_shift(p: LonLat) -> LonLat {
    let (x, y) = (p.lon - 105.0, p.lat - 35.0);
    let (east, north) = (east_m(x, y), north_m(x, y));
    let lat = p.lat.to_radians();
    let w2 = 1.0 - KRASOVSKY_E2 * lat.sin() * lat.sin();
    let meridian = KRASOVSKY_A * (1.0 - KRASOVSKY_E2) / (w2 * w2.sqrt());
    let parallel = KRASOVSKY_A / w2.sqrt() * lat.cos();
    LonLat { lon: p.lon + (east / parallel).to_degrees(), lat: p.lat + (north / meridian).to_degrees() }
}

pub(super) fn remove_shift(p: LonLat) -> LonLat {
    invert(p, add_shift)
}

fn east_m(x: f64, y: f64) -> f64 {
    let trend = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    trend + ripple(x) + waves(x, &[(20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)])
}

fn north_m(x: f64, y: f64) -> f64 {
    let trend = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    trend + ripple(x) + waves(y, &[(20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)])
}

/// The short waves along the longitude that both components share.
fn ripple(x: f64) -> f64 {
    (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0
}

/// Sum of sines given as (amplitude in metres, divisor of the angle); everything is scaled by 2/3.
fn waves(v: f64, terms: &[(f64, f64)]) -> f64 {
    terms.iter().map(|(amplitude, divisor)| amplitude * (v / divisor * PI).sin()).sum::<f64>() * 2.0 / 3.0
}
