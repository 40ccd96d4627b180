"""Where the stall's money goes, and what was sent there. The owner's alone."""

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.partner.models import PartnerMember
from farmers.workspace import access
from farmers.workspace.payout_forms import FreshCodeForm
from farmers.workspace.payout_list import PayoutList
from marketplace.accounts import fresh_code
from marketplace.accounts.phones import national
from marketplace.accounts.suspended import say_not_done
from payments.account_form import BankAccountForm
from payments.payouts.accounts import call_off, change_account, current_account, frozen_change

#: session key: the account that a code was sent for
_ASKED = "payout-account-asked"


@access.for_owners
def payouts(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    sent = PayoutList(member.partner, request.GET.get("truoc", ""))
    return render(request, "workspace/payouts.html", {"member": member, "payouts": sent, "at": "money"})


@access.for_owners
def account(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    """The account that counts, the change that waits, and the form for another one."""
    form = BankAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[_ASKED] = {"stall": member.partner.code, **form.cleaned_data}
        _send_code(request, member)
        return redirect("workspace:payout_account_code")
    return _account_page(request, member, form)


@access.for_owners
def confirm(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    """The account is changed only by a fresh code from the owner's phone, sent for exactly this account."""
    asked = request.session.get(_ASKED)
    if not asked or asked["stall"] != member.partner.code:
        messages.info(request, _("Nothing was done: no account waits for a code here."))
        return redirect("workspace:payout_account")
    form = FreshCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if fresh_code.check(member.user, about=_about(asked), code=form.cleaned_data["code"]):
            return _change(request, member)
        form.add_error(
            "code", _("That is not the code we sent, or it is too old. Look again, or ask for a new one.")
        )
    context = {"member": member, "form": form, "asked": asked, "at": "money", "demo": settings.DEMO}
    context |= {
        "national": national(member.user.phone),
        "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
    }
    return render(request, "workspace/payout_account_code.html", context)


@access.for_owners
def send_again(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    """A GET, as after signing in anew, sends nothing."""
    if request.method == "POST" and request.session.get(_ASKED):
        _send_code(request, member)
    return redirect("workspace:payout_account_code")


@access.for_owners
def keep(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    """Call off the change that waits. It needs no code: keeping things as they were harms nobody.

    A GET, as after signing in anew, does nothing and says so.
    """
    change = frozen_change(member.partner, now=timezone.now())
    if request.method != "POST":
        say_not_done(request)
    elif change is not None and call_off(change, by=member.user, now=timezone.now()):
        messages.success(request, _("The change is called off. Your money goes where it went before."))
    else:
        messages.info(request, _("There is no change to call off."))
    return redirect("workspace:payout_account")


def _change(request: HttpRequest, member: PartnerMember) -> HttpResponse:
    asked = request.session.pop(_ASKED)
    change_account(
        partner=member.partner,
        bank_bin=asked["bank_bin"],
        number=asked["number"],
        holder=asked["holder"],
        by=member.user,
        now=timezone.now(),
    )
    messages.success(
        request,
        _("Saved. For your safety it is used in %(hours)d hours; we have told all phones of the stall.")
        % {"hours": settings.PAYOUT_ACCOUNT_FREEZE_HOURS},
    )
    return redirect("workspace:payout_account")


def _send_code(request: HttpRequest, member: PartnerMember) -> None:
    if not fresh_code.send(request, member.user, about=_about(request.session[_ASKED])):
        messages.warning(
            request,
            _("A code has just been sent, or too many today. Wait %(seconds)d seconds and ask again.")
            % {"seconds": settings.LOGIN_CODE_WAIT},
        )


def _about(asked: dict[str, str]) -> str:
    return f"payout-account:{json.dumps(asked, sort_keys=True)}"


def _account_page(request: HttpRequest, member: PartnerMember, form: BankAccountForm) -> HttpResponse:
    now = timezone.now()
    context = {
        "member": member,
        "form": form,
        "current": current_account(member.partner, now=now),
        "change": frozen_change(member.partner, now=now),
        "history": member.partner.payout_accounts.all()[:20],
        "hours": settings.PAYOUT_ACCOUNT_FREEZE_HOURS,
        "at": "money",
    }
    return render(request, "workspace/payout_account.html", context)
