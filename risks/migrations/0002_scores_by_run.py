"""Scores partitioned by run: a run is loaded beside the table, indexed when it is whole, and dropped when it is old.

Pages never see half a run, the indexes are built by sorting instead of row by row, and forgetting a run is one DROP.
Django cannot partition, so the table is made by hand; the model only describes it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SCORES = """
DROP TABLE risks_score;
CREATE TABLE risks_score (
    run_id bigint NOT NULL,
    enterprise_id integer NOT NULL,
    district_id varchar(6) NOT NULL,
    level smallint NOT NULL,
    score double precision NOT NULL,
    previous_level smallint,
    previous_score double precision,
    coverage smallint NOT NULL,
    features real[] NOT NULL,
    points real[] NOT NULL,
    reasons text[] NOT NULL,
    marks integer[] NOT NULL,
    PRIMARY KEY (enterprise_id, run_id),
    CONSTRAINT a_score_lies_between_0_and_100 CHECK (score BETWEEN 0 AND 100),
    CONSTRAINT a_level_is_one_of_four CHECK (level BETWEEN 0 AND 3)
) PARTITION BY LIST (run_id);
CREATE INDEX ranked_list_of_a_district ON risks_score (district_id, level DESC, score DESC, enterprise_id);
CREATE INDEX ranked_list_of_the_city ON risks_score (level DESC, score DESC, enterprise_id)
"""

# SECURITY DEFINER: whoever scores need not own the table. While a run is open its scores lie in a table of their own,
# which only the one who opened it may write; closing takes that right away and hands the scores to the readers.
VERBS = """
CREATE FUNCTION risks_open_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    scores text := 'risks_score_run_' || run;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE risks_score INCLUDING CONSTRAINTS, CHECK (run_id = %s))', scores, run);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', scores, session_user);
END
$$;
CREATE FUNCTION risks_close_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    scores text := 'risks_score_run_' || run;
BEGIN
    EXECUTE format('ALTER TABLE risks_score ATTACH PARTITION %I FOR VALUES IN (%s)', scores, run);
    EXECUTE format('REVOKE ALL ON %I FROM %I', scores, session_user);
    EXECUTE format('ANALYZE %I (enterprise_id, district_id, level, score, previous_level, coverage)', scores);
END
$$;
CREATE FUNCTION risks_drop_run(run bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', 'risks_score_run_' || run);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(SCORES, migrations.RunSQL.noop)],
            [
                migrations.RemoveIndex("score", "ranked_list_of_a_district"),
                migrations.RemoveIndex("score", "ranked_list_of_the_city"),
                migrations.AlterModelTable("score", "risks_score"),
                migrations.AlterModelOptions("score", {"managed": False, "verbose_name": "评分"}),
            ],
        ),
        migrations.RunSQL(
            VERBS,
            "DROP FUNCTION risks_open_run(bigint), risks_close_run(bigint), risks_drop_run(bigint)",
        ),
        migrations.AddField(
            "scorerun",
            "parts_done",
            ArrayField(models.SmallIntegerField(), default=list, size=None, verbose_name="已完成的分片"),
        ),
        migrations.AddField(
            "scorerun",
            "pruned_at",
            models.DateTimeField("明细清理时间", help_text="the tallies stay, the scores are gone", null=True),
        ),
    ]
