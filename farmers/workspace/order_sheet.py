"""All that a seller may know of an order, and nothing else: templates and slips get this, never the parent order."""

import datetime
from dataclasses import dataclass

from marketplace.accounts.phones import masked, national
from marketplace.order.models import Line, Reduction, SellerOrder

Status = SellerOrder.Status
#: from acceptance on the seller may call the buyer
_ACCEPTED = (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSheet:
    """Amounts are whole đồng, weights grams."""

    number: str
    status: str
    status_words: str
    placed_at: datetime.datetime
    #: until when the seller may accept; None when the money is here already
    accept_by: datetime.datetime | None
    recipient: str
    place: str
    #: as the buyer wrote it, former names included
    typed_place: str
    #: masked before acceptance
    phone: str
    #: E.164, empty before acceptance
    callable_phone: str
    note: str
    lines: tuple[Line, ...]
    #: what of them will not come
    reductions: tuple[Reduction, ...]
    goods_total: int
    shipping_total: int
    total: int
    #: of the goods that come, and their shipping
    due: int
    #: what is still to be taken at the door
    to_collect: int
    #: the market had the money before
    is_paid: bool
    weight: int
    carrier: str
    tracking_number: str
    cancel_reason: str

    @property
    def is_accepted(self) -> bool:
        return self.status in _ACCEPTED

    @property
    def packs(self) -> int:
        return sum(self.coming(line) for line in self.lines)

    def coming(self, line: Line) -> int:
        """Packs of the line that come."""
        return int(line.quantity) - sum(row.packs for row in self.reductions if row.line_id == line.pk)

    def grams_short(self, line: Line) -> int:
        """That the packs which come weigh less, together."""
        return sum(row.grams for row in self.reductions if row.line_id == line.pk)

    @property
    def reduced(self) -> int:
        """đồng less than ordered."""
        return sum(row.amount for row in self.reductions)


def sheet_of(seller_order: SellerOrder) -> OrderSheet:
    """Reads `order.shipping_address` and `lines__reductions`: select and prefetch them."""
    order, address = seller_order.order, seller_order.order.shipping_address
    accepted, paid = seller_order.status in _ACCEPTED, order.paid_at is not None
    lines = tuple(sorted(seller_order.lines.all(), key=lambda line: line.pk))
    reductions = tuple(row for line in lines for row in line.reductions.all())
    return OrderSheet(
        number=seller_order.number,
        status=seller_order.status,
        status_words=seller_order.get_status_display(),
        placed_at=seller_order.created_at,
        accept_by=None if paid else order.expires_at,
        recipient=address.last_name,
        place=address.place,
        typed_place=address.typed_place,
        phone=national(order.phone) if accepted else masked(order.phone),
        callable_phone=order.phone if accepted else "",
        note=order.note,
        lines=lines,
        reductions=reductions,
        goods_total=seller_order.goods_total,
        shipping_total=seller_order.shipping_total,
        total=seller_order.total,
        due=seller_order.due,
        to_collect=seller_order.to_collect,
        is_paid=paid,
        weight=sum(line.quantity * line.pack_grams for line in lines) - _missing_grams(reductions),
        carrier=seller_order.carrier,
        tracking_number=seller_order.tracking_number,
        cancel_reason=seller_order.cancel_reason,
    )


def _missing_grams(reductions: tuple[Reduction, ...]) -> int:
    return sum(row.packs * row.line.pack_grams + row.grams for row in reductions)
