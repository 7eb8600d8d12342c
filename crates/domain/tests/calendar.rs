//! Published facts and the counting rules, as tables.

#![expect(clippy::unwrap_used, reason = "tests")]

use chrono::{DateTime, NaiveDate, Utc};
use yizhi_domain::calendar::{Calendars, Counting, Limit, LimitError, LimitUnit, Pause, parse};

const FILES: [(&str, &str); 4] = [
    ("cn-2024.yaml", include_str!("../../../catalog/calendars/cn-2024.yaml")),
    ("cn-2025.yaml", include_str!("../../../catalog/calendars/cn-2025.yaml")),
    ("cn-2026.yaml", include_str!("../../../catalog/calendars/cn-2026.yaml")),
    ("hours.yaml", include_str!("../../../catalog/calendars/hours.yaml")),
];

fn shipped() -> Calendars {
    parse(&FILES).unwrap()
}

/// `2025-01-24 17:00` in China.
fn at(text: &str) -> DateTime<Utc> {
    let seconds = if text.len() == 16 { format!("{text}:00+08:00") } else { format!("{text}+08:00") };
    DateTime::parse_from_rfc3339(&seconds.replace(' ', "T")).unwrap().to_utc()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn limit(text: &str, counting: Counting) -> Limit {
    Limit::parse(text, counting).unwrap()
}

#[test]
fn days_are_as_published() {
    let book = shipped();
    let days = [
        ("2024-01-01", false, "元旦"),
        ("2024-02-04", true, "春节调休上班"),
        ("2024-02-09", true, ""),
        ("2024-02-17", false, "春节"),
        ("2024-05-11", true, "劳动节调休上班"),
        ("2024-09-14", true, "中秋节调休上班"),
        ("2025-01-01", false, "元旦"),
        ("2025-01-02", true, ""),
        ("2025-01-26", true, "春节调休上班"),
        ("2025-01-27", true, ""),
        ("2025-01-28", false, "春节"),
        ("2025-02-04", false, "春节"),
        ("2025-02-08", true, "春节调休上班"),
        ("2025-09-28", true, "国庆节、中秋节调休上班"),
        ("2025-09-30", true, ""),
        ("2025-10-01", false, "国庆节、中秋节"),
        ("2025-10-08", false, "国庆节、中秋节"),
        ("2025-10-09", true, ""),
        ("2025-10-11", true, "国庆节、中秋节调休上班"),
        ("2026-01-02", false, "元旦"),
        ("2026-01-04", true, "元旦调休上班"),
        ("2026-02-14", true, "春节调休上班"),
        ("2026-02-15", false, "春节"),
        ("2026-02-23", false, "春节"),
        ("2026-02-28", true, "春节调休上班"),
        ("2026-11-21", false, ""),
        ("2027-01-01", true, ""),
    ];
    for (text, working, note) in days {
        let day = book.national().days(date(text), date(text)).next().unwrap();
        assert_eq!((day.working, day.note.map(|n| n.zh).unwrap_or_default()), (working, note.to_owned()), "{text}");
        assert_eq!(day.published, !text.starts_with("2027"), "{text}");
    }
}

/// As counted by two independent packages, chinesecalendar 1.11.0 (PyPI) and chinese-days 1.5.7 (npm).
#[test]
fn years_have_their_number_of_working_days() {
    let book = shipped();
    for (year, working) in [(2024, 251), (2025, 248), (2026, 248)] {
        let days = book.national().days(date(&format!("{year}-01-01")), date(&format!("{year}-12-31")));
        assert_eq!(days.filter(|day| day.working).count(), working, "{year}");
    }
}

#[test]
fn limits_end_as_their_rules_say() {
    let book = shipped();
    let same = Counting::SameTime;
    let statutory = Counting::EndOfDay;
    let cases = [
        // Thursday to Tuesday over a weekend.
        ("2025-03-06 17:00", "3 工作日", same, "2025-03-11 17:00", false),
        // The make-up Sunday and Monday are worked, then the Spring Festival.
        ("2025-01-24 17:00", "3 工作日", same, "2025-02-05 17:00", false),
        ("2025-01-24 17:00", "3 工作日", statutory, "2025-02-05 23:59:59.999999", false),
        // National Day 2025: September 30 to October 9.
        ("2025-09-30 10:00", "1 工作日", same, "2025-10-09 10:00", false),
        // From a Saturday, at night, in the lunch break, at the stroke of closing.
        ("2025-03-08 10:00", "1 工作日", same, "2025-03-11 08:00", false),
        ("2025-03-06 21:00", "1 工作日", same, "2025-03-10 08:00", false),
        ("2025-03-06 12:30", "1 工作日", same, "2025-03-07 14:00", false),
        ("2025-03-06 18:00", "1 工作日", same, "2025-03-10 08:00", false),
        // The day of the event is not counted, worked or not.
        ("2025-03-08 10:00", "1 工作日", statutory, "2025-03-10 23:59:59.999999", false),
        ("2025-03-07 21:00", "1 工作日", statutory, "2025-03-10 23:59:59.999999", false),
        // Working hours.
        ("2025-03-06 08:00", "4 工作时", same, "2025-03-06 12:00", false),
        ("2025-03-06 08:00", "8 工作时", same, "2025-03-06 18:00", false),
        ("2025-03-06 11:00", "2 工作时", same, "2025-03-06 15:00", false),
        ("2025-03-07 17:00", "2 工作小时", same, "2025-03-10 09:00", false),
        ("2025-03-08 03:00", "2 工作时", same, "2025-03-10 10:00", false),
        ("2025-03-07 17:00", "2 工作时", statutory, "2025-03-10 23:59:59.999999", false),
        // The clock does not rest.
        ("2025-01-28 23:00", "2 小时", same, "2025-01-29 01:00", false),
        ("2025-01-28 23:00", "2 紧急工作时", same, "2025-01-29 01:00", false),
        ("2025-01-28 23:00", "2 小时", statutory, "2025-01-29 23:59:59.999999", false),
        ("2025-01-28 12:34:56.123456", "2 紧急工作日", same, "2025-01-30 12:34:56.123456", false),
        // Fifteen statutory days from September 20 end on October 5, a day off: the first working day after is the 9th.
        ("2025-09-20 10:00", "15 天", statutory, "2025-10-09 23:59:59.999999", false),
        ("2025-09-20 10:00", "15 天", same, "2025-10-05 10:00", false),
        // Days off in the middle count: from April 1, 2026 over Qingming.
        ("2026-04-01 10:00", "7 自然日", statutory, "2026-04-08 23:59:59.999999", false),
        // Past the last published year.
        ("2026-12-31 17:00", "1 工作日", same, "2027-01-01 17:00", true),
        ("2026-12-30 17:00", "1 工作日", same, "2026-12-31 17:00", false),
        ("2026-12-31 17:00", "2 工作时", same, "2027-01-01 09:00", true),
        ("2026-12-30 10:00", "3 天", statutory, "2027-01-04 23:59:59.999999", true),
        ("2026-12-30 10:00", "3 天", same, "2027-01-02 10:00", false),
        ("2026-12-31 23:00", "48 小时", same, "2027-01-02 23:00", false),
        ("2023-12-29 10:00", "1 工作日", same, "2024-01-02 10:00", true),
        ("2040-06-01 09:00", "10 工作日", same, "2040-06-15 09:00", true),
    ];
    for (from, text, counting, expected, provisional) in cases {
        let due = book.national().due(at(from), &limit(text, counting));
        assert_eq!((due.at, due.provisional), (at(expected), provisional), "{from} + {text} {counting:?}");
    }
}

#[test]
fn a_paused_clock_has_what_was_left() {
    let book = shipped();
    let calendar = book.national();
    let pause = |from: &str, until: &str| Pause { from: at(from), until: Some(at(until)) };
    let cases = [
        (
            "2025-03-06 17:00",
            "3 工作日",
            Counting::SameTime,
            vec![pause("2025-03-07 09:00", "2025-03-12 10:00")],
            "2025-03-17 08:00",
        ),
        (
            "2025-03-06 09:00",
            "4 工作时",
            Counting::SameTime,
            vec![pause("2025-03-06 10:00", "2025-03-07 16:00")],
            "2025-03-10 09:00",
        ),
        (
            "2025-03-06 09:00",
            "4 小时",
            Counting::SameTime,
            vec![pause("2025-03-06 10:00", "2025-03-07 16:00")],
            "2025-03-07 19:00",
        ),
        // Overlapping, empty and late pauses.
        (
            "2025-03-06 09:00",
            "4 小时",
            Counting::SameTime,
            vec![
                pause("2025-03-06 11:00", "2025-03-06 12:00"),
                pause("2025-03-06 10:00", "2025-03-06 11:30"),
                pause("2025-03-06 12:30", "2025-03-06 12:30"),
                pause("2025-03-09 10:00", "2025-03-09 11:00"),
            ],
            "2025-03-06 15:00",
        ),
        // Statutory: paused on day 1 with two days left, taken up on Wednesday.
        (
            "2025-03-07 10:00",
            "3 工作日",
            Counting::EndOfDay,
            vec![pause("2025-03-10 10:00", "2025-03-12 10:00")],
            "2025-03-14 23:59:59.999999",
        ),
        // Statutory: stopped on the last day, taken up on a Sunday.
        (
            "2025-03-07 10:00",
            "3 工作日",
            Counting::EndOfDay,
            vec![pause("2025-03-12 10:00", "2025-03-16 10:00")],
            "2025-03-17 23:59:59.999999",
        ),
        // Statutory: stopped on the day off to whose end the limit was put off.
        (
            "2025-03-01 10:00",
            "7 天",
            Counting::EndOfDay,
            vec![pause("2025-03-09 10:00", "2025-03-12 10:00")],
            "2025-03-12 23:59:59.999999",
        ),
    ];
    for (from, text, counting, pauses, expected) in cases {
        let due = calendar.due_with_pauses(at(from), &limit(text, counting), &pauses);
        assert_eq!(due.at, at(expected), "{from} + {text} {counting:?}, {pauses:?}");
    }
}

#[test]
fn what_is_left_stands_still_in_a_pause() {
    let book = shipped();
    let three = limit("3 工作日", Counting::SameTime);
    let from = at("2025-03-06 17:00");
    let pauses = [Pause { from: at("2025-03-07 09:00"), until: None }];
    let left = |now: &str| book.national().remaining(from, &three, &pauses, at(now)).value();
    let used = |now: &str| book.national().elapsed(from, &three, &pauses, at(now)).value();
    assert_eq!((left("2025-03-06 17:00"), used("2025-03-06 17:00")), (3.0, 0.0));
    assert_eq!((left("2025-03-07 08:00"), used("2025-03-07 08:00")), (2.875, 0.125));
    assert_eq!((left("2025-04-07 08:00"), used("2025-04-07 08:00")), (2.75, 0.25));
    assert_eq!(book.national().due_with_pauses(from, &three, &pauses).at, at("2025-03-11 17:00"));
}

#[test]
fn overdue_is_negative() {
    let book = shipped();
    let calendar = book.national();
    let cases = [
        ("2025-03-06 17:00", "3 工作日", Counting::SameTime, "2025-03-12 13:00", -0.625),
        ("2025-03-06 08:00", "4 工作时", Counting::SameTime, "2025-03-06 15:00", -1.0),
        ("2025-03-06 08:00", "4 工作时", Counting::SameTime, "2025-03-06 13:00", 0.0),
        ("2025-03-06 10:00", "3 工作日", Counting::EndOfDay, "2025-03-11 23:00", 0.0),
        ("2025-03-06 10:00", "3 工作日", Counting::EndOfDay, "2025-03-12 00:00", -1.0),
        ("2025-03-01 10:00", "7 天", Counting::EndOfDay, "2025-03-10 10:00", 0.0),
    ];
    for (from, text, counting, now, expected) in cases {
        let left = calendar.remaining(at(from), &limit(text, counting), &[], at(now));
        assert!((left.value() - expected).abs() < 1e-9, "{from} + {text} at {now}: {left:?}");
    }
}

#[test]
fn amber_comes_at_a_share_of_the_limit() {
    let book = shipped();
    let cases = [
        ("2025-03-03 10:00", "5 工作日", Counting::SameTime, "2025-03-07 10:00"),
        ("2025-03-06 08:00", "10 工作时", Counting::SameTime, "2025-03-06 18:00"),
        ("2025-03-06 08:00", "10 小时", Counting::SameTime, "2025-03-06 16:00"),
        ("2025-03-06 08:00", "1 工作日", Counting::EndOfDay, "2025-03-06 23:59:59.999999"),
        ("2025-03-06 08:00", "10 工作日", Counting::EndOfDay, "2025-03-18 23:59:59.999999"),
    ];
    for (from, text, counting, expected) in cases {
        let amber = book.national().at_fraction(at(from), &limit(text, counting), &[], 0.8);
        assert_eq!(amber, at(expected), "{from} + {text}");
    }
}

const SUMMER: &str = r#"
region: "35"
year: 2025
notice: {title: 测试, number: 测试〔2025〕1号, issuer: 测试, date: 2025-01-01, source: test}
holidays:
  - name: {zh: 地方节日, en: local holiday}
    rest: {from: 2025-03-10, until: 2025-03-10, days: 1}
hours:
  - spans: ["08:00-12:00", "14:30-17:30"]
    source: test
  - spans: ["08:00-12:00", "15:00-18:00"]
    season: {from: "06-01", until: "09-30"}
    source: test
"#;

#[test]
fn a_region_has_its_own_days_and_hours() {
    let files: Vec<_> = FILES.into_iter().chain([("350000.yaml", SUMMER)]).collect();
    let book = parse(&files).unwrap();
    let due = |region: &str, from: &str, text: &str| {
        book.of_region(region).due(at(from), &limit(text, Counting::SameTime)).at
    };
    assert_eq!(due("3302", "2025-03-07 17:00", "1 工作日"), at("2025-03-10 17:00"));
    assert_eq!(due("350302", "2025-03-07 17:00", "1 工作日"), at("2025-03-11 17:00"));
    assert_eq!(due("350302001001001", "2025-03-07 11:00", "2 工作时"), at("2025-03-07 15:30"));
    assert_eq!(due("350302", "2025-06-03 11:00", "2 工作时"), at("2025-06-03 16:00"));
    // The same time of day, moved into the summer's hours.
    assert_eq!(due("350302", "2025-05-30 14:40", "1 工作日"), at("2025-06-03 15:00"));
    assert_eq!(due("350302", "2025-09-30 17:50", "1 工作日"), at("2025-10-09 17:30"));
    // Summers of foreseen years are kept, though provisional.
    assert_eq!(due("350302", "2028-06-05 11:00", "2 工作时"), at("2028-06-05 16:00"));
}

#[test]
fn bad_files_are_refused_with_their_line() {
    let year = |tail: &str| {
        format!(
            "region: \"000000\"\nyear: 2027\nnotice: {{title: t, number: n, issuer: i, date: 2026-11-01, source: s}}\nholidays:\n  - name: {{zh: 元旦, en: New Year}}\n{tail}"
        )
    };
    let cases = [
        (year("    rest: {from: 2027-01-01, until: 2027-01-03, days: 2}\n"), 6, "are 3 days, not 2"),
        (year("    work: [2027-01-05]\n"), 6, "no Saturday or Sunday"),
        (year("    work: [2028-05-06]\n"), 6, "not in the year 2027"),
        (year("    rest: {from: 2027-01-01, until: 2027-01-02, days: 2}\n    work: [2027-01-02]\n"), 7, "given twice"),
        (year("    work: [someday]\n"), 6, ""),
        (year("    off: [2027-01-05]\n"), 6, "off"),
        ("region: \"99\"\n".to_owned(), 1, "no province"),
        (
            "region: \"35\"\nhours:\n  - spans: [\"12:00-08:00\"]\n    source: s\n".to_owned(),
            3,
            "ends before it starts",
        ),
        ("region: \"35\"\nhours:\n  - spans: [\"8-12\"]\n    source: s\n".to_owned(), 3, "not a span"),
        ("region: \"35\"\nyear: 2027\nholidays: [{name: {zh: a, en: a}}]\n".to_owned(), 1, "notice"),
    ];
    for (text, line, message) in cases {
        let files: Vec<_> = FILES.into_iter().chain([("new.yaml", text.as_str())]).collect();
        let error = parse(&files).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("new.yaml", line), "{error}\n{text}");
        assert!(error.message.contains(message), "{error}");
    }
    let gap = [FILES[0], FILES[2], FILES[3]];
    assert!(parse(&gap).unwrap_err().message.contains("without gaps"));
    assert!(parse(&FILES[..3]).unwrap_err().message.contains("hours"));
    assert!(parse(&FILES[3..]).unwrap_err().message.contains("holidays"));
}

