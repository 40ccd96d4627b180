"""What staff did with money stays written, whoever comes to the table and however."""

from django.db import migrations

CREATE = """
CREATE FUNCTION desk_diary_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was done stays written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'desk_diary_is_kept';
END $$;
CREATE TRIGGER desk_diary_is_kept BEFORE UPDATE OR DELETE ON desk_deskaction
    FOR EACH ROW EXECUTE FUNCTION desk_diary_is_kept();
CREATE TRIGGER desk_diary_has_no_truncate BEFORE TRUNCATE ON desk_deskaction
    FOR EACH STATEMENT EXECUTE FUNCTION desk_diary_is_kept();
"""

DROP = """
DROP TRIGGER desk_diary_has_no_truncate ON desk_deskaction;
DROP TRIGGER desk_diary_is_kept ON desk_deskaction;
DROP FUNCTION desk_diary_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
