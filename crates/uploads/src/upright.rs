//! A picture seen upright without a copy of it: large ones would take twice their memory.

use image::metadata::Orientation;
use image::{GenericImageView, Pixel};

pub(super) fn lies(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

pub(super) struct Upright<'a, V> {
    pub(super) picture: &'a V,
    pub(super) orientation: Orientation,
}

impl<V: GenericImageView> GenericImageView for Upright<'_, V>
where
    V::Pixel: Pixel,
{
    type Pixel = V::Pixel;

    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.picture.dimensions();
        if lies(self.orientation) { (height, width) } else { (width, height) }
    }

    fn get_pixel(&self, x: u32, y: u32) -> V::Pixel {
        let (width, height) = self.picture.dimensions();
        let (right, bottom) = (|n: u32| width - 1 - n, |n: u32| height - 1 - n);
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right(x), y),
            Orientation::Rotate180 => (right(x), bottom(y)),
            Orientation::FlipVertical => (x, bottom(y)),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, bottom(x)),
            Orientation::Rotate270FlipH => (right(y), bottom(x)),
            Orientation::Rotate270 => (right(y), x),
        };
        self.picture.get_pixel(x, y)
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    #[test]
    fn a_picture_is_seen_as_it_would_be_turned() {
        let picture =
            RgbImage::from_fn(3, 2, |x, y| image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 0]));
        for orientation in (1..=8).filter_map(Orientation::from_exif) {
            let mut turned = DynamicImage::from(picture.clone());
            turned.apply_orientation(orientation);
            let upright = Upright { picture: &picture, orientation };
            assert_eq!(upright.dimensions(), turned.dimensions(), "{orientation:?}");
            let turned = turned.to_rgb8();
            assert!(
                turned.enumerate_pixels().all(|(x, y, pixel)| upright.get_pixel(x, y) == *pixel),
                "{orientation:?}"
            );
        }
    }
}
