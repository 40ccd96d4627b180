from oscar.core.application import OscarConfig


class AddressConfig(OscarConfig):
    name = "marketplace.address"
    label = "address"
