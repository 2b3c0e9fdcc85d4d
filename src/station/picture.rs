//! Whether what a camera sent is a picture.

use std::io::Cursor;

/// Width and height, by decoding all of it: the only proof that a JPEG is whole.
///
/// # Errors
/// When it is no JPEG, cut, corrupt, or more than 8,192 pixels wide or high.
pub fn decoded_size(jpeg: &[u8]) -> Result<(u32, u32), image::ImageError> {
    const MOST_PIXELS_A_SIDE: u32 = 8_192;
    let mut reader = image::ImageReader::with_format(Cursor::new(jpeg), image::ImageFormat::Jpeg);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_A_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_A_SIDE);
    reader.limits(limits);
    let decoded = reader.decode()?;
    Ok((decoded.width(), decoded.height()))
}
