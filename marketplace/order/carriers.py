"""Who takes a parcel to its buyer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.TextChoices):
    """Kept as it is shown: the buyer reads it, and later choices must not change what was said then."""

    VIETTEL_POST = "Viettel Post", "Viettel Post"
    VNPOST = "Bưu điện (VNPost)", "Bưu điện (VNPost)"
    GHN = "Giao Hàng Nhanh", "Giao Hàng Nhanh (GHN)"
    GHTK = "Giao Hàng Tiết Kiệm", "Giao Hàng Tiết Kiệm (GHTK)"
    JT = "J&T Express", "J&T Express"
    COACH = "Xe khách, chành xe", _("By coach or haulier")
    OWN = "Nhà vườn tự giao", _("I bring it myself")

    @classmethod
    def of_the_seller(cls) -> tuple[str, ...]:
        """No contract with the market: they give no tracking number, and the cash that they take to the seller."""
        return (cls.COACH, cls.OWN)
