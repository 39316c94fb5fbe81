"""What the visitor reads: every text through the message catalogue, every number and time in the language's own form.

A message's key is its English text, so a page reads as what it shows. Catalogues are `LANGUAGE/LC_MESSAGES/messages.po`, read as they are:
there is nothing to compile. `python -m dashboard.texts` brings them up to date with the code and the library of problems.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.errors import MESSAGES, TangenteError

FOLDER = Path(__file__).parent
LANGUAGE = "en"


def _(message: str) -> str:
    """The message in the visitor's language."""
    return _catalogue(LANGUAGE).gettext(message) if message else ""  # the empty message holds the catalogue's own header


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a message that suits `number`."""
    return _catalogue(LANGUAGE).ngettext(one, many, number)


def worded(error: TangenteError) -> str:
    """What went wrong, in the visitor's language."""
    return _(MESSAGES[error.code]).format(**error.values)


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
