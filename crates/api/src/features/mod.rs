//! The operations of the API, one folder a subject, one file an operation.

pub mod account;
pub mod auth;
pub mod billing;
pub mod health;
pub mod reference;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation under `/api`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(auth::signup::sign_up)
        .service(auth::confirm_signup::confirm_sign_up)
        .service(auth::login::log_in)
        .service(auth::logout::log_out)
        .service(auth::get_session::get_session)
        .service(auth::issue_token::issue_token)
        .service(auth::refresh_token::refresh_token)
        .service(auth::revoke_token::revoke_token)
        .service(auth::get_jwks::get_jwks)
        .service(account::get_me::get_me)
        .service(account::update_me::update_me)
        .service(account::get_billing::get_billing)
        .service(account::update_billing::update_billing)
        .service(account::get_summary::get_summary)
        .service(billing::list_invoices::list_invoices)
        .service(billing::get_invoice::get_invoice)
        .service(billing::create_sso_link::create_sso_link)
        .service(reference::list_regions::list_regions);
}
