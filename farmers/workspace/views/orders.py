"""A stall's orders: what to do now, one order, and the steps it takes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from farmers.partner.models import PartnerMember
from farmers.workspace import access
from farmers.workspace.order_forms import AnswerForm, CameBackForm, CancelForm, HandOverForm
from farmers.workspace.order_list import OrderList
from farmers.workspace.order_sheet import sheet_of
from farmers.workspace.slips.slip import PAPERS, packing_slip
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from marketplace.order.services import come_back, move, refuse_at_door
from payments.claims.cancelling import open_request
from payments.claims.models import Claim
from payments.reconciliation.cash_states import cash_state

Status = SellerOrder.Status


@access.for_members
def home(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    orders = OrderList(
        access.seller_orders_of(member), request.GET.get("xem", ""), request.GET.get("truoc", "")
    )
    stalls = access.memberships_of(request).select_related("partner")
    context = {"member": member, "orders": orders, "stalls": stalls, "at": "orders"}
    return render(request, "workspace/home.html", context)


@access.for_members
def switch(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    if request.method == "POST":
        access.choose_stall(request, request.POST.get("stall", ""))
    return redirect("workspace:home")


@access.for_members
def order(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    return _page(request, member, access.seller_order_for(member, number), HandOverForm())


@access.for_members
def accept(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    return _step(
        request,
        member,
        access.seller_order_for(member, number),
        Status.PACKING,
        _("Accepted. Pack it, print the slip, hand it over."),
    )


@access.for_members
def hand_over(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    seller_order = access.seller_order_for(member, number)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        return _page(request, member, seller_order, form)
    return _step(
        request,
        member,
        seller_order,
        Status.HANDED_OVER,
        _("Handed over. The buyer has been told."),
        **getattr(form, "cleaned_data", {}),
    )


@access.for_members
def deliver(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    return _step(
        request, member, access.seller_order_for(member, number), Status.DELIVERED, _("Delivered. Well done!")
    )


@access.for_owners
def cancel(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    seller_order = access.seller_order_for(member, number)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = _("Cancelled. The buyer has been told why.")
        return _step(request, member, seller_order, Status.CANCELLED, done, note=form.cleaned_data["note"])
    return render(
        request, "workspace/cancel.html", {"member": member, "sheet": sheet_of(seller_order), "form": form}
    )


@access.for_owners
def refused(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    """The buyer did not take the parcel at the door."""
    seller_order = access.seller_order_for(member, number)
    if request.method != "POST":
        sheet = sheet_of(seller_order)
        return render(request, "workspace/refused.html", {"member": member, "sheet": sheet})
    try:
        refuse_at_door(seller_order, actor=member.user)
        messages.success(request, _when_back())
    except IllegalMove:
        messages.info(
            request, _("Nothing was changed: only a parcel on its way, to be paid in cash, can be refused.")
        )
    return redirect("workspace:order", number)


@access.for_owners
def came_back(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    """A parcel that was paid before could not be delivered."""
    seller_order = access.seller_order_for(member, number)
    form = CameBackForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"member": member, "sheet": sheet_of(seller_order), "form": form}
        return render(request, "workspace/came_back.html", context)
    try:
        come_back(seller_order, actor=member.user, reason=form.cleaned_data["note"])
        messages.success(request, _when_back())
    except IllegalMove:
        messages.info(
            request, _("Nothing was changed: only a parcel on its way, paid beforehand, can come back.")
        )
    return redirect("workspace:order", number)


def _when_back() -> str:
    return _("Noted. When the goods are back and still good, add the packs again under “My goods”.")


@access.for_members
def slip(request: HttpRequest, member: PartnerMember, number: str) -> HttpResponse:
    """The packing slip; it shows the buyer's phone, so it exists from acceptance on."""
    sheet = sheet_of(access.seller_order_for(member, number))
    if not sheet.is_accepted:
        messages.info(request, _("Accept the order first, then print its slip."))
        return redirect("workspace:order", number)
    paper = request.GET.get("kho", "")
    pdf = packing_slip(sheet, member.partner, paper=paper if paper in PAPERS else PAPERS[0])
    headers = {"Content-Disposition": f'inline; filename="phieu-{sheet.number}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _page(
    request: HttpRequest, member: PartnerMember, seller_order: SellerOrder, form: HandOverForm
) -> HttpResponse:
    may_cancel = member.is_owner and seller_order.status in SellerOrder.WITH_THE_FARM
    context = {"member": member, "sheet": sheet_of(seller_order), "form": form, "at": "orders"}
    context |= {"parcel": seller_order, "cash": cash_state(seller_order)}
    context |= {"papers": PAPERS, "may_cancel": may_cancel, "asked": open_request(seller_order)}
    context |= {
        "claim": seller_order.claims.exclude(state=Claim.State.WITHDRAWN).first(),
        "answer": AnswerForm(),
    }
    return render(request, "workspace/order.html", context)


def _step(
    request: HttpRequest, member: PartnerMember, seller_order: SellerOrder, to: str, done: str, **details: Any
) -> HttpResponse:
    """Take the step; a second tap or an old page finds it taken and says what is so now.

    Only a POST takes it: who had to sign in on the way comes back by GET and sees the order.
    """
    try:
        if request.method == "POST":
            move(seller_order, to, actor=member.user, **details)
            messages.success(request, done)
    except IllegalMove:
        seller_order.refresh_from_db(fields=["status"])
        messages.info(
            request, _("This order is now: %(status)s.") % {"status": seller_order.get_status_display()}
        )
    return redirect("workspace:order", seller_order.number)
