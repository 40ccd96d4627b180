import pytest

from catalogue.search.names import MAX_ALTERNATIVES, CropNames, NameTable

(
    PINEAPPLE,
    CUSTARD_APPLE,
    MAIZE,
    PEANUT,
    CASSAVA,
    CASHEW,
    AVOCADO,
    BLACK_PEPPER,
    WHITE_PEPPER,
) = range(1, 10)

TABLE = NameTable(
    [
        CropNames(PINEAPPLE, ("Thơm", "dứa", "khóm", "trái thơm")),
        CropNames(CUSTARD_APPLE, ("Mãng cầu", "na", "mãng cầu ta")),
        CropNames(MAIZE, ("Bắp", "ngô", "bắp nếp")),
        CropNames(PEANUT, ("Đậu phộng", "lạc", "hạt lạc")),
        CropNames(CASSAVA, ("Khoai mì", "sắn", "củ mì")),
        CropNames(CASHEW, ("Hạt điều rang", "đào lộn hột")),
        CropNames(AVOCADO, ("Bơ", "bơ sáp")),
        CropNames(BLACK_PEPPER, ("Hồ tiêu đen", "tiêu", "hồ tiêu")),
        CropNames(WHITE_PEPPER, ("Tiêu sọ", "hồ tiêu trắng")),
    ]
)


@pytest.mark.parametrize(
    ("typed", "crops"),
    [
        ("thom", (PINEAPPLE,)),
        ("Dứa", (PINEAPPLE,)),
        ("KHÓM", (PINEAPPLE,)),
        ("na", (CUSTARD_APPLE,)),
        ("mang cau", (CUSTARD_APPLE,)),
        ("ngô", (MAIZE,)),
        ("lac", (PEANUT,)),
        ("sắn", (CASSAVA,)),
        ("dao lon hot", (CASHEW,)),
        ("đào  lộn-hột", (CASHEW,)),
        ("bo", (AVOCADO,)),
        ("bơ", (AVOCADO,)),
        ("bò", ()),
        ("bộ", ()),
        ("dưa", ()),
        ("nam", ()),
        ("na rì", ()),
        ("hồ tiêu trắng", (WHITE_PEPPER,)),
        ("hồ tiêu", (BLACK_PEPPER,)),
        ("", ()),
    ],
)
def test_a_crop_is_called_by_any_of_its_names_and_no_other(typed: str, crops: tuple[int, ...]) -> None:
    assert TABLE.crops_called(typed) == crops


def test_either_way_of_placing_the_tone_is_the_same_name() -> None:
    table = NameTable([CropNames(1, ("hoà bình",))])
    assert table.crops_called("hòa bình") == (1,)


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
    table = NameTable([CropNames(1, tuple(f"tên {i}" for i in range(20)))])
    assert len(table.alternatives("tên 1")) == MAX_ALTERNATIVES


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("mang cao", "mãng cầu"),
        ("KHOAI MY", "khoai mì"),
        ("dao lon hop", "đào lộn hột"),
        ("dau phông", "đậu phộng"),
        ("xe máy", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_offered_with_its_marks(typed: str, name: str) -> None:
    assert TABLE.nearest(typed) == name
