"""Accounts of the demo market; everybody signs in by phone and code."""

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.demo.records import Person


def add_person(person: Person, *, is_staff: bool = False) -> User:
    """The account of this phone, made if there is none."""
    known = User.objects.filter(phone=person.phone).first()
    return known or User.objects.create_user(
        person.phone,
        full_name=person.full_name,
        phone_verified_at=timezone.now(),
        is_staff=is_staff,
        is_superuser=is_staff,
    )
