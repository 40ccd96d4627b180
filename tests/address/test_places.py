"""The real lists of places, loaded as an operator loads them, searched as people write."""

from datetime import date

from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse

from marketplace.address.forms import PlaceForm
from marketplace.address.models import Commune, CommuneAlias, Country, Province
from marketplace.address.search import find_places

BU_DANG, DONG_XOAI, BA_DINH_HA_NOI = "25396", "25210", "00004"


class PlacesTestCase(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        call_command("load_places", verbosity=0)


class TestLoading(PlacesTestCase):
    def test_every_place_is_there_and_loading_again_changes_nothing(self) -> None:
        Commune.objects.filter(pk=BU_DANG).update(name="Xã Cũ")
        call_command("load_places", verbosity=0)
        assert Province.objects.count() == 34
        assert Commune.objects.count() == 3321
        assert CommuneAlias.objects.count() == 10035
        assert Country.objects.get().pk == "VN"
        commune = Commune.objects.get(pk=BU_DANG)
        assert (commune.name, commune.source_date) == ("Xã Bù Đăng", date(2026, 10, 1))


class TestSearch(PlacesTestCase):
    def assert_first(self, text: str, code: str) -> None:
        found = find_places(text)
        assert found, text
        assert found[0].code == code, f"{text}: {found[0].label}"

    def test_present_names_with_and_without_accents(self) -> None:
        for text in ("Bù Đăng", "bu dang", "BÙ ĐĂNG", "xã Bù Đăng", "bu dan", "xa bu dang dong nai"):
            self.assert_first(text, BU_DANG)

    def test_former_districts_and_short_forms(self) -> None:
        self.assert_first("huyện Bù Đăng", BU_DANG)
        self.assert_first("tp dong xoai", DONG_XOAI)
        self.assert_first("TP. Đồng Xoài, Bình Phước", DONG_XOAI)
        self.assert_first("quan ba dinh", BA_DINH_HA_NOI)
        self.assert_first("q1", "26740")

    def test_a_former_district_offers_all_that_became_of_it(self) -> None:
        labels = {place.label for place in find_places("huyện Bù Đăng")}
        assert {"Xã Bù Đăng, Đồng Nai", "Xã Bom Bo, Đồng Nai", "Xã Thọ Sơn, Đồng Nai"} <= labels

    def test_a_former_ward_says_what_it_was(self) -> None:
        place = find_places("xã Minh Hưng, huyện Bù Đăng")[0]
        assert (place.code, place.old) == (BU_DANG, "Xã Minh Hưng, Huyện Bù Đăng, Tỉnh Bình Phước")

    def test_a_divided_ward_offers_its_neighbours(self) -> None:
        found = find_places("phường Ngọc Hà, quận Ba Đình, Hà Nội")
        assert {"Phường Ba Đình, Hà Nội", "Phường Giảng Võ, Hà Nội"} <= {place.label for place in found}
        assert any(place.was_divided for place in found)

    def test_names_that_repeat_are_told_apart_by_province(self) -> None:
        labels = [place.label for place in find_places("xã Tân Tiến")]
        assert len(labels) == len(set(labels))
        assert "Xã Tân Tiến, Đồng Nai" in labels
        assert "Xã Tân Tiến, Cà Mau" in labels

    def test_a_pasted_address_is_read_from_its_end(self) -> None:
        self.assert_first("ấp 3, xã Minh Hưng, huyện Bù Đăng, Bình Phước", BU_DANG)
        self.assert_first("số 5 hoang dieu quan ba dinh ha noi", BA_DINH_HA_NOI)

    def test_slips_of_the_finger(self) -> None:
        self.assert_first("dong xoaii", DONG_XOAI)

    def test_nonsense_finds_nothing(self) -> None:
        for text in ("", " ", ",,,", "zzzz qqqq", "\\(", "%" * 300):
            assert find_places(text) == []

    def test_a_right_name_takes_two_statements(self) -> None:
        with self.assertNumQueries(2):
            find_places("huyện Bù Đăng")

    def test_the_box_answers_in_json_without_a_cookie(self) -> None:
        response = self.client.get(reverse("address:search"), {"q": "bom bo"})
        assert response.json()[0] == {
            "code": "25405",
            "label": "Xã Bom Bo, Đồng Nai",
            "old": "",
            "was_divided": False,
        }
        assert not response.cookies
        assert "max-age=3600" in response["Cache-Control"]


class TestForm(PlacesTestCase):
    def test_several_places_are_offered_and_the_choice_is_taken(self) -> None:
        first = PlaceForm({"place": "ba dinh"})
        assert not first.is_valid()
        assert BA_DINH_HA_NOI in [place.code for place in first.offered]
        second = PlaceForm({"place": "ba dinh", "place_typed": "ba dinh", "commune": BA_DINH_HA_NOI})
        assert second.is_valid()
        assert str(second.cleaned_data["commune"]) == "Phường Ba Đình, Hà Nội"
        assert second.cleaned_data["place_typed"] == "ba dinh"

    def test_the_only_match_is_taken_at_once(self) -> None:
        form = PlaceForm({"place": "ấp 3, xã Minh Hưng, huyện Bù Đăng"})
        assert form.is_valid()
        assert form.cleaned_data["commune"].pk == BU_DANG

    def test_a_picked_suggestion_keeps_what_was_typed(self) -> None:
        form = PlaceForm({"place": "Xã Bù Đăng, Đồng Nai", "place_typed": "h. bu dang", "commune": BU_DANG})
        assert form.is_valid()
        assert form.cleaned_data["place_typed"] == "h. bu dang"

    def test_a_changed_text_makes_the_choice_void(self) -> None:
        form = PlaceForm({"place": "xã bom bo đồng nai", "place_typed": "bu dang", "commune": BU_DANG})
        assert form.is_valid()
        assert form.cleaned_data["commune"].pk == "25405"

    def test_an_unknown_place_says_what_to_write(self) -> None:
        form = PlaceForm({"place": "zzzz"})
        assert not form.is_valid()
        assert "tỉnh" in form.errors["place"][0]
