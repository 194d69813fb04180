//! The org's rolling 24-hour API allowance, as every data answer reports it in `Sforce-Limit-Info`.

/// Calls used and allowed in the org's rolling 24 hours, by all its integrations together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiUsage {
    /// Calls used.
    pub used: u64,
    /// Calls allowed. Paid orgs may overshoot it a little.
    pub allowed: u64,
}

impl ApiUsage {
    /// Used part of the allowance in whole percent, rounded down; 100 where nothing is allowed.
    #[must_use]
    pub fn percent(self) -> u64 {
        self.used.saturating_mul(100).checked_div(self.allowed).unwrap_or(100)
    }

    /// Reads `api-usage=18/15000; per-app-api-usage=17/250(appName=x)`; the per-app part is not ours to watch.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let value = header.split(';').find_map(|part| part.trim().strip_prefix("api-usage="))?;
        let (used, allowed) = value.split_once('/')?;
        Some(Self { used: used.parse().ok()?, allowed: allowed.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_header() {
        let usage = Some(ApiUsage { used: 18, allowed: 15000 });
        assert_eq!(ApiUsage::parse("api-usage=18/15000"), usage);
        assert_eq!(ApiUsage::parse("api-usage=18/15000; per-app-api-usage=17/250(appName=x)"), usage);
        assert_eq!(ApiUsage::parse("per-app-api-usage=17/250(appName=x); api-usage=18/15000"), usage);
    }

    #[test]
    fn nonsense_is_no_usage() {
        for header in ["", "api-usage", "api-usage=18", "api-usage=-1/5", "api-usage=a/b", "xapi-usage=1/2"] {
            assert_eq!(ApiUsage::parse(header), None, "{header}");
        }
    }

    #[test]
    fn percent_survives_a_zero_allowance() {
        assert_eq!(ApiUsage { used: 119, allowed: 125 }.percent(), 95);
        assert_eq!(ApiUsage { used: 0, allowed: 0 }.percent(), 100);
    }
}
