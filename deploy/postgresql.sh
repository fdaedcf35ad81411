#!/bin/sh
# Runs once, when the database is made. The portal's role owns its database and is no superuser, as on a desk.
set -eu
: "${POSTGRES_PORTAL_PASSWORD:?is missing in .env}"
: "${POSTGRES_BACKUP_PASSWORD:?is missing in .env}"
psql --set ON_ERROR_STOP=1 --username postgres \
	--set password="$POSTGRES_PORTAL_PASSWORD" --set backup_password="$POSTGRES_BACKUP_PASSWORD" <<'SQL'
CREATE ROLE portal LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
CREATE ROLE portal_backup LOGIN BYPASSRLS IN ROLE pg_read_all_data PASSWORD :'backup_password';
SQL
