"""Oscar's defaults, and what we change of them with the reason."""

from oscar.defaults import *  # noqa: F403

OSCAR_SHOP_NAME = "Nông Sản Bình Phước"
OSCAR_DEFAULT_CURRENCY = "VND"
#: Oscar and Django both lose the letter đ in slugs.
OSCAR_SLUG_MAP = {"đ": "d", "Đ": "D"}
OSCAR_SLUG_FUNCTION = "catalogue.search.fold.slugify_vi"
#: No district, no postcode: Vietnam has two levels since 2025-07-01 and nobody knows the postcode.
OSCAR_REQUIRED_ADDRESS_FIELDS = ("last_name", "line1", "country")
OSCAR_ALLOW_ANON_REVIEWS = False
#: Pictures live in marketplace.images; Oscar's own receiver would look for sorl thumbnails.
OSCAR_DELETE_IMAGE_FILES = False
#: Statuses are TextChoices with transitions of our own: nothing may be changed by hand through Oscar.
OSCAR_ORDER_STATUS_PIPELINE: dict[str, tuple[str, ...]] = {}
OSCAR_LINE_STATUS_PIPELINE: dict[str, tuple[str, ...]] = {}
OSCAR_OFFER_ROUNDING_FUNCTION = "farmers.partner.prices.round_to_dong"
#: Only the import that Oscar insists on; search is catalogue.search.
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
