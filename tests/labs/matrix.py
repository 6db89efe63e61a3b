"""docs/labs.md, generated: which case kills which mutant. `python -m tests.labs.matrix` writes the page anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.labs.proving import LABS, ROOT, code_lines, failed_cases, lab_of, mutants_of, solutions_of, verdict_of

PAGE = ROOT / "docs" / "labs.md"
BEGIN = "<!-- generated from here on: python -m tests.labs.matrix -->"


def page_now() -> str:
    """The page as it should be: what is written by hand above the mark, and the matrices of today below it."""
    head = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    return head + BEGIN + "\n\n" + "\n".join(_lab(folder) for folder in LABS)


def _lab(folder: Path) -> str:
    lab, mutants = lab_of(folder), mutants_of(folder)
    killers = {name: failed_cases(verdict_of(folder, folder / "mutants" / name)) for name in mutants}
    kills = Counter(case for names in killers.values() for case in names)
    alone = Counter(names[0] for names in killers.values() if len(names) == 1)
    dead = sum(mutant.killed_by in killers[name] for name, mutant in mutants.items())
    lines = [
        f"## {lab.file.title.en} (`labs/{folder.name}`)",
        "",
        f"{dead} of {len(mutants)} mutants die on the case named after their promise; {len(lab.cases)} cases.",
        "",
        "| correct program | lines of code | score |",
        "|:--|--:|--:|",
        *(_solution(folder, path) for path in solutions_of(folder)),
        "",
        "| mutant | bug | promise it breaks | killed by | other cases |",
        "|:--|:--|:--|:--|--:|",
        *(
            f"| {name} | {mutant.bug} | {mutant.promise.en} | `{mutant.killed_by}` | {len(killers[name]) - 1} |"
            for name, mutant in sorted(mutants.items())
        ),
        "",
        "| case | points | mutants killed | killed by it alone |",
        "|:--|--:|--:|--:|",
        *(f"| `{case.name}` | {case.points} | {kills[case.name]} | {alone[case.name]} |" for case in lab.cases),
        "",
    ]
    return "\n".join(lines)


def _solution(folder: Path, code: Path) -> str:
    lines = sum(code_lines((code / name).read_text(encoding="utf-8")) for name in lab_of(folder).file.files_allowed)
    return f"| `{code.relative_to(folder)}` | {lines} | {verdict_of(folder, code).score} |"


if __name__ == "__main__":
    PAGE.write_text(page_now(), encoding="utf-8")
