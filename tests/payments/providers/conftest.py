from collections.abc import Iterator

import pytest

from tests.payments.providers.answering import Rail, answering


@pytest.fixture
def rail() -> Iterator[Rail]:
    with answering() as one:
        yield one
