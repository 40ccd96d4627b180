import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from marketplace import embedded


@contextmanager
def _reachable() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="ns-"))
    parent.chmod(0o755)
    yield parent / "var"
    _clear(parent)


@pytest.fixture
def var() -> Iterator[Path]:
    """A `var` folder that every user can reach; servers and data in it are gone afterwards."""
    with _reachable() as folder:
        yield folder


@pytest.fixture(scope="module")
def shared_var() -> Iterator[Path]:
    """The same for tests that only look at the servers: they need not start more than once."""
    with _reachable() as folder:
        yield folder


@pytest.fixture
def hidden_var() -> Iterator[Path]:
    """A `var` folder below one that only its owner may enter, like a checkout under /root."""
    parent = Path(tempfile.mkdtemp(prefix="ns-"))
    assert os.stat(parent).st_mode & 0o777 == 0o700
    yield parent / "var"
    _clear(parent)


def _clear(parent: Path) -> None:
    embedded.erase(parent / "var")
    shutil.rmtree(parent)
