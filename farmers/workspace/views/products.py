"""A stall's products: what is left of each, and the form that describes one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.amounts import read_dong, read_grams
from catalogue.listing.refresh import per_kilogram
from catalogue.models import Product
from catalogue.money import dong
from farmers.partner import stock as shelf
from farmers.partner.models import PartnerMember
from farmers.workspace import access
from farmers.workspace.photos import Photos
from farmers.workspace.product_form import ProductForm, initial_of
from farmers.workspace.product_list import anchor_of, product_rows
from farmers.workspace.services import save_product
from farmers.workspace.stock_form import StockForm
from payments.commission.preview import preview


@access.for_members
def products(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    rows = product_rows(access.products_of(member))
    return _page(request, member, "products", at="products", rows=rows)


@access.for_members
def stock(request: HttpRequest, member: PartnerMember, pk: int) -> HttpResponse:
    """A new count of packs, or the "sold out for now" switch; each is undone the way it was done."""
    record = access.stock_for(member, pk)
    if request.method == "POST":
        _count(request, record.pk, StockForm(request.POST))
    return redirect(f"{reverse('workspace:products')}#{anchor_of(pk)}")


def _count(request: HttpRequest, stockrecord_id: int, form: StockForm) -> None:
    if not form.is_valid():
        messages.error(
            request, " ".join(str(message) for errors in form.errors.values() for message in errors)
        )
    elif form.cleaned_data["paused"] is not None:
        shelf.set_paused(stockrecord_id, paused=form.cleaned_data["paused"])
    else:
        shelf.change_stock(stockrecord_id, by=form.cleaned_data["left"] - form.cleaned_data["shown"])


@access.for_owners
def add(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    return _edit(request, member, None, {"commune": member.partner.commune_id})


@access.for_owners
def edit(request: HttpRequest, member: PartnerMember, pk: int) -> HttpResponse:
    product = access.product_for(member, pk)
    return _edit(request, member, product, initial_of(product, access.stock_for(member, pk)))


def _edit(
    request: HttpRequest, member: PartnerMember, product: Product | None, initial: dict[str, Any]
) -> HttpResponse:
    sent = request.method == "POST"
    form = ProductForm(request.POST if sent else None, stall=member.partner, initial=initial)
    if sent:
        files, title = request.FILES.getlist("photos"), request.POST.get("title", "")
        photos = Photos.sent(member.partner, request.POST, files, title=title)
        if form.is_valid() and not photos.errors:
            return _save(request, member, product, form, photos)
    else:
        photos = Photos.of_product(member.partner, product)
    at = "products" if product else "add"
    crop = form.cleaned_data.get("crop") if sent else product and product.crop
    keeps = preview(member.partner, timezone.localdate(), crop)
    return _page(request, member, "product", at=at, product=product, form=form, photos=photos, keeps=keeps)


def _page(request: HttpRequest, member: PartnerMember, name: str, **context: Any) -> HttpResponse:
    context |= {"member": member, "may_edit": member.is_owner}
    return render(request, f"workspace/{name}.html", context)


def _save(
    request: HttpRequest, member: PartnerMember, product: Product | None, form: ProductForm, photos: Photos
) -> HttpResponse:
    saved = save_product(
        stall=member.partner,
        product=product,
        values=form.cleaned_data,
        more_packs=form.more_packs,
        images=photos.images,
    )
    messages.success(request, _("Saved: %(title)s.") % {"title": saved.title})
    return redirect("workspace:products")


@access.for_members
def price_per_kilogram(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    """What the typed price is for a kilogram, as plain text; empty while it cannot be known."""
    try:
        price, weight = read_dong(request.GET.get("price", "")), read_grams(request.GET.get("pack", ""))
    except ValueError:
        return HttpResponse("", content_type="text/plain")
    if not weight:
        return HttpResponse("", content_type="text/plain")
    return HttpResponse(f"= {dong(per_kilogram(price, weight))}/kg", content_type="text/plain; charset=utf-8")
