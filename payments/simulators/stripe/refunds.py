"""Refunds: those that the shop asks for, within limits, and those that Stripe or a person in its dashboard makes.

Every function is called with the account's lock held.
"""

from payments.simulators.stripe.account import Account, new_id
from payments.simulators.stripe.wire import Json, Refusal, number

Events = list[tuple[str, Json]]


def create(account: Account, params: Json) -> tuple[Json, Events]:
    """What the shop asks for; the events also tell of a second one where a fault does it twice. Raises Refusal."""
    intent, charge = refundable(account, params.get("payment_intent", ""))
    left = left_of(charge)
    if not left:
        message = f"Charge {charge['id']} has already been refunded."
        raise Refusal(message, code="charge_already_refunded")
    amount = number(params, "amount") if "amount" in params else left
    if not 0 < amount <= left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(message, param="amount")
    faults = account.refund_faults
    refund, events = give_back(
        account, intent, amount, name=faults.reference(), metadata=params.get("metadata", {})
    )
    answer = dict(refund)
    if faults.doubles():
        events += give_back(account, intent, amount)[1]
    return answer, events


def give_back(
    account: Account, intent: Json, amount: int, *, name: str = "", metadata: Json | None = None
) -> tuple[Json, Events]:
    """``amount`` đồng, however little is left; ``name`` is Stripe's, where another refund has it as well."""
    charge = account.charges[intent["latest_charge"]]
    charge["amount_refunded"] += amount
    charge["refunded"] = not left_of(charge)
    refund: Json = {
        "id": name or new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": account.now(),
        "currency": intent["currency"],
        "metadata": metadata or {},
        "payment_intent": intent["id"],
        "status": "succeeded",
    }
    account.refunds.append(refund)
    return refund, [("refund.created", refund), ("charge.refunded", dict(charge))]


def refundable(account: Account, intent_id: str) -> tuple[Json, Json]:
    """The payment intent and the charge that paid it. Raises Refusal."""
    intent = account.intents.get(intent_id)
    if intent is None:
        raise Refusal("No such payment_intent", status=404, code="resource_missing")
    if intent["status"] != "succeeded":
        raise Refusal("This PaymentIntent does not have a successful charge to refund.")
    return intent, account.charges[intent["latest_charge"]]


def left_of(charge: Json) -> int:
    """đồng of ``charge`` that can still be given back."""
    return max(int(charge["amount"]) - int(charge["amount_refunded"]), 0)


def find(account: Account, name: str) -> Json:
    """The newest of that id. Raises Refusal."""
    found = next((one for one in reversed(account.refunds) if one["id"] == name), None)
    if found is None:
        raise Refusal(f"No such object: '{name}'", status=404, code="resource_missing", param="id")
    return found


def settle(account: Account, refund: Json, status: str) -> Events:
    """Make it pending, succeeded or failed; a failed one gives its money back to the charge. Raises Refusal."""
    if status not in ("pending", "succeeded", "failed") or refund["status"] == "failed":
        raise Refusal(f"a refund cannot become {status}")
    refund["status"] = status
    if status != "failed":
        return [("refund.updated", refund)]
    refund["failure_reason"] = "lost_or_stolen_card"
    charge = account.charges[refund["charge"]]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = not left_of(charge)
    return [("refund.failed", refund)]
