"""Accounts of the demo market; everybody signs in by phone and code."""

from django.utils import timezone

from marketplace.accounts import demo_app
from marketplace.accounts.models import User
from marketplace.demo.records import Person, Staff


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


def add_staff(person: Staff) -> User:
    user = add_person(person, is_staff=True)
    demo_app.give(user, person.app_secret)
    return user
