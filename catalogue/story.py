"""The words of a seller about a product: plain paragraphs, whatever was pasted into the box."""

import html
import re

import nh3


def plain_story(text: str) -> str:
    """`text` without any markup; scripts and styles go with their content, paragraphs stay apart.

    >>> plain_story("<p>Rang <b>củi</b></p><script>x()</script>")
    "Rang củi"
    """
    broken = re.sub(r"<\s*(?:br|/p|/div|/li)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
    lines = html.unescape(nh3.clean(html.unescape(broken), tags=set())).replace("\r\n", "\n").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()
