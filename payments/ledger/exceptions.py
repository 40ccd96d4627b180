"""What the books refuse."""


class LedgerError(Exception):
    """Base of this module's errors."""


class Unbalanced(LedgerError):
    """The lines do not sum to 0, or there are fewer than two."""


class KeyReused(LedgerError):
    """An entry has this key already and says something else."""


class OnePersonOnly(LedgerError):
    """A correction needs somebody who asks for it and somebody else who approves."""
