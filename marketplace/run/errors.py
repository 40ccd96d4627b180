class CannotRun(Exception):
    """The market cannot be started; the text is one sentence that says what to do."""
