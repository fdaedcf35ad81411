from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_deeds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a deed to an account is neither changed nor deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER deeds_stay BEFORE UPDATE OR DELETE ON accounts_deed FOR EACH ROW EXECUTE FUNCTION accounts_deeds_stay();
"""
BACKWARD = "DROP TRIGGER deeds_stay ON accounts_deed; DROP FUNCTION accounts_deeds_stay();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_rights_and_second_factors")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
