from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "marketplace.content"
    label = "content"

    def ready(self) -> None:
        from marketplace.content import receivers  # noqa: F401  Django connects receivers once apps are loaded
