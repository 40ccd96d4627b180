from oscar.core.application import OscarConfig


class CatalogueConfig(OscarConfig):
    name = "catalogue"
    label = "catalogue"
