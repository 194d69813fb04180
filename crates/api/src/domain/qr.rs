//! QR codes as the path of an SVG: small, sharp at any size, and in the page's own colour.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode, types::QrError};
use shared_types::security::QrView;

/// Light modules around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// The picture of a text. Modules that stand side by side are drawn as one bar.
pub fn view(text: &str) -> Result<QrView, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for bar in colors.chunk_by(|one, other| one == other) {
            if bar.first() == Some(&Color::Dark) {
                let (x, y, length) = (column + QUIET, row + QUIET, bar.len());
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            column += bar.len();
        }
    }
    Ok(QrView { size: u32::try_from(width + 2 * QUIET).unwrap_or(u32::MAX), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the bars of a path and compares module by module.
    #[test]
    fn the_bars_are_the_dark_modules() {
        let text = "otpauth://totp/Customer%20portal:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Customer%20portal";
        let view = view(text).unwrap();
        let size = usize::try_from(view.size).unwrap();
        let mut drawn = vec![vec![false; size]; size];
        for bar in view.path.split('M').filter(|bar| !bar.is_empty()) {
            let numbers: Vec<usize> = bar
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().unwrap())
                .collect();
            let [x, y, length, 1, back] = numbers[..] else { panic!("{bar}") };
            assert_eq!(length, back);
            for module in &mut drawn[y][x..x + length] {
                assert!(!*module, "no module twice");
                *module = true;
            }
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert_eq!(size, code.width() + 8);
        for (y, row) in drawn.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let inside = (4..size - 4).contains(&x) && (4..size - 4).contains(&y);
                let expected = inside && code[(x.saturating_sub(4), y.saturating_sub(4))] == Color::Dark;
                assert_eq!(*dark, expected, "{x} {y}");
            }
        }
        assert!(view.path.len() < 12_000, "{}", view.path.len());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(view(&"x".repeat(4000)).is_err());
    }
}
