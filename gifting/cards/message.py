"""The words of one card: to whom, from whom, and what the giver wrote, composed to fit one room."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from gifting.cards.text import Fitted, fit, paragraphs
from gifting.dto import CardContent
from gifting.names import person

WIDTH, ROOM, HEIGHT, GAP = 83.0, 35.0, 32.0, 3.5  # Millimeters: `.gc-message` in cards.css is a little more.
SENDER_POINTS: Final = {27: 14, 23: 12.5, 19: 11.5, 16: 10.5, 13: 9.5, 11: 9, 9.5: 8, 8: 7}  # By heading.
NOTE_POINTS: Final = (12, 11, 10, 9, 8, 7.5, 7, 6.5, 6, 5.5, 5, 4.5, 4, 3.5, 3)
COMFORTABLE_POINTS: Final = 9  # Above it a note is large enough beside any heading ...
MOST_CONTRAST: Final = 1.75  # ... below it the heading is at most so many times larger.
ONE_LINE_FROM: Final = 16  # Points: a large heading that breaks leaves one short word alone.
HEADING_LEADING, SENDER_LEADING, NOTE_LEADING = 1.15, 1.3, 1.4
MAX_NOTE, MAX_NAME = 500, 80  # Characters.
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Message:
    """Three texts with their sizes; sender and note may be empty."""

    heading: Fitted
    sender: Fitted
    note: Fitted

    @property
    def height(self) -> float:
        gap = GAP if self.note.text else 0
        return self.heading.height + self.sender.height + gap + self.note.height

    @property
    def css_class(self) -> str:
        """`gc-down-7` begins 7 mm lower, so that the text stands in the middle of its room."""
        return f"gc-down-{max(0, int((ROOM - self.height) / 2))}"


def message_of(content: CardContent) -> Message:
    """In the active language. The heading is as large as the note allows; a long note makes both smaller."""
    heading, sender = _names(content)
    note = paragraphs(content.note, limit=MAX_NOTE)
    for points in SENDER_POINTS:
        message = _composed(points, heading=heading, sender=sender, note=note)
        if _is_balanced(message):
            break
    return message


def _names(content: CardContent) -> tuple[str, str]:
    giver, receiver = _name(content.giver_name), _name(content.receiver_name)
    heading = _("For %(receiver)s") % {"receiver": receiver} if receiver else _("A video message for you")
    return heading, _("From %(giver)s") % {"giver": giver} if giver else ""


def _name(text: str) -> str:
    """A name that keeps its own direction inside a sentence; a mail address in its place is not printed."""
    name = person(text)[:MAX_NAME]
    return f"{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}" if name else ""


def _composed(points: float, *, heading: str, sender: str, note: str) -> Message:
    top = fit(heading, sizes=(points,), width=WIDTH, height=HEIGHT, leading=HEADING_LEADING)
    middle = fit(sender, sizes=(SENDER_POINTS[points],), width=WIDTH, height=HEIGHT, leading=SENDER_LEADING)
    room = HEIGHT - GAP - top.height - middle.height
    return Message(top, middle, fit(note, sizes=NOTE_POINTS, width=WIDTH, height=room, leading=NOTE_LEADING))


def _is_balanced(message: Message) -> bool:
    heading = message.heading
    most_lines = 1 if heading.points >= ONE_LINE_FROM else 2
    least_note = min(COMFORTABLE_POINTS, heading.points / MOST_CONTRAST)
    return message.height <= HEIGHT and heading.lines <= most_lines and message.note.points >= least_note
