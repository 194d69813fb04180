//! Redis: whether it answers, its version, and what it does when it is full. Reads what Redis says of itself.

use std::time::Duration;

use redis::AsyncConnectionConfig;
use secrecy::ExposeSecret as _;

use super::{Check, Code, Context};

/// The oldest that the portal is tried with.
const OLDEST: u32 = 7;
/// How long connecting and each answer may take; at work the portal waits far less.
const PATIENCE: Duration = Duration::from_secs(3);

const INSIDE: &[Code] = &[Code::RedisVersion, Code::RedisEviction];

/// All checks of Redis.
pub(super) async fn check(context: &Context<'_>) -> Vec<Check> {
    let Some(url) = &context.config.storage.redis_url else {
        let why = "because REDIS_URL is not set: copies live in each process alone";
        return vec![Check::not_checked(Code::RedisReach, why)];
    };
    let Ok(client) = redis::Client::open(url.expose_secret()) else {
        let mend =
            "set it to redis://user:password@host:6379/0; rediss:// works only in a build with TLS for Redis";
        return unreached(Check::wrong(Code::RedisReach, "REDIS_URL cannot be used", mend));
    };
    match tokio::time::timeout(PATIENCE * 2, info(&client)).await {
        Ok(Ok(info)) => {
            vec![Check::ok(Code::RedisReach, "Redis answers"), version(&info), eviction(&info)]
        }
        Ok(Err(error)) => unreached(refused(&error)),
        Err(_) => unreached(silent()),
    }
}

async fn info(client: &redis::Client) -> redis::RedisResult<String> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").query_async::<()>(&mut connection).await?;
    // Not everybody may ask; that Redis answers is known by now.
    Ok(redis::cmd("INFO").query_async(&mut connection).await.unwrap_or_default())
}

fn unreached(check: Check) -> Vec<Check> {
    let rest = INSIDE.iter().map(|code| Check::not_checked(*code, "because Redis cannot be reached"));
    std::iter::once(check).chain(rest).collect()
}

fn silent() -> Check {
    Check::wrong(
        Code::RedisReach,
        "Redis does not answer; the portal would do without, at the cost of more calls to WHMCS and Salesforce",
        "look at host and port in REDIS_URL, at the server, and at the firewalls between; or unset REDIS_URL",
    )
}

fn refused(error: &redis::RedisError) -> Check {
    let code = error.code().unwrap_or_default();
    if error.kind() == redis::ErrorKind::AuthenticationFailed
        || ["WRONGPASS", "NOAUTH", "NOPERM"].contains(&code)
    {
        return Check::wrong(
            Code::RedisReach,
            "Redis refuses the login",
            "set user and password in REDIS_URL (percent-encoded); they stand under ACL LIST or requirepass in Redis",
        );
    }
    silent()
}

fn member<'i>(info: &'i str, name: &str) -> Option<&'i str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn version(info: &str) -> Check {
    let major =
        member(info, "redis_version").and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match major {
        None => Check::not_checked(Code::RedisVersion, "because Redis does not tell it (INFO)"),
        Some(major) if major < OLDEST => Check::warning(
            Code::RedisVersion,
            format!("Redis {major} is older than what the portal is tried with"),
            format!("take Redis {OLDEST} or newer"),
        ),
        Some(major) => Check::ok(Code::RedisVersion, format!("Redis {major}")),
    }
}

/// Everything that the portal keeps there has an end and may be lost, so the oldest may go.
fn eviction(info: &str) -> Check {
    let code = Code::RedisEviction;
    let (Some(policy), Some(limit)) = (member(info, "maxmemory_policy"), member(info, "maxmemory")) else {
        return Check::not_checked(code, "because Redis does not tell it (INFO)");
    };
    let mend = "in redis.conf: maxmemory 256mb and maxmemory-policy allkeys-lru (volatile-lru where others keep lasting things there)";
    if limit == "0" {
        return Check::warning(code, "Redis may take all of its machine's memory", mend);
    }
    if policy == "noeviction" {
        return Check::warning(
            code,
            "when Redis is full it takes nothing new, and copies live in each process alone",
            mend,
        );
    }
    Check::ok(code, "when Redis is full it forgets what was not used for long")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn what_redis_says_of_itself_is_read() {
        let info = "# Server\r\nredis_version:7.2.4\r\n# Memory\r\nmaxmemory:268435456\r\nmaxmemory_human:256M\r\nmaxmemory_policy:allkeys-lru\r\n";
        assert_eq!([version(info).state, eviction(info).state], [State::Ok; 2]);
        let old = info.replace("7.2.4", "6.0.16").replace("allkeys-lru", "noeviction");
        assert_eq!([version(&old).state, eviction(&old).state], [State::Warning; 2]);
        assert_eq!(eviction(&info.replace("268435456", "0")).state, State::Warning);
        assert_eq!([version("").state, eviction("").state], [State::NotChecked; 2]);
    }
}
