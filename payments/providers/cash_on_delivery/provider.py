"""Cash at the door: the carrier collects it and remits it to us later."""

from payments.providers.base import Charge, DeclinedPayment, PaymentProvider, Start


class CashOnDeliveryProvider(PaymentProvider):
    """Offered up to ``maximum`` đồng: what is refused at the door costs two ways of freight."""

    code = "cash_on_delivery"

    def __init__(self, *, maximum: int) -> None:
        self.maximum = maximum

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"{charge.amount} đồng is above the limit for cash on delivery")
        return Start(reference=charge.reference)
