//! The findings in sentences, Chinese and English: where, what, and how to mend it.

use super::report::{Feature, Problem, Reason, Warning};
use crate::crs::LonLat;

impl Problem {
    /// The problem in Chinese.
    pub fn zh(&self) -> String {
        let place = self.position.map(|p| format!("{}附近", numbers(p)));
        let at = [self.feature.as_ref().map(feature_zh), place].into_iter().flatten().collect::<Vec<_>>().join("，");
        if at.is_empty() { self.reason.zh() } else { format!("{at}：{}", self.reason.zh()) }
    }

    /// The problem in English.
    pub fn en(&self) -> String {
        let place = self.position.map(|p| format!("near {}", numbers(p)));
        let at = [self.feature.as_ref().map(feature_en), place].into_iter().flatten().collect::<Vec<_>>().join(", ");
        if at.is_empty() { self.reason.en() } else { format!("{at}: {}", self.reason.en()) }
    }
}

fn numbers(p: LonLat) -> String {
    format!("{:.6},{:.6}", p.lon, p.lat)
}

fn feature_zh(feature: &Feature) -> String {
    match &feature.code {
        Some(code) => format!("第 {} 个要素（网格 {code}）", feature.index + 1),
        None => format!("第 {} 个要素（无编码）", feature.index + 1),
    }
}

fn feature_en(feature: &Feature) -> String {
    match &feature.code {
        Some(code) => format!("Feature {} (grid {code})", feature.index + 1),
        None => format!("Feature {} (no code)", feature.index + 1),
    }
}

/// Square metres, with decimals only where they matter.
fn area(m2: f64) -> String {
    if m2 < 10.0 { format!("{m2:.1}") } else { format!("{m2:.0}") }
}

