"""The fence around scores, and partitions that only the owner and the opener of a run may touch."""

from django.db import migrations

from casework import wall

VERBS = """
CREATE OR REPLACE FUNCTION risks_open_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    scores text := 'risks_score_run_' || run;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE risks_score INCLUDING CONSTRAINTS, CHECK (run_id = %s))', scores, run);
    PERFORM casework_seclude(scores::regclass);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', scores, session_user);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_wall"), ("risks", "0002_scores_by_run")]

    operations = [
        migrations.RunSQL(VERBS, migrations.RunSQL.noop),
        migrations.RunSQL(*wall.fence("risks_score", "district_id")),
    ]
