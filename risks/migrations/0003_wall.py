"""The fence around scores, and partitions that only the owner may touch, and workers while a run is open."""

from django.db import migrations

from casework import wall

# Pages open a run and workers fill it. Where an installation lives with one login, that one does both.
VERBS = """
CREATE OR REPLACE FUNCTION risks_open_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    scores text := 'risks_score_run_' || run;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE risks_score INCLUDING CONSTRAINTS, CHECK (run_id = %s))', scores, run);
    PERFORM casework_seclude(scores::regclass);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %s', scores, coalesce(to_regrole('portal_worker'), session_user::regrole));
END
$$;
CREATE OR REPLACE FUNCTION risks_close_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    scores text := 'risks_score_run_' || run;
BEGIN
    EXECUTE format('ALTER TABLE risks_score ATTACH PARTITION %I FOR VALUES IN (%s)', scores, run);
    PERFORM casework_seclude(scores::regclass);
    EXECUTE format('ANALYZE %I (enterprise_id, district_id, level, score, previous_level, coverage)', scores);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_wall"), ("risks", "0002_scores_by_run")]

    operations = [
        migrations.RunSQL(VERBS, migrations.RunSQL.noop),
        migrations.RunSQL(*wall.fence("risks_score", "district_id")),
    ]
