from django.apps import AppConfig

from marketplace.images import light_willow  # noqa: F401  before Wagtail imports it


class ImagesConfig(AppConfig):
    name = "marketplace.images"
    label = "images"
