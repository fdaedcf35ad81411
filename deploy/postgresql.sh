#!/bin/sh
# Runs once, when the database is made: the roles of config/roles.sql, as on a desk, each with a password of its own.
set -eu
: "${POSTGRES_OWNER_PASSWORD:?is missing in .env}" "${POSTGRES_WEB_PASSWORD:?is missing in .env}"
: "${POSTGRES_WORKER_PASSWORD:?is missing in .env}" "${POSTGRES_BACKUP_PASSWORD:?is missing in .env}"
psql --set ON_ERROR_STOP=1 --username postgres --dbname template1 --file /portal/roles.sql
psql --set ON_ERROR_STOP=1 --username postgres \
    --set owner="$POSTGRES_OWNER_PASSWORD" --set web="$POSTGRES_WEB_PASSWORD" \
    --set worker="$POSTGRES_WORKER_PASSWORD" --set backup="$POSTGRES_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE portal PASSWORD :'owner';
ALTER ROLE portal_web PASSWORD :'web';
ALTER ROLE portal_worker PASSWORD :'worker';
ALTER ROLE portal_backup PASSWORD :'backup';
CREATE DATABASE portal OWNER portal;
SQL
