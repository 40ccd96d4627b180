"""A secret for machines where nobody sets one: made once, readable by its owner only."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The content of the file, which is made with 64 random bytes if missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret holds
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()
