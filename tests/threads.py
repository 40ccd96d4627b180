"""Several people at once, each on a database connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def together(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all jobs at the same moment; their answers, or the exceptions they raised, in the same order."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return job()
        except Exception as error:  # noqa: BLE001  the caller looks at what was raised
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(run, jobs))


def looked_first(meeting: Barrier) -> Callable[..., bool]:
    """For negative controls, in place of a queryset's `move`: it looks, and writes once the others have looked."""

    def move(self: Any, pk: int, to: str, **changes: Any) -> bool:
        row = self.filter(pk=pk).first()
        meeting.wait(timeout=30)
        possible = row is not None and to in self.model.TRANSITIONS[row.state]
        return possible and bool(self.model.objects.filter(pk=pk).update(state=to, **changes))

    return move
