from django import template

from marketplace.order import numbers

register = template.Library()
register.filter("spaced", numbers.spaced)
