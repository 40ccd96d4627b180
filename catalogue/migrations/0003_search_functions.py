"""What search asks inside the database, where a choice between questions costs a probe instead of a query.

Both functions switch sequential scans off for themselves: the planner cannot know how rare the hits are, and
would read the whole table.
"""

from django.db import migrations

FIRST_TO_MATCH = """
CREATE FUNCTION catalogue_first_to_match(attempts tsquery[]) RETURNS tsquery
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
    attempt tsquery;
BEGIN
    FOREACH attempt IN ARRAY trim_array(attempts, 1) LOOP
        IF EXISTS (SELECT FROM catalogue_listing WHERE document @@ attempt) THEN
            RETURN attempt;
        END IF;
    END LOOP;
    RETURN attempts[cardinality(attempts)];
END
$$
"""

# 0.45: "sau reing" is 0.50 like "sau rieng ri6 ...", raw Telex 0.44 (measured); the default, 0.6, finds few slips.
LISTINGS_NEAR = """
CREATE FUNCTION catalogue_listings_near(typed text, words tsquery, at_most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 12
SET pg_trgm.word_similarity_threshold = 0.45
SET enable_seqscan = off
AS $$
    SELECT product_id FROM catalogue_listing
    WHERE typed <% folded AND NOT EXISTS (SELECT FROM catalogue_listing WHERE document @@ words)
    ORDER BY word_similarity(typed, folded) DESC, product_id DESC
    LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_initial"), ("address", "0001_initial")]
    operations = [
        migrations.RunSQL(FIRST_TO_MATCH, "DROP FUNCTION catalogue_first_to_match(tsquery[])"),
        migrations.RunSQL(LISTINGS_NEAR, "DROP FUNCTION catalogue_listings_near(text, tsquery, integer)"),
    ]
