"""Best hits first, without ranking or reading more rows than it takes."""

from django.db.models import F
from django.db.models.expressions import Combinable

from catalogue.listing.cards import COLUMNS, Statement
from catalogue.listing.managers import ListingQuerySet
from catalogue.listing.paging import decode

#: hits that are ranked; a query that finds more is too vague for rank to matter
RANKED = 1000

_COLUMNS = ", ".join(f"listing.{column}" for column in COLUMNS)
_BEST = """
WITH hits AS MATERIALIZED ({hits})
SELECT {columns}, best.sort_key, (SELECT count(*) FROM hits) AS total
FROM (
    SELECT * FROM hits {behind}
    ORDER BY sort_key DESC, listing_id DESC LIMIT %s
) best
JOIN catalogue_listing listing ON listing.product_id = best.listing_id
ORDER BY best.sort_key DESC, best.listing_id DESC
"""


def hits_statement(
    matches: ListingQuerySet, score: Combinable, *, size: int, cursor: str = "", ranked: int = RANKED
) -> Statement:
    """Finds `size` cards of `matches` by integer `score` behind `cursor`, with their `total`.

    No more than `ranked` hits are scored and counted, and only the rows that are shown are read whole.
    """
    hits, params = matches.values(listing_id=F("pk"), sort_key=score)[:ranked].query.sql_with_params()
    position = decode(cursor) or ()
    behind = "WHERE (sort_key, listing_id) < (%s, %s)" if position else ""
    return _BEST.format(columns=_COLUMNS, hits=hits, behind=behind), (*params, *position, size)
