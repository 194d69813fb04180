//! What the benchmarks compare with: actix alone, and actix with one Redis GET. Prints its address, serves until it is stopped.
//!
//! `cargo run --release --example baseline -- BYTES [REDIS_URL]`

use std::io::Write as _;

use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;
use deadpool_redis::{Config, Pool, Runtime, redis::AsyncCommands as _};

const KEY: &str = "portal-baseline";

async fn constant(body: web::Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(Bytes::clone(&body))
}

async fn from_redis(pool: web::Data<Option<Pool>>) -> HttpResponse {
    let Some(pool) = pool.as_ref() else { return HttpResponse::NotFound().finish() };
    let Ok(mut connection) = pool.get().await else { return HttpResponse::ServiceUnavailable().finish() };
    match connection.get::<_, Vec<u8>>(KEY).await {
        Ok(body) => HttpResponse::Ok().content_type("application/json").body(body),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let size: usize = arguments.next().ok_or("how many bytes?")?.parse()?;
    let body = Bytes::from(vec![b' '; size]);
    let pool = match arguments.next() {
        None => None,
        Some(url) => {
            let pool = Config::from_url(url).create_pool(Some(Runtime::Tokio1))?;
            pool.get().await?.set::<_, _, ()>(KEY, body.as_ref()).await?;
            Some(pool)
        }
    };
    let (body, pool) = (web::Data::new(body), web::Data::new(pool));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(body.clone())
            .app_data(pool.clone())
            .route("/static", web::get().to(constant))
            .route("/redis", web::get().to(from_redis))
    })
    .workers(2)
    .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        writeln!(std::io::stdout(), "http://{address}")?;
    }
    Ok(server.run().await?)
}
