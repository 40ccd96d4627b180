"""What a buyer asks once the farm has begun: to cancel after all, or money back for goods that came spoiled."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.amounts import read_dong
from catalogue.money import dong
from marketplace.images.models import MarketImage
from marketplace.order.models import Order, SellerOrder
from marketplace.tracking.access import for_buyers
from payments.claims.exceptions import NotNow
from payments.claims.models import Claim
from payments.claims.photos import SeveralPhotos, WithPhotos
from payments.claims.services import make_claim, may_claim, withdraw_claim
from payments.claims.windows import window_of
from payments.exceptions import TooMuch
from payments.parcel_refunds import left_of


class ClaimForm(WithPhotos):
    words = forms.CharField(
        label=gettext_lazy("What is wrong with the goods?"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Which goods, how many packs, what you see. The farm reads it too."),
    )
    wanted = forms.CharField(
        label=gettext_lazy("How much money do you ask for?"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    photos = SeveralPhotos(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy("1 to 5. A photo of the box and one of the goods help most."),
    )

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        words = _(
            "Add at least one photo. Your phone cannot? Open the link in our message on the phone of somebody "
            "near you, or call us, %(phone)s: we write your claim down for you."
        )
        self.fields["photos"].error_messages["required"] = words % {"phone": settings.MARKET_PHONE}
        self.fields["wanted"].help_text = _("You paid %(amount)s for this parcel.") % {"amount": dong(most)}

    def clean_wanted(self) -> int:
        try:
            wanted = read_dong(self.cleaned_data["wanted"])
        except ValueError:
            raise ValidationError(_("Type an amount like 50.000.")) from None
        if not 0 < wanted <= self.most:
            raise ValidationError(_("It can be at most %(amount)s.") % {"amount": dong(self.most)})
        return wanted


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
def claim(request: HttpRequest, order: Order, parcel: str) -> HttpResponse:
    """The claim made for the parcel and how far it is; before that, the form for it."""
    found = _parcel(order, parcel)
    made = found.claims.exclude(state=Claim.State.WITHDRAWN).select_related("refund").first()
    if made is not None:
        context = {"order": order, "parcel": found, "claim": made, "photos": _photos(made)}
        return render(request, "tracking/claim_made.html", context)
    if not may_claim(found, timezone.now()):
        messages.info(request, _("The time to claim for this parcel is over, or has not begun."))
        return redirect("tracking:order", number=order.number)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ClaimForm(*sent, most=left_of(found).total)
    if form.is_valid():
        return _make(request, found, form.cleaned_data)
    context = {"order": order, "parcel": found, "form": form, "window": window_of(found)}
    return render(request, "tracking/claim.html", context, status=422 if form.errors else 200)


def _make(request: HttpRequest, parcel: SellerOrder, data: dict[str, Any]) -> HttpResponse:
    try:
        make_claim(
            parcel,
            words=data["words"],
            wanted=data["wanted"],
            photos=data["images"],
            now=timezone.now(),
        )
        messages.success(request, _("We have your claim. A person looks at it; you will hear from us."))
    except (NotNow, TooMuch):
        messages.info(request, _("Nothing was done: somebody was faster. This is how it stands now."))
    return redirect("tracking:claim", parcel.order.number, parcel.number)


@require_POST
@for_buyers
def withdraw(request: HttpRequest, order: Order, parcel: str) -> HttpResponse:
    made = get_object_or_404(_parcel(order, parcel).claims.exclude(state=Claim.State.WITHDRAWN))
    try:
        withdraw_claim(made)
        messages.success(request, _("The claim is withdrawn."))
    except NotNow:
        messages.info(request, _("It is decided already. This is how it stands now."))
        return redirect("tracking:claim", order.number, parcel)
    return redirect("tracking:order", number=order.number)


def _parcel(order: Order, number: str) -> SellerOrder:
    rows = order.seller_orders.select_related("partner", "order")
    return get_object_or_404(rows, number=number)


def _photos(made: Any) -> list[MarketImage]:
    return [photo.image for photo in made.photos.select_related("image")]
