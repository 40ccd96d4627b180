"""A pretended rail beside the attacked market, and its control API."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from marketplace.embedded.ports import free_port
from payments.simulators.vnpay.rail import API, PAY

OFFERED = ["vietqr", "vnpay", "momo", "zalopay", "stripe", "cash_on_delivery"]
NOTIFIERS = ["sepay", "payos", "casso"]
"""Production has one of them: two would tell of each transfer twice. Here each transfer is told by one."""
NOWHERE = "http://127.0.0.1:9/"
"""Nobody listens there: what has to go back by VNPAY waits."""
#: rail -> settings that say where it is, and the paths that belong there
ADDRESSES = {
    "momo": {"MOMO_URL": ""},
    "zalopay": {"ZALOPAY_URL": ""},
    "stripe": {"STRIPE_API_URL": ""},
    "vnpay": {"VNPAY_PAY_URL": PAY, "VNPAY_API_URL": API},
}
PATIENCE = 30


class Refused(Exception):
    """An order to a pretended rail that makes no sense, or not any more."""


@dataclass(frozen=True)
class Rail:
    name: str
    url: str

    @property
    def settings(self) -> dict[str, str]:
        """With which a market finds it."""
        return {setting: self.url + path for setting, path in ADDRESSES[self.name].items()}

    def spoil(self, answer: str, times: int) -> None:
        """The next answers of its API go wrong: see payments/simulators/control.py."""
        self._order("/control/faults", {"answer": answer, "times": times})

    def pay_secretly(self, reference: str) -> None:
        """The buyer pays, and nobody is told."""
        self._order(f"/control/payments/{reference}/pay", {"notify": "lost"})

    def pay(self, reference: str) -> None:
        """The buyer pays, and the market is told. Raises Refused where nobody can pay it any more."""
        self._order(f"/control/payments/{reference}/pay", {})

    def say(self, reference: str, state: str) -> None:
        """Tell the market of a state of the payment, whatever is so."""
        self._order(f"/control/payments/{reference}/say/{state}", {})

    def advance(self, minutes: float, *, patience: float = PATIENCE) -> None:
        """Its clock; it does and tells meanwhile what is due by then, in so many seconds."""
        self._order("/control/advance", {"minutes": minutes}, patience)

    def book(self, payload: str, memo: str, **how: object) -> None:
        """At the bank: the transfer of a QR code, with words of its own.

        SePay tells the market of it once; `how` otherwise, in the words of payments/simulators/bank/control.py.
        """
        self._order("/control/transfers", {"payload": payload, "memo": memo, **how})

    def deliveries(self) -> list[dict[str, Any]]:
        """Every notification for the market, with its attempts, in the order of what they tell."""
        found: list[dict[str, Any]] = self._read("deliveries")["deliveries"]
        return found

    def charges(self) -> dict[str, int]:
        """đồng by our reference."""
        return {_ours(charge): charge["amount"] for charge in self._all()}

    def given_back(self) -> dict[str, list[int]]:
        """đồng of each refund that it has made, by our reference of the payment."""
        return {
            _ours(charge): [refund["amount"] for refund in charge["refunds"]]
            for charge in self._all()
            if charge["refunds"]
        }

    def asked(self) -> int:
        """How often its API was asked for anything, since it was started."""
        return sum(self._read("requests")["requests"].values())

    def refunds_asked_for(self) -> dict[str, int]:
        """How often it was asked to make each, by the name that it was told."""
        asked: dict[str, int] = self._read("requests")["refunds"]
        return asked

    def longest_wait(self) -> float:
        """Seconds that a slow answer of its was waited for at most."""
        return max(self._read("requests")["waited"])

    def _all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._read("charges")["charges"]
        return found

    def _read(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/control/{what}", timeout=PATIENCE) as answer:
            return json.load(answer)

    def _order(self, path: str, order: Mapping[str, object], patience: float = PATIENCE) -> None:
        request = urllib.request.Request(
            self.url + path, json.dumps(order).encode(), {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=patience).close()
        except urllib.error.HTTPError as error:
            raise Refused(f"{path}: {error.read().decode()}") from None


def _ours(charge: dict[str, Any]) -> str:
    """ZaloPay puts the date before our reference."""
    return str(charge["reference"]).rpartition("_")[2]


@contextmanager
def pretended(name: str, *, market: str = "", **extra: str) -> Iterator[Rail]:
    """It tells `market`, an address, of what happens; without one nobody hears of it.

    `extra` joins its environment.
    """
    rail = Rail(name, f"http://127.0.0.1:{free_port()}")
    port = rail.url.rpartition(":")[2]
    command = [sys.executable, "-m", f"payments.simulators.{name}", "--port", port]
    command += ["--site", market] if market else []
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, **extra}, **quiet)  # type: ignore[call-overload]
    try:
        _wait(rail, process)
        yield rail
    finally:
        process.kill()
        process.wait()


def _wait(rail: Rail, process: "subprocess.Popen[bytes]") -> None:
    clock = Event()
    for _ in range(PATIENCE * 10):
        try:
            rail.charges()
            return
        except OSError:
            if process.poll() is not None:
                break
            clock.wait(0.1)
    raise SystemExit(f"The pretended {rail.name} did not start.")
