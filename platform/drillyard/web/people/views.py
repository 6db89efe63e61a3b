"""Who is signed in (for the frame of reading pages), the theme, the profile."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from drillyard.accounts.outbox import letters, outbox_open_to
from drillyard.accounts.preferences import preferences_remember
from drillyard.accounts.services import profile_update
from drillyard.common.errors import DrillyardError
from drillyard.web.context_processors import THEME_COOKIE, THEMES
from drillyard.web.headers import personal, same_site_only
from drillyard.web.people.forms import ProfileForm

_YEAR_S: Final = 365 * 86_400
_FIELD_OF_ERROR: Final = {
    "display_name_invalid": "display_name",
    "language_unknown": "language",
    "time_zone_unknown": "time_zone",
    "handle_invalid": "handle",
    "handle_reserved": "handle",
    "handle_taken": "handle",
}


def _local(request: HttpRequest, address: str) -> str:
    """`address` if it is one of ours, else the first page."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and address else reverse("home")


@require_GET
@personal
def me(request: HttpRequest) -> HttpResponseBase:
    """The personal part of a reading page's frame."""
    return render(request, "web/parts/me.html", {"next": _local(request, request.GET.get("next", ""))})


@require_POST
@same_site_only
def theme(request: HttpRequest) -> HttpResponseBase:
    """Remember the theme in a cookie and go back: what the theme button does where no script runs."""
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        return HttpResponseBadRequest()
    response: HttpResponse = redirect(_local(request, request.headers.get("Referer", "")))
    # Not HTTP-only: the page's script sets the same cookie without a round trip.
    response.set_cookie(THEME_COOKIE, wanted, max_age=_YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_http_methods(["GET", "POST"])
@login_required
@personal
def profile(request: HttpRequest) -> HttpResponseBase:
    """Show or change one's own profile. A change of language continues in that language."""
    if request.method == "GET":
        return render(request, "web/people/profile.html", {"form": ProfileForm.of(request.user)})
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            user = profile_update(user=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        except DrillyardError as error:
            form.add_error(_FIELD_OF_ERROR.get(error.id), error.text(get_language() or "en"))
        else:
            with override(user.language):
                messages.success(request, _("Your profile is saved."))
            response = redirect(translate_url(reverse("profile"), user.language))
            preferences_remember(response=response, user=user)
            return response
    return render(request, "web/people/profile.html", {"form": form}, status=400)


@require_GET
@personal
def outbox(request: HttpRequest) -> HttpResponseBase:
    """The letters of an installation without a mail server, for whoever sits at its machine."""
    if not outbox_open_to(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return render(request, "web/people/outbox.html", {"letters": letters()})
