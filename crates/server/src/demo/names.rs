//! Names for the people of a demo. Made up from common characters; that somebody bears one is chance.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const FAMILY: &str = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾邱赖周叶苏庄江吕何罗高潘简朱锺彭游翁戴范宋方邓魏";
const FIRST: &str = "志建国文美丽晓春秋明雅思子宇嘉俊佳雨静海永德玉金秀桂瑞振家宏伟淑惠慧敏景承启若书亦";
const SECOND: &str = "明华强芳英伟玲军平霞波娟超敏辉兰健萍勇莉斌婷杰颖涛琳鹏洁峰云凯燕龙珍宁怡晨蕾松";

/// Share of names with one given character.
const SHORT: f64 = 0.12;

/// A stream of names, the same for the same seed.
pub(super) struct Names(StdRng);

impl Names {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub(super) fn next(&mut self) -> String {
        name(&mut self.0)
    }
}

/// A made-up name.
pub(super) fn name(rng: &mut StdRng) -> String {
    let mut name = String::new();
    name.push(one_of(FAMILY, rng));
    if !rng.random_bool(SHORT) {
        name.push(one_of(FIRST, rng));
    }
    name.push(one_of(SECOND, rng));
    name
}

/// A phone number nobody has: the block 1990000 with four digits.
pub(super) fn phone(serial: u32) -> String {
    format!("1990000{:04}", serial % 10_000)
}

fn one_of(characters: &str, rng: &mut StdRng) -> char {
    let all: Vec<char> = characters.chars().collect();
    all.choose(rng).copied().unwrap_or('陈')
}
