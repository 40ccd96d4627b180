"""The accounts that the market has only one of are there from the start: no two first uses wait for each other."""

from django.db import migrations

KINDS = (
    "bank",
    "withheld_tax",
    "commission_income",
    "shipping_payable",
    "refunds_payable",
    "buyer_credit",
    "provider_fees",
    "rounding",
)


def open_accounts(apps, schema_editor):
    account = apps.get_model("ledger", "Account")
    account.objects.bulk_create(account(kind=kind) for kind in KINDS)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_immutable_and_balanced")]

    operations = [migrations.RunPython(open_accounts, migrations.RunPython.noop)]
