"""Every URL of the house with an address to knock at: names, and made-up arguments where the test brings none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

#: what stands for a part of an address when nothing better is known
_DUMMIES = {"int": "1", "slug": "x", "str": "x", "path": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
_CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Door:
    #: with its namespaces; the route itself where nobody gave a name
    name: str
    #: the whole route, as written in the urls.py files
    route: str
    #: made up from the route
    address: str


def doors() -> list[Door]:
    return list(_walk(get_resolver().url_patterns, (), "", "/"))


def _walk(patterns: list[Any], spaces: tuple[str, ...], route: str, address: str) -> Iterator[Door]:
    for pattern in patterns:
        here, there = route + str(pattern.pattern), address + _made_up(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner, here, there)
        elif isinstance(pattern, URLPattern):
            yield Door(":".join((*spaces, pattern.name or here)), here, there)


def _made_up(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        return _CONVERTER.sub(lambda match: _DUMMIES[match["kind"] or "str"], str(pattern))
    if isinstance(pattern, RegexPattern):
        form, names = normalize(str(pattern))[0]
        return form % dict.fromkeys(names, "1")
    return str(pattern)
