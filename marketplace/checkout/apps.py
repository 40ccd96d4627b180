from oscar.core.application import OscarConfig


class CheckoutConfig(OscarConfig):
    name = "marketplace.checkout"
    label = "checkout"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  connects