impl Reason {
    /// The reason in Chinese, without the place.
    pub fn zh(&self) -> String {
        match self {
            Reason::NotJson { line, column } => {
                format!("文件不是有效的 JSON，第 {line} 行第 {column} 列起无法读取。请重新导出为 GeoJSON。")
            }
            Reason::NotFeatureCollection => {
                "文件不是 GeoJSON 要素集（FeatureCollection）。请把网格图层整体导出为 GeoJSON。".into()
            }
            Reason::NoFeatures => "文件中没有要素。请确认导出时选中了网格图层。".into(),
            Reason::NotFeature => "不是 GeoJSON 要素（Feature）。请重新导出。".into(),
            Reason::WrongGeometry { found } => {
                format!("几何类型是 {found}，网格必须是 Polygon 或 MultiPolygon。请删除该要素或改为面。")
            }
            Reason::BadCoordinates => "坐标不是 [经度, 纬度] 数字列表。请重新导出。".into(),
            Reason::TooFewPoints { part, ring, points } => {
                let (part, ring) = (part + 1, ring + 1);
                format!("第 {part} 部分第 {ring} 个环只有 {points} 个点，至少需要 4 个（首尾相同）。请补画或删除。")
            }
            Reason::NotClosed { part, ring } => {
                format!("第 {} 部分第 {} 个环没有闭合。请让最后一点与第一点相同。", part + 1, ring + 1)
            }
            Reason::SwappedAxes => "经纬度写反了。GeoJSON 要求先经度后纬度，请交换后重新导出。".into(),
            Reason::NotDegrees => {
                "坐标不是经纬度（度），像是以米为单位的投影坐标。请导出为 CGCS2000 或 WGS-84 经纬度。".into()
            }
            Reason::OutOfRange => "坐标不在中国范围内。请检查坐标系和数值。".into(),
            Reason::SelfIntersection => "边界自相交或自相接。请在制图软件中修复该面（如“修复几何”）。".into(),
            Reason::HoleOutside => "内环（洞）超出了外环。请修改内环。".into(),
            Reason::PartsOverlap => "同一网格的两个部分互相重叠。请合并为一个面。".into(),
            Reason::MissingCode => "缺少属性 code。请填写 15 位网格编码（村级 12 位 + 顺序号 3 位）。".into(),
            Reason::MalformedCode => {
                "网格编码必须是 15 位数字（村级 12 位 + 顺序号 3 位）。请改正；若由表格软件转存，请按文本保存。".into()
            }
            Reason::MissingName => "缺少属性 name。请填写网格名称。".into(),
            Reason::UnknownVillage { village } => {
                format!("村（社区）{village} 不在区划中。请改正编码，或先导入该村（社区）。")
            }
            Reason::DuplicateCode { first } => format!("编码与{}重复。请给其中一个新的编码。", feature_zh(first)),
            Reason::CodeTaken => "编码已被本次不替换的网格使用。请换一个顺序号。".into(),
            Reason::Overlap { other, area_m2, tolerance_m2 } => format!(
                "与{}重叠 {} 平方米（允许 {}）。请把公共边界捕捉到一起后重新导出。",
                feature_zh(other),
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::Gap { area_m2, tolerance_m2 } => format!(
                "网格之间有 {} 平方米的空隙（允许 {}）。请把它划入相邻网格。",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::VillageGap { village, area_m2, tolerance_m2 } => format!(
                "村（社区）{village} 内有 {} 平方米没有网格（允许 {}）。请把它划入该村的网格。",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::BeyondVillage { village, area_m2, tolerance_m2 } => format!(
                "有 {} 平方米超出村（社区）{village} 的范围（允许 {}）。请按村界裁剪。",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::CountyGap { area_m2, tolerance_m2 } => format!(
                "县域内有 {} 平方米没有网格（允许 {}）。请把它划入相邻网格。",
                area(*area_m2),
                area(*tolerance_m2)
            ),
        }
    }

    /// The reason in English, without the place.
    pub fn en(&self) -> String {
        match self {
            Reason::NotJson { line, column } => {
                format!("the file is not JSON from line {line}, column {column} on. Export it again as GeoJSON.")
            }
            Reason::NotFeatureCollection => {
                "the file is not a GeoJSON FeatureCollection. Export the whole layer of grids as GeoJSON.".into()
            }
            Reason::NoFeatures => "the file has no features. Check that the layer of grids was chosen for export.".into(),
            Reason::NotFeature => "this entry is not a GeoJSON Feature. Export the layer again.".into(),
            Reason::WrongGeometry { found } => {
                format!("the geometry is {found}, a grid must be a Polygon or MultiPolygon. Remove it or draw an area.")
            }
            Reason::BadCoordinates => "coordinates are not lists of [longitude, latitude]. Export the layer again.".into(),
            Reason::TooFewPoints { part, ring, points } => {
                let (part, ring) = (part + 1, ring + 1);
                format!("ring {ring} of part {part} has {points} points, it needs four or more (first = last). Redraw or remove it.")
            }
            Reason::NotClosed { part, ring } => {
                format!("ring {} of part {} is open. Make its last point equal to the first.", ring + 1, part + 1)
            }
            Reason::SwappedAxes => "latitude and longitude are swapped. GeoJSON wants the longitude first: swap and export again.".into(),
            Reason::NotDegrees => {
                "coordinates are not degrees but look like projected metres. Export as CGCS2000 or WGS-84 degrees.".into()
            }
            Reason::OutOfRange => "coordinates are not in China. Check the coordinate system and the numbers.".into(),
            Reason::SelfIntersection => "the border crosses or touches itself. Repair the area (“fix geometries”).".into(),
            Reason::HoleOutside => "a hole reaches outside its polygon. Redraw the hole.".into(),
            Reason::PartsOverlap => "two parts of the grid overlap. Merge them.".into(),
            Reason::MissingCode => "the property code is missing. Fill in 15 digits: village code (12) and serial (3).".into(),
            Reason::MalformedCode => {
                "the code is not 15 digits: village code (12) and serial (3). Correct it; spreadsheets must keep it as text.".into()
            }
            Reason::MissingName => "the property name is missing. Fill in the grid's name.".into(),
            Reason::UnknownVillage { village } => {
                format!("the village {village} is unknown. Correct the code, or import the village first.")
            }
            Reason::DuplicateCode { first } => {
                format!("the code is the same as that of {}. Give one of them a new code.", feature_en(first))
            }
            Reason::CodeTaken => "the code belongs to a grid that this file does not replace. Choose another serial.".into(),
            Reason::Overlap { other, area_m2, tolerance_m2 } => format!(
                "overlaps {} by {} m² (allowed: {}). Snap the shared border together and export again.",
                feature_en(other),
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::Gap { area_m2, tolerance_m2 } => format!(
                "there is a gap of {} m² between grids (allowed: {}). Add it to a neighbouring grid.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::VillageGap { village, area_m2, tolerance_m2 } => format!(
                "{} m² of the village {village} have no grid (allowed: {}). Add them to one of its grids.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::BeyondVillage { village, area_m2, tolerance_m2 } => format!(
                "{} m² lie outside the village {village} (allowed: {}). Clip the grid at the village's border.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::CountyGap { area_m2, tolerance_m2 } => format!(
                "{} m² of the county have no grid (allowed: {}). Add them to a neighbouring grid.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
        }
    }
}

impl Warning {
    /// The warning in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Warning::CrsFitsBetter { declared, better, metres } => format!(
                "声明的坐标系是 {declared}，但按 {better} 读取与县界吻合得多（相差约 {metres:.0} 米）。请核实；若确为 {better}，请以该坐标系重新导入。"
            ),
            Warning::FileNamesOtherCrs { named, declared } => {
                format!("文件内注明的坐标系是 {named}，与声明的 {declared} 不同，已按 {declared} 读取。请核实。")
            }
            Warning::OutsideOutline { feature } => format!("{}完全在县界之外。请核实位置。", feature_zh(feature)),
        }
    }

    /// The warning in English.
    pub fn en(&self) -> String {
        match self {
            Warning::CrsFitsBetter { declared, better, metres } => format!(
                "The coordinates are declared as {declared}, but read as {better} they fit the county's outline much better (about {metres:.0} m apart). Please verify; if they are {better}, import the file again with that system."
            ),
            Warning::FileNamesOtherCrs { named, declared } => {
                format!(
                    "The file names the coordinate system {named}; it was read as declared, {declared}. Please verify."
                )
            }
            Warning::OutsideOutline { feature } => {
                format!("{} lies wholly outside the county's outline. Please verify its place.", feature_en(feature))
            }
        }
    }
}
