//! Reads the calendar files of the catalog. Every refusal names the file and the line.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::book::{Calendars, DayFact, Facts, HoursRule, MonthDay};
use super::hours::DayHours;
use super::local::{date, day_number};
use super::table::is_weekday;
use crate::codes::RegionCode;
use crate::text::Text;

/// Why a calendar file was refused. `line` counts from 1; 0 when the whole file is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct CalendarError {
    pub file: String,
    pub line: u64,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: Spanned<String>,
    year: Option<Spanned<i32>>,
    notice: Option<Notice>,
    #[serde(default)]
    holidays: Vec<Holiday>,
    #[serde(default)]
    hours: Vec<Spanned<Hours>>,
}

/// The notice a file's holidays come from. Required and never empty, so that no date is without a source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    title: Spanned<String>,
    number: Spanned<String>,
    issuer: Spanned<String>,
    #[serde(rename = "date")]
    _date: NaiveDate,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: Text,
    rest: Option<Spanned<Rest>>,
    #[serde(default)]
    work: Vec<Spanned<NaiveDate>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    from: NaiveDate,
    until: NaiveDate,
    days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    season: Option<Season>,
    spans: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Season {
    from: String,
    until: String,
}

/// Makes the calendars from `(file name, text)` pairs. At least one national year and the national hours are required, and no year may be
/// missing between the first and the last.
pub fn parse(files: &[(&str, &str)]) -> Result<Calendars, CalendarError> {
    let mut days = Vec::new();
    let mut hours = Vec::new();
    let mut years = Vec::new();
    for (name, text) in files {
        let reader = Reader { file: name };
        let file: File = serde_saphyr::from_str(text).map_err(|error| reader.malformed(&error))?;
        let region = reader.region(&file)?;
        days.extend(reader.holidays(&file, region)?);
        hours.extend(reader.hours(&file, region)?);
        if let Some(year) = file.year.as_ref().filter(|_| region == RegionCode::NATION) {
            years.push((year.value, *name, year.referenced.line()));
        }
    }
    let default_hours = hours
        .iter()
        .rev()
        .find(|rule| {
            rule.region == RegionCode::NATION && rule.since.is_none() && rule.until.is_none() && rule.season.is_none()
        })
        .map(|rule| rule.hours.clone())
        .ok_or_else(|| whole("no file gives hours of region 000000 that are not bound to dates"))?;
    Ok(Calendars::build(&Facts { days, hours, default_hours, years: consecutive(years)? }))
}

fn whole(message: &str) -> CalendarError {
    CalendarError { file: "calendars".to_owned(), line: 0, message: message.to_owned() }
}

fn consecutive(mut years: Vec<(i32, &str, u64)>) -> Result<(i32, i32), CalendarError> {
    years.sort_unstable();
    for pair in years.windows(2) {
        let ((earlier, ..), (later, file, line)) = (pair[0], pair[1]);
        if later != earlier + 1 {
            let message = format!("the year {later} follows {earlier}; each year is given once, without gaps");
            return Err(CalendarError { file: file.to_owned(), line, message });
        }
    }
    match (years.first(), years.last()) {
        (Some(first), Some(last)) => Ok((first.0, last.0)),
        _ => Err(whole("no file gives the holidays of a year of region 000000")),
    }
}

