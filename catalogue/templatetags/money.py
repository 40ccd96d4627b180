"""The filters of catalogue.money, under the same names."""

from django import template

from catalogue.money import dong, grams, grouped

register = template.Library()

for _filter in (dong, grams, grouped):
    register.filter(_filter)
