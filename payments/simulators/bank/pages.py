"""The pages of the pretended bank app. Templates hold no logic; every value is escaped on its way in."""

from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

from payments.simulators.bank.simulator import Receipt
from payments.simulators.bank.transactions import VIETNAM
from payments.simulators.bank.transfers import CHECK_MINUTES, LATE_MINUTES, Kind, plan
from payments.simulators.bank.vietqr import Scanned
from payments.simulators.deliveries import Delivery

ASSETS = Path(__file__).with_name("assets")
_TEMPLATES = {path.stem: Template(path.read_text("utf-8")) for path in ASSETS.glob("*.html")}

_REFRESH = '<meta http-equiv="refresh" content="5">'
_BUTTONS = {
    Kind.EXACT: ("Chuyển đúng", "số tiền và nội dung như mã QR"),
    Kind.LESS: ("Chuyển thiếu", "đơn vẫn mở, chợ báo số còn thiếu"),
    Kind.MORE: ("Chuyển thừa", "đơn được trả, phần dư chờ hoàn"),
    Kind.TWICE: ("Chuyển hai lần", "hai giao dịch, lần sau chờ hoàn"),
    Kind.LATE: ("Chuyển trễ", f"chợ chỉ được báo sau {LATE_MINUTES} phút"),
    Kind.WRONG_MEMO: ("Sai nội dung", "chợ không biết tiền của đơn nào"),
    Kind.WRONG_ACCOUNT: ("Sai tài khoản", "tiền không vào tài khoản của chợ, đơn chưa được trả"),
    Kind.HELD: ("Bị giữ để kiểm tra", f"tiền tới chợ sau {CHECK_MINUTES} phút"),
    Kind.RETURNED: ("Bị giữ rồi trả về", f"sau {CHECK_MINUTES} phút tiền về lại bạn, chợ không nhận gì"),
    Kind.INSUFFICIENT: ("Không đủ số dư", "không đồng nào được chuyển, chợ không được báo"),
    Kind.CANCEL: ("Hủy lệnh chuyển", "không đồng nào được chuyển, chợ không được báo"),
    Kind.EXPIRE: ("Để hết giờ xác nhận", "không đồng nào được chuyển, chợ không được báo"),
}
_ENDS = {
    Kind.RETURNED: (
        "Tiền đã trả về",
        "Ngân hàng không chuyển khoản này, tiền đã về lại tài khoản của bạn. Hãy về chợ để chọn cách khác.",
    ),
    Kind.INSUFFICIENT: (
        "Không đủ số dư",
        "Tài khoản không đủ tiền nên chưa chuyển đồng nào. Hãy về chợ để chọn cách khác.",
    ),
    Kind.CANCEL: (
        "Đã hủy lệnh chuyển",
        "Chưa chuyển đồng nào. Hãy về chợ để thử lần nữa hoặc chọn cách khác.",
    ),
    Kind.EXPIRE: (
        "Hết giờ xác nhận",
        "Ngân hàng chưa chuyển đồng nào. Hãy về chợ để thử lần nữa hoặc chọn cách khác.",
    ),
}
"""Of what never reaches the shop's account."""


def scan_page(error: str = "") -> str:
    """Where a person without a link pastes the text of a QR code."""
    notice = f'<p class="alert" role="alert">{escape(error)}</p>' if error else ""
    return _page("Quét mã", "scan", notice=notice)


def transfer_page(scanned: Scanned, *, payload: str, back: str, token: str) -> str:
    buttons = [_button(kind, scanned, first=kind is Kind.EXACT) for kind in Kind]
    return _page(
        "Chuyển tiền",
        "transfer",
        bank=escape(scanned.bank),
        account=escape(_grouped(scanned.account)),
        amount=dong(scanned.amount),
        memo=escape(scanned.memo or "(không có)"),
        payload=escape(payload),
        back=escape(back),
        token=escape(token),
        pay=buttons[0],
        others="".join(buttons[1:]),
        back_link=_back_link(back, "Quay lại đơn hàng, chưa chuyển"),
    )


def receipt_page(receipt: Receipt, *, name: str, checked: bool) -> str:
    """``checked``: whether the payer's bank has looked into it, where it does."""
    if not checked:
        return _checking_page(receipt, name)
    if receipt.transfer.kind in _ENDS:
        return _end_page(receipt)
    return _sent_page(receipt, name)


def _checking_page(receipt: Receipt, name: str) -> str:
    until = _clock(receipt.checked_at)
    return _page(
        "Đang kiểm tra",
        "unsent",
        refresh=_REFRESH,
        title="Ngân hàng đang kiểm tra",
        words=f"Tiền đã rời tài khoản của bạn nhưng chưa tới chợ. Kiểm tra xong lúc {until}, đừng chuyển lần nữa.",
        hurry=_hurry(name, "kiểm tra xong ngay, không chờ"),
        back_link=_back_link(receipt.back, "Về trang đơn hàng"),
    )


def _end_page(receipt: Receipt) -> str:
    title, words = _ENDS[receipt.transfer.kind]
    back = _back_link(receipt.back, "Về trang đơn hàng")
    return _page(title, "unsent", title=title, words=words, hurry="", back_link=back)


def _sent_page(receipt: Receipt, name: str) -> str:
    transfer = receipt.transfer
    waiting = any(not delivery.finished for delivery in receipt.deliveries)
    return _page(
        "Chuyển thành công",
        "receipt",
        refresh=_REFRESH if waiting else "",
        amount=dong(transfer.amount),
        times=" × 2 lần" if transfer.copies == 2 else "",
        bank=escape(transfer.scanned.bank),
        account=escape(_grouped(transfer.scanned.account)),
        memo=escape(transfer.memo),
        news="".join(f"<li>{_news(delivery)}</li>" for delivery in receipt.deliveries),
        hurry=_hurry(name, "báo cho chợ ngay, không chờ") if waiting else "",
        back_link=_back_link(receipt.back, "Về trang đơn hàng"),
    )


def dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"


def _page(name: str, template: str, refresh: str = "", **values: str) -> str:
    main = _TEMPLATES[template].substitute(values)
    return _TEMPLATES["frame"].substitute(title=name, refresh=refresh, main=main)


def _hurry(name: str, consequence: str) -> str:
    return _TEMPLATES["hurry"].substitute(name=escape(name), consequence=consequence)


def _button(kind: Kind, scanned: Scanned, *, first: bool) -> str:
    word, consequence = _BUTTONS[kind]
    return _TEMPLATES["button"].substitute(
        kind=kind,
        style="pay" if first else "other",
        word=word,
        amount=dong(plan(kind, scanned).amount),
        consequence=consequence,
    )


def _back_link(url: str, words: str) -> str:
    return f'<a class="back" href="{escape(url)}">{words}</a>' if url else ""


def _news(delivery: Delivery) -> str:
    """What became of one notification, in a sentence."""
    if delivery.delivered:
        return f"<b>Đã báo cho chợ</b> ({delivery.notifier}) lúc {_clock(delivery.attempts[-1].at)}."
    if delivery.sending:
        return f"{delivery.notifier} đang báo cho chợ…"
    tried = len(delivery.attempts)
    if delivery.due is None:
        return f"Chợ không nhận báo sau {tried} lần. {delivery.notifier} ngừng gửi."
    if not tried:
        return f"Chợ sẽ được báo lúc {_clock(delivery.due)}."
    why = delivery.attempts[-1].status or "không trả lời"
    return f"Lần {tried}: chợ chưa nhận ({why}). Báo lại lúc {_clock(delivery.due)}."


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, VIETNAM).strftime("%H:%M:%S")


def _grouped(account: str) -> str:
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))
