"""Writing in the admin what money or power hangs on takes a fresh code of the app."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from marketplace.accounts.suspended import fresh_code_required

_fresh_code_to_write = partial(fresh_code_required, allow_get=True)


class FreshCodeAdmin(admin.ModelAdmin):
    """A POST waits until the person has typed a code of the app, then goes through once."""

    @method_decorator(_fresh_code_to_write)
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, extra_context)

    @method_decorator(_fresh_code_to_write)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(_fresh_code_to_write)
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().delete_view(request, *args, **kwargs)
