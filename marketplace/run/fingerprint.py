"""Tell whether a step of the preparation has to be done again."""

import hashlib
from collections.abc import Iterable

from marketplace.run.configuration import ROOT

PACKAGES = ("catalogue", "farmers", "marketplace", "payments")


def fingerprint(folder_names: Iterable[str]) -> str:
    """A digest of the locked requirements and of all our files in folders of these names."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for package in PACKAGES:
        for name in folder_names:
            for file in sorted((ROOT / package).glob(f"**/{name}/**/*")):
                if file.is_file() and file.suffix != ".pyc":
                    digest.update(bytes(file.relative_to(ROOT)) + file.read_bytes())
    return digest.hexdigest()
