"""LaTeX to MathML, which browsers set themselves: no script, no font, and screen readers can say it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Final

from latex2mathml.converter import convert
from markdown.util import AtomicString

_ATTRIBUTES: Final = frozenset({
    "accent", "columnalign", "columnspacing", "columnlines", "depth", "display", "displaystyle", "fence", "form",
    "height", "linethickness", "lspace", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "notation",
    "rowspacing", "rowlines", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
})  # fmt: skip
LATEX_LENGTH_MAX: Final = 2_000


class FormulaError(Exception):
    """The formula is not understood; the text says why."""


def formula_element(latex: str, *, block: bool) -> ET.Element:
    """`latex` as a `<math>` element; raises `FormulaError`."""
    if not latex.strip() or len(latex) > LATEX_LENGTH_MAX:
        raise FormulaError(f"it has {len(latex)} characters")
    try:
        mathml = convert(latex, display="block" if block else "inline")
        # Parsed from latex2mathml's own output, which holds no DOCTYPE and no entities but numeric ones.
        root = ET.fromstring(mathml.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "", 1))  # noqa: S314
    except Exception as error:
        raise FormulaError(f"{type(error).__name__} {error}".strip()) from error
    for element in root.iter():
        _clean(element)
    root.set("alttext", latex)
    return root


def formula_html(latex: str, *, block: bool) -> str:
    """`latex` as MathML text; raises `FormulaError`."""
    return ET.tostring(formula_element(latex, block=block), encoding="unicode")


def _clean(element: Any) -> None:
    text = element.text or ""
    if element.tag == "mtext" and text.strip().startswith("\\"):
        raise FormulaError(f"the command {text.strip()} is unknown")
    if element.tag == "mi" and text.startswith("\\"):
        raise FormulaError(f"the command {text} is unknown")
    for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
        del element.attrib[name]
    element.text = AtomicString(text) if text else None
    element.tail = AtomicString(element.tail) if element.tail else None
