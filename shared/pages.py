"""Pages for people from Jinja2 templates: all that is put into them is shown as text, and only what can be seen."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .text import visible

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: Path, **words: Any) -> str:
    """The page that a template makes of the words. Templates beside it may be included."""
    return _environment(template.parent).get_template(template.name).render(words)


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: Any) -> Any:
    """Called with whatever a template puts out. What a macro gives has been through here."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else visible(value)
