"""The hosted payment page. Templates hold no logic; every value is escaped on its way in."""

from html import escape
from pathlib import Path
from string import Template

from payments.simulators.stripe.acts import Act
from payments.simulators.stripe.wire import Json

ASSETS = Path(__file__).with_name("assets")
_TEMPLATES = {path.stem: Template(path.read_text("utf-8")) for path in ASSETS.glob("*.html")}
_OTHERS = {
    Act.INSUFFICIENT: ("Thẻ không đủ tiền", "thẻ bị từ chối, trang này vẫn mở để thử lại"),
    Act.FRAUD: ("Nghi gian lận", "Stripe đã thu tiền và xem xét thêm"),
    Act.EXPIRE: ("Hết hạn", "trang thanh toán đóng lại, chưa thu tiền"),
    Act.CANCEL: ("Hủy, quay lại chợ", "chưa thu tiền, trang này vẫn mở"),
}
_DECLINED = '<p class="alert" role="alert">Thẻ bị từ chối vì không đủ tiền. Hãy thử lại bằng thẻ khác.</p>'
_ENDS = {
    "complete": ("Đã thanh toán", "Thẻ đã bị trừ tiền (giả lập). Chợ đã được báo."),
    "expired": ("Trang thanh toán đã hết hạn", "Chưa thu tiền. Hãy về chợ để chọn lại cách trả tiền."),
}


def home() -> str:
    return message("Stripe giả lập", "Hãy đặt hàng ở chợ và chọn thẻ quốc tế; chợ sẽ đưa bạn tới đây.")


def message(title: str, words: str, back: str = "") -> str:
    link = f'<a class="back" href="{escape(back)}">Về trang đơn hàng</a>' if back else ""
    return _page(title, "message", words=escape(words), back=link)


def pay(session: Json, *, declined: bool, back: str) -> str:
    """The page of an open session, or what became of a closed one."""
    if session["status"] != "open":
        title, words = _ENDS[session["status"]]
        return message(title, words, back)
    others = [
        _TEMPLATES["button"].substitute(act=act, word=word, consequence=consequence)
        for act, (word, consequence) in _OTHERS.items()
    ]
    return _page(
        "Thanh toán bằng thẻ",
        "pay",
        alert=_DECLINED if declined else "",
        amount=f"{session['amount_total']:,}".replace(",", ".") + "\u00a0₫",
        reference=escape(session["client_reference_id"] or session["id"]),
        session=escape(session["id"]),
        others="".join(others),
    )


def _page(title: str, template: str, **values: str) -> str:
    return _TEMPLATES["frame"].substitute(
        title=escape(title), main=_TEMPLATES[template].substitute(title=escape(title), **values)
    )
