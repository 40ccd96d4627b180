import pytest
from django.urls import reverse

from farmers.workspace.order_sheet import sheet_of
from farmers.workspace.slips.slip import packing_slip
from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from tests.factories import anh_tam, htx_dong_phu, make_order, make_paid_order, make_product
from tests.reading import pdf_pages, pdf_words

pytestmark = pytest.mark.django_db
AT_THE_DOOR = {"payment_method": "cash_on_delivery", "pays_on_delivery": True}
A6, A5 = (105, 148), (148, 210)


def accepted(order) -> SellerOrder:
    part = order.seller_orders.get(partner=anh_tam())
    move(part, SellerOrder.Status.PACKING)
    return part


def printed(part: SellerOrder, *, paper: str = "a6") -> bytes:
    return packing_slip(sheet_of(part), part.partner, paper=paper)


def test_says_who_sends_what_to_whom():
    cashew = make_product("Hạt điều rang muối vỏ lụa", partner=anh_tam(), pack_grams=500)
    part = accepted(make_paid_order((cashew, 2), note="Gọi trước khi giao"))
    text = pdf_words(printed(part))
    for expected in (
        part.number,
        "Nhà vườn anh Tâm",
        "Xã Bù Đăng",
        "0912 000 002",
        "Nguyễn Thị Lan",
        "0912 000 001",
        "12 Hoàng Diệu, Phường Ba Đình, Hà Nội",
        "2 × Hạt điều rang muối vỏ lụa 500 g",
        "2 gói, nặng 1 kg",
        "Gọi trước khi giao",
        "Đã trả tiền. Không thu thêm.",
    ):
        assert expected in text


def test_says_what_to_collect_at_the_door():
    part = accepted(make_order((make_product(price=95_000, partner=anh_tam()), 2), **AT_THE_DOOR))
    assert "Thu hộ: 220.000 ₫" in pdf_words(printed(part))


def test_shows_nothing_of_another_seller():
    mine, theirs = make_product(partner=anh_tam()), make_product("Tiêu đen", partner=htx_dong_phu())
    text = pdf_words(printed(accepted(make_paid_order((mine, 1), (theirs, 1)))))
    assert "Tiêu đen" not in text
    assert "HTX" not in text


def test_what_people_typed_is_text_and_never_code():
    sly = '#import "secret.typ" $x$ *đậm* \\ "'
    part = accepted(make_paid_order((make_product(sly[:60], partner=anh_tam()), 1), note=sly))
    assert f"Lời nhắn: {sly}" in pdf_words(printed(part))


@pytest.mark.parametrize(("paper", "millimetres"), [("a6", A6), ("a5", A5)])
def test_comes_on_a_label_or_on_half_a_sheet(paper, millimetres):
    part = accepted(make_paid_order((make_product(partner=anh_tam()), 1)))
    (page,) = pdf_pages(printed(part, paper=paper))
    box = page.mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == millimetres


def test_a_long_order_goes_on_with_its_number_on_every_page():
    products = [make_product(f"Món hàng số {n}", partner=anh_tam()) for n in range(40)]
    part = accepted(make_paid_order(*((product, 1) for product in products)))
    content = printed(part)
    pages = pdf_pages(content)
    assert len(pages) > 1
    assert all(part.number in page.extract_text() for page in pages)
    assert "Món hàng số 39" in pdf_words(content)


class TestTheDoor:
    def test_is_a_pdf_that_no_cache_keeps(self, client):
        part = accepted(make_paid_order((make_product(partner=anh_tam()), 1)))
        client.force_login(anh_tam().members.get().user)
        answer = client.get(reverse("workspace:packing_slip", args=[part.number]) + "?kho=a5")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'inline; filename="phieu-{part.number}.pdf"'
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"%PDF-")

    def test_opens_only_once_the_order_is_accepted(self, client):
        part = make_paid_order((make_product(partner=anh_tam()), 1)).seller_orders.get()
        client.force_login(anh_tam().members.get().user)
        answer = client.get(reverse("workspace:packing_slip", args=[part.number]))
        assert answer.url == reverse("workspace:order", args=[part.number])
