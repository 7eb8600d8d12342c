//! Conversions between coordinate systems, and measurements on the ground.

use proptest::prelude::*;
use yizhi_grid::crs::{Crs, LonLat, UnknownCrs, from_wgs84, to_wgs84};

/// WGS-84, GCJ-02 and BD-09 of the same places, computed with the npm package gcoord 1.0.7: 城厢, 禅城, 北京, 乌鲁木齐, 上海.
const SAME_PLACES: [[LonLat; 3]; 5] = [
    [
        LonLat::new(118.985, 25.431),
        LonLat::new(118.98965528175943, 25.428154823254037),
        LonLat::new(118.99621065578684, 25.433840078756837),
    ],
    [
        LonLat::new(113.122, 23.009),
        LonLat::new(113.12748158771076, 23.006440996878247),
        LonLat::new(113.13397140298646, 23.012392457462646),
    ],
    [
        LonLat::new(116.4074, 39.9042),
        LonLat::new(116.41364225378803, 39.90560334316507),
        LonLat::new(116.42004633029816, 39.91186533561899),
    ],
    [
        LonLat::new(87.6168, 43.8256),
        LonLat::new(87.61964994946926, 43.82680539311119),
        LonLat::new(87.62609977081571, 43.83294979479329),
    ],
    [
        LonLat::new(121.4737, 31.2304),
        LonLat::new(121.47822305927693, 31.22845773757727),
        LonLat::new(121.484781468503, 31.234310593689997),
    ],
];

#[test]
fn conversions_agree_with_gcoord() {
    for [wgs84, gcj02, bd09] in SAME_PLACES {
        for (crs, shifted) in [(Crs::Wgs84, wgs84), (Crs::Cgcs2000, wgs84), (Crs::Gcj02, gcj02), (Crs::Bd09, bd09)] {
            assert!(from_wgs84(wgs84, crs).distance_m(shifted) < 1e-3, "{crs} of {wgs84:?}");
            assert!(to_wgs84(shifted, crs).distance_m(wgs84) < 1e-3, "{crs} from {shifted:?}");
        }
    }
}

#[test]
fn outside_china_nothing_is_shifted() {
    for place in [LonLat::new(2.35, 48.86), LonLat::new(-74.0, 40.7), LonLat::new(151.2, -33.9)] {
        for crs in Crs::ALL {
            assert_eq!(from_wgs84(place, crs), place);
            assert_eq!(to_wgs84(place, crs), place);
        }
    }
}

#[test]
fn names_are_read_leniently_and_written_strictly() {
    let cases = [
        ("GCJ-02", Crs::Gcj02),
        ("gcj02", Crs::Gcj02),
        ("WGS-84", Crs::Wgs84),
        ("wgs 84", Crs::Wgs84),
        ("EPSG:4490", Crs::Cgcs2000),
        ("urn:crs84", Crs::Wgs84),
        ("bd09ll", Crs::Bd09),
    ];
    for (text, expect) in cases {
        let got = text.trim_start_matches("urn:").parse::<Crs>();
        assert_eq!(got, Ok(expect), "{text}");
    }
    assert_eq!("EPSG:3857".parse::<Crs>(), Err(UnknownCrs("EPSG:3857".into())));
    for crs in Crs::ALL {
        assert_eq!(serde_json::to_value(crs).unwrap(), crs.name());
        assert_eq!(serde_json::from_value::<Crs>(crs.name().into()).unwrap(), crs);
        assert_eq!(crs.name().parse(), Ok(crs));
    }
}

#[test]
fn distances_match_known_ones() {
    let (beijing, shanghai) = (LonLat::new(116.4074, 39.9042), LonLat::new(121.4737, 31.2304));
    assert!((beijing.distance_m(shanghai) - 1_067_300.0).abs() < 1_000.0);
    let degree = LonLat::new(118.0, 25.0).distance_m(LonLat::new(118.0, 26.0));
    assert!((degree - 111_195.1).abs() < 0.1, "{degree}");
}

#[test]
fn impossible_coordinates_are_not_valid() {
    assert!(LonLat::new(118.0, 25.0).valid());
    for bad in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (180.1, 0.0), (25.0, 118.0)] {
        assert!(!LonLat::new(bad.0, bad.1).valid(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn round_trip_within_half_a_metre_in_china(lon in 73.5..135.1f64, lat in 3.5..53.6f64) {
        let place = LonLat::new(lon, lat);
        for crs in Crs::ALL {
            let back = to_wgs84(from_wgs84(place, crs), crs);
            prop_assert!(back.distance_m(place) < 1e-3, "{} {:?}", crs, back);
            let there = from_wgs84(to_wgs84(place, crs), crs);
            prop_assert!(there.distance_m(place) < 1e-3, "{} {:?}", crs, there);
        }
    }

    #[test]
    fn shifts_are_some_hundred_metres(lon in 73.5..135.1f64, lat in 18.0..53.6f64) {
        let place = LonLat::new(lon, lat);
        let (gcj02, bd09) = (from_wgs84(place, Crs::Gcj02), from_wgs84(place, Crs::Bd09));
        prop_assert!((10.0..1_200.0).contains(&place.distance_m(gcj02)));
        prop_assert!((100.0..2_500.0).contains(&place.distance_m(bd09)));
    }

    #[test]
    fn destination_is_as_far_as_asked(lon in -179.0..179.0f64, lat in -80.0..80.0f64, bearing in 0.0..360.0f64, metres in 0.0..100_000.0f64) {
        let start = LonLat::new(lon, lat);
        let end = start.destination(bearing, metres);
        prop_assert!(end.valid());
        prop_assert!((start.distance_m(end) - metres).abs() < 1e-3 + metres * 1e-9);
    }

    #[test]
    fn small_offsets_match_destinations(lon in 73.5..135.1f64, lat in 3.5..53.6f64, east in -2000.0..2000.0f64, north in -2000.0..2000.0f64) {
        let start = LonLat::new(lon, lat);
        let bearing = east.atan2(north).to_degrees();
        let end = start.destination(bearing, east.hypot(north));
        prop_assert!(start.offset_m(east, north).distance_m(end) < 1.5);
    }
}
