"""Banks that take part in VietQR, by their six-digit NAPAS BIN.

Source: npm vietnam-qr-pay 1.5.1 (MIT), constants/banks.js, read 2026-11; names as the banks write them.
"""

from collections.abc import Mapping
from types import MappingProxyType

BANKS: Mapping[str, str] = MappingProxyType(
    {
        "970436": "Vietcombank",
        "970415": "VietinBank",
        "970418": "BIDV",
        "970405": "Agribank",
        "970407": "Techcombank",
        "970422": "MB Bank",
        "970416": "ACB",
        "970432": "VPBank",
        "970423": "TPBank",
        "970403": "Sacombank",
        "970437": "HDBank",
        "970441": "VIB",
        "970443": "SHB",
        "970431": "Eximbank",
        "970426": "MSB",
        "970448": "OCB",
        "970449": "LPBank",
        "970440": "SeABank",
        "970425": "ABBank",
        "970428": "Nam A Bank",
        "970409": "Bac A Bank",
        "970454": "BVBank",
        "970452": "KienlongBank",
        "970427": "VietABank",
        "970433": "VietBank",
        "970412": "PVcomBank",
        "970419": "NCB",
        "970430": "PGBank",
        "970400": "Saigonbank",
        "970429": "SCB",
        "970438": "BaoViet Bank",
        "970408": "GPBank",
        "970446": "Co-opBank",
        "970414": "MBV",
        "970406": "Vikki Bank",
        "970424": "Shinhan Bank",
        "546034": "CAKE",
        "546035": "Ubank",
        "963388": "Timo",
        "963369": "Liobank",
        "971025": "MoMo",
    }
)


def bank_name(bank_bin: str) -> str:
    """Name of the bank, or the BIN itself when we do not know it (a new bank must not break a payment)."""
    return BANKS.get(bank_bin, bank_bin)
