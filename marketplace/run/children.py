"""The programs of a market and how each is started."""

import sys

from marketplace.run.configuration import ROOT, Configuration

WEB_WORKERS = 2
THREADS_PER_WORKER = 4
TASK_PROCESSES = 2


def web(configuration: Configuration) -> list[str]:
    if configuration.reload:
        return [sys.executable, "manage.py", "runserver", f"{configuration.host}:{configuration.port}"]
    return [
        *(sys.executable, "-m", "granian", "marketplace.wsgi:application", "--interface", "wsgi"),
        *("--host", configuration.host, "--port", str(configuration.port)),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS_PER_WORKER)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "15", "--log-level", "warning"),
    ]


def worker() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--app", "marketplace", "--workdir", str(ROOT), "worker"),
        *("--concurrency", str(TASK_PROCESSES), "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]


def beat(configuration: Configuration) -> list[str]:
    schedule = configuration.var / "run" / "beat-schedule"
    return [
        *(sys.executable, "-m", "celery", "--app", "marketplace", "--workdir", str(ROOT), "beat"),
        *("--schedule", str(schedule), "--pidfile=", "--loglevel", "WARNING"),
    ]


def simulator(name: str) -> list[str]:
    return [sys.executable, "-m", f"payments.simulators.{name}"]
