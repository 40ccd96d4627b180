"""What the tests of all companies with a page do: order an act, look at what was told, tap a button."""

import re
from typing import Any

import httpx


def control(gateway: httpx.Client, path: str, **order: Any) -> list[dict[str, Any]]:
    answer = gateway.post(f"/control/{path}", json=order).raise_for_status()
    deliveries: list[dict[str, Any]] = answer.json().get("deliveries", [])
    return deliveries


def only_charge(gateway: httpx.Client) -> dict[str, Any]:
    (charge,) = gateway.get("/control/charges").raise_for_status().json()["charges"]
    assert isinstance(charge, dict)
    return charge


def tap(gateway: httpx.Client, page: httpx.Response, act: str, **more: str) -> httpx.Response:
    """Press a button of the page; the answer is the way back to the shop."""
    action = re.search(r'<form action="([^"]+)"', page.text)
    assert action, page.text
    return gateway.post(action[1], data={"act": act, **more})
