"""Which tests may run beside each other: those that start whole markets do not, all others go one by one."""

from xdist.scheduler import LoadScopeScheduling

#: one after the other in one pytest process; begun first, since they take longest
ALONE = ("tests/run/", "tests/torture/")


class Scheduling(LoadScopeScheduling):
    """By folder: xdist's own groups do not reach the scheduler under pytest 9.2, whose items keep other names."""

    def _split_scope(self, nodeid: str) -> str:
        return "markets" if nodeid.startswith(ALONE) else nodeid
