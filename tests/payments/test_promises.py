"""What the code promises about itself: who writes the books, what runs each hour, what a rule's help says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from payments.commission.models import CommissionRule, ShippingRule
from payments.tax.models import WithholdingRule

ROOT = Path(__file__).parents[2]
WRITER = "payments/ledger/posting.py"
BOOKS = {"Entry", "Line"}
_WRITING = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}


@pytest.mark.parametrize("job", ["audit-money", "reconcile-rails"])
def test_the_books_are_looked_at_every_hour(job: str) -> None:
    assert settings.CELERY_BEAT_SCHEDULE[job]["schedule"] == 3600


def names_of_the_books(tree: ast.Module) -> set[str]:
    """What the file calls the ledger's models."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        name.asname or name.name
        for node in imports
        if node.module == "payments.ledger.models"
        for name in node.names
        if name.name in BOOKS
    }


def writes(file: Path) -> Iterator[str]:
    """``Entry(...)``, ``Line.objects.bulk_create(...)``, ``parcel.entries.create(...)`` and the like."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    books = names_of_the_books(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        parts = called.split(".")
        of_books = parts[0] in books or ".entries." in called
        if called in books or (of_books and parts[-1] in _WRITING):
            yield f"{file.relative_to(ROOT)}:{node.lineno} {called}"


def sources() -> list[Path]:
    rooms = ("catalogue", "farmers", "marketplace", "payments")
    return [file for room in rooms for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts]


def test_only_one_module_writes_the_books() -> None:
    found = [written for file in sources() for written in writes(file)]
    assert {written.split(":")[0] for written in found} == {WRITER}
    assert len(found) >= 2, "an entry and its lines: else this looks at nothing"


@pytest.mark.parametrize(
    ("model", "field", "source"),
    [
        (WithholdingRule, "policy", "117/2025/NĐ-CP"),
        (WithholdingRule, "yearly_limit", "The Saigon Times"),
        (WithholdingRule, "above_limit", "117/2025/NĐ-CP"),
        (WithholdingRule, "after_refund", "117/2025/NĐ-CP"),
        (WithholdingRule, "cash_moment", "EY's note"),
        (WithholdingRule, "raw_produce", "without a source"),
        (WithholdingRule, "taxes_shipping", "without a source"),
        (CommissionRule, "basis_points", "our assumption"),
        (ShippingRule, "payer", "our assumption"),
    ],
)
def test_what_nobody_confirmed_says_so_and_where_it_is_from(model: type, field: str, source: str) -> None:
    with translation.override("en"):
        words = str(model._meta.get_field(field).help_text)  # type: ignore[attr-defined]
    assert "UNCONFIRMED" in words
    assert source in words


@pytest.mark.parametrize("field", ["vat_basis_points", "income_tax_basis_points"])
def test_rates_of_tax_name_their_law(field: str) -> None:
    with translation.override("en"):
        assert "117/2025/NĐ-CP" in str(WithholdingRule._meta.get_field(field).help_text)
