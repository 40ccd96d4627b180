"""Separate processes that use the private servers, and a look at the servers' own processes."""

import json
import subprocess
import sys
from pathlib import Path

import psutil

from marketplace import embedded
from marketplace.embedded.places import outside_home, state_folder

CHECKOUT = Path(__file__).resolve().parents[2]
HOLD = """
import dataclasses, json, sys
from pathlib import Path
from marketplace import embedded
print(json.dumps(dataclasses.asdict(embedded.ensure(Path(sys.argv[1])))), flush=True)
sys.stdin.read()
"""


def hold_in_another_process(var: Path) -> subprocess.Popen[str]:
    """A process that asks for the servers, prints their addresses and holds them until its stdin closes."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def addresses_of(process: subprocess.Popen[str]) -> embedded.Services:
    assert process.stdout is not None
    return embedded.Services(**json.loads(process.stdout.readline()))


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate()


def keeper_of(var: Path) -> psutil.Process:
    return psutil.Process(int((state_folder(var) / "keeper.lock").read_text()))


def servers_of(var: Path) -> list[psutil.Process]:
    """The postmaster and the Valkey of `var`, found by their command lines."""
    folders = (str(state_folder(var)), str(outside_home(var)))
    return [
        process
        for process in psutil.process_iter(["cmdline", "name"])
        if process.info["name"] in ("postgres", "valkey-server")
        and any(argument.startswith(folders) for argument in process.info["cmdline"] or ())
    ]
