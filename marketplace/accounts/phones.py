"""Phone numbers: one written form (E.164) for one person, however it was typed."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def normalise_phone(raw: str) -> str:
    """'0912 345 678', '84912345678' and '+84 912345678' are all '+84912345678'.

    Raises ValidationError when it is no Vietnamese mobile number.
    """
    digits = raw.strip()
    if digits.startswith("84"):
        digits = f"+{digits}"
    try:
        number = phonenumbers.parse(digits, "VN")
    except phonenumbers.NumberParseException:
        number = None
    if (
        number is None
        or number.country_code != 84
        or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE
    ):
        raise ValidationError(_("Enter a Vietnamese mobile number of 10 digits, for example 0912 345 678."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(phone: str) -> str:
    """'+84912345678' as people write it: '0912 345 678'."""
    local = "0" + phone.removeprefix("+84")
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def masked(phone: str) -> str:
    """'+84912345678' -> '09•• ••• 678': enough to recognise, not enough to call."""
    return f"{national(phone)[:2]}•• ••• {phone[-3:]}"
