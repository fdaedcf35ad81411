-- The database's roles. Run by a superuser in the portal's database, before the first migration; safe to repeat.
-- The embedded server and docker-compose.yml both use this file; the operator's handbook says when to run it by hand.

-- portal owns the tables and runs migrations. The portal itself logs in as one of two roles that own nothing and that
-- no policy lets through: portal_web for the pages, portal_worker for background work and commands.
DO $$
BEGIN
    IF to_regrole('portal') IS NULL THEN CREATE ROLE portal LOGIN CREATEDB; END IF;
    IF to_regrole('portal_web') IS NULL THEN CREATE ROLE portal_web LOGIN; END IF;
    IF to_regrole('portal_worker') IS NULL THEN CREATE ROLE portal_worker LOGIN; END IF;
    -- COPY into a table with policies is refused to ordinary roles: imports take this role for just that statement.
    IF to_regrole('portal_bulk') IS NULL THEN CREATE ROLE portal_bulk NOLOGIN BYPASSRLS; END IF;
    -- A backup has to hold every row, and needs to write none.
    IF to_regrole('portal_backup') IS NULL THEN CREATE ROLE portal_backup LOGIN BYPASSRLS; END IF;
END
$$;
GRANT pg_read_all_data TO portal_backup;
GRANT portal_bulk TO portal_worker WITH INHERIT FALSE, SET TRUE;
GRANT USAGE, CREATE ON SCHEMA public TO portal;
GRANT USAGE ON SCHEMA public TO portal_web, portal_worker, portal_bulk;

-- What the owner makes from now on. No TRUNCATE, REFERENCES or TRIGGER for those who only work with the rows.
ALTER DEFAULT PRIVILEGES FOR ROLE portal IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_web, portal_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE portal IN SCHEMA public GRANT USAGE ON SEQUENCES TO portal_web, portal_worker;

-- ANALYZE after an import.
ALTER DEFAULT PRIVILEGES FOR ROLE portal IN SCHEMA public GRANT MAINTAIN ON TABLES TO portal_worker;

-- Behind a policy PostgreSQL uses an index only for operators that are known not to leak what they compare. These two
-- raise no error that depends on the rows, but are not marked so; without the mark search by fragment reads the table.
ALTER FUNCTION pg_catalog.arraycontains(anyarray, anyarray) LEAKPROOF;
ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
