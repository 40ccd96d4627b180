from django.http import QueryDict

from catalogue.forms import filter_form
from catalogue.listing.options import FilterOptions


def test_a_form_that_visitors_share_has_been_read_before_the_first_of_them_gets_it() -> None:
    """Read by two threads at once, the second would get the first half of the answers."""
    form = filter_form(QueryDict("tu=50k&den=90k&mua=1"), FilterOptions((), ()))
    assert (form.cleaned_data["tu"], form.cleaned_data["den"], form.cleaned_data["mua"]) == (
        50_000,
        90_000,
        True,
    )
