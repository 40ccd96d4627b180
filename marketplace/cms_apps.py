"""Wagtail's apps without its HTTP API, which the market does not serve.

When they start, each of these adds its part to that API, for which a process imports ninja, pydantic, REST
framework and every module of hooks: 25 MB in each web worker. Wagtail has no setting to leave the API out.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.apps import AppConfig
from wagtail.contrib.redirects.apps import WagtailRedirectsAppConfig
from wagtail.documents.apps import WagtailDocsAppConfig
from wagtail.images.apps import WagtailImagesAppConfig
from wagtail.snippets.apps import WagtailSnippetsAppConfig


class _WithoutApi(AppConfig):
    def ready(self) -> None:
        with _api_of(self.name):
            super().ready()


class RedirectsConfig(_WithoutApi, WagtailRedirectsAppConfig):
    pass


class DocumentsConfig(_WithoutApi, WagtailDocsAppConfig):
    pass


class ImagesConfig(_WithoutApi, WagtailImagesAppConfig):
    pass


class SnippetsConfig(_WithoutApi, WagtailSnippetsAppConfig):
    pass


@contextmanager
def _api_of(app: str) -> Iterator[None]:
    """Empty modules in the places where `app` looks for the API and for its own part of it."""
    names = ["wagtail.api.v3.api", *(f"{app}.api.v3{part}" for part in ("", ".registry", ".router"))]
    places = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _Empty(name) for name in places})
    try:
        yield
    finally:
        for name in places:
            del sys.modules[name]


class _Empty(ModuleType):
    """Takes whatever it is told and keeps nothing."""

    api: Any
    router: Any = None

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.api = self

    def add_router(self, prefix: str, router: Any) -> None:
        pass

    def register_content_types(self) -> None:
        pass
