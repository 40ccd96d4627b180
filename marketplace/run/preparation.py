"""`python -m marketplace.run.preparation STEP…`: the steps that need Django, in one process."""

import gc
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from marketplace.run.announcement import say


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def static() -> None:
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def demo() -> None:
    """Fill the demo market, unless somebody has begun to sell; go on with one that was interrupted."""
    begun = settings.VAR / "run" / "demo.begun"
    if begun.exists() or not _somebody_sells():
        begun.touch()
        say("")  # the command counts in lines of its own
        call_command("demo_market")
        say("    in ", end="")
        begun.unlink()


def _somebody_sells() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM catalogue_product)")
        return bool(cursor.fetchone()[0])


def collect_garbage_seldom() -> None:
    """Migrations make and drop models by the ten thousand; at Python's own pace a quarter of them is collecting."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


STEPS: dict[str, tuple[str, Callable[[], None]]] = {
    "migrate": ("Bringing the database up to date", migrate),
    "static": ("Compressing styles, scripts and pictures", static),
    "demo": ("Filling the demo market", demo),
}


def main(names: list[str]) -> None:
    django.setup()
    collect_garbage_seldom()
    for name in names:
        title, action = STEPS[name]
        began = time.monotonic()
        say(f"  {title} … ", end="")
        action()
        say(f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
