"""What search asks inside the database: which products are spelt like what was typed.

The function switches sequential scans off for itself: the planner cannot know how rare the hits are, and would
read the whole table.
"""

from django.db import migrations

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
        migrations.RunSQL(LISTINGS_NEAR, "DROP FUNCTION catalogue_listings_near(text, tsquery, integer)"),
    ]
