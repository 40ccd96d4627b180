"""What a web worker keeps between requests, and that it lets go of it in time."""

import pytest
from django.template import Context, Template

from marketplace.pagecache import fragments, memory
from marketplace.pagecache.memory import MOST, for_seconds, remembered, unchanged


class Census:
    """A function that counts how often it is really asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, place: str = "Bù Đăng") -> str:
        self.asked += 1
        return f"{place} {self.asked}"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> list[bytes | None]:
    value: list[bytes | None] = [b"1"]
    monkeypatch.setattr(memory.services, "version", lambda: value[0])
    return value


def test_an_answer_holds_until_the_stamp_changes() -> None:
    stamp = ["monday"]
    census = Census()
    ask = remembered(lambda: stamp[0])(census.__call__)
    assert ask("Lộc Ninh") == ask("Lộc Ninh") == "Lộc Ninh 1"
    assert ask("Bù Đốp") == "Bù Đốp 2"
    stamp[0] = "tuesday"
    assert ask("Lộc Ninh") == "Lộc Ninh 3"


def test_a_change_while_the_answer_is_made_makes_it_old() -> None:
    stamp = [1]
    asked = []

    @remembered(lambda: stamp[0])
    def answer() -> int:
        asked.append(stamp[0])
        stamp[0] = 2
        return len(asked)

    assert (answer(), answer()) == (1, 2)


def test_a_change_of_what_is_sold_is_seen_within_a_second(
    clock: list[float], counter: list[bytes | None]
) -> None:
    ask = remembered(unchanged)(Census().__call__)
    assert ask() == ask() == "Bù Đăng 1"
    counter[0] = b"2"
    clock[0] += 1.01
    assert ask() == "Bù Đăng 2"


def test_without_the_counter_nothing_is_kept(counter: list[bytes | None]) -> None:
    counter[0] = None
    ask = remembered(unchanged)(Census().__call__)
    assert (ask(), ask()) == ("Bù Đăng 1", "Bù Đăng 2")


def test_what_may_be_old_is_asked_again_after_its_time(clock: list[float]) -> None:
    ask = remembered(for_seconds(600))(Census().__call__)
    assert ask() == ask()
    clock[0] += 600
    assert ask() == "Bù Đăng 2"


def test_the_memory_is_bounded() -> None:
    census = Census()
    ask = remembered(lambda: 1)(census.__call__)
    for number in range(MOST + 1):
        ask(str(number))
    ask("0")
    assert census.asked == MOST + 2


class TestRememberTag:
    def drawn(self, source: str, **context: object) -> str:
        return Template("{% load fragments %}" + source).render(Context(context))

    def test_a_part_is_drawn_once_for_each_of_its_keys(self) -> None:
        part = '{% remember "test-part" language %}{{ word }}{% endremember %}'
        assert self.drawn(part, language="vi", word="chợ") == "chợ"
        assert self.drawn(part, language="vi", word="other") == "chợ"
        assert self.drawn(part, language="en", word="market") == "market"

    def test_the_parts_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fragments, "MOST", 3)
        for number in range(10):
            self.drawn('{% remember "test-many" number %}x{% endremember %}', number=number)
        assert len(fragments._drawn) <= 3
