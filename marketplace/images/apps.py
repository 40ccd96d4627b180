from django.apps import AppConfig

from marketplace.images import avif


class ImagesConfig(AppConfig):
    name = "marketplace.images"
    label = "images"

    def ready(self) -> None:
        avif.use()
