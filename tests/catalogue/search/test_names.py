import pytest

from catalogue.search.names import MAX_ALTERNATIVES, CropNames, NameTable

TABLE = NameTable(
    [
        CropNames("pineapple", ("Thơm", "dứa", "khóm", "trái thơm")),
        CropNames("custard_apple", ("Mãng cầu", "na", "mãng cầu ta")),
        CropNames("maize", ("Bắp", "ngô", "bắp nếp")),
        CropNames("peanut", ("Đậu phộng", "lạc", "hạt lạc")),
        CropNames("cassava", ("Khoai mì", "sắn", "củ mì")),
        CropNames("cashew_roasted", ("Hạt điều rang", "đào lộn hột")),
        CropNames("avocado", ("Bơ", "bơ sáp")),
        CropNames("pepper_black", ("Hồ tiêu đen", "tiêu", "hồ tiêu")),
        CropNames("pepper_white", ("Tiêu sọ", "hồ tiêu trắng")),
    ]
)


@pytest.mark.parametrize(
    ("typed", "crops"),
    [
        ("thom", ("pineapple",)),
        ("Dứa", ("pineapple",)),
        ("KHÓM", ("pineapple",)),
        ("na", ("custard_apple",)),
        ("mang cau", ("custard_apple",)),
        ("ngô", ("maize",)),
        ("lac", ("peanut",)),
        ("sắn", ("cassava",)),
        ("dao lon hot", ("cashew_roasted",)),
        ("đào  lộn-hột", ("cashew_roasted",)),
        ("bo", ("avocado",)),
        ("bơ", ("avocado",)),
        ("bò", ()),
        ("bộ", ()),
        ("dưa", ()),
        ("nam", ()),
        ("na rì", ()),
        ("hồ tiêu trắng", ("pepper_white",)),
        ("hồ tiêu", ("pepper_black",)),
        ("", ()),
    ],
)
def test_a_crop_is_called_by_any_of_its_names_and_no_other(typed: str, crops: tuple[str, ...]) -> None:
    assert TABLE.crops_called(typed) == crops


def test_either_way_of_placing_the_tone_is_the_same_name() -> None:
    table = NameTable([CropNames("peace", ("hoà bình",))])
    assert table.crops_called("hòa bình") == ("peace",)


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("dứa sấy dẻo", ("thơm sấy dẻo", "khóm sấy dẻo", "trái thơm sấy dẻo")),
        ("na Bà Đen", ("mãng cầu bà đen", "mãng cầu ta bà đen")),
        ("bap nep", ("bắp", "ngô")),
        ("cao su nam", ()),
        ("bò khô", ()),
    ],
)
def test_alternatives_swap_the_name_and_keep_the_other_words(typed: str, others: tuple[str, ...]) -> None:
    assert TABLE.alternatives(typed) == others


def test_alternatives_are_few() -> None:
    table = NameTable([CropNames("many", tuple(f"tên {i}" for i in range(20)))])
    assert len(table.alternatives("tên 1")) == MAX_ALTERNATIVES
