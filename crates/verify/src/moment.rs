//! Seconds since 1970 as a date and a time of day in China, which has had one offset from UTC, eight hours, since 1992.

const DAY: i64 = 86_400;
const CHINA: i64 = 8 * 3_600;
/// The last second that is written with four digits for the year.
const LAST: u64 = 253_402_271_999;

/// For instance `2026-11-20 17:30:00`; a number that is no date we write stays a number.
pub(crate) fn in_china(time: u64) -> String {
    let Some(local) = i64::try_from(time).ok().filter(|_| time <= LAST).map(|time| time + CHINA) else {
        return time.to_string();
    };
    let (year, month, day) = date(local.div_euclid(DAY));
    let second = local.rem_euclid(DAY);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// Year, month and day in the Gregorian calendar of a number of days since 1970-01-01. Years are counted from March, so that the leap day is
/// the last of its year.
fn date(days: i64) -> (i64, i64, i64) {
    let since_march_of_year_0 = days + 719_468;
    let (era, day_of_era) = (since_march_of_year_0.div_euclid(146_097), since_march_of_year_0.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::in_china;

    #[test]
    fn known_moments() {
        let cases = [
            (0, "1970-01-01 08:00:00"),
            (951_753_599, "2000-02-28 23:59:59"),
            (951_840_000, "2000-03-01 00:00:00"),
            (1_709_136_000, "2024-02-29 00:00:00"),
            (1_795_000_000, "2026-11-18 19:06:40"),
            (4_107_513_600, "2100-03-01 00:00:00"),
            (253_402_271_999, "9999-12-31 23:59:59"),
            (u64::MAX, "18446744073709551615"),
        ];
        for (time, text) in cases {
            assert_eq!(in_china(time), text);
        }
    }
}
