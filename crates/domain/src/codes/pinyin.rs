//! Pinyin for finding places and matters by keyboard: whole syllables and initials, right for the names of places.

use pinyin::ToPinyin;

/// Readings that the character alone does not tell, longer phrases first where they start alike. A reading is one syllable for each character.
const PHRASES: &[(&str, &str)] = &[
    ("重庆", "chong qing"),
    ("长官", "zhang guan"),
    ("村长", "cun zhang"),
    ("镇长", "zhen zhang"),
    ("乡长", "xiang zhang"),
    ("县长", "xian zhang"),
    ("市长", "shi zhang"),
    ("组长", "zu zhang"),
    ("队长", "dui zhang"),
    ("校长", "xiao zhang"),
    ("家长", "jia zhang"),
    ("网格长", "wang ge zhang"),
    ("河长", "he zhang"),
    ("林长", "lin zhang"),
    ("成长", "cheng zhang"),
    ("增长", "zeng zhang"),
    ("大厦", "da sha"),
    ("广厦", "guang sha"),
    ("银行", "yin hang"),
    ("行业", "hang ye"),
    ("音乐", "yin yue"),
    ("乐清", "yue qing"),
    ("番禺", "pan yu"),
    ("蚌埠", "beng bu"),
    ("六安", "lu an"),
    ("新圩", "xin xu"),
    ("大埔", "da bu"),
    ("黄陂", "huang pi"),
    ("洪洞", "hong tong"),
    ("莘县", "shen xian"),
    ("会计", "kuai ji"),
    ("曾经", "ceng jing"),
    ("涌泉", "yong quan"),
    ("涌现", "yong xian"),
    ("管涌", "guan yong"),
    ("仿佛", "fang fu"),
    ("着火", "zhao huo"),
    ("重复", "chong fu"),
    ("重建", "chong jian"),
    ("调查", "diao cha"),
    ("单县", "shan xian"),
    ("阿房", "e pang"),
];

/// Characters whose common reading in names differs from the dictionary's first.
const CHARACTERS: &[(char, &str)] = &[
    ('厦', "xia"),
    ('长', "chang"),
    ('都', "du"),
    ('曾', "zeng"),
    ('佛', "fo"),
    ('峤', "qiao"),
    ('珩', "heng"),
    ('翟', "zhai"),
    ('莘', "xin"),
    ('泊', "bo"),
    ('涌', "chong"),
];

/// `chengxiang` for 城厢: syllables without tones or spaces, ü as v; Latin letters and digits as they are, in lower case; all else left out.
pub fn pinyin_full(name: &str) -> String {
    let mut out = String::new();
    syllables(name, |syllable| out.push_str(syllable));
    out.replace('ü', "v")
}

/// `cx` for 城厢: the first letter of each syllable.
pub fn pinyin_initials(name: &str) -> String {
    let mut out = String::new();
    syllables(name, |syllable| out.extend(syllable.chars().take(1)));
    out
}

fn syllables(name: &str, mut say: impl FnMut(&str)) {
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if let Some((phrase, reading)) = PHRASES.iter().find(|(phrase, _)| rest.starts_with(phrase)) {
            reading.split(' ').for_each(&mut say);
            rest = &rest[phrase.len()..];
            continue;
        }
        if first.is_ascii_alphanumeric() {
            say(first.to_ascii_lowercase().encode_utf8(&mut [0; 4]));
        } else if let Some((_, reading)) = CHARACTERS.iter().find(|(character, _)| *character == first) {
            say(reading);
        } else if let Some(reading) = first.to_pinyin() {
            say(reading.plain());
        }
        rest = &rest[first.len_utf8()..];
    }
}
