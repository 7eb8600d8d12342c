//! The calendars of all regions, made once from the published facts.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::hours::DayHours;
use super::local::{DayNumber, Local, date, day_number};
use super::table::{Table, is_weekday};
use crate::codes::RegionCode;
use crate::text::Text;

/// Years after the last published one whose seasonal hours are still looked up; later ones use the default hours.
const YEARS_FORESEEN: i32 = 5;

/// A day whose working differs from its weekday by somebody's notice.
#[derive(Clone, Debug)]
pub(super) struct DayFact {
    pub(super) region: RegionCode,
    pub(super) day: DayNumber,
    pub(super) working: bool,
    pub(super) note: Text,
}

/// A month and a day of every year.
pub(super) type MonthDay = (u32, u32);

/// Hours of a region, for all time or for some dates.
#[derive(Clone, Debug)]
pub(super) struct HoursRule {
    pub(super) region: RegionCode,
    pub(super) since: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
    pub(super) season: Option<(MonthDay, MonthDay)>,
    pub(super) hours: DayHours,
}

impl HoursRule {
    fn is_default(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.season.is_none()
    }

    fn applies(&self, date: NaiveDate) -> bool {
        let today = (date.month(), date.day());
        let in_season = |(from, until): (MonthDay, MonthDay)| {
            if from <= until { from <= today && today <= until } else { from <= today || today <= until }
        };
        self.since.is_none_or(|since| since <= date)
            && self.until.is_none_or(|until| date <= until)
            && self.season.is_none_or(in_season)
    }
}

/// What the files say: checked, in the order of the files.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) days: Vec<DayFact>,
    pub(super) hours: Vec<HoursRule>,
    /// The hours of the nation at all times.
    pub(super) default_hours: DayHours,
    /// First and last published year.
    pub(super) years: (i32, i32),
}

/// The working calendar of a region: which days are worked, and when.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub(super) table: Table,
    /// The days of the published years.
    pub(super) published: RangeInclusive<DayNumber>,
    notes: HashMap<DayNumber, Text>,
}

/// A day as people see it in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub working: bool,
    /// The holiday it belongs to or is made up for.
    pub note: Option<Text>,
    /// Whether its year's notice is published.
    pub published: bool,
}

impl Calendar {
    /// The days from one date to another, both included.
    pub fn days(&self, from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = Day> + '_ {
        (day_number(from)..=day_number(until)).map(|day| Day {
            date: date(day),
            working: self.table.hours(day).is_some(),
            note: self.notes.get(&day).cloned(),
            published: self.published.contains(&day),
        })
    }

    /// Whether offices work at a moment.
    pub fn is_working(&self, at: DateTime<Utc>) -> bool {
        let local = Local::from_utc(at);
        self.table.hours(local.day()).is_some_and(|hours| hours.next(local.time()) == Some(local.time()))
    }

    /// The moment itself when offices work, else the next at which they do.
    pub fn working_from(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.table.working_from(Local::from_utc(at)).to_utc()
    }

    fn build(facts: &Facts, region: RegionCode) -> Self {
        let mut hours: Vec<&HoursRule> = facts.hours.iter().filter(|rule| rule.region.contains(region)).collect();
        hours.sort_by_key(|rule| rule.region.level());
        let mut days: Vec<&DayFact> = facts.days.iter().filter(|fact| fact.region.contains(region)).collect();
        days.sort_by_key(|fact| fact.region.level());
        let by_day: HashMap<DayNumber, &DayFact> = days.into_iter().map(|fact| (fact.day, fact)).collect();

        let published = year_start(facts.years.0)..=year_start(facts.years.1 + 1) - 1;
        let first = by_day.keys().min().map_or(*published.start(), |day| *published.start().min(day));
        let last = year_start(facts.years.1 + 1 + YEARS_FORESEEN) - 1;

        let default =
            hours.iter().rev().find(|rule| rule.is_default()).map_or(&facts.default_hours, |rule| &rule.hours);
        let patterns = std::iter::once(default.clone()).chain(hours.iter().map(|rule| rule.hours.clone())).collect();
        let cells = (first..=last).map(|day| {
            let working = by_day.get(&day).map_or_else(|| is_weekday(day), |fact| fact.working);
            let date = date(day);
            working.then(|| hours.iter().rposition(|rule| rule.applies(date)).map_or(0, |index| index + 1))
        });
        Self {
            table: Table::new(first, cells, patterns),
            published,
            notes: by_day.into_iter().map(|(day, fact)| (day, fact.note.clone())).collect(),
        }
    }
}

fn year_start(year: i32) -> DayNumber {
    NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, day_number)
}

/// The calendars of all regions.
#[derive(Clone, Debug)]
pub struct Calendars {
    /// Narrow regions before wide ones; the nation last.
    calendars: Vec<(RegionCode, Arc<Calendar>)>,
    national: Arc<Calendar>,
    years: (i32, i32),
}

impl Calendars {
    pub(super) fn build(facts: &Facts) -> Self {
        let mut regions: Vec<RegionCode> =
            facts.days.iter().map(|fact| fact.region).chain(facts.hours.iter().map(|rule| rule.region)).collect();
        regions.sort_by_key(|region| (std::cmp::Reverse(region.level()), *region));
        regions.dedup();
        let calendars = regions.into_iter().map(|region| (region, Arc::new(Calendar::build(facts, region)))).collect();
        Self { calendars, national: Arc::new(Calendar::build(facts, RegionCode::NATION)), years: facts.years }
    }

    /// The calendar a region or grid works by, given its code: its own, or that of the narrowest region around it that has one. What is no
    /// code gets the national one.
    pub fn of_region(&self, code: &str) -> &Arc<Calendar> {
        let region = code.get(..12).unwrap_or(code).parse().unwrap_or(RegionCode::NATION);
        let own = self.calendars.iter().find(|(holder, _)| holder.contains(region));
        own.map_or(&self.national, |(_, calendar)| calendar)
    }

    /// The calendar of the whole country.
    pub fn national(&self) -> &Arc<Calendar> {
        &self.national
    }

    /// The first and the last year whose days off are published.
    pub fn published_years(&self) -> (i32, i32) {
        self.years
    }
}
