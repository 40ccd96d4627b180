"""What a person reads: words, wherever the lines break and whatever kind of space is between them."""

import io
from typing import Any

from pypdf import PageObject, PdfReader


def words(text: str) -> str:
    return " ".join(text.split())


def page_words(answer: Any) -> str:
    """Markup and all."""
    return words(answer.content.decode())


def pdf_pages(content: bytes) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(content)).pages)


def pdf_words(content: bytes) -> str:
    return words(" ".join(page.extract_text() for page in pdf_pages(content)))
