//! Generated grids of the five demo counties: complete, inside their villages, and without gaps.

use std::collections::BTreeMap;

use yizhi_grid::crs::LonLat;
use yizhi_grid::demo::{DemoError, DemoPlace, VillageSeed, generate};
use yizhi_grid::shape::area_m2;

use crate::common::{COUNTIES, grids_wanted, outline, villages};

fn place(county: &str) -> DemoPlace {
    generate(&outline(county), &villages(county), grids_wanted(county), 7).unwrap()
}

#[test]
fn every_village_has_grids_and_the_total_is_exact() {
    for county in COUNTIES {
        let place = place(county);
        assert_eq!(place.grids.len(), grids_wanted(county), "{county}");
        let mut by_village = BTreeMap::<&str, Vec<&str>>::new();
        for grid in &place.grids {
            assert!(grid.code.starts_with(&grid.village) && grid.code.len() == 15, "{grid:?}");
            by_village.entry(&grid.village).or_default().push(&grid.code[12..]);
        }
        assert_eq!(by_village.len(), villages(county).len());
        for serials in by_village.values() {
            let expect: Vec<String> = (1..=serials.len()).map(|n| format!("{n:03}")).collect();
            assert_eq!(*serials, expect);
        }
    }
}

#[test]
fn areas_add_up_at_every_level() {
    for county in COUNTIES {
        let place = place(county);
        let whole = area_m2(&outline(county));
        let sums = [
            place.grids.iter().map(|g| area_m2(&g.area)).sum::<f64>(),
            place.villages.iter().map(|a| area_m2(&a.area)).sum::<f64>(),
            place.townships.iter().map(|a| area_m2(&a.area)).sum::<f64>(),
        ];
        for sum in sums {
            assert!((sum / whole - 1.0).abs() < 1e-3, "{county}: {sum} of {whole}");
        }
    }
}

#[test]
fn centres_locate_their_own_grid() {
    for county in COUNTIES {
        let place = place(county);
        let index = yizhi_grid::GridIndex::new(place.grids.iter().map(|g| g.shape()).collect());
        for (i, grid) in place.grids.iter().enumerate() {
            assert_eq!(index.locate(grid.center), Some(i), "{}", grid.code);
        }
        assert_eq!(index.locate(LonLat::new(0.0, 0.0)), None);
    }
}

#[test]
fn the_same_seed_gives_the_same_grids() {
    let county = "350302";
    assert_eq!(place(county), place(county));
    let other = generate(&outline(county), &villages(county), grids_wanted(county), 8).unwrap();
    assert_ne!(place(county), other);
}

#[test]
fn impossible_requests_are_refused() {
    let seed = VillageSeed { code: "350302001001".into(), name: "甲社区".into(), township: "350302001000".into() };
    let twin = VillageSeed { name: "乙社区".into(), ..seed.clone() };
    let area = outline("350302");
    let cases = [
        (generate(&area, &[], 3, 1), DemoError::NoVillages),
        (generate(&area, std::slice::from_ref(&seed), 0, 1), DemoError::TooFewGrids { villages: 1, grids: 0 }),
        (generate(&area, &[seed.clone(), twin], 2, 1), DemoError::RepeatedVillage(seed.code.clone())),
        (
            generate(&area, std::slice::from_ref(&seed), 1000, 1),
            DemoError::TooManyGrids { village: seed.code.clone(), grids: 1000 },
        ),
        (generate(&geo::MultiPolygon(vec![]), &[seed], 3, 1), DemoError::BadOutline),
    ];
    for (got, expect) in cases {
        assert_eq!(got.unwrap_err(), expect);
    }
}
