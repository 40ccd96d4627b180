"""Willow without pillow_heif, which it imports wherever it is installed.

It takes 7 MB in each worker, for pictures that Willow never gets: services.add_image, which turns them into JPEG
first, imports it when somebody hands in a picture.
"""

import sys

_left_out = sys.modules.setdefault("pillow_heif", None) is None  # type: ignore[arg-type]  # "not there"
try:
    import willow.plugins.pillow  # noqa: F401
finally:
    if _left_out:
        del sys.modules["pillow_heif"]
