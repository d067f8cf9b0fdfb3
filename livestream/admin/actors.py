"""Who is at work, in the words of the journal."""

from django.http import HttpRequest

from livestream.dto import Actor, ActorKind


def staff_actor(request: HttpRequest) -> Actor:
    """The logged-in person, as the journal writes it."""
    return Actor(ActorKind.STAFF, request.user.get_username())
