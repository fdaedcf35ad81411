"""Relatives of a major risk are found by index, each by its own name: an OR across two tables reads the whole city."""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("risks.migrations.0008_majors_and_handovers").RELATIVES
RELATIVES = """
CREATE OR REPLACE FUNCTION risks_relatives(risk bigint)
RETURNS TABLE (enterprise_id int, district_id varchar, masked_name text, shared text)
LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('portal.district', true), '');
    home varchar;
    representative varchar;
    controlled_by varchar;
    names varchar[];
BEGIN
    SELECT r.district_id, e.legal_representative, r.controller INTO home, representative, controlled_by
        FROM risks_majorrisk r JOIN enterprises_enterprise e ON e.id = r.enterprise_id WHERE r.id = risk;
    IF home IS NULL THEN
        RETURN;
    END IF;
    names := array_remove(ARRAY[representative, controlled_by], '');
    PERFORM set_config('portal.district', '*', true);
    RETURN QUERY SELECT e.id, e.district_id, risks_masked(e.name),
            CASE WHEN e.legal_representative = representative THEN '法定代表人同名' ELSE '实际控制人同名' END
        FROM enterprises_enterprise e
        WHERE e.merged_into_id IS NULL AND e.district_id <> home
            AND e.id IN (
                SELECT n.id FROM enterprises_enterprise n WHERE n.legal_representative = ANY (names)
                UNION SELECT o.enterprise_id FROM risks_majorrisk o WHERE o.controller = ANY (names))
        ORDER BY e.district_id, e.id LIMIT 50;
    PERFORM set_config('portal.district', before, true);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0010_by_representative"), ("risks", "0009_evidence_by_number")]

    operations = [
        migrations.RunSQL(RELATIVES, BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
