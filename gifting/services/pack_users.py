"""User ids and notes of the shop's users, as they may be stored."""

import re

from gifting.errors import Invalid, SameUser
from gifting.models.packs import NOTE_MAX, USER_MAX
from gifting.names import one_line

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def check_user(user: str, *, name: str = "userId") -> None:
    """Raises Invalid for an id that is empty, too long, or that no database can store."""
    if not 1 <= len(user) <= USER_MAX or UNSTORABLE.search(user):
        raise Invalid(
            f"{name} must have 1 to {USER_MAX} characters, without NUL or half a surrogate pair.",
            fields={name: f"Must have 1 to {USER_MAX} characters."},
        )


def check_pair(sender: str, receiver: str) -> None:
    """Raises Invalid for a bad id, SameUser where both are one."""
    check_user(sender, name="sendUserId")
    check_user(receiver, name="receiveUserId")
    if sender == receiver:
        raise SameUser("Sender and receiver are the same user.")


def clean_note(note: str) -> str:
    """The note on one line, without control characters. Raises Invalid for one that is too long."""
    line = one_line(note)
    if len(line) > NOTE_MAX:
        raise Invalid(
            f"The note is too long: at most {NOTE_MAX} characters.", fields={"note": "Is too long."}
        )
    return line
