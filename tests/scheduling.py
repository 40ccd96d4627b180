"""Which tests may run beside each other: those that start whole markets do not, most others go one by one."""

from xdist.scheduler import LoadScopeScheduling

#: one after the other in one pytest process; among the first that are begun, since they take longest
ALONE = ("tests/run/", "tests/torture/")
#: files whose tests share what is made once and takes seconds: apart, each process would make it anew
SHARING = (
    "tests/address/test_places.py",
    "tests/catalogue/test_budgets.py",
    "tests/demo/test_market.py",
    "tests/embedded/test_services.py",
)


class Scheduling(LoadScopeScheduling):
    """By folder: xdist's own groups do not reach the scheduler under pytest 9.2, whose items keep other names.

    The groups with the most tests are begun first.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ALONE):
            return "markets"
        if nodeid.startswith(SHARING):
            return nodeid.partition("::")[0]
        return nodeid
