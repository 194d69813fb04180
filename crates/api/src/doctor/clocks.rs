//! This machine's clock against those of the other machines.

use chrono::TimeDelta;

use super::{code::Code, report::Check};

/// How far a clock may be off.
struct Limits {
    code: Code,
    whose: &'static str,
    /// Seconds from which on it is noticed.
    warning: i64,
    /// Seconds from which on something fails.
    wrong: i64,
    /// What fails then.
    because: &'static str,
}

/// Signatures of the hook file are good for five minutes.
const WHMCS: Limits = Limits {
    code: Code::TimeWhmcs,
    whose: "WHMCS's server",
    warning: 30,
    wrong: 300,
    because: "messages of the hook file are taken for old or forged from 5 minutes on",
};
/// An assertion is good for 150 seconds, and Salesforce wants its end within three minutes.
const SALESFORCE: Limits = Limits {
    code: Code::TimeSalesforce,
    whose: "Salesforce",
    warning: 10,
    wrong: 30,
    because: "the login is an assertion that is good for less than 3 minutes",
};
/// Two clocks that differ from ours by the same, but for this, are right together.
const AGREEMENT: i64 = 10;

/// By how much each of the other clocks is ahead of ours.
pub(super) fn check(whmcs: Option<TimeDelta>, salesforce: Option<TimeDelta>) -> Vec<Check> {
    let agree = match (whmcs, salesforce) {
        (Some(one), Some(other)) => (one - other).num_seconds().abs() <= AGREEMENT,
        _ => false,
    };
    vec![judge(&WHMCS, whmcs, agree), judge(&SALESFORCE, salesforce, agree)]
}

fn judge(limits: &Limits, ahead: Option<TimeDelta>, agree: bool) -> Check {
    let Some(ahead) = ahead else {
        return Check::not_checked(limits.code, format!("{} did not tell its time", limits.whose));
    };
    let seconds = ahead.num_seconds();
    if seconds.abs() < limits.warning {
        return Check::ok(limits.code, format!("this machine and {} have the same time", limits.whose));
    }
    let side = if seconds > 0 { "behind" } else { "ahead of" };
    let says =
        format!("this machine is {} seconds {side} {}: {}", seconds.abs(), limits.whose, limits.because);
    let mend = if agree {
        "both other clocks agree, so it is this machine's: let it follow a time server (`timedatectl set-ntp true`)"
    } else {
        "compare both with a third clock (`date -u`, https://time.is) and let the wrong one follow a time server"
    };
    if seconds.abs() < limits.wrong {
        Check::warning(limits.code, says, mend)
    } else {
        Check::wrong(limits.code, says, mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::report::State;

    fn states(whmcs: Option<i64>, salesforce: Option<i64>) -> [State; 2] {
        let [one, other] = &check(whmcs.map(TimeDelta::seconds), salesforce.map(TimeDelta::seconds))[..]
        else {
            panic!("two checks")
        };
        [one.state, other.state]
    }

    #[test]
    fn each_clock_has_its_own_limits() {
        assert_eq!(states(Some(-2), Some(2)), [State::Ok, State::Ok]);
        assert_eq!(states(Some(-29), Some(29)), [State::Ok, State::Warning]);
        assert_eq!(states(Some(31), Some(-31)), [State::Warning, State::Wrong]);
        assert_eq!(states(Some(300), None), [State::Wrong, State::NotChecked]);
    }

    #[test]
    fn two_that_agree_blame_this_machine() {
        let blames = |whmcs, salesforce| {
            check(Some(TimeDelta::seconds(whmcs)), Some(TimeDelta::seconds(salesforce)))
                .iter()
                .all(|check| check.mend.as_deref().is_some_and(|mend| mend.contains("this machine's")))
        };
        assert!(blames(400, 405));
        assert!(!blames(400, -400));
    }
}
