"""A simulator as a program of its own: options, the refusal in production, and a clean end."""

import argparse
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from payments.simulators.server import Server

STOPPING = {signal.SIGTERM, signal.SIGINT}


@dataclass(frozen=True)
class Program:
    """``title`` is what is pretended; ``notify`` the path below the shop that is told of payments."""

    name: str
    title: str
    port: int
    notify: str


Build = Callable[[argparse.Namespace], Server]


def run(program: Program, build: Build) -> int:
    """Serve until SIGTERM or Ctrl-C. ``build`` gets host, port, site (no final /) and notify.

    It may raise OSError when the port is taken and ValueError for a setting that makes no sense.
    """
    logging.basicConfig(level=logging.INFO, format=f"{program.name} simulator: %(message)s")
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        logging.error("a pretended %s has no place in production", program.title)
        return 1
    options = _options(program)
    # before any thread begins: one that could take the signal would leave the main one asleep
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        server = build(options)
    except OSError as error:
        logging.error("cannot listen on %s:%s: %s", options.host, options.port, error)
        return 1
    except ValueError as error:
        logging.error("%s", error)
        return 1
    logging.info("http://%s:%s notifies %s", *server.server_address[:2], options.notify)
    _serve(server)
    return 0


def _options(program: Program) -> argparse.Namespace:
    env = os.environ.get
    parser = argparse.ArgumentParser(
        prog=f"payments.simulators.{program.name}", description=f"A pretended {program.title}."
    )
    port = int(env(f"{program.name.upper()}_SIMULATOR_PORT", str(program.port)))
    parser.add_argument("--host", default=env("SIMULATOR_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--site", default=env("SITE_URL", "http://127.0.0.1:8000"), help="the shop")
    parser.add_argument("--notify", default="", help="where the shop is told of payments")
    options = parser.parse_args()
    options.site = options.site.rstrip("/")
    options.notify = options.notify or f"{options.site}{program.notify}"
    return options


def _serve(server: Server) -> None:
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    signal.sigwait(STOPPING)
    server.shutdown()
