//! The operations of the API, one folder a subject, one file an operation.

pub mod account;
pub mod auth;
pub mod billing;
pub mod health;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation under `/api`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(auth::signup::sign_up)
        .service(auth::confirm_signup::confirm_sign_up)
        .service(auth::login::log_in)
        .service(auth::logout::log_out)
        .service(auth::get_session::get_session)
        .service(auth::forgot_password::forgot_password)
        .service(auth::reset_password::reset_password)
        .service(auth::change_password::change_password)
        .service(account::get_me::get_me)
        .service(account::get_summary::get_summary)
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
        .service(billing::create_sso_link::create_sso_link);
}
