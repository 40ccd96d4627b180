"""Fail, naming each, if a visible string has no Vietnamese: makemessages on a copy, so the tree stays as it is."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = Path("marketplace/locale/vi/LC_MESSAGES/django.po")
SOURCES = ("catalogue", "farmers", "marketplace", "payments", "templates", "manage.py")


def main() -> int:
    if shutil.which("xgettext") is None:
        print("gettext is missing: apt-get install gettext", file=sys.stderr)
        return 1
    missing = untranslated()
    for message in missing:
        print(f"{message.locations[0][0] if message.locations else '?'}: {message.id!r}")
    print(f"{len(missing)} strings without Vietnamese")
    return int(bool(missing))


def untranslated() -> list[Message]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for source in SOURCES:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, copy / source, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, copy)
        command = [sys.executable, "manage.py", "makemessages", "--locale", "vi", "--no-wrap"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings.test"}
        subprocess.run(command, cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL)
        with (copy / CATALOGUE).open("rb") as file:
            return [message for message in read_po(file) if message.id and not _is_complete(message)]


def _is_complete(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main())
