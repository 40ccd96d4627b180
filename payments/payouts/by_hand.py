"""A payout as a VietQR code, for paying it from a banking app."""

from payments.payouts.models import Payout
from payments.providers.vietqr import payload


def qr_payload(payout: Payout) -> str | None:
    """None where the amount is more than one NAPAS 247 transfer carries: the bank's file has to take it."""
    if not payout.fits_one_transfer:
        return None
    return payload.build(
        bank_bin=payout.bank_bin, account=payout.number, amount=payout.amount, purpose=payout.reference
    )
