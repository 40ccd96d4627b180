"""The attacks of `make torture`, small: each on a copy of one stocked market that it may spoil."""

import pytest

from marketplace.embedded.ports import free_port
from marketplace.torture.__main__ import ATTACKS, options_of, run


@pytest.mark.usefixtures("attackable")
@pytest.mark.parametrize("name", ATTACKS)
def test_the_market_withstands(name: str) -> None:
    finding = run(name, options_of(["--small", "--port", str(free_port())]))
    assert finding.holds, finding.as_dict()
