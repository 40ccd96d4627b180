"""What a statement has come to, as a Run of a rail has it: how many of each finding, and by how much they differ."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs, Coalesce

from payments.reconciliation.models import Finding, Item, Statement, StatementRow
from payments.reconciliation.models.findings import DIFFERING, differing_in_words

Outcome = StatementRow.Outcome


@dataclass
class Tally:
    """``counts`` by finding, as they were found: what a person has settled since is counted all the same."""

    counts: Counter[str] = field(default_factory=Counter)
    #: by how much single rows and movements differ, added up without their signs, đồng
    difference: int = 0
    #: rows that cannot be read
    unreadable: int = 0

    @property
    def match(self) -> int:
        return self.counts[Finding.MATCH]

    @property
    def differing(self) -> int:
        return self.counts.total() - self.match

    @property
    def named(self) -> list[tuple[str, int]]:
        return [(str(finding.label), self.counts[finding]) for finding in (Finding.MATCH, *DIFFERING)]

    @property
    def findings(self) -> list[tuple[str, int]]:
        return differing_in_words(self.counts)


def tallies(statements: Collection[Statement]) -> dict[int, Tally]:
    """By the statements' pk, in two questions. Of each also what of ours it was the first not to show."""
    found = {statement.pk: Tally() for statement in statements}
    rows = StatementRow.objects.filter(statement__in=found, item=None).order_by()
    rows = rows.filter(outcome__in=(Outcome.MATCHED, Outcome.UNREADABLE))
    for pk, outcome, count in rows.values_list("statement", "outcome").annotate(Count("pk")):
        if outcome == Outcome.MATCHED:
            found[pk].counts[Finding.MATCH] = count
        else:
            found[pk].unreadable = count
    items = Item.objects.filter(Q(row__statement__in=found) | Q(found_in__in=found)).order_by()
    items = items.exclude(finding=Finding.UNREADABLE)
    items = items.annotate(of=Coalesce("row__statement", "found_in"))
    sums = {"count": Count("pk"), "total": Sum(Abs(F("their_amount") - F("our_amount")))}
    for pk, finding, count, total in items.values_list("of", "finding").annotate(**sums):
        found[pk].counts[finding] = count
        found[pk].difference += total
    return found
