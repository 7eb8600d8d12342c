//! The photographs of the demo's own case, painted here: a restaurant's back door with a duct that vents its fumes, and the same after the work.

use image::{ImageFormat, Rgb, RgbImage};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 720;

const WALL: [u8; 3] = [168, 152, 136];
const MORTAR: [u8; 3] = [142, 128, 116];
const GROUND: [u8; 3] = [84, 82, 80];
const DOOR: [u8; 3] = [62, 78, 74];
const METAL: [u8; 3] = [176, 180, 184];
const LIGHT: [u8; 3] = [250, 214, 140];
const FUMES: [u8; 3] = [214, 212, 206];
const PURIFIER: [u8; 3] = [96, 112, 128];
const LAMP: [u8; 3] = [110, 220, 120];

/// Fumes from the duct, as a JPEG; nothing when it cannot be encoded.
pub(super) fn before() -> Option<Vec<u8>> {
    let mut picture = back_door();
    fill(&mut picture, (600, 120, 760, 170), METAL);
    fill(&mut picture, (748, 110, 772, 180), DOOR);
    for puff in 0..9_u32 {
        let (x, y) = (790 + puff * 17, 140 - (puff * 13).min(120));
        blend(&mut picture, (x, y), 34 + puff * 9, 0.42 - f64::from(puff) * 0.03);
    }
    jpeg(&picture)
}

/// The duct led into a purifier and up to the roof.
pub(super) fn after() -> Option<Vec<u8>> {
    let mut picture = back_door();
    fill(&mut picture, (604, 0, 646, 130), METAL);
    fill(&mut picture, (574, 150, 676, 270), PURIFIER);
    for slat in 0..5_u32 {
        fill(&mut picture, (586, 166 + slat * 18, 664, 172 + slat * 18), METAL);
    }
    fill(&mut picture, (586, 254, 600, 262), LAMP);
    jpeg(&picture)
}

fn back_door() -> RgbImage {
    let mut picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| Rgb(wall(x, y)));
    fill(&mut picture, (150, 250, 330, 600), DOOR);
    fill(&mut picture, (300, 420, 312, 444), METAL);
    fill(&mut picture, (420, 300, 560, 400), LIGHT);
    fill(&mut picture, (486, 300, 494, 400), DOOR);
    fill(&mut picture, (600, 120, 650, 330), METAL);
    picture
}

fn jpeg(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).ok()?;
    Some(bytes.into_inner())
}

/// Bricks above, asphalt below.
fn wall(x: u32, y: u32) -> [u8; 3] {
    if y >= 600 {
        return GROUND;
    }
    let row = y / 30;
    let shifted = x + if row.is_multiple_of(2) { 0 } else { 40 };
    if y % 30 < 3 || shifted % 80 < 3 { MORTAR } else { WALL }
}

/// Left, top, right, bottom.
fn fill(picture: &mut RgbImage, (left, top, right, bottom): (u32, u32, u32, u32), colour: [u8; 3]) {
    for y in top..bottom.min(HEIGHT) {
        for x in left..right.min(WIDTH) {
            picture.put_pixel(x, y, Rgb(colour));
        }
    }
}

/// A soft round cloud.
fn blend(picture: &mut RgbImage, (cx, cy): (u32, u32), radius: u32, strength: f64) {
    for y in cy.saturating_sub(radius)..(cy + radius).min(HEIGHT) {
        for x in cx.saturating_sub(radius)..(cx + radius).min(WIDTH) {
            let (dx, dy) = (f64::from(x) - f64::from(cx), f64::from(y) - f64::from(cy));
            let inside = 1.0 - dx.hypot(dy) / f64::from(radius);
            if inside > 0.0 {
                let share = strength * inside.sqrt();
                let pixel = picture.get_pixel_mut(x, y);
                for (channel, cloud) in pixel.0.iter_mut().zip(FUMES) {
                    *channel = mixed(*channel, cloud, share);
                }
            }
        }
    }
}

fn mixed(under: u8, over: u8, share: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let value = (f64::from(under) * (1.0 - share) + f64::from(over) * share) as u8;
    value
}
