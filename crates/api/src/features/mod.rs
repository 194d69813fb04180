//! The operations of the API, one folder a subject, one file an operation.

pub mod account;
pub mod auth;
pub mod billing;
pub mod health;
pub mod mfa;
pub mod reference;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation under `/api`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(auth::signup::sign_up)
        .service(auth::confirm_signup::confirm_sign_up)
        .service(auth::login::log_in)
        .service(auth::verify_second_factor::verify_second_factor)
        .service(auth::send_code_again::send_code_again)
        .service(auth::step_up::step_up)
        .service(auth::begin_passkey_login::begin_passkey_login)
        .service(auth::log_in_with_passkey::log_in_with_passkey)
        .service(auth::begin_passkey_step_up::begin_passkey_step_up)
        .service(auth::step_up_with_passkey::step_up_with_passkey)
        .service(auth::logout::log_out)
        .service(auth::get_session::get_session)
        .service(auth::get_options::get_auth_options)
        .service(auth::link::link_login::link_login)
        .service(auth::link::get_linking::get_linking)
        .service(auth::link::confirm_linking::confirm_linking)
        .service(auth::link::start_linking::start_linking)
        .service(auth::link::finish_linking::finish_linking)
        .service(auth::link::set_password::set_password)
        .service(auth::list_accounts::list_accounts)
        .service(auth::switch_account::switch_account)
        .service(mfa::begin_passkey::begin_passkey)
        .service(mfa::add_passkey::add_passkey)
        .service(mfa::remove_passkey::remove_passkey)
        .service(auth::issue_token::issue_token)
        .service(auth::refresh_token::refresh_token)
        .service(auth::revoke_token::revoke_token)
        .service(auth::get_jwks::get_jwks)
        .service(auth::request_password_reset::request_password_reset)
        .service(auth::reset_password::reset_password)
        .service(auth::change_password::change_password)
        .service(account::get_me::get_me)
        .service(account::update_me::update_me)
        .service(account::get_billing::get_billing)
        .service(account::update_billing::update_billing)
        .service(account::get_summary::get_summary)
        .service(mfa::get_mfa::get_mfa)
        .service(mfa::set_up_totp::set_up_totp)
        .service(mfa::confirm_totp::confirm_totp)
        .service(mfa::remove_totp::remove_totp)
        .service(mfa::create_recovery_codes::create_recovery_codes)
        .service(account::change_email::change_email)
        .service(account::confirm_email::confirm_email)
        .service(account::list_sessions::list_sessions)
        .service(account::revoke_session::revoke_session)
        .service(account::revoke_other_sessions::revoke_other_sessions)
        .service(account::list_activity::list_activity)
        .service(account::export_activity::export_activity)
        .service(account::export_data::export_data)
        .service(billing::list_invoices::list_invoices)
        .service(billing::get_invoice::get_invoice)
        .service(billing::create_sso_link::create_sso_link)
        .service(reference::list_regions::list_regions);
}
