from oscar.core.application import OscarConfig


class OrderConfig(OscarConfig):
    name = "marketplace.order"
    label = "order"
