"""Find a commune from what people write: new and former names, with or without accents, kinds shortened.

"huyện Bù Đăng", "tp dong xoai", "quan ba dinh" and a whole pasted address lead to communes of today. A name alone
is never enough (243 communes share theirs): a Place always carries its province, and its code is the value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Length

from catalogue.search.fold import fold
from marketplace.address.models import Commune, CommuneAlias
from marketplace.address.words import bare, names, written_out

MAX_QUERY = 100
#: rows looked at per table: a district has at most some thirty former wards
_MAX_ROWS = 60


#: present name, words in order, former ward's name, likeness
_Rank = tuple[bool, int, int, float]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A commune of today. `old` says which former place led to it; empty when its present name did."""

    code: str
    label: str
    old: str = ""
    #: the former ward went to several communes: the person has to choose
    was_divided: bool = False


@dataclass(frozen=True)
class _Hit:
    """Why a place fits what was written."""

    place: Place
    #: what was written begins with the present name: 2, with the former ward's: 1
    exact: int = 0
    #: all of it stands in the name in this order: 2, its last word only begun: 1
    phrase: int = 0
    #: trigram similarity, 0 to 1
    score: float = 0.0


def find_places(text: str, limit: int = 8) -> list[Place]:
    """Best first, each commune once; empty when nothing resembles `text`. Two SQL statements when names are right."""
    text = text[:MAX_QUERY]
    for words in _readings(text):
        if hits := _hits(_has_every(names(words)), words):
            return _best_of(hits, limit)
    words = written_out(text)
    return _best_of(_hits(_resembles(" ".join(words)), words), limit) if words else []


def _readings(text: str) -> Iterator[list[str]]:
    """The words, then with less and less of the beginning: pasted addresses start with the house and the hamlet."""
    parts = [words for part in text.split(",") if (words := written_out(part))]
    for start in range(min(len(parts), 4)):
        yield [word for part in parts[start:] for word in part]
    if len(parts) == 1:
        for length in (6, 5, 4, 3):
            if len(parts[0]) > length:
                yield parts[0][-length:]


def _has_every(words: list[str]) -> Q:
    """Every word, in any order; the last one may be the beginning of a word still being typed."""
    condition = Q(folded__regex=rf"\m{re.escape(words[-1])}")
    for word in words[:-1]:
        condition &= Q(folded__regex=rf"\m{re.escape(word)}\M")
    return condition


def _resembles(phrase: str) -> Q:
    """For slips of the finger. Part of a name is only sought for short phrases: on long ones it is slow."""
    whole = Q(folded__trigram_similar=phrase)
    return whole | Q(folded__trigram_word_similar=phrase) if len(phrase) <= 24 else whole


def _hits(condition: Q, words: list[str]) -> list[_Hit]:
    phrase = " ".join(words)
    communes = _ranked(Commune.objects.select_related("province"), condition, phrase)
    aliases = _ranked(CommuneAlias.objects.select_related("commune__province"), condition, phrase)
    hits = [_present(row, phrase) for row in communes] + [_former(row, phrase) for row in aliases]
    divided = max(hits, key=_rank).place.was_divided if hits else False
    return hits + _neighbours(aliases[0]) if divided else hits


def _ranked(rows: QuerySet, condition: Q, phrase: str) -> list:
    words = re.escape(phrase)
    in_order = Case(
        When(folded__regex=rf"\m{words}\M", then=Value(2)),
        When(folded__regex=rf"\m{words}", then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    score = Greatest(TrigramWordSimilarity(phrase, "folded"), TrigramSimilarity("folded", phrase))
    found = rows.filter(condition).annotate(phrase=in_order, score=score)
    return list(found.order_by("-phrase", "-score", Length(F("folded")), "pk")[:_MAX_ROWS])


def _present(commune: Commune, phrase: str) -> _Hit:
    place = Place(code=commune.code, label=str(commune))
    return _Hit(place, 2 * _begins(phrase, commune.name), commune.phrase, commune.score)


def _former(alias: CommuneAlias, phrase: str) -> _Hit:
    """The hint names the former ward only when the person wrote it; else its district."""
    by_ward = set(bare(fold(alias.old_ward)).split()) <= set(phrase.split())
    exact = 2 * _begins(phrase, alias.commune.name) or int(_begins(phrase, alias.old_ward))
    old = [alias.old_ward] if by_ward else []
    place = Place(
        code=alias.commune_id,
        label=str(alias.commune),
        old=", ".join([*old, alias.old_district, alias.old_province]),
        was_divided=alias.was_divided and by_ward,
    )
    return _Hit(place, exact, alias.phrase, alias.score)


def _begins(phrase: str, name: str) -> bool:
    """People write the smallest place first: "đồng xoài, bình phước" means Đồng Xoài."""
    return f"{bare(phrase)} ".startswith(f"{bare(fold(name))} ")


def _neighbours(alias: CommuneAlias) -> list[_Hit]:
    """Communes of the former district: a divided ward went to some of them, the source names only the main one."""
    district = Q(aliases__old_district=alias.old_district, aliases__old_province=alias.old_province)
    communes = Commune.objects.filter(district).distinct().select_related("province")
    old = f"{alias.old_district}, {alias.old_province}"
    return [
        _Hit(Place(code=commune.code, label=str(commune), old=old, was_divided=True)) for commune in communes
    ]


def _rank(hit: _Hit) -> _Rank:
    return hit.exact == 2, hit.phrase, hit.exact, hit.score


def _best_of(hits: list[_Hit], limit: int) -> list[Place]:
    """One place per commune, ranked by the best that any of its names reached; its hint is of the best name."""
    ranks: dict[str, _Rank] = {}
    places: dict[str, Place] = {}
    for hit in sorted(hits, key=lambda hit: (hit.phrase, hit.score, not hit.place.old), reverse=True):
        code = hit.place.code
        places.setdefault(code, hit.place)
        ranks[code] = tuple(map(max, ranks.get(code, _rank(hit)), _rank(hit)))  # type: ignore[assignment]
    return [places[code] for code in sorted(ranks, key=ranks.__getitem__, reverse=True)][:limit]
