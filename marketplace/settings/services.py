"""Where the database and Valkey are: what the environment names, else the embedded ones under var/."""

from pathlib import Path

from marketplace import embedded

from . import env


def database_url(var: Path) -> str:
    return env.text("DATABASE_URL", "") or embedded.ensure(var).database_url


def redis_url(var: Path) -> str:
    return env.text("REDIS_URL", "") or embedded.ensure(var).redis_url