/// Checks one file.
struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn error(&self, line: u64, message: impl Into<String>) -> CalendarError {
        CalendarError { file: self.file.to_owned(), line, message: message.into() }
    }

    fn malformed(&self, error: &serde_saphyr::Error) -> CalendarError {
        let line = error.location().map_or(0, |location| location.line());
        self.error(line, error.without_snippet().to_string())
    }

    fn region(&self, file: &File) -> Result<RegionCode, CalendarError> {
        let line = file.region.referenced.line();
        RegionCode::parse(&file.region.value).map_err(|error| self.error(line, error.to_string()))
    }

    fn holidays(&self, file: &File, region: RegionCode) -> Result<Vec<DayFact>, CalendarError> {
        if file.holidays.is_empty() {
            return Ok(Vec::new());
        }
        let line = file.region.referenced.line();
        let year = file.year.as_ref().ok_or_else(|| self.error(line, "holidays need the `year` they are of"))?.value;
        let notice =
            file.notice.as_ref().ok_or_else(|| self.error(line, "holidays need the `notice` they come from"))?;
        self.check_notice(notice)?;
        let mut facts: Vec<DayFact> = Vec::new();
        for holiday in &file.holidays {
            for (fact, line) in self.holiday(holiday, region, year)? {
                if facts.iter().any(|other| other.day == fact.day) {
                    return Err(self.error(line, format!("{} is given twice", date(fact.day))));
                }
                facts.push(fact);
            }
        }
        Ok(facts)
    }

    fn check_notice(&self, notice: &Notice) -> Result<(), CalendarError> {
        let fields = [
            ("title", &notice.title),
            ("number", &notice.number),
            ("issuer", &notice.issuer),
            ("source", &notice.source),
        ];
        match fields.into_iter().find(|(_, text)| text.value.trim().is_empty()) {
            Some((name, text)) => Err(self.error(text.referenced.line(), format!("the notice's {name} is empty"))),
            None => Ok(()),
        }
    }

    fn holiday(&self, holiday: &Holiday, region: RegionCode, year: i32) -> Result<Vec<(DayFact, u64)>, CalendarError> {
        let mut facts = Vec::new();
        if let Some(spanned) = &holiday.rest {
            let (rest, line) = (spanned.value, spanned.referenced.line());
            let (from, until) = (day_number(rest.from), day_number(rest.until));
            if until - from + 1 != rest.days {
                let found = until - from + 1;
                return Err(self.error(
                    line,
                    format!("from {} until {} are {found} days, not {}", rest.from, rest.until, rest.days),
                ));
            }
            self.check_year(rest.from, year, line)?;
            self.check_year(rest.until, year, line)?;
            facts.extend(
                (from..=until).map(|day| (DayFact { region, day, working: false, note: holiday.name.clone() }, line)),
            );
        }
        for spanned in &holiday.work {
            let (made_up, line) = (spanned.value, spanned.referenced.line());
            self.check_year(made_up, year, line)?;
            let day = day_number(made_up);
            if is_weekday(day) && region == RegionCode::NATION {
                return Err(self.error(line, format!("{made_up} is no Saturday or Sunday: it is worked anyway")));
            }
            let note =
                Text::new(format!("{}调休上班", holiday.name.zh), format!("make-up workday for {}", holiday.name.en));
            facts.push((DayFact { region, day, working: true, note }, line));
        }
        Ok(facts)
    }

    /// A notice speaks of its year and the weeks just around it.
    fn check_year(&self, date: NaiveDate, year: i32, line: u64) -> Result<(), CalendarError> {
        let neighbour =
            (date.year() == year - 1 && date.month() == 12) || (date.year() == year + 1 && date.month() == 1);
        if date.year() == year || neighbour {
            return Ok(());
        }
        Err(self.error(line, format!("{date} is not in the year {year}")))
    }

    fn hours(&self, file: &File, region: RegionCode) -> Result<Vec<HoursRule>, CalendarError> {
        file.hours.iter().map(|spanned| self.hours_rule(&spanned.value, spanned.referenced.line(), region)).collect()
    }

    fn hours_rule(&self, rule: &Hours, line: u64, region: RegionCode) -> Result<HoursRule, CalendarError> {
        if rule.source.trim().is_empty() {
            return Err(self.error(line, "the source of these hours is empty"));
        }
        let hours = DayHours::parse(&rule.spans).map_err(|error| self.error(line, error.to_string()))?;
        if rule.since.zip(rule.until).is_some_and(|(since, until)| until < since) {
            return Err(self.error(line, "`until` is before `since`"));
        }
        let season = rule.season.as_ref().map(|season| self.season(season, line)).transpose()?;
        Ok(HoursRule { region, since: rule.since, until: rule.until, season, hours })
    }

    fn season(&self, season: &Season, line: u64) -> Result<(MonthDay, MonthDay), CalendarError> {
        let read = |text: &str| {
            month_day(text)
                .ok_or_else(|| self.error(line, format!("`{text}` is no day of a year; write it as \"06-01\"")))
        };
        Ok((read(&season.from)?, read(&season.until)?))
    }
}

/// Any day that some year has.
fn month_day(text: &str) -> Option<MonthDay> {
    let (month, day) = text.split_once('-')?;
    let date = NaiveDate::from_ymd_opt(2024, month.parse().ok()?, day.parse().ok()?)?;

    Some((date.month(), date.day()))
}
