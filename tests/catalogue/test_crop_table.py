import pytest

from catalogue.crop_table import load_crops, months
from catalogue.models import Category, Crop, Grade


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", list(range(1, 13))),
        ("2-4", [2, 3, 4]),
        ("10-1", [10, 11, 12, 1]),
        ("7-7", [7]),
    ],
)
def test_a_season_may_pass_the_new_year(text: str, expected: list[int]) -> None:
    assert months(text) == expected


@pytest.mark.parametrize("text", ["", "0-4", "3-13", "spring"])
def test_a_season_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        months(text)


@pytest.mark.django_db
def test_loading_twice_makes_each_crop_grade_and_category_once() -> None:
    assert load_crops() == load_crops() == Crop.objects.count() == 27
    assert Category.objects.filter(depth=1).count() == 7
    assert Category.objects.filter(depth=2).count() == 27
    cashew = Crop.objects.get(code="cashew_roasted")
    assert cashew.category.get_parent().name == "Hạt"
    assert "W240" in {grade.code for grade in cashew.grades.all()}
    assert "đào lộn hột" in cashew.other_names


@pytest.mark.django_db
def test_loading_keeps_what_staff_added() -> None:
    load_crops()
    cashew = Crop.objects.get(code="cashew_roasted")
    Grade.objects.create(crop=cashew, code="W1000")
    Crop.objects.create(code="ginger", name="Gừng", name_en="Ginger", group="spices", keeps_days=30)
    load_crops()
    assert Crop.objects.count() == 28
    assert cashew.grades.filter(code="W1000").exists()
