"""Vectors made by other people's programs; see payment_vectors.md."""

import json
from pathlib import Path
from typing import Any

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("payment_vectors.json").read_text("utf-8")
)


def vectors(rail: str) -> dict[str, dict[str, Any]]:
    """The rail's vectors by case name."""
    return {vector["case"]: vector for vector in VECTORS if vector["rail"] == rail}
