"""What a buyer narrows a list by. Each is answered along an index of the listings."""

from dataclasses import dataclass, fields

from catalogue.listing.managers import ListingQuerySet


@dataclass(frozen=True)
class Filters:
    """Chosen values; an empty one does not narrow. Prices are whole đồng, `month` is 1 to 12."""

    crop_id: int | None = None
    grade: str = ""
    certificate: str = ""
    commune: str = ""
    price_min: int | None = None
    price_max: int | None = None
    month: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) not in (None, "") for field in fields(self))

    def narrow(self, listings: ListingQuerySet) -> ListingQuerySet:
        exact = {"crop": self.crop_id, "grade_code": self.grade, "commune_code": self.commune}
        narrowed = listings.filter(**{column: value for column, value in exact.items() if value})
        if self.certificate:
            narrowed = narrowed.filter(certificates__contains=[self.certificate])
        if self.price_min is not None or self.price_max is not None:
            narrowed = narrowed.priced(self.price_min, self.price_max)
        return narrowed.in_season(self.month) if self.month else narrowed


NO_FILTERS = Filters()
