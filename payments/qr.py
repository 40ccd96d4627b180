"""A payload as a picture, with the quiet edge that scanners need."""

import io

import segno

QUIET_EDGE = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def svg(payload: str) -> bytes:
    return _drawn(payload, "svg", scale=8)


def png(payload: str) -> bytes:
    """About 600 pixels wide: bank apps read it from the phone's pictures."""
    return _drawn(payload, "png", scale=12)


def _drawn(payload: str, kind: str, *, scale: int) -> bytes:
    out = io.BytesIO()
    segno.make_qr(payload, error="m").save(out, kind=kind, scale=scale, border=QUIET_EDGE, light="white")
    return out.getvalue()
