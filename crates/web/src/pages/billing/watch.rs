//! How often an invoice is looked at while the customer pays it somewhere else.

/// Milliseconds between looks at first: payments usually arrive within a minute.
const FIRST: u32 = 4_000;
/// Milliseconds between looks at most.
const LONGEST: u32 = 15_000;
/// Looks before they become rarer, about a minute.
const EAGER: u32 = 15;
/// Milliseconds after which nobody is paying any more.
const GIVE_UP: f64 = 15.0 * 60.0 * 1_000.0;

/// Milliseconds until the next look, or nothing when it is time to stop.
pub fn next_look(looks: u32, elapsed_ms: f64) -> Option<u32> {
    if elapsed_ms >= GIVE_UP {
        return None;
    }
    // Five seconds more with every four looks, so that the step from often to rarely is a gentle one.
    let slower = looks.saturating_sub(EAGER).saturating_mul(1_250);
    Some(FIRST.saturating_add(slower).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_often_then_rarely_then_stops() {
        assert_eq!(next_look(0, 0.0), Some(4_000));
        assert_eq!(next_look(15, 60_000.0), Some(4_000));
        assert_eq!(next_look(17, 70_000.0), Some(6_500));
        assert_eq!(next_look(500, 800_000.0), Some(15_000));
        assert_eq!(next_look(u32::MAX, 0.0), Some(15_000));
        assert_eq!(next_look(3, 900_000.0), None);
    }
}
