"""Fill a scratch database, serve it, load it, say how it compares."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from catalogue.models import Category, Listing
from marketplace.address.loading import load_places
from marketplace.bench.fill import fill

NAME = "nongsan_bench"
#: asks for another page each time, so that no cache of pages answers
UNCACHED = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", wrk.path .. (wrk.path:find("?") and "&" or "?") .. "b=" .. n)
end
"""


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point Django at an empty migrated database of its own; its URL for the servers. Dropped at the end."""
    home = connection.settings_dict["NAME"]
    _administer(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME}")
    _switch_to(NAME)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        load_places()
        yield _url()
    finally:
        _switch_to(home)
        _administer(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def market(size: int, url: str, options: argparse.Namespace, targets: Mapping[str, int]) -> list[str]:
    """Measure at `size` products; the names of what fell short."""
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    pages = _pages()
    short = []
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "list.html"
        with _served("marketplace.wsgi:application", options.port, {"DATABASE_URL": url}) as ours:
            page.write_bytes(_read(options.port, pages["list, cached"]))
            figures = {name: _load(options, path, cached="cached" in name) for name, path in pages.items()}
            memory = max(_peak(process) for process in ours.children(recursive=True) or [ours])
        with _served("marketplace.bench.bare:application", options.port, {"PAGE": str(page)}):
            bare = _load(options, "/", cached=True)
    _say(f"\n{size} products; bare view = 100 %; largest web worker {memory} MB")
    for name, figure in figures.items():
        share = 100 * figure / bare
        mark = "" if share >= targets[name] else f"  SHORT of {targets[name]} %"
        short += [name] if mark else []
        _say(f"  {name:16} {share:6.1f} %{mark}")
    return short


def _pages() -> dict[str, str]:
    product = Listing.objects.order_by("-listed_at").values_list("url", flat=True)[0]
    category = Category.objects.filter(depth=1).order_by("path").values_list("slug", flat=True)[0]
    return {
        "list, cached": "/san-pham/",
        "product, cached": product,
        "list": "/san-pham/",
        "category": f"/san-pham/nhom/{category}/",
        "product": product,
        "search": "/tim-kiem/?q=hat%20dieu%20rang",
    }


@contextmanager
def _served(application: str, port: int, extra: Mapping[str, str]) -> Iterator[psutil.Process]:
    command = [
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-ws",
        application,
    ]
    environment = {**os.environ, "REDIS_URL": settings.REDIS_URL, "LOG_LEVEL": "ERROR", **extra}
    server = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, server)
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _read(port, "/")
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"The server did not start on port {port}.")


def _read(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        body: bytes = answer.read()
        return body


def _load(options: argparse.Namespace, path: str, *, cached: bool) -> float:
    """Requests a second at 16 connections, after a warm-up."""
    for _ in range(3):
        _read(options.port, path)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("" if cached else UNCACHED)
        script.flush()
        command = ["wrk", "-t2", "-c16", f"-d{options.seconds}s", "-s", script.name]
        target = f"http://127.0.0.1:{options.port}{path}"
        report = subprocess.run([*command, target], capture_output=True, text=True, check=True).stdout
    if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", report):
        raise SystemExit(f"{path}: {refused[1]} answers were errors")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])  # type: ignore[index]


def _peak(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def _administer(*statements: str) -> None:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    connections.close_all()
    with psycopg.connect(**parameters, autocommit=True) as session:
        for statement in statements:
            session.execute(statement)


def _switch_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


def _url() -> str:
    """libpq takes every part as a parameter, whether the server listens on a socket or a port."""
    known = connection.settings_dict
    place = f"?host={known['HOST']}" if str(known["HOST"]).startswith("/") else ""
    host = "" if place else known["HOST"]
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@{host}{port}/{NAME}{place}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
