from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "marketplace.images"
    label = "images"