#[test]
fn limits_are_read_as_people_write_them() {
    let cases = [
        ("3 工作日", 3, LimitUnit::WorkingDays),
        ("3个工作日", 3, LimitUnit::WorkingDays),
        ("３工作日", 3, LimitUnit::WorkingDays),
        ("2 紧急工作时", 2, LimitUnit::ClockHours),
        ("4小时", 4, LimitUnit::ClockHours),
        ("4 工作时", 4, LimitUnit::WorkingHours),
        ("4 工作小时", 4, LimitUnit::WorkingHours),
        ("2 紧急工作日", 2, LimitUnit::CalendarDays),
        ("15 天", 15, LimitUnit::CalendarDays),
        ("15 日", 15, LimitUnit::CalendarDays),
        ("15 自然日", 15, LimitUnit::CalendarDays),
        (" 3 working days ", 3, LimitUnit::WorkingDays),
        ("1 Working Day", 1, LimitUnit::WorkingDays),
        ("3 working_hours", 3, LimitUnit::WorkingHours),
        ("12 hours", 12, LimitUnit::ClockHours),
        ("30 calendar days", 30, LimitUnit::CalendarDays),
    ];
    for (text, value, unit) in cases {
        let limit = limit(text, Counting::SameTime);
        assert_eq!((limit.value, limit.unit, limit.source.as_str()), (value, unit, text.trim()), "{text}");
    }
    let refused = |text: &str| Limit::parse(text, Counting::SameTime).unwrap_err();
    assert_eq!(refused("工作日"), LimitError::NoNumber("工作日".to_owned()));
    assert_eq!(refused("0 天"), LimitError::Value("0".to_owned()));
    assert_eq!(refused("99999999999 天"), LimitError::Value("99999999999".to_owned()));
    assert_eq!(refused("3 周"), LimitError::Unit("周".to_owned()));
    assert_eq!(refused("3"), LimitError::Unit(String::new()));
    assert_eq!(refused("-3 天"), LimitError::NoNumber("-3 天".to_owned()));
}

#[test]
fn limits_travel_as_json() {
    let json = r#"{"value":3,"unit":"working_days","counting":"end_of_day","source":"3 工作日"}"#;
    let limit: Limit = serde_json::from_str(json).unwrap();
    assert_eq!(limit, self::limit("3 工作日", Counting::EndOfDay));
    assert_eq!(serde_json::to_string(&limit).unwrap(), json);
    assert!(serde_json::from_str::<Limit>(r#"{"value":0,"unit":"working_days"}"#).is_err());
}

#[test]
fn far_away_moments_have_answers() {
    let book = shipped();
    for from in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::UNIX_EPOCH] {
        for text in ["100000 工作日", "100000 工作时", "100000 天", "100000 小时"] {
            for counting in [Counting::SameTime, Counting::EndOfDay] {
                assert!(book.national().due(from, &limit(text, counting)).at >= from, "{from} {text}");
            }
        }
    }
}
