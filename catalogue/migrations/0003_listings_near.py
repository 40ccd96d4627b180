"""Trigram search with its own threshold: the setting is per session, and the default (0.6) finds few slips."""

from django.db import migrations

# 0.45: "sau reing" is 0.50 like "sau rieng ri6 ...", raw Telex 0.44 (measured). Without enable_seqscan = off
# the planner, which cannot know how rare the hits are, reads the whole table.
CREATE = """
CREATE FUNCTION catalogue_listings_near(query text, at_most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 12
SET pg_trgm.word_similarity_threshold = 0.45
SET enable_seqscan = off
AS $$
    SELECT product_id FROM catalogue_listing
    WHERE query <% folded
    ORDER BY word_similarity(query, folded) DESC, product_id DESC
    LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_initial"), ("address", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION catalogue_listings_near(text, integer)"),
    ]
