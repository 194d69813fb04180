//! The sandbox as a program: `sandbox --port 4900 --smtp-port 4925 --data-dir .data`.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use clap::Parser;
use sandbox::{Options, Sandbox, Seed, demo};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use url::Url;

/// WHMCS, Salesforce and a mailbox, simulated.
#[derive(Parser)]
struct Arguments {
    /// HTTP port.
    #[arg(long, env = "SANDBOX_PORT", default_value_t = 4900)]
    port: u16,
    /// SMTP port.
    #[arg(long, env = "SANDBOX_SMTP_PORT", default_value_t = 4925)]
    smtp_port: u16,
    /// Address to listen on.
    #[arg(long, env = "SANDBOX_BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// How others reach the HTTP port, when that is not its address.
    #[arg(long, env = "SANDBOX_PUBLIC_URL")]
    public_url: Option<Url>,
    /// A redirect URI of the OpenID Connect client; may be given several times.
    #[arg(long, env = "SANDBOX_OPENID_REDIRECT_URIS", value_delimiter = ',')]
    openid_redirect_uri: Vec<String>,
    /// Where the demo's Salesforce key is written, as `salesforce-demo-key.pem`.
    #[arg(long, env = "SANDBOX_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// What the ledger holds at first.
    #[arg(long, value_enum, default_value_t = Seed::DemoWithBulk)]
    seed: Seed,
    /// A JSON file that describes the whole world, instead of a seed.
    #[arg(long, env = "SANDBOX_SCENARIO", value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// How many threads answer HTTP.
    #[arg(long, env = "SANDBOX_WORKERS", default_value_t = 2)]
    workers: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let arguments = Arguments::parse();
    if let Some(directory) = &arguments.data_dir {
        write_key(directory)?;
    }
    let sandbox = Sandbox::start(Options {
        http: SocketAddr::new(arguments.bind, arguments.port),
        smtp: SocketAddr::new(arguments.bind, arguments.smtp_port),
        seed: arguments.seed,
        scenario: arguments.scenario,
        workers: arguments.workers,
        public_url: arguments.public_url,
        openid_redirect_uris: arguments.openid_redirect_uri,
    })
    .await?;
    let base = sandbox.base_url();
    tracing::info!("sandbox  {base}");
    tracing::info!("whmcs    {base}whmcs");
    tracing::info!("sales    {base}salesforce");
    tracing::info!("mailbox  {base}mail (smtp://{})", sandbox.smtp_addr());
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    sandbox.stop().await;
    Ok(())
}

/// The key is worthless, but programs that read keys look at the mode.
fn write_key(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let path = directory.join("salesforce-demo-key.pem");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    // The mode above counts only for a new file.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(demo::SF_PRIVATE_KEY_PEM.as_bytes())
}
