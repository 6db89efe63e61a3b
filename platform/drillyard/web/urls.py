"""The pages' addresses, below the language. A course's own come last, so that no course's slug hides a page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from drillyard.web.book import views as book
from drillyard.web.home import views as home
from drillyard.web.labs import views as labs
from drillyard.web.people import views as people
from drillyard.web.submissions import views as submissions

_LAB = "<slug:course>/labs/<slug:slug>/"
_CHAPTER = "<slug:course>/chapters/<slug:slug>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("me/", people.me, name="me"),
    path("theme/", people.theme, name="theme"),
    path("profile/", people.profile, name="profile"),
    path("outbox/", people.outbox, name="outbox"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:uuid>/", submissions.submission, name="submission"),
    path("submissions/<uuid:uuid>/panel/", submissions.panel, name="submission_panel"),
    path("submissions/<uuid:uuid>/status/", submissions.status, name="submission_status"),
    path("submissions/<uuid:uuid>/events/", submissions.events, name="submission_events"),
    path("<slug:course>/", book.contents, name="contents"),
    path("<slug:course>/labs/", labs.labs, name="labs"),
    path(_LAB, labs.lab, name="lab"),
    path(_LAB + "submit/", labs.submit, name="lab_submit"),
    path(_LAB + "leaderboard/", labs.leaderboard, name="leaderboard"),
    path(_LAB + "starter/<str:name>", labs.starter, name="lab_starter"),
    path(_LAB + "figures/<str:name>", labs.figure, name="lab_figure"),
    path(_CHAPTER, book.chapter, name="chapter"),
    path(_CHAPTER + "figures/<str:name>", book.figure, name="chapter_figure"),
    path(_CHAPTER + "checks/<uuid:question>/", book.quick_check, name="quick_check"),
]
