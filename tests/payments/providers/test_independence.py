"""A provider sees no request, no database and no HTML: what it may import is written down here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path("payments/providers")
OURS = ("catalogue", "farmers", "marketplace", "payments")
ALLOWED = {
    "payments.providers",
    "django.utils.translation",  # labels; the sentence is chosen when it is shown
}
OF_THE_REGISTRY = {"django.conf", "django.utils.module_loading"}
"""It alone reads the settings, and hands them over."""


def imported(path: Path) -> Iterator[str]:
    """Full names, those imported inside functions or for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_below(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_provider_imports_no_request_no_database_and_no_html(path: Path) -> None:
    allowed = ALLOWED | (OF_THE_REGISTRY if path == FOLDER / "registry.py" else set())
    named = [name for name in imported(path) if name.split(".")[0] in ("django", *OURS)]
    assert [name for name in named if not is_below(name, allowed)] == []


def test_connections_are_opened_by_the_transport_alone() -> None:
    openers = {"http.client", "httpx", "requests", "socket", "ssl", "urllib.request", "urllib3"}
    found = {path.name for path in FOLDER.rglob("*.py") for name in imported(path) if is_below(name, openers)}
    assert found == {"transport.py"}
