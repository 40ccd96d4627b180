"""Farms, cooperatives and companies of the demo market, with their people and certificates."""

from django.utils import timezone

from catalogue.models import Product
from farmers.models import Certification
from farmers.partner.models import Partner, PartnerMember
from marketplace.demo import records
from marketplace.demo.people import add_person
from marketplace.demo.pictures import Album


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
