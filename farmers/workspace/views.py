from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from farmers.workspace.access import stall_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "workspace/home.html", {"stall": stall_of(request)})
