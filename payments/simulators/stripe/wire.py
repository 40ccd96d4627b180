"""How Stripe writes things down: nested form fields in, JSON objects and errors out."""

import re
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
MOST_ON_A_PAGE = 100


class Refusal(ValueError):
    """An error answer: ``kind`` is Stripe's type, ``code`` its word, ``extra`` more fields of the error."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        **extra: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        named = {"code": code, "param": param}
        given = {name: value for name, value in named.items() if value}
        self.body: Json = {"error": {"type": kind, "message": message, **given, **extra}}


def decode(form: str) -> Json:
    """``a[b][0][c]=1`` as {"a": {"b": {"0": {"c": "1"}}}}; lists stay dicts of their positions."""
    params: Json = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        head, *rest = re.findall(r"[^\[\]]+", name) or [name]
        place, *path = [head, *rest]
        inner = params
        for step in path:
            inner = inner.setdefault(place, {})
            if not isinstance(inner, dict):
                raise Refusal(f"Invalid request: {name}", param=name)
            place = step
        inner[place] = value
    return params


def number(params: Json, name: str) -> int:
    text = params.get(name)
    if text is None:
        raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not re.fullmatch(r"-?\d{1,12}", str(text), re.ASCII):
        raise Refusal(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name)
    return int(text)


def listed(found: list[Json], params: Json, url: str) -> Json:
    """One page of ``found`` (oldest first), newest first, as ``starting_after`` and ``limit`` ask for."""
    newest = [one for one in reversed(found) if _was_created(one, params.get("created"))]
    after = params.get("starting_after")
    names = [one["id"] for one in newest]
    start = names.index(after) + 1 if after in names else 0
    limit = min(number({"limit": "10", **params}, "limit"), MOST_ON_A_PAGE)
    page = newest[start : start + limit]
    return {"object": "list", "url": url, "data": page, "has_more": start + limit < len(newest)}


def _was_created(one: Json, window: object) -> bool:
    if not isinstance(window, dict):
        return True
    created = int(one["created"])
    return int(window.get("gte", 0)) <= created <= int(window.get("lte", created))
