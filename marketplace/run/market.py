"""One running market: started in order, tended, and stopped so that nothing is left."""

import ctypes
import http.client
import json
import os
import signal
import sys
import time
from pathlib import Path

from marketplace import embedded
from marketplace.embedded import locks
from marketplace.run import children, guard, leftovers, ports
from marketplace.run.announcement import announce, say
from marketplace.run.configuration import Configuration, port_variable
from marketplace.run.errors import CannotRun
from marketplace.run.steps import prepare
from marketplace.run.supervisor import Child, Supervisor

TICK = 0.2  # seconds
START_SECONDS = 90
START_CRASHES = 3
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def run(configuration: Configuration) -> None:
    """Run the market until SIGINT, SIGTERM or SIGHUP. Raises CannotRun or ServiceError."""
    (configuration.var / "run").mkdir(parents=True, exist_ok=True)
    lock = _only_run(configuration)
    # SIGINT too: a shell that starts us in the background has told us to ignore it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    _end_with_make()
    try:
        _clear_away_killed_run(configuration.var)
        ports.require_free(configuration.host, configuration.port, variable="PORT")
        for name, port in configuration.simulators.items():
            ports.require_free(configuration.host, port, variable=port_variable(name))
        _keep_open(configuration)
    except KeyboardInterrupt:
        pass
    finally:
        os.close(lock)


def _keep_open(configuration: Configuration) -> None:
    """Everything between the first process started and the last one ended."""
    began = time.monotonic()
    environment, hold = _with_services(configuration)
    watcher = guard.start(configuration.var)
    logs = None if configuration.reload else configuration.logs
    supervisor = Supervisor(environment, hold=hold, logs=logs, say=say)
    try:
        prepare(configuration, environment)
        _open(configuration, supervisor)
        announce(configuration, seconds=time.monotonic() - began)
        while True:
            time.sleep(TICK)
            supervisor.tend()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        say("Closing the market …")
        supervisor.stop()
        leftovers.end(configuration.var)
        guard.dismiss(watcher)
        embedded.release(configuration.var)
        say("Everything has stopped.")


def _with_services(configuration: Configuration) -> tuple[dict[str, str], list[int]]:
    """The children's environment, and the descriptors by which they hold the private databases."""
    environment = configuration.environment() | {leftovers.MARK: str(configuration.var)}
    if not configuration.uses_own_services:
        return environment, []
    services = embedded.ensure(configuration.var)
    environment.setdefault("DATABASE_URL", services.database_url)
    environment.setdefault("REDIS_URL", services.redis_url)
    return environment, [embedded.lease(configuration.var)]


def _open(configuration: Configuration, supervisor: Supervisor) -> None:
    """Start everything; back when all that people are told of answers."""
    web = supervisor.start("web server", children.web(configuration))
    _wait_until_answering(configuration.port, configuration, supervisor, web)
    supervisor.start("worker", children.worker())
    supervisor.start("beat", children.beat(configuration))
    pretended = {
        port: supervisor.start(f"{name} simulator", children.simulator(name))
        for name, port in configuration.simulators.items()
    }
    for port, child in pretended.items():
        _wait_until_answering(port, configuration, supervisor, child)


def _wait_until_answering(
    port: int, configuration: Configuration, supervisor: Supervisor, child: Child
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(configuration.nearby_host, port):
        supervisor.tend()
        if child.crashes >= START_CRASHES or time.monotonic() > deadline:
            raise CannotRun(f"The {child.name} does not start; what it says above or in its log tells why.")
        time.sleep(TICK)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def lock_file(var: Path) -> Path:
    """Locked while a market runs in `var`; holds its process id and address."""
    return var / "run" / "run.lock"


def _only_run(configuration: Configuration) -> int:
    path = lock_file(configuration.var)
    lock = locks.open_lock(path)
    if not locks.try_lock(lock):
        running = json.loads(path.read_text())
        raise CannotRun(f"The market is already open at {running['url']}; `make stop` closes it.")
    os.ftruncate(lock, 0)
    os.write(lock, json.dumps({"pid": os.getpid(), "url": configuration.site_url}).encode())
    return lock


def _clear_away_killed_run(var: Path) -> None:
    if locks.is_locked(guard.lock_file(var)):
        say("The last run was killed; waiting until it is cleared away …")
        locks.wait_until_free(guard.lock_file(var), leftovers.PATIENCE * 2)
    leftovers.end(var)


def _end_with_make() -> None:
    """Stop as on Ctrl-C when the `make` that started us is killed."""
    if "MAKELEVEL" in os.environ and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
