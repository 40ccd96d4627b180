"""What cannot be read of the files that banks and carriers give us."""

from payments.exceptions import PaymentError


class UnreadableFile(PaymentError):
    """The file is no table that can be understood at all; the text says why, translated."""
