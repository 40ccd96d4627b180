"""The books: accounts, entries and their lines, in double entry. Nothing here is ever changed or deleted.

PostgreSQL itself refuses an entry whose lines do not sum to 0 and every UPDATE, DELETE and TRUNCATE of entries
and lines, and lets nothing of an account change but its debt (migration 0002). A mistake is put right by a reversing
entry.
"""

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.providers import registry


class Account(models.Model):
    """A place where money is, or somebody to whom it is owed. Rows come with their first use (accounts.py)."""

    class Kind(models.TextChoices):
        #: money that a rail, or the bank account that buyers transfer to, holds for us
        CLEARING = "clearing", _("received by a payment rail")
        BANK = "bank", _("bank account")
        #: collected at the door, not yet handed over by the carrier
        CASH_IN_TRANSIT = "cash_in_transit", _("cash on its way")
        SELLER_PAYABLE = "seller_payable", _("owed to a seller")
        WITHHELD_TAX = "withheld_tax", _("withheld tax owed to the state")
        COMMISSION_INCOME = "commission_income", _("commission earned")
        SHIPPING_PAYABLE = "shipping_payable", _("shipping owed to who sends the parcel")
        REFUNDS_PAYABLE = "refunds_payable", _("refunds owed to buyers")
        #: parts, too much, twice, late or of an unknown order: buyers' money that pays for nothing yet
        BUYER_CREDIT = "buyer_credit", _("buyer overpayments")
        PROVIDER_FEES = "provider_fees", _("fees of rails, carriers and the bank")
        ROUNDING = "rounding", _("rounding, always 0")

    kind = models.CharField(max_length=24, choices=Kind.choices)
    #: code of settings.PAYMENT_PROVIDERS
    rail = models.CharField(max_length=32, blank=True)
    #: as the parcel names it
    carrier = models.CharField(max_length=40, blank=True)
    partner = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    #: since when the seller may owe us money: a refund came after the payout, or the buyers' cash went to the
    #: seller. Empty: the sum must not be negative
    debt_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "rail", "carrier", "partner"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "rail", "carrier", "partner"],
                name="one_account_of_each",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="clearing") & ~Q(rail="") | ~Q(kind="clearing") & Q(rail=""),
                name="clearing_account_names_its_rail",
            ),
            models.CheckConstraint(
                condition=Q(carrier="") | Q(kind="cash_in_transit"), name="carriers_hold_cash_only"
            ),
            models.CheckConstraint(
                condition=Q(kind="seller_payable", partner__isnull=False)
                | ~Q(kind="seller_payable") & Q(partner__isnull=True, debt_since__isnull=True),
                name="payable_account_names_its_seller",
            ),
        ]

    def __str__(self) -> str:
        of_rail = registry.name_of(self.rail) if self.rail else ""
        named = of_rail or self.carrier or (str(self.partner) if self.partner_id else "")
        return ": ".join(filter(None, (self.get_kind_display(), named)))


class Entry(models.Model):
    """One event of money. Its lines sum to 0; a memorandum has none."""

    class Kind(models.TextChoices):
        MONEY_RECEIVED = "money_received", _("money received")
        ORDER_PAID = "order_paid", _("order paid")
        COMMISSION = "commission", _("commission")
        WITHHELD_TAX = "withheld_tax", _("withheld tax")
        SHIPPING_DUE = "shipping_due", _("shipping charge passed on")
        CASH_COLLECTED = "cash_collected", _("cash collected at the door")
        CASH_KEPT = "cash_kept", _("cash that the seller has")
        CASH_REMITTED = "cash_remitted", _("cash handed over by the carrier")
        REFUND_OWED = "refund_owed", _("refund owed")
        COMMISSION_BACK = "commission_back", _("commission given back")
        TAX_BACK = "tax_back", _("withheld tax given back")
        REFUND_SENT = "refund_sent", _("refund sent")
        RAIL_SETTLED = "rail_settled", _("rail paid out to the bank")
        PAYOUT_SENT = "payout_sent", _("paid out to the seller")
        BANK_FEE = "bank_fee", _("fee of the bank")
        CORRECTION = "correction", _("correction")
        REVERSAL = "reversal", _("taken back")
        #: moves nothing: it says why the books stay as they are
        MEMORANDUM = "memorandum", _("memorandum")

    #: made by the caller from the event's own identity; the same event twice is one entry
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    #: when the money moved; decides the day, month and year of statements
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    memo = models.CharField(max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    seller_order = models.ForeignKey(
        "order.SellerOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    refund = models.ForeignKey(
        "payments.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    #: pk of payouts.Payout, which lives a floor above
    payout_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: the database transaction that wrote it; only that one may add lines
    written_in = models.BigIntegerField(
        db_default=Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["kind", "occurred_at"], name="entry_kinds_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="correction")
                | Q(actor__isnull=False, approved_by__isnull=False) & ~Q(actor=models.F("approved_by")),
                name="correction_needs_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(kind="memorandum") | Q(actor__isnull=False) & ~Q(memo=""),
                name="memorandum_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Line(models.Model):
    """``amount`` whole đồng for one account: debit positive, credit negative."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["entry", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="line_moves_something"),
            models.UniqueConstraint(fields=["entry", "account"], name="one_line_per_account_and_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} {self.account_id}"
