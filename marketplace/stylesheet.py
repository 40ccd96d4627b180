"""One stylesheet out of small files by topic, without a build step.

The topic files in marketplace/styles/ are joined in the order of their names; that order matters only inside
a layer, for 01-tokens.css fixes the order of the layers. Readers of the site fetch one file.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "marketplace/css/site.css"
SOURCES = Path(__file__).parent / "styles"
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def stylesheet() -> str:
    """The whole stylesheet, without the comments that are meant for its authors."""
    joined = "\n".join(path.read_text() for path in sorted(SOURCES.glob("*.css")))
    return _COMMENT.sub("", joined)


class StylesheetFinder(BaseFinder):
    """Tells staticfiles (collectstatic, runserver, whitenoise) where the joined file is."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.VAR / "styles", base_url=settings.STATIC_URL)

    def check(self, **kwargs: object) -> list:
        return []

    def list(self, ignore_patterns: list[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        self._write()
        yield NAME, self.storage

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | builtins.list[str]:
        if path != NAME:
            return []
        found = str(self._write())
        return [found] if find_all else found

    def _write(self) -> Path:
        target = Path(self.storage.path(NAME))
        text = stylesheet()
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".new")
            fresh.write_text(text)
            fresh.replace(target)  # a reader never meets half a file
        return target
