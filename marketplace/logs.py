"""Logs as one JSON object per line, with phone numbers, bank accounts and keys of links made unreadable."""

import logging.config
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: 0912 345 678, +84 912.345.678, 84912345678, also percent-encoded in an address
PHONE = re.compile(r"((?:(?<=%2B)|(?<![0-9A-Za-z]))(?:\+?84[ .-]?|0)\d)(?:[ .-]?\d){5}([ .-]?\d){3}(?!\d)")
#: a number that the words before it call an account, or one too long to be an order's (ten digits) or an amount
ACCOUNT = re.compile(
    r"(?i)((?:account|tài khoản|số tk|\bstk)(?:_?(?:number|no))?[^\w]{0,6})\d{3,16}(\d{3})(?!\d)"
)
LONG_NUMBER = re.compile(r"(?<![\w.-])\d{9,16}(\d{3})(?![\w-])")
LINK_KEY = re.compile(r"(\bkhoa=)[^&\s\"']+")
PRIVATE_NAMES = frozenset(
    {"phone", "account", "account_number", "accountnumber", "subaccount", "bank_account"}
)
HIDDEN = "•••"


def mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide what identifies a person's phone or bank account, however deep in the event it is."""
    return {name: _masked(value, name) for name, value in event.items()}


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_masked(inner, name) for inner in value]
    if name.lower() in PRIVATE_NAMES and value:
        return f"{HIDDEN}{str(value)[-3:]}"
    if isinstance(value, str):
        return mask_text(value)
    return value


def mask_text(text: str) -> str:
    """'gọi 0912 345 678' -> 'gọi 09•••678': enough to recognise, not enough to call or to pay."""
    text = PHONE.sub(lambda found: f"{found[1]}{HIDDEN}{found[0][-3:]}", text)
    text = ACCOUNT.sub(rf"\g<1>{HIDDEN}\g<2>", text)
    text = LONG_NUMBER.sub(rf"{HIDDEN}\g<1>", text)
    return LINK_KEY.sub(rf"\g<1>{HIDDEN}", text)


def configure(options: Mapping[str, str]) -> None:
    """Django's LOGGING_CONFIG: set up structlog and the standard loggers alike.

    options: `level` of our own loggers; `form` is "json", or "console" for a developer's eyes.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_standard_loggers(options, shared))


def _standard_loggers(options: Mapping[str, str], shared: list[Processor]) -> dict[str, Any]:
    renderer: list[Processor] = [structlog.dev.ConsoleRenderer()]
    if options["form"] == "json":
        renderer = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    processors: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        mask,
        *renderer,
    ]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": processors,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": options["level"]},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},  # below that it repeats request_finished
            "celery.app.trace": {"level": "WARNING"},  # repeats task_succeeded
        },
    }
