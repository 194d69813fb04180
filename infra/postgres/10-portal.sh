#!/usr/bin/env bash
# Runs once, when the database's volume is empty: the portal's login role and its database.
#
# The login role is neither superuser nor exempt from row-level security, and may not make roles: the two roles that it takes
# on for each transaction are made here.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE portal_app NOLOGIN;
CREATE ROLE portal_worker NOLOGIN;
CREATE ROLE portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
GRANT portal_app, portal_worker TO portal WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE portal OWNER portal;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
SQL
