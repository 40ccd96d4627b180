from oscar.core.application import OscarConfig


class CheckoutConfig(OscarConfig):
    name = "marketplace.checkout"
    label = "checkout"
