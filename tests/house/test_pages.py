"""Pages hold under the strict content policy: nothing inline, nothing marked as safe but in listed places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import EXCEPTIONS, PACKAGE, Module, bites, calls, check, dotted, imports, modules

FORBIDDEN = {
    r"\sstyle\s*=": "style=: use a class, or an SVG attribute",
    r"<style\b": "<style>: put it into a style sheet",
    r"\son[a-z]+\s*=": "an inline handler: use a module in static/js",
    r"\shx-on\b": "hx-on needs eval: use a module in static/js",
    r"javascript:": "a javascript: address",
    r"\|\s*safe\b": "|safe: build the text as markup where it is made",
    r"{%\s*autoescape\s+off": "autoescape off",
    r"<script(?![^>]*\ssrc=)(?![^>]*type=\"(?:importmap|application/json)\")": "an inline script",
    r"(?:src|href)=\"(?:https?:)?//": "something from another host",
}
OUTSIDE_LINK = re.compile(r"<a\s[^>]*href=\"https://[^>]*>")
INLINE = re.compile(r"<\w[^>]*\sstyle\s*=|^\s*style=\"|<\w[^>]*\son[a-z]+\s*=\"")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)


def inline(name: str, text: str) -> Iterator[str]:
    """What the content policy would refuse in a template."""
    plain = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
    plain = OUTSIDE_LINK.sub("<a>", plain)
    for pattern, complaint in FORBIDDEN.items():
        for match in re.finditer(pattern, plain, re.IGNORECASE):
            yield f"{name}:{plain.count(chr(10), 0, match.start()) + 1} {complaint}"


def inline_in_strings(module: Module) -> Iterator[str]:
    """The same in markup that Python makes."""
    for node in ast.walk(module.tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and INLINE.search(node.value) and not module.excused(node):
            yield module.at(node, "inline style or handler in markup: the content policy refuses it")


def marked_safe(module: Module) -> Iterator[str]:
    """Text declared to be markup in a place that is not listed."""
    if module.path in EXCEPTIONS["mark_safe"]:
        return
    for call in calls(module.tree):
        if dotted(call.func).rsplit(".", 1)[-1] in {"mark_safe", "SafeString", "SafeText"}:
            yield module.at(
                call, "mark_safe: use format_html, or list the module in tests/house/exceptions.toml with its reason"
            )


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        '<button onclick="x()">',
        "{{ note|safe }}",
        "<script>x()</script>",
        '<div hx-on:click="x()">',
        '<img src="https://elsewhere.example/a.png">',
    ],
)
def test_the_rule_about_inline_markup_bites(text: str) -> None:
    assert list(inline("sample.html", text))


def test_linked_scripts_and_the_import_map_are_fine() -> None:
    fine = '<script type="module" src="{% static "js/a.js" %}"></script><script type="importmap">{}</script>'
    assert not list(inline("sample.html", fine + '<a href="https://example.org">x</a>{# style= #}'))


def test_the_rules_about_markup_in_python_bite() -> None:
    assert bites(inline_in_strings, "x = '<g style=\"a\">'", "graphics/glyph.py")
    assert bites(marked_safe, "x = mark_safe(y)", "web/pages/kpi.py")


def templates() -> list[Path]:
    return sorted((PACKAGE / "web" / "templates").rglob("*.html"))


def test_no_template_has_anything_inline() -> None:
    offences = [o for path in templates() for o in inline(path.relative_to(PACKAGE).as_posix(), path.read_text())]
    assert not offences, "\n" + "\n".join(offences)


def test_no_markup_made_in_python_has_anything_inline() -> None:
    check(inline_in_strings, modules("web", "graphics", "api"))


def test_text_is_marked_as_markup_only_in_listed_places() -> None:
    check(marked_safe, modules())
    unused = [
        path
        for path in EXCEPTIONS["mark_safe"]
        if not any("django.utils.safestring" in name for module in modules(path) for _, name in imports(module.tree))
    ]
    assert not unused, f"no longer needed in exceptions.toml: {unused}"
