class PermanentError(Exception):
    """Raised by a handler when trying again cannot help: the job is parked at once for a person."""
