"""Names as shops send them, made fit to be shown in a sentence, a subject line or a file name."""

import re
import unicodedata
from typing import Final

MAIL_ADDRESS: Final = re.compile(r"\S+@\S+\.\S+")
NOT_IN_FILE_NAMES: Final = re.compile(r'[\\/:*?"<>|]')
UNPRINTABLE: Final = {"Cc", "Cs", "Co"}


def one_line(text: str) -> str:
    """Without control characters; every run of white space is one space."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char) not in UNPRINTABLE)
    return " ".join("".join(kept).split())


def person(name: str) -> str:
    """The name on one line; empty where a shop put a mail address in its place."""
    line = one_line(name)
    return "" if MAIL_ADDRESS.search(line) else line


def file_name(text: str) -> str:
    """The text without what some systems refuse in file names."""
    return NOT_IN_FILE_NAMES.sub("", one_line(text)).strip(". ")
