"""Cash at the door: the carrier collects it and remits it to us later."""

from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from payments.providers.base import Charge, DeclinedPayment, PaymentProvider, Start


class CashOnDeliveryProvider(PaymentProvider):
    """Offered up to ``maximum`` đồng: what is refused at the door costs two ways of freight."""

    code = "cash_on_delivery"
    starts_at_once = True
    waits_for_delivery = True
    label = _("Cash on delivery")
    help = _("Pay the carrier when the parcels arrive, each farm's parcel by itself.")

    def __init__(self, *, maximum: int) -> None:
        self.maximum = maximum

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(maximum=settings.CASH_ON_DELIVERY_CAP)

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"{charge.amount} đồng is above the limit for cash on delivery")
        return Start()
