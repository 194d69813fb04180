//! The HTTP servers: middleware in order, the table of routes, start and stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::from_fn,
    web::{self, Data, JsonConfig, PathConfig, PayloadConfig, QueryConfig},
};
use metrics_exporter_prometheus::PrometheusHandle;
use shared_types::problem::ProblemCode;
use utoipa::openapi::OpenApi as Document;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    app::App,
    config::ServerConfig,
    error::ApiError,
    features,
    http::{body::MAX_BODY, csrf, edge, headers::Surface, web_app},
    openapi,
};

/// Connections that one process holds; each costs little, all of them together must fit into its memory.
const MAX_CONNECTIONS: usize = 4096;
/// How long the head of a request may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A server that listens already.
pub struct Listening {
    /// The server, to be awaited.
    pub server: Server,
    /// Where it listens; tells the port that was free.
    pub address: SocketAddr,
}

/// The contract of all operations.
#[must_use]
pub fn document() -> Document {
    let (_, operations) = actix_web::App::new().into_utoipa_app().service(api()).split_for_parts();
    openapi::complete(operations)
}

fn api() -> utoipa_actix_web::scope::Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    utoipa_actix_web::scope("/api").configure(features::routes)
}

/// Starts the public server.
pub fn start(config: &ServerConfig, app: Arc<App>) -> io::Result<Listening> {
    let data = Data::from(app);
    let document = document();
    let methods = Data::new(KnownPaths::of(&document));
    let mut server = HttpServer::new({
        let data = data.clone();
        move || {
            let (app, _) = actix_web::App::new()
                .into_utoipa_app()
                .app_data(data.clone())
                .app_data(methods.clone())
                .app_data(PayloadConfig::new(MAX_BODY))
                .app_data(JsonConfig::default().limit(MAX_BODY).error_handler(|_, _| malformed()))
                .app_data(QueryConfig::default().error_handler(|_, _| malformed()))
                // An address that cannot be read leads nowhere.
                .app_data(PathConfig::default().error_handler(|_, _| ApiError::not_found().into()))
                // Before the operations, whose scope would take these addresses for its own.
                .map(|app| app.configure(|routes| documentation(routes, data.settings.docs, &document)))
                .service(api())
                .split_for_parts();
            app.service(features::health::livez)
                .service(features::health::readyz)
                .default_service(web::to(anything_else))
                .wrap(from_fn(csrf::guard))
                .wrap(from_fn(edge::edge))
        }
    })
    .max_connections(MAX_CONNECTIONS)
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(config.shutdown_seconds)
    .disable_signals();
    if let Some(workers) = config.workers {
        server = server.workers(workers);
    }
    let server = server.bind((config.bind, config.port))?;
    let address = server.addrs().first().copied().ok_or_else(|| io::Error::other("no address"))?;
    Ok(Listening { server: server.run(), address })
}

fn malformed() -> actix_web::Error {
    ApiError::new(ProblemCode::RequestMalformed).into()
}

fn documentation(routes: &mut web::ServiceConfig, served: bool, document: &Document) {
    if served {
        routes.service(SwaggerUi::new("/api/docs/{_:.*}").url("/api/openapi.json", document.clone()));
        routes.service(web::redirect("/api/docs", "/api/docs/"));
    }
}

/// Addresses that no operation has, or not with this method: under `/api` an error, else a file or the page of the web app.
async fn anything_else(
    request: HttpRequest,
    paths: Data<KnownPaths>,
    app: Data<App>,
) -> Result<HttpResponse, ApiError> {
    let path = request.match_info().as_str();
    if Surface::of(path) == Surface::Page {
        return web_app::serve(&request, &app);
    }
    let Some(allowed) = paths.methods(path) else { return Err(ApiError::not_found()) };
    let mut refused = HttpResponse::from_error(ApiError::new(ProblemCode::MethodNotAllowed));
    if let Ok(allowed) = header::HeaderValue::from_str(&allowed) {
        refused.headers_mut().insert(header::ALLOW, allowed);
    }
    Ok(refused)
}

/// The addresses of the contract with their methods: actix itself answers a wrong method like an unknown address.
struct KnownPaths(Vec<(Vec<String>, Vec<Method>)>);

impl KnownPaths {
    fn of(document: &Document) -> Self {
        let methods = |item: &utoipa::openapi::PathItem| {
            let all = [
                (Method::GET, item.get.is_some()),
                (Method::POST, item.post.is_some()),
                (Method::PATCH, item.patch.is_some()),
                (Method::PUT, item.put.is_some()),
                (Method::DELETE, item.delete.is_some()),
            ];
            all.into_iter().filter_map(|(method, is_there)| is_there.then_some(method)).collect()
        };
        Self(document.paths.paths.iter().map(|(path, item)| (segments(path), methods(item))).collect())
    }

    fn methods(&self, path: &str) -> Option<String> {
        let asked = segments(path);
        let fits = |known: &[String]| {
            known.len() == asked.len()
                && known.iter().zip(&asked).all(|(known, asked)| known.starts_with('{') || known == asked)
        };
        let (_, methods) = self.0.iter().find(|(known, _)| fits(known))?;
        Some(methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", "))
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

/// Starts the private server: metrics, and how the parts are.
pub fn start_private(
    config: &ServerConfig,
    port: u16,
    metrics: PrometheusHandle,
    app: Arc<App>,
) -> io::Result<Listening> {
    let app = Data::from(app);
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(Data::new(metrics.clone()))
            .app_data(app.clone())
            .route("/metrics", web::get().to(render))
            .route("/statusz", web::get().to(status))
    })
    .workers(1)
    .disable_signals()
    .bind((config.bind, port))?;
    let address = server.addrs().first().copied().ok_or_else(|| io::Error::other("no address"))?;
    Ok(Listening { server: server.run(), address })
}

async fn render(metrics: Data<PrometheusHandle>, app: Data<App>) -> HttpResponse {
    if let Ok(tx) = app.db.read_as_system().await
        && let Ok(counts) = tx.job_work().counts().await
    {
        for (state, count) in [("queued", counts.queued), ("running", counts.running), ("dead", counts.dead)]
        {
            metrics::gauge!("portal_jobs", "state" => state)
                .set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }
    metrics.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render())
}

/// What a person at night wants to know first.
async fn status(app: Data<App>) -> web::Json<serde_json::Value> {
    web::Json(serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "ready": app.readiness.is_ready(),
        "web_app": app.web.is_built(),
        "bus_connected": app.bus.is_connected(),
        "cache_bytes": app.cache.memory_used().await,
    }))
}
