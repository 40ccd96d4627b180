from oscar.core.application import OscarConfig


class PartnerConfig(OscarConfig):
    name = "farmers.partner"
    label = "partner"
