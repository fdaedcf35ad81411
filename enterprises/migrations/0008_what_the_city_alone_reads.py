"""Blocks and first rows of files hold figures of firms in all districts: fences, behind which the city alone reads."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from casework import wall

# Freshness counts in each district which enterprises a feed tells of. That a word was said is no figure, so it passes
# the fence; the figures behind the first 512 bytes do not.
PRESENCE = """
CREATE FUNCTION enterprises_presence(first date, last date)
RETURNS TABLE (feed smallint, month date, block_no int, bits bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before text := coalesce(current_setting('portal.district', true), '');
BEGIN
    PERFORM set_config('portal.district', '*', true);
    RETURN QUERY SELECT block.feed, block.month, block.block_no, substring(block.body FROM 1 FOR 512)
        FROM enterprises_signalblock block WHERE block.month BETWEEN first AND last;
    PERFORM set_config('portal.district', before, true);
END
$$
"""
MOVE_SAMPLES = """
INSERT INTO enterprises_deliverysample (delivery_id, sheet, "row", cells)
    SELECT delivery.id, sheet.place - 1, (line.sample ->> 0)::int,
        ARRAY(SELECT jsonb_array_elements_text(line.sample -> 1))
    FROM enterprises_delivery delivery,
        jsonb_array_elements(delivery.layout -> 'sheets') WITH ORDINALITY sheet(said, place),
        jsonb_array_elements(sheet.said -> 'sample') line(sample);
UPDATE enterprises_delivery SET layout = jsonb_set(layout, '{sheets}',
        (SELECT coalesce(jsonb_agg(said - 'sample' ORDER BY place), '[]')
         FROM jsonb_array_elements(layout -> 'sheets') WITH ORDINALITY sheet(said, place)))
    WHERE layout ? 'sheets'
"""


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0007_read_from_indexes")]

    operations = [
        migrations.CreateModel(
            name="DeliverySample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="samples",
                        to="enterprises.delivery",
                    ),
                ),
                (
                    "sheet",
                    models.PositiveSmallIntegerField(
                        help_text="its place in the layout, from 0", verbose_name="工作表"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="行")),
                (
                    "cells",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="内容"
                    ),
                ),
            ],
            options={"ordering": ["sheet", "row"], "verbose_name": "样例行"},
        ),
        migrations.RunSQL(MOVE_SAMPLES, migrations.RunSQL.noop),
        migrations.RunSQL(*wall.fence_city("enterprises_deliverysample")),
        migrations.RunSQL(*wall.fence_city("enterprises_signalblock")),
        migrations.RunSQL(PRESENCE, "DROP FUNCTION enterprises_presence(date, date)"),
    ]
