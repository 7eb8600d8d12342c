//! Codes against published examples and their own laws.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::Value;
use yizhi_domain::codes::{
    CitizenId, ClassCode, ClassKind, CodeError, ComponentCode, CreditCode, EstateCode, GridCode, Mobile, OrgCode,
    RegionCode, mask, pinyin_full, pinyin_initials,
};
use yizhi_domain::region::Level;

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/identity_vectors.json")).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().or_else(|| text[1].as_str()).unwrap()).collect()
}

#[test]
fn identity_numbers_are_those_of_the_standard() {
    let all = vectors();
    let vectors = &all["gb11643"];
    for text in texts(&vectors["valid"]).into_iter().chain(texts(&vectors["synthetic_unassigned_area"])) {
        assert_eq!(CitizenId::parse(text).unwrap().as_str(), text);
    }
    for text in texts(&vectors["invalid"]) {
        assert_eq!(CitizenId::parse(text).unwrap_err(), CodeError::Check { what: "identity number" }, "{text}");
    }
    let id = CitizenId::parse(" 11010519491231002x ").unwrap();
    assert_eq!((id.area(), id.birth_date().to_string().as_str(), id.is_male()), ("110105", "1949-12-31", false));
    assert_eq!(format!("{id:?}"), "CitizenId(110105********002X)");
}

