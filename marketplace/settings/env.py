"""The one typed reader of the environment: every setting that an operator may set is read through here."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_MISSING = object()


def text(name: str, default: object = _MISSING) -> str:
    """The variable as text; raises ImproperlyConfigured naming it when it is required and missing."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _MISSING:
        raise ImproperlyConfigured(f"The environment variable {name} is missing. Set it and start again.")
    return str(default)


def flag(name: str, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else is refused: a typo never switches a guard off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default: object = _MISSING) -> list[str]:
    """A comma separated list without empty members."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choices(name: str, default: str, allowed: Collection[str]) -> list[str]:
    """A comma separated list, in the operator's order, of nothing but ``allowed`` words, each once."""
    chosen = words(name, default)
    unknown = [word for word in chosen if word not in allowed]
    if unknown:
        raise ImproperlyConfigured(f"{name} may name {', '.join(allowed)}, but not {', '.join(unknown)}.")
    return list(dict.fromkeys(chosen))


def folder(name: str, default: Path) -> Path:
    return Path(text(name, default)).expanduser().resolve()


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for postgresql://user:password@host:port/name or …/name?host=/socket/dir."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgresql:// — PostgreSQL is the only engine."
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "marketplace.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": {name: unquote(value) for name, value in options.items()},
    }
