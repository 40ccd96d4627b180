"""Farms, cooperatives and companies of the demo market, with their people and certificates."""

from django.utils import timezone

from catalogue.models import Product
from farmers.models import Certification
from farmers.partner.models import Partner, PartnerMember
from marketplace.demo import records
from marketplace.demo.people import add_person
from marketplace.demo.pictures import Album
from payments.payouts.accounts import bank_capitals
from payments.payouts.models import PayoutAccount
from payments.providers.vietqr.banks import BANKS


def add_seller(seller: records.Seller, *, album: Album) -> None:
    if Partner.objects.filter(code=seller.code).exists():
        return
    partner = Partner.objects.create(
        code=seller.code,
        name=seller.name,
        kind=seller.kind,
        status=Partner.Status.ACTIVE,
        commune_id=seller.commune,
        phone=seller.phone,
        about=seller.about,
        picture=album(seller.picture),
    )
    owner = records.Person(phone=seller.phone, full_name=seller.owner)
    for person, role in [(owner, "owner"), *((helper, "staff") for helper in seller.helpers)]:
        PartnerMember.objects.create(partner=partner, user=add_person(person), role=role)


def add_payout_account(seller: records.Seller) -> None:
    """An invented account, usable at once: payouts can be tried on the day the demo is made."""
    partner = Partner.objects.get(code=seller.code)
    if partner.payout_accounts.exists():
        return
    now, banks = timezone.now(), sorted(BANKS)
    PayoutAccount.objects.create(
        partner=partner,
        bank_bin=banks[partner.pk % len(banks)],
        number=f"9{seller.phone.removeprefix('+84')}",
        holder=bank_capitals(seller.owner),
        requested_at=now,
        usable_from=now,
    )


def add_certificate(certificate: records.Certificate) -> None:
    product = Product.objects.filter(stockrecords__partner_sku=certificate.product).first()
    Certification.objects.get_or_create(
        scheme=certificate.scheme,
        number=certificate.number,
        product=product,
        defaults={
            "partner": Partner.objects.get(code=certificate.seller),
            "issuer": "Nơi cấp thử nghiệm",
            "issued_on": certificate.issued_on,
            "expires_on": certificate.expires_on,
            "verified_at": timezone.now() if certificate.verified else None,
        },
    )
