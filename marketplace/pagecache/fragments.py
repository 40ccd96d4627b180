"""{% remember %}: a part of a page that is drawn once a worker for each of its keys."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString

register = template.Library()

#: parts that one worker keeps, a few kilobytes each; beyond that it begins anew
MOST = 512

_drawn: dict[Hashable, SafeString] = {}


class RememberNode(Node):
    def __init__(self, inside: NodeList, keys: list[FilterExpression]) -> None:
        self.nodelist = inside
        self.keys = keys

    def render(self, context: Any) -> SafeString:
        key = tuple(key.resolve(context) for key in self.keys)
        part = _drawn.get(key)
        if part is None:
            part = self.nodelist.render(context)
            if len(_drawn) >= MOST:
                _drawn.clear()
            _drawn[key] = part
        return part


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """{% remember "foot" LANGUAGE_CODE %} … {% endremember %}

    The keys name the part and hold everything that it is made of: it lives until the worker ends.
    """
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inside = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(inside, keys)
