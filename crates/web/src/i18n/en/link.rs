//! Bringing a login of the billing system.

pub const TITLE: &str = "Bring your billing login";
pub const LEAD: &str = "Prove once that it is yours. Then you choose a password for this portal, and your invoices and services are here.";
pub const PASSWORD: &str = "Password of the billing area";
pub const PASSWORD_HINT: &str = "Used once to check that the login is yours. We do not keep it.";
pub const OR: &str = "or";
pub const SIGN_IN_THERE: &str = "Sign in at the billing area";
pub const SIGN_IN_THERE_HINT: &str = "Needed if your login there is protected by a second factor.";
pub const HAVE_PORTAL_LOGIN: &str = "Already have a portal password?";
pub const SET_TITLE: &str = "Choose your portal password";
pub const SET_LEAD: &str = "The login is yours. From now on you sign in here with a password of its own.";
pub const ACCOUNT: &str = "Your account";
pub const NEW_PASSWORD: &str = "New password";
pub const FINISH: &str = "Finish and sign in";
pub const OTHER_LOGIN: &str = "Use another login";
pub const CLOSED: &str = "This account is closed.";
pub const TAKEN: &str = "Already connected to a portal login.";
pub const GUEST: &str = "You can switch to it after signing in.";

pub fn owned_by(owner: &str) -> String {
    format!("Belongs to {owner}")
}
pub fn number(client: u64) -> String {
    format!("Customer number {client}")
}
pub fn code_lead(email: &str) -> String {
    format!("We have mailed a six-digit code to {email}, to be sure that it is your address.")
}
/// Why signing in at the billing system led to nothing: the words of `LinkProblem`.
pub fn problem(word: &str) -> &'static str {
    match word {
        "declined" => "The billing area did not confirm your login. You can try again.",
        "expired" => "That took too long, or was begun in another browser. Please begin again.",
        "no_account" => "There is no open account behind that login. Please contact support.",
        "taken" => "That account is connected to the portal already. Sign in with your portal password.",
        _ => "The billing area did not answer as expected. Please try again in a moment.",
    }
}
