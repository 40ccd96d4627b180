import datetime

import pytest

from catalogue.amounts import read_dong, read_grams, read_month


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("95000", 95_000),
        ("95.000", 95_000),
        ("95,000", 95_000),
        ("95 000", 95_000),
        ("95k", 95_000),
        ("95 K", 95_000),
        ("95 nghìn", 95_000),
        ("95 ngàn đồng", 95_000),
        ("95.000 ₫", 95_000),
        ("95.000đ", 95_000),
        ("95.000,00", 95_000),
        ("95,5k", 95_500),
        ("1.250.000", 1_250_000),
        ("1,2 triệu", 1_200_000),
        ("1tr", 1_000_000),
        ("95 nghi\u0300n", 95_000),
    ],
)
def test_reads_a_price_as_farmers_type_it(typed, dong):
    assert read_dong(typed) == dong


@pytest.mark.parametrize("typed", ["", "chín mươi", "95.5", "95,0001", "9.50.000", "-95000", "95k5", "1e5"])
def test_refuses_a_price_that_could_mean_two_things(typed):
    with pytest.raises(ValueError, match="^"):
        read_dong(typed)


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("500", 500),
        ("500g", 500),
        ("500 gr", 500),
        ("0,5 kg", 500),
        ("1.5kg", 1500),
        ("1 ký", 1000),
        ("2 lạng", 200),
    ],
)
def test_reads_the_weight_of_a_pack(typed, grams):
    assert read_grams(typed) == grams


@pytest.mark.parametrize("typed", ["", "1", "5", "một ký", "1,23456 kg", "0,0005 kg"])
def test_refuses_a_weight_that_could_mean_two_things(typed):
    with pytest.raises(ValueError, match="^"):
        read_grams(typed)


@pytest.mark.parametrize("typed", ["2026-03", "3/2026", "03-2026", "Tháng 3/2026"])
def test_reads_a_month(typed):
    assert read_month(typed) == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("typed", ["", "3", "13/2026", "0/2026", "tháng ba"])
def test_refuses_what_is_no_month(typed):
    with pytest.raises(ValueError, match="^"):
        read_month(typed)
