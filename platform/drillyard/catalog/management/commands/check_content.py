from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drillyard.catalog.content.labs import mutants_read
from drillyard.catalog.content.snippets import snippet_faults
from drillyard.catalog.content.tree import ContentTree, Places
from drillyard.catalog.content.whole import tree_check
from drillyard.catalog.management.places import places_arguments, places_of
from drillyard.common.yamlfile import ContentError

_WORDS_A_MINUTE = {"en": 200, "zh": 350}


class Command(BaseCommand):
    help = "Check a course's files without a database: every fault with its line and how to mend it."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: ArgumentParser) -> None:
        places_arguments(parser)
        parser.add_argument("--no-run", action="store_true", help="do not run the chapters' code")
        parser.add_argument("--language", choices=("en", "zh"), default="en", help="of the messages")

    def handle(self, *_: Any, **options: Any) -> None:
        places = places_of(options)
        tree, errors = tree_check(places)
        errors += _mutants(tree, places)
        if not options["no_run"]:
            errors += _snippets(tree)
        for chapter in tree.chapters.values():
            for prose in chapter.texts.both():
                words = prose.words()
                minutes = max(1, round(words / _WORDS_A_MINUTE[prose.language]))
                self.stdout.write(f"{prose.shown}: {words} words, {minutes} min to read")
        for fault in sorted(errors):
            self.stderr.write(fault.as_text(options["language"]))
        if errors:
            raise CommandError(f"{len(errors)} faults.")
        counts = f"{len(tree.chapters)} chapters, {len(tree.labs)} labs, {len(tree.questions)} questions"
        self.stdout.write(f"{counts}: no faults.")


def _snippets(tree: ContentTree) -> list[ContentError]:
    root = Path(__file__).resolve().parents[5]
    return [fault for chapter in tree.chapters.values() for fault in snippet_faults(chapter.texts.en, root)]


def _mutants(tree: ContentTree, places: Places) -> list[ContentError]:
    if places.labs is None:
        return []
    errors: list[ContentError] = []
    for lab in tree.labs.values():
        _, faults = mutants_read(places.labs / lab.folder, lab.item.shown, lab.lab)
        errors += faults
    return errors
