//! Postal addresses, telephone and tax numbers: bounds and characters. What a country makes of them, WHMCS knows.

use crate::problem::FieldCode;

/// Most characters of a postal code.
const POSTCODE_MAX: usize = 20;
/// Most characters of a telephone number.
const PHONE_MAX: usize = 30;
/// Most characters of a tax number.
const TAX_ID_MAX: usize = 40;

/// ISO 3166-1 alpha-2 codes, two letters each.
const COUNTRIES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM\
    CNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM\
    INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANC\
    NENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTH\
    TJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

/// Every country's code, in order of the codes.
pub fn countries() -> impl Iterator<Item = &'static str> {
    (0..COUNTRIES.len()).step_by(2).filter_map(|at| COUNTRIES.get(at..at + 2))
}

/// The code of a country.
pub fn country(value: &str) -> Result<(), FieldCode> {
    if value.is_empty() {
        return Err(FieldCode::Required);
    }
    if countries().any(|code| code == value) { Ok(()) } else { Err(FieldCode::Choice) }
}

/// A postal code: letters, digits, spaces and hyphens; empty where a country has none.
pub fn postcode(value: &str) -> Result<(), FieldCode> {
    bounded(value, POSTCODE_MAX, |c| c.is_alphanumeric() || matches!(c, ' ' | '-'))
}

/// A telephone number: digits and what people write between them, with a plus sign at the start at most; empty for none.
pub fn phone(value: &str) -> Result<(), FieldCode> {
    let digits = value.trim().strip_prefix('+').unwrap_or(value);
    bounded(digits, PHONE_MAX, |c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/'))?;
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    if count < 4 && !value.trim().is_empty() { Err(FieldCode::TooShort) } else { Ok(()) }
}

/// A tax number: letters, digits and a few signs; empty for none.
pub fn tax_id(value: &str) -> Result<(), FieldCode> {
    bounded(value, TAX_ID_MAX, |c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '/'))
}

fn bounded(value: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<(), FieldCode> {
    if value.chars().count() > most {
        return Err(FieldCode::TooLong);
    }
    if value.chars().all(allowed) { Ok(()) } else { Err(FieldCode::Characters) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_countries_is_whole_and_in_order() {
        let all: Vec<_> = countries().collect();
        assert_eq!(all.len(), 249);
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(country("GB").is_ok());
        for bad in ["", "UK", "gb", "XX", "DAE", "EA"] {
            assert!(country(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_take_what_people_write() {
        for good in ["", "+44 20 7946 0000", "(030) 123-456", "555.1234", "0049/30/123456"] {
            assert!(phone(good).is_ok(), "{good}");
        }
        for bad in ["12", "+", "call me", "1+2345678", "1234\n5678", &"1".repeat(31)] {
            assert!(phone(bad).is_err(), "{bad}");
        }
        for good in ["", "10115", "SW1A 1AA", "1234-567"] {
            assert!(postcode(good).is_ok(), "{good}");
        }
        assert!(postcode("<b>").is_err());
        assert!(tax_id("DE 123.456/789-0").is_ok());
        assert!(tax_id("a\0b").is_err());
    }
}
