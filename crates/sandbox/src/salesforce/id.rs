//! Record ids: 15 case-sensitive characters and the 3-character checksum that makes them safe where case is lost.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The 18-character id for the `number`-th record of an object.
pub fn make(prefix: &str, number: u64) -> String {
    let mut digits = Vec::new();
    let mut rest = number;
    while rest > 0 {
        let digit = usize::try_from(rest % 62).ok().and_then(|index| BASE62.get(index)).copied();
        digits.push(char::from(digit.unwrap_or(b'0')));
        rest /= 62;
    }
    let tail: String = digits.into_iter().rev().collect();
    with_checksum(&format!("{prefix}SB{tail:0>10}"))
}

/// Appends the checksum: per group of five characters, one bit per capital letter, first character lowest.
pub fn with_checksum(fifteen: &str) -> String {
    let suffix: String = fifteen
        .as_bytes()
        .chunks(5)
        .filter_map(|chunk| {
            let bits = chunk
                .iter()
                .enumerate()
                .filter(|(_, byte)| byte.is_ascii_uppercase())
                .fold(0_usize, |bits, (position, _)| bits | (1 << position));
            SUFFIX.get(bits).map(|byte| char::from(*byte))
        })
        .collect();
    format!("{fifteen}{suffix}")
}

/// The 18-character form of a well-formed id; `None` when length, characters or checksum are wrong.
pub fn normalise(id: &str) -> Option<String> {
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    match id.len() {
        15 => Some(with_checksum(id)),
        18 => id.get(..15).map(with_checksum).filter(|whole| whole == id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn checksums_match_recorded_ids() {
        for id in ["001B000001LntWlIAJ", "a00B000000FSkcvIAD", "001R00000066cndIAA"] {
            assert_eq!(super::with_checksum(&id[..15]), id);
            assert_eq!(super::normalise(id).as_deref(), Some(id));
        }
        // Rejected by Salesforce itself in a recording.
        assert_eq!(super::normalise("a00B000000FSjVUIB1"), None);
        assert_eq!(super::make("001", 63), super::with_checksum("001SB0000000011"));
    }
}
