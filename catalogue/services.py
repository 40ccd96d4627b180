"""Changes of the catalogue that reach further than their own row."""

from uuid import uuid4

from catalogue.crops import Crop
from marketplace.outbox.services import enqueue


def crop_saved(crop: Crop) -> None:
    """Every listing of a crop repeats its names: they follow after the commit, however many they are."""
    enqueue("crop_changed", {"crop": crop.pk}, key=f"crop_changed:{uuid4().hex}")
