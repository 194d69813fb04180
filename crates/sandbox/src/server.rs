//! Starting and stopping: both listeners are bound by the caller, then served by a thread of their own with its own
//! runtime, so that a sandbox lives under any test runtime.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use tokio::sync::oneshot;
use url::Url;

use crate::seed::Seed;
use crate::seed::scenario::Scenario;
use crate::world::{Shared, World};
use crate::{client_area, control, faults, hooks, index, mailbox, salesforce, smtp, whmcs};

/// Largest request body, in bytes.
const MAX_BODY: usize = 4 << 20;

/// How to start a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// HTTP address; port 0 takes a free one.
    pub http: SocketAddr,
    /// SMTP address; port 0 takes a free one.
    pub smtp: SocketAddr,
    /// What the ledger holds at first.
    pub seed: Seed,
    /// A file that describes the whole world, instead of the seed.
    pub scenario: Option<PathBuf>,
    /// How many threads answer HTTP. They share one world, so more than the machine's cores are of no use.
    pub workers: usize,
    /// How others reach the HTTP port, when that is not its address: scheme, host and port, no path.
    pub public_url: Option<Url>,
    /// Where the OpenID Connect provider may send codes, besides what its switches name.
    pub openid_redirect_uris: Vec<String>,
}

impl Default for Options {
    /// Free loopback ports and the demo people.
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            http: any,
            smtp: any,
            seed: Seed::Demo,
            scenario: None,
            workers: 1,
            public_url: None,
            openid_redirect_uris: Vec::new(),
        }
    }
}

/// A running sandbox. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    base: Url,
    smtp: SocketAddr,
    /// Dropping the sender is the signal.
    stop: Option<oneshot::Sender<()>>,
    stopped: oneshot::Receiver<()>,
}

impl Sandbox {
    /// Binds both ports and serves them. Requests are answered as soon as this returns.
    pub async fn start(options: Options) -> io::Result<Self> {
        let http = TcpListener::bind(options.http)?;
        let mail = TcpListener::bind(options.smtp)?;
        mail.set_nonblocking(true)?;
        let (http_addr, smtp_addr) = (http.local_addr()?, mail.local_addr()?);
        let base = match options.public_url {
            Some(mut url) => {
                if !url.path().ends_with('/') {
                    let path = format!("{}/", url.path());
                    url.set_path(&path);
                }
                url
            }
            None => own_url(http_addr)?,
        };
        let world = match &options.scenario {
            Some(path) => read(path)?,
            None => World::new(options.seed),
        };
        let shared = Arc::new(Shared::new(world, base.clone(), options.openid_redirect_uris));
        let workers = options.workers.max(1);
        let (stop, stopping) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            rt::System::new().block_on(async move {
                match serve(http, mail, shared, workers) {
                    Ok((server, handle)) => {
                        rt::spawn(server);
                        // The starter may have gone; then the stop signal is there already.
                        let _ = ready.send(Ok(()));
                        let _ = stopping.await;
                        handle.stop(false).await;
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            });
            let _ = done.send(());
        })?;
        started.await.map_err(|_| io::Error::other("the sandbox's thread died"))??;
        Ok(Self { base, smtp: smtp_addr, stop: Some(stop), stopped })
    }

    /// Where the sandbox is, with a trailing slash. WHMCS is at `whmcs/`, Salesforce at `salesforce/`.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.base.clone()
    }

    /// Where mail is taken.
    #[must_use]
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp
    }

    /// Stops and waits until the ports are closed.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // An error means that the thread is gone already.
        let _ = (&mut self.stopped).await;
    }
}

/// The world of a scenario file.
fn read(path: &Path) -> io::Result<World> {
    let wrong =
        |trouble| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {trouble}", path.display()));
    let scenario = Scenario::parse(&std::fs::read(path)?).map_err(wrong)?;
    let mut world = scenario.build().map_err(wrong)?;
    world.scenario = Some(Arc::new(scenario));
    Ok(world)
}

fn own_url(address: SocketAddr) -> io::Result<Url> {
    let host = if address.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
    } else {
        address
    };
    Url::parse(&format!("http://{host}/")).map_err(io::Error::other)
}

fn serve(
    http: TcpListener,
    mail: TcpListener,
    shared: Arc<Shared>,
    workers: usize,
) -> io::Result<(actix_web::dev::Server, actix_web::dev::ServerHandle)> {
    let mail = tokio::net::TcpListener::from_std(mail)?;
    rt::spawn(smtp::serve(mail, Arc::clone(&shared)));
    rt::spawn(hooks::sender::run(Arc::clone(&shared)));
    let data = web::Data::from(shared);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .wrap(from_fn(faults::wire::guard))
            .service(web::resource("/whmcs/includes/api.php").to(whmcs::api))
            .configure(index::routes)
            .configure(client_area::routes)
            .configure(salesforce::routes)
            .configure(mailbox::routes)
            .configure(control::routes)
    })
    .on_connect(faults::wire::keep_socket)
    .workers(workers)
    .disable_signals()
    .shutdown_timeout(0)
    .listen(http)?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}
