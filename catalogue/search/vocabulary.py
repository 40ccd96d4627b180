"""The crops' names, kept in memory by each process and read again when a crop has changed."""

from functools import lru_cache

from django.core.cache import cache

from catalogue.crops import CROPS_VERSION, Crop, new_crops_version
from catalogue.search.names import CropNames, NameTable
from marketplace.pagecache.memory import LOOK_EVERY, for_seconds, remembered


def crop_names() -> NameTable:
    """At most one query, once for each process and change; LOOK_EVERY old at most."""
    return _read(_version())


@remembered(for_seconds(LOOK_EVERY))
def _version() -> str:
    version: str = cache.get(CROPS_VERSION) or new_crops_version()
    return version


@lru_cache(maxsize=1)
def _read(version: str) -> NameTable:
    rows = Crop.objects.values_list("pk", "name", "other_names")
    return NameTable(CropNames(pk, (name, *others)) for pk, name, others in rows)
