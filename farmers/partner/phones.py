"""The phones that hear of a stall's money: those of today, and for a while those that somebody took away."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from farmers.partner.models import FormerPhone, Partner, PartnerMember
from marketplace.accounts.models import User
from marketplace.messaging.services import tell

REMEMBERED = timedelta(days=30)
"""How long a phone hears of a changed account after it was taken away. A choice of the market."""


def phones_of(partner: Partner) -> set[str]:
    """The stall's own and its owners'."""
    owners = partner.members.filter(role=PartnerMember.Role.OWNER).values_list("user__phone", flat=True)
    return {phone for phone in (partner.phone, *owners) if phone}


def phones_to_warn(partner: Partner) -> set[str]:
    since = timezone.now() - REMEMBERED
    former = FormerPhone.objects.filter(partner=partner, until__gte=since)
    return phones_of(partner) | set(former.values_list("phone", flat=True))


def phone_changed(user: User, before: str) -> None:
    """Staff changed somebody's number, which was ``before``: the same for every stall that the person owns."""
    owned = PartnerMember.objects.filter(user=user, role=PartnerMember.Role.OWNER)
    for member in owned.select_related("partner"):
        others = phones_of(member.partner) - {user.phone}
        note_change(member.partner, others | {before})


def note_change(partner: Partner, before: set[str]) -> None:
    """Tell the phones of ``before`` that others are the stall's now, and remember those that are no longer.

    Part of the caller's transaction; nothing where the phones are the same. So nobody turns a stall's money away
    by first changing who would hear of it.
    """
    after = phones_of(partner)
    if after == before:
        return
    now = timezone.now()
    FormerPhone.objects.bulk_create(
        FormerPhone(partner=partner, phone=phone, until=now) for phone in sorted(before - after)
    )
    for phone in sorted(before):
        tell(
            "stall_phones_changed",
            key=f"stall_phones_changed:{partner.pk}:{phone}:{now:%Y%m%d%H%M%S%f}",
            phone=phone,
            context={"seller": partner.name, "url": settings.SITE_URL},
        )
