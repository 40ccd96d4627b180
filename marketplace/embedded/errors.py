class ServiceError(Exception):
    """A private database server cannot be had; its text is one sentence that says what to do."""
