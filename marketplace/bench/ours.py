"""The market as it runs without our tools: what only requirements-dev.txt installs cannot be imported.

Libraries load some of it where it is there, such as rich and lxml: nine megabytes that no market has.
"""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tools() -> set[str]:
    """Names of the modules that only the tools bring."""
    needed = _distributions("requirements.txt")
    only_ours = _distributions("requirements-dev.txt") - needed
    return {
        module
        for module, owners in packages_distributions().items()
        if {_canonical(owner) for owner in owners} <= only_ours
    }


def _distributions(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {_canonical(line.partition("==")[0]) for line in lines if re.match(r"[A-Za-z0-9].*==", line)}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


for tool in tools() - sys.modules.keys():
    sys.modules[tool] = None  # type: ignore[assignment]

from marketplace.wsgi import application  # noqa: E402

__all__ = ["application"]
