import gzip

from django.conf import settings

FOLDER = settings.ROOT / "marketplace" / "static" / "marketplace" / "js"


def test_the_scripts_of_a_catalogue_page_are_small() -> None:
    """All of them together stay under the 15 KB that one page may load."""
    assert sum(len(gzip.compress(path.read_bytes())) for path in FOLDER.glob("*.js")) < 15_000
