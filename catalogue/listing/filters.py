"""What a buyer narrows a list by. Each answer is a column of the listing; nothing is joined."""

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
        conditions = {
            "crop": self.crop_id,
            "grade_code": self.grade,
            "certificates__contains": [self.certificate] if self.certificate else "",
            "commune_code": self.commune,
            "price__gte": self.price_min,
            "price__lte": self.price_max,
            "season_months__contains": [self.month] if self.month else "",
        }
        return listings.filter(
            **{name: value for name, value in conditions.items() if value not in (None, "")}
        )


NO_FILTERS = Filters()
