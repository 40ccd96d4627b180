"""What checkout hands over to place an order: plain values and rows that were just read, nothing of a request."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from farmers.partner.models import Partner, StockRecord
from marketplace.accounts.models import User
from marketplace.address.models import Commune
from marketplace.shipping.quotes import Quote

#: held while it is paid (15 minutes, what SePay's own sample page allows), and five more to choose anew
HOLD_FOR_PAYMENT = timedelta(minutes=20)
#: held at most while a buyer tries again or sends the rest of a transfer
LONGEST_HOLD = timedelta(minutes=45)
#: held until the seller accepts an order that is paid at the door
HOLD_FOR_ACCEPTANCE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`phone` is E.164; `typed_place` is what the buyer wrote to find the commune."""

    name: str
    phone: str
    email: str = ""
    line1: str
    commune: Commune
    typed_place: str = ""


@dataclass(frozen=True, kw_only=True)
class ParcelLine:
    """`quantity` packs at the price that `stockrecord` (with its product) carries."""

    stockrecord: StockRecord
    quantity: int

    @property
    def unit_price(self) -> int:
        """Whole đồng."""
        return int(self.stockrecord.price)

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What one seller sends."""

    partner: Partner
    lines: tuple[ParcelLine, ...]
    quote: Quote

    @property
    def goods_total(self) -> int:
        """Whole đồng."""
        return sum(line.total for line in self.lines)

    @property
    def total(self) -> int:
        return self.goods_total + self.quote.charge


@dataclass(frozen=True, kw_only=True)
class Placement:
    """One order to place. `submission_token` makes it one, however often it is sent."""

    submission_token: UUID
    recipient: Recipient
    parcels: tuple[Parcel, ...]
    payment_method: str
    #: paid at the door: sellers start at once, the goods are held until they accept
    pays_on_delivery: bool
    user: User | None = None
    note: str = ""

    @property
    def shipping_total(self) -> int:
        return sum(parcel.quote.charge for parcel in self.parcels)

    @property
    def total(self) -> int:
        return sum(parcel.total for parcel in self.parcels)