#[test]
fn wrong_identity_numbers_say_what_is_wrong() {
    let cases = [
        ("", "18 characters"),
        ("11010519491231002", "this has 17"),
        ("1101051949123100２X", "`２` as character 17"),
        ("X10105194912310021", "`X` as character 1"),
        ("990105194912310021", "no province"),
        ("110105194913310021", "no date"),
        ("110105194902300021", "no date"),
    ];
    for (text, message) in cases {
        let error = CitizenId::parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn credit_codes_are_those_of_the_standard() {
    let all = vectors();
    let vectors = &all["gb32100"];
    for text in texts(&vectors["valid"]).into_iter().chain(texts(&vectors["synthetic"])) {
        let code = CreditCode::parse(&text.to_lowercase()).unwrap();
        assert_eq!(code.to_string(), text);
    }
    let code = CreditCode::parse("91110000600037341L").unwrap();
    assert_eq!((code.area(), code.organisation().unwrap().as_str()), ("110000", "600037341"));
    for (text, message) in [
        ("91110000600037341A", "slip of the pen"),
        ("9111000060003734IL", "`I` as character 17"),
        ("911100006000373", "this has 15"),
        ("91A10000600037341L", "`A` as character 3"),
    ] {
        let error = CreditCode::parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
    assert!(OrgCode::parse("600037342").is_err());
}

#[test]
fn regions_have_levels_and_parents() {
    let cases = [
        ("35", "350000000000", Some(Level::Province), Some("000000000000"), "35"),
        ("3503", "350300000000", Some(Level::City), Some("350000000000"), "3503"),
        ("350302", "350302000000", Some(Level::County), Some("350300000000"), "350302"),
        ("350302001", "350302001000", Some(Level::Township), Some("350302000000"), "350302001"),
        ("350302001201", "350302001201", Some(Level::Village), Some("350302001000"), "350302001201"),
        ("350302000000", "350302000000", Some(Level::County), Some("350300000000"), "350302"),
        ("441900003", "441900003000", Some(Level::Township), Some("441900000000"), "441900003"),
        ("429004", "429004000000", Some(Level::County), Some("429000000000"), "429004"),
        ("000000", "000000000000", None, None, ""),
    ];
    for (text, full, level, parent, prefix) in cases {
        let code = RegionCode::parse(text).unwrap();
        assert_eq!((code.to_string().as_str(), code.level(), code.prefix().as_str()), (full, level, prefix), "{text}");
        assert_eq!(code.parent().map(|p| p.to_string()).as_deref(), parent, "{text}");
    }
    for text in ["", "3", "350", "35030", "35 0302", "990000", "350302000201", "３５"] {
        assert!(RegionCode::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_region_contains_what_lies_below_it() {
    let code = |text| RegionCode::parse(text).unwrap();
    for (wide, narrow, expected) in [
        ("35", "350302", true),
        ("350302", "350302", true),
        ("350302", "350302001201", true),
        ("350302", "35030", false),
        ("350302", "3503", false),
        ("350302", "350303001201", false),
        ("350302001", "350302010001", false),
        ("000000", "820000", true),
        ("4419", "441900003", true),
    ] {
        let contained = RegionCode::parse(narrow).is_ok_and(|narrow| code(wide).contains(narrow));
        assert_eq!(contained, expected, "{wide} {narrow}");
    }
    assert_eq!(code("350302001201").at(Level::County), Some(code("350302")));
    assert_eq!(code("350302").at(Level::Village), None);
    assert_eq!(code("350302").at(Level::Grid), None);
    assert_eq!(code("350302001201").county_digits(), "350302");
}

#[test]
fn grids_components_and_classes() {
    let grid = GridCode::parse("350302001201007").unwrap();
    assert_eq!(grid.village().to_string(), "350302001201");
    assert_eq!(GridCode::new(grid.village(), 7), Some(grid.clone()));
    assert_eq!(GridCode::new(grid.village(), 1000), None);
    assert_eq!(GridCode::new(RegionCode::parse("350302").unwrap(), 1), None);
    assert!(GridCode::parse("350302001000001").is_err() && GridCode::parse("35030200120100").is_err());
    assert_eq!(serde_json::to_string(&grid).unwrap(), "\"350302001201007\"");

    let component = ComponentCode::parse("3205080101000001").unwrap();
    assert_eq!(
        (component.class().to_string().as_str(), component.county().to_string().as_str()),
        ("component-0101", "320508000000")
    );
    assert!(ComponentCode::parse("320508010100000").is_err());

    let class = ClassCode::parse("event-0110").unwrap();
    assert_eq!(
        (class.kind(), class.big(), class.small(), class.to_string().as_str()),
        (ClassKind::Event, 1, 10, "event-0110")
    );
    for text in ["event-110", "event-01100", "thing-0110", "event0110", "event-01a0", ""] {
        assert!(ClassCode::parse(text).is_err(), "{text}");
    }

    assert!(EstateCode::parse("350302001002GB00001F00010001").is_ok());
    for text in [
        "350302001002GB00001F0001000",
        "350302001002KB00001F00010001",
        "350302001002GI00001F00010001",
        "350302001002GB00001X00010001",
    ] {
        assert!(EstateCode::parse(text).is_err(), "{text}");
    }
}

#[test]
fn masks_show_no_more_than_they_should() {
    assert_eq!(mask::name("张三"), "张*");
    assert_eq!(mask::name("欧阳小明"), "欧***");
    assert_eq!((mask::name("张"), mask::name("")), ("*".to_owned(), String::new()));
    assert_eq!(mask::citizen_id("350181199001011234"), "350181********1234");
    assert_eq!(mask::mobile("13800001234"), "138****1234");
    assert_eq!((mask::mobile("110"), mask::citizen_id("3501811234")), ("***".to_owned(), "**********".to_owned()));
    assert_eq!(format!("{:?}", Mobile::parse("13800001234").unwrap()), "Mobile(138****1234)");
    for text in ["12800001234", "1380000123", "138000012345", "1380000123a", "23800001234"] {
        assert!(Mobile::parse(text).is_err(), "{text}");
    }
}

#[test]
fn pinyin_is_that_of_place_names() {
    let cases = [
        ("厦门市", "xiamenshi", "xms"),
        ("城厢区", "chengxiangqu", "cxq"),
        ("莆田", "putian", "pt"),
        ("重庆", "chongqing", "cq"),
        ("长乐", "changle", "cl"),
        ("网格长", "wanggezhang", "wgz"),
        ("佛山市禅城区", "foshanshichanchengqu", "fssccq"),
        ("深圳", "shenzhen", "sz"),
        ("埭头", "daitou", "dt"),
        ("浔江", "xunjiang", "xj"),
        ("湖涌村", "huchongcun", "hcc"),
        ("曾厝垵", "zengcuoan", "zca"),
        ("新圩镇", "xinxuzhen", "xxz"),
        ("东峤镇", "dongqiaozhen", "dqz"),
        ("一都镇", "yiduzhen", "ydz"),
        ("绿岛社区", "lvdaoshequ", "ldsq"),
        ("停车泊位", "tingchebowei", "tcbw"),
        ("中国银行大厦", "zhongguoyinhangdasha", "zgyhds"),
        ("E宁波 2号", "eningbo2hao", "enb2h"),
        ("、。", "", ""),
    ];
    for (name, full, initials) in cases {
        assert_eq!((pinyin_full(name).as_str(), pinyin_initials(name).as_str()), (full, initials), "{name}");
    }
}

proptest! {
    /// The check character catches every single wrong digit and every swap of two neighbours.
    #[test]
    fn a_slip_of_the_pen_is_caught(serial in 0..1000_u32, index in 0..17_usize, digit in 0..10_u8) {
        let body = format!("35019919880808{serial:03}");
        let valid = "0123456789X".chars().find_map(|check| CitizenId::parse(&format!("{body}{check}")).ok()).unwrap();
        let mut slipped = valid.as_str().as_bytes().to_vec();
        slipped[index] = b'0' + digit;
        let slipped = String::from_utf8(slipped).unwrap();
        prop_assert_eq!(CitizenId::parse(&slipped).is_ok(), slipped == valid.as_str());
        let mut swapped = valid.as_str().as_bytes().to_vec();
        swapped.swap(index, index + 1);
        let swapped = String::from_utf8(swapped).unwrap();
        prop_assert_eq!(CitizenId::parse(&swapped).is_ok(), swapped == valid.as_str());
    }

    #[test]
    fn parsing_never_panics(text in "\\PC{0,30}") {
        let _ = (CitizenId::parse(&text), CreditCode::parse(&text), RegionCode::parse(&text), GridCode::parse(&text));
        let _ = (ComponentCode::parse(&text), ClassCode::parse(&text), EstateCode::parse(&text), Mobile::parse(&text), OrgCode::parse(&text));
        let _ = (mask::name(&text), mask::mobile(&text), pinyin_full(&text), pinyin_initials(&text));
    }
}
