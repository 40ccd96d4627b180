"""The walkthrough reads a page as a browser without scripts would send it."""

import pytest

from marketplace.demo.walkthrough.documents import Document

PAGE = """
<h1>Hạt điều <b>rang</b></h1><script>var x = "<form action='/no/'>"</script>
<form action="/tim-kiem/"><input name="q" value=""></form>
<form action="/gio-hang/them/" method="post">
  <input type="hidden" name="product" value="7">
  <input type="number" name="quantity" value="2">
  <input type="radio" name="pay" value="cash"><input type="radio" name="pay" value="vietqr" checked>
  <input type="checkbox" name="gift"><input type="checkbox" name="agree" checked>
  <select name="carrier"><option value="a">A</option><option value="b" selected>B</option></select>
  <textarea name="note">Giao &amp; gọi</textarea>
  <input name="old" value="x" disabled>
  <button name="kind" value="first">1</button><button name="kind" value="second">2</button>
</form>
<form action="/gio-hang/dong/1/"><button>Đổi</button><button name="remove" value="1">Bỏ ra</button></form>
<p>Xem <a href="/nha-vuon/anh-tam/">Nhà vườn <em>anh Tâm</em></a></p>
"""


def test_a_form_holds_what_its_first_button_would_send():
    form = Document(PAGE).form("/gio-hang/them/")
    assert form.method == "post"
    assert form.fields == {
        "product": "7",
        "quantity": "2",
        "pay": "vietqr",
        "agree": "on",
        "carrier": "b",
        "note": "Giao & gọi",
        "kind": "first",
    }
    assert Document(PAGE).form("/gio-hang/dong/").fields == {}


def test_links_headings_and_text_are_read_without_scripts():
    page = Document(PAGE)
    assert page.title == "Hạt điều rang"
    assert page.link("/nha-vuon/") == "/nha-vuon/anh-tam/"
    assert [link.text for link in page.links] == ["Nhà vườn anh Tâm"]
    assert "var x" not in page.text


def test_what_is_missing_is_said_with_what_the_page_says():
    with pytest.raises(LookupError, match="no form .*/don-hang/.* Hạt điều"):
        Document(PAGE).form("/don-hang/")
    with pytest.raises(LookupError, match="no link"):
        Document(PAGE).link("/cau-chuyen/")
