from oscar.core.application import OscarConfig


class ShippingConfig(OscarConfig):
    name = "marketplace.shipping"
    label = "shipping"
