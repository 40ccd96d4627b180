"""The page a person pays on. Templates hold no logic; every value is escaped on its way in."""

from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from string import Template

from payments.simulators.gateway.charges import Charge, State
from payments.simulators.gateway.rail import Button, Rail

ASSETS = Path(__file__).with_name("assets")
VIETNAM = timezone(timedelta(hours=7))
_TEMPLATES = {path.stem: Template(path.read_text("utf-8")) for path in ASSETS.glob("*.html")}
_ENDS = {
    State.PAID: ("Đã thanh toán", "Tiền đã được trừ (giả lập). Hãy về trang đơn hàng để xem kết quả."),
    State.CANCELLED: ("Đã hủy", "Bạn chưa bị trừ tiền. Hãy về chợ để thử lần nữa hoặc chọn cách khác."),
    State.EXPIRED: ("Đã hết hạn", "Bạn chưa bị trừ tiền. Hãy về chợ để thử lần nữa hoặc chọn cách khác."),
    State.INSUFFICIENT: ("Không đủ tiền", "Bạn chưa bị trừ tiền. Hãy về chợ để chọn cách khác."),
    State.HELD: ("Đang kiểm tra", "Tiền đã bị giữ lại để kiểm tra. Hãy về trang đơn hàng, đừng trả lần nữa."),
    State.BANK_ERROR: (
        "Ngân hàng báo lỗi",
        "Giao dịch không thành, bạn chưa bị trừ tiền. Hãy về chợ để chọn cách khác.",
    ),
    State.REVERSED: (
        "Đã hoàn lại",
        "Giao dịch không thành, tiền được hoàn cho bạn. Hãy về chợ để thử lần nữa.",
    ),
    State.AUTHORIZED: (
        "Đang giữ tiền",
        "Tiền được giữ trong ví, chưa thu xong. Hãy về trang đơn hàng, đừng trả lần nữa.",
    ),
}


def home(rail: Rail) -> str:
    return message(
        rail, f"{rail.name} giả lập", f"Hãy đặt hàng ở chợ và chọn {rail.name}; chợ sẽ đưa bạn tới đây."
    )


def message(rail: Rail, title: str, words: str, back: str = "") -> str:
    link = f'<a class="back" href="{escape(back or rail.shop.site_url + "/")}">Về chợ</a>'
    return _page(rail, title, "message", words=escape(words), back=link)


def pay(rail: Rail, charge: Charge) -> str:
    """The page of an open payment, or what became of a closed one."""
    if charge.state is not State.OPEN:
        title, words = _ENDS[charge.state]
        return message(rail, title, words, rail.way_back(charge))
    return _page(
        rail,
        f"Trả tiền bằng {rail.name}",
        "pay",
        amount=dong(charge.amount),
        description=escape(charge.description),
        reference=escape(charge.reference),
        until=datetime.fromtimestamp(charge.expires, VIETNAM).strftime("%H:%M ngày %d/%m/%Y"),
        action=escape(f"/pay/{charge.token}"),
        pay=_button(rail.buttons[0], "pay"),
        others="".join(_button(button, "other") for button in rail.buttons[1:]),
        back=escape(charge.return_url if rail.shop.owns(charge.return_url) else f"{rail.shop.site_url}/"),
    )


def dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"


def _button(button: Button, style: str) -> str:
    return _TEMPLATES["button"].substitute(
        act=button.act, style=style, word=escape(button.word), consequence=escape(button.consequence)
    )


def _page(rail: Rail, title: str, template: str, **values: str) -> str:
    main = _TEMPLATES[template].substitute(title=escape(title), **values)
    return _TEMPLATES["frame"].substitute(
        title=escape(title), name=escape(rail.name), theme=rail.theme, main=main
    )
