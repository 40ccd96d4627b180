import pytest

from catalogue.models import Product
from catalogue.story import plain_story
from tests.factories import make_product


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Rang <b>củi</b></p><script>x()</script>", "Rang củi"),
        ("Hái tay.<br>Phơi nắng.", "Hái tay.\nPhơi nắng."),
        ("Nhà tôi\r\ntrồng 5 ha\n\n\n\n\nở Bù Đăng", "Nhà tôi\ntrồng 5 ha\n\nở Bù Đăng"),
        ("<img src=x onerror=alert(1)>xin chào", "xin chào"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;ngon", "ngon"),
        ("độ ẩm < 5 % & giòn", "độ ẩm < 5 % & giòn"),
    ],
)
def test_a_story_is_plain_paragraphs(written: str, kept: str) -> None:
    assert plain_story(written) == kept
    assert plain_story(kept) == kept


@pytest.mark.django_db
def test_every_save_cleans_the_story() -> None:
    product = make_product(description="<p onclick='x()'>Ngon</p>")
    assert Product.objects.get(pk=product.pk).description == "Ngon"
