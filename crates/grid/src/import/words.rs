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

/// Digits of a grid's code; regions have fewer.
const GRID_DIGITS: usize = 15;

fn numbers(p: LonLat) -> String {
    format!("{:.6},{:.6}", p.lon, p.lat)
}

fn feature_zh(feature: &Feature) -> String {
    match &feature.code {
        Some(code) if code.len() == GRID_DIGITS => format!("第 {} 个要素（网格 {code}）", feature.index + 1),
        Some(code) => format!("第 {} 个要素（编码 {code}）", feature.index + 1),
        None => format!("第 {} 个要素（无编码）", feature.index + 1),
    }
}

fn feature_en(feature: &Feature) -> String {
    match &feature.code {
        Some(code) if code.len() == GRID_DIGITS => format!("Feature {} (grid {code})", feature.index + 1),
        Some(code) => format!("Feature {} (code {code})", feature.index + 1),
        None => format!("Feature {} (no code)", feature.index + 1),
    }
}

/// What lies beside a place, in brackets.
fn beside_zh(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("（相邻：{}）", near.join("、")) }
}

fn beside_en(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!(" (beside {})", near.join(", ")) }
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
            Reason::EmptyFile => "文件是空的。请把图层重新导出为 GeoJSON。".into(),
            Reason::NotFeatureCollection => {
                "文件不是 GeoJSON 要素集（FeatureCollection）。请把图层整体导出为 GeoJSON。".into()
            }
            Reason::NoFeatures => "文件中没有要素。请确认导出时选中了图层。".into(),
            Reason::NotFeature => "不是 GeoJSON 要素（Feature）。请重新导出。".into(),
            Reason::NoGeometry => "没有几何图形。请在制图软件里补画，或删除该要素，再重新导出。".into(),
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
            Reason::Tangled => {
                "界线来回曲折、与其他界线交叉的次数太多，无法比对。请检查是否画成了梳齿或锯齿，简化后再导入。".into()
            }
            Reason::PartsOverlap => "同一要素的两个部分互相重叠。请合并为一个面。".into(),
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
            Reason::FileTooLong { bytes, most } => {
                format!("文件有 {} MB，最多 {} MB。请按县拆成几个文件。", bytes.div_ceil(1 << 20), most >> 20)
            }
            Reason::TooManyFeatures { most } => format!("要素超过 {most} 个。请按县拆成几个文件。"),
            Reason::TooManyPoints { points, most } => {
                format!("边界有 {points} 个点，最多 {most} 个。请先简化边界（如“简化几何”）。")
            }
            Reason::OverlapStanding { code, name, same_village, area_m2, tolerance_m2 } => format!(
                "与原有网格 {name}（{code}）重叠 {} 平方米（允许 {}）。{}",
                area(*area_m2),
                area(*tolerance_m2),
                if *same_village {
                    "文件里没有这个网格，所以它会保留；如已撤销，请加 --retire-missing 再导入一次。"
                } else {
                    "请把公共边界捕捉到一起，或把那个村的网格也放进文件。"
                }
            ),
            Reason::Overlap { other, area_m2, tolerance_m2 } => format!(
                "与{}重叠 {} 平方米（允许 {}）。请把公共边界捕捉到一起后重新导出。",
                feature_zh(other),
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::Gap { near, area_m2, tolerance_m2 } => format!(
                "网格之间有 {} 平方米的空隙（允许 {}）{}。请把它划入相邻网格。",
                area(*area_m2),
                area(*tolerance_m2),
                beside_zh(near)
            ),
            Reason::OpenSliver { near, width_m, area_m2, tolerance_m2 } => format!(
                "网格之间有一条通到外面的空隙，平均宽 {width_m:.1} 米，{} 平方米（允许 {}）{}。请把公共边界捕捉到一起，或把它划入相邻网格。",
                area(*area_m2),
                area(*tolerance_m2),
                beside_zh(near)
            ),
            Reason::VillageGap { village, near, area_m2, tolerance_m2 } => format!(
                "村（社区）{village} 内有 {} 平方米没有网格（允许 {}）{}。请把它划入该村的网格。",
                area(*area_m2),
                area(*tolerance_m2),
                beside_zh(near)
            ),
            Reason::BeyondVillage { village, area_m2, tolerance_m2 } => format!(
                "有 {} 平方米超出村（社区）{village} 的范围（允许 {}）。请按村界裁剪。",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::CountyGap { near, area_m2, tolerance_m2 } => format!(
                "县域内有 {} 平方米没有网格（允许 {}）{}。请把它划入相邻网格。",
                area(*area_m2),
                area(*tolerance_m2),
                beside_zh(near)
            ),
            Reason::BeyondCounty { area_m2, tolerance_m2 } => {
                format!("有 {} 平方米超出县界（允许 {}）。请按县界裁剪。", area(*area_m2), area(*tolerance_m2))
            }
            Reason::NeitherAreaNorPoint { found } => {
                format!(
                    "几何类型是 {found}，应为 Polygon 或 MultiPolygon（界线），或 Point（中心点）。请改正或删除该要素。"
                )
            }
            Reason::MissingRegionCode { found } => {
                let instead =
                    found.as_ref().map(|name| format!("属性 {name} 看来就是代码，请把它改名为 code；若不是，"));
                format!("缺少属性 code。{}请填写区划代码（2、4、6、9 或 12 位数字）。", instead.unwrap_or_default())
            }
            Reason::MalformedRegionCode => {
                "区划代码应为 2、4、6、9 或 12 位数字。请改正；若由表格软件转存，请按文本保存。".into()
            }
            Reason::UnknownRegion { code } => format!("区划 {code} 不存在。请改正代码，或先导入区划名单。"),
            Reason::BadCenter => "中心点不是 [经度, 纬度] 两个数字。请改正。".into(),
            Reason::OutsideParent { parent, area_m2 } => {
                format!("有 {} 平方米（大半）在上级区划 {parent} 的界线之外。请核对代码和坐标系。", area(*area_m2))
            }
            Reason::BeyondParent { parent, area_m2 } => {
                format!("有 {} 平方米超出上级区划 {parent} 的界线。请核实两条界线。", area(*area_m2))
            }
            Reason::CenterOutside { outline_of, metres } => {
                format!("中心点在区划 {outline_of} 的界线之外约 {metres:.0} 米。请核对坐标和坐标系。")
            }
            Reason::OutlinesOverlap { other, area_m2 } => {
                format!("与{}的界线重叠 {} 平方米。请核实两条界线。", feature_zh(other), area(*area_m2))
            }
        }
    }

    /// The reason in English, without the place.
    pub fn en(&self) -> String {
        match self {
            Reason::NotJson { line, column } => {
                format!("the file is not JSON from line {line}, column {column} on. Export it again as GeoJSON.")
            }
            Reason::EmptyFile => "the file is empty. Export the layer as GeoJSON again.".into(),
            Reason::NotFeatureCollection => {
                "the file is not a GeoJSON FeatureCollection. Export the whole layer as GeoJSON.".into()
            }
            Reason::NoFeatures => "the file has no features. Check that the layer was chosen for export.".into(),
            Reason::NotFeature => "this entry is not a GeoJSON Feature. Export the layer again.".into(),
            Reason::NoGeometry => "there is no geometry. Draw it or remove the feature, and export again.".into(),
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
            Reason::Tangled => {
                "borders run to and fro, or cross others, more often than can be compared. Look for teeth like those of a comb, simplify, and import again.".into()
            }
            Reason::PartsOverlap => "two parts of the feature overlap. Merge them.".into(),
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
            Reason::FileTooLong { bytes, most } => {
                format!("the file has {} MB, at most {} MB are read. Split it by county.", bytes.div_ceil(1 << 20), most >> 20)
            }
            Reason::TooManyFeatures { most } => format!("there are more than {most} features. Split the file by county."),
            Reason::TooManyPoints { points, most } => format!(
                "the border has {points} points, at most {most} are read. Simplify it first (“simplify geometries”)."
            ),
            Reason::OverlapStanding { code, name, same_village, area_m2, tolerance_m2 } => format!(
                "overlaps the present grid {name} ({code}) by {} m² (allowed: {}). {}",
                area(*area_m2),
                area(*tolerance_m2),
                if *same_village {
                    "The file lacks that grid, so it stays; if it is to be retired, import again with --retire-missing."
                } else {
                    "Snap the shared border together, or put the grids of that village into the file, too."
                }
            ),
            Reason::Overlap { other, area_m2, tolerance_m2 } => format!(
                "overlaps {} by {} m² (allowed: {}). Snap the shared border together and export again.",
                feature_en(other),
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::Gap { near, area_m2, tolerance_m2 } => format!(
                "there is a gap of {} m² between grids (allowed: {}){}. Add it to a neighbouring grid.",
                area(*area_m2),
                area(*tolerance_m2),
                beside_en(near)
            ),
            Reason::OpenSliver { near, width_m, area_m2, tolerance_m2 } => format!(
                "there is a gap between grids that is open to the outside, {width_m:.1} m wide on average, {} m² (allowed: {}){}. Snap the shared border together, or add it to a neighbouring grid.",
                area(*area_m2),
                area(*tolerance_m2),
                beside_en(near)
            ),
            Reason::VillageGap { village, near, area_m2, tolerance_m2 } => format!(
                "{} m² of the village {village} have no grid (allowed: {}){}. Add them to one of its grids.",
                area(*area_m2),
                area(*tolerance_m2),
                beside_en(near)
            ),
            Reason::BeyondVillage { village, area_m2, tolerance_m2 } => format!(
                "{} m² lie outside the village {village} (allowed: {}). Clip the grid at the village's border.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::CountyGap { near, area_m2, tolerance_m2 } => format!(
                "{} m² of the county have no grid (allowed: {}){}. Add them to a neighbouring grid.",
                area(*area_m2),
                area(*tolerance_m2),
                beside_en(near)
            ),
            Reason::BeyondCounty { area_m2, tolerance_m2 } => format!(
                "{} m² lie outside the county (allowed: {}). Clip the grid at the county's border.",
                area(*area_m2),
                area(*tolerance_m2)
            ),
            Reason::NeitherAreaNorPoint { found } => format!(
                "the geometry is {found}; an outline is a Polygon or MultiPolygon, a centre a Point. Correct or remove it."
            ),
            Reason::MissingRegionCode { found } => {
                let instead =
                    found.as_ref().map(|name| format!("The property {name} seems to be it: rename it to code. If not, "));
                let give = if instead.is_some() { "give" } else { "Give" };
                let instead = instead.unwrap_or_default();
                format!("the property code is missing. {instead}{give} the region's code of 2, 4, 6, 9 or 12 digits.")
            }
            Reason::MalformedRegionCode => {
                "the code of a region has 2, 4, 6, 9 or 12 digits. Correct it; spreadsheets must keep it as text.".into()
            }
            Reason::UnknownRegion { code } => {
                format!("there is no region {code}. Correct the code, or import the list of divisions first.")
            }
            Reason::BadCenter => "the centre is not [longitude, latitude], two numbers. Correct it.".into(),
            Reason::OutsideParent { parent, area_m2 } => format!(
                "{} m², most of it, lie outside the region above, {parent}. Check the code and the coordinate system.",
                area(*area_m2)
            ),
            Reason::BeyondParent { parent, area_m2 } => {
                format!("{} m² lie outside the region above, {parent}. Please verify both outlines.", area(*area_m2))
            }
            Reason::CenterOutside { outline_of, metres } => format!(
                "the centre lies about {metres:.0} m outside the outline of {outline_of}. Check the numbers and the coordinate system."
            ),
            Reason::OutlinesOverlap { other, area_m2 } => format!(
                "the outline overlaps that of {} by {} m². Please verify both outlines.",
                feature_en(other),
                area(*area_m2)
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
            Warning::ByRoughOutline { problem } => {
                format!("{} 这条界线是示意的或未经核实，仅供参考，不影响导入。", problem.zh())
            }
            Warning::WideGap { problem } => {
                format!("{} 空隙较宽，如是河流、公路等，可以不管；不影响导入。", problem.zh())
            }
            Warning::OverlapsSchematic { feature, code, name, area_m2 } => format!(
                "{}与邻村的示意网格 {name}（{code}）重叠 {} 平方米。导入那个村的实际网格后即消除。",
                feature_zh(feature),
                area(*area_m2)
            ),
            Warning::Doubtful { problem } => format!("{} 不影响导入。", problem.zh()),
            Warning::More { count } => format!("……同类提示另有 {count} 处。"),
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
            Warning::ByRoughOutline { problem } => format!(
                "{} This outline is schematic or was never verified; it is a hint and does not stop the import.",
                problem.en()
            ),
            Warning::WideGap { problem } => format!(
                "{} It is wide: if it is a river or a road, leave it. It does not stop the import.",
                problem.en()
            ),
            Warning::OverlapsSchematic { feature, code, name, area_m2 } => format!(
                "{} overlaps the schematic grid {name} ({code}) of a neighbouring village by {} m². That ends when the real grids of that village are imported.",
                feature_en(feature),
                area(*area_m2)
            ),
            Warning::Doubtful { problem } => format!("{} It does not stop the import.", problem.en()),
            Warning::More { count } => format!("… and {count} more like these."),
        }
    }
}
