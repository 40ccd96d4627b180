"""vnp_ResponseCode and vnp_TransactionStatus of every state a payment can be in."""

from payments.simulators.gateway.charges import State

BANK = "NCB"
CODES = {
    State.OPEN: ("", "01"),
    State.PAID: ("00", "00"),
    State.CANCELLED: ("24", "02"),
    State.EXPIRED: ("11", "02"),
    State.INSUFFICIENT: ("51", "02"),
    State.BANK_ERROR: ("75", "02"),
    State.HELD: ("07", "07"),
    # The bank took the money and gave it back: the response alone looks like success.
    State.REVERSED: ("00", "04"),
    State.GIVEN_BACK: ("00", "06"),
}
DEBITED = (State.PAID, State.HELD, State.REVERSED, State.GIVEN_BACK)
