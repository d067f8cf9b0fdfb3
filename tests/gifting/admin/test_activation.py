"""Activating gifts: from the list and from the page, with a tally that hides nothing."""

from datetime import datetime

from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import act, messages_of, order_url

STAFF = Actor(ActorKind.STAFF, "maria")


def state_of(container: VideoContainer) -> str:
    container.refresh_from_db()
    return container.state


def test_selected_gifts_are_activated(staff: Client, new_container: NewContainer) -> None:
    first, second = new_container(), new_container()
    assert messages_of(act(staff, "activate", first, second)) == "2 gifts are now active."
    assert state_of(first) == state_of(second) == VideoContainer.State.ACTIVATED


def test_the_journal_names_who_activated(staff: Client, container: VideoContainer) -> None:
    act(staff, "activate", container)
    assert container.journal.last().actor == "staff:maria"


def test_active_and_switched_off_gifts_are_counted_apart(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    fresh, active, cancelled = new_container(), new_container(), new_container(crid="CANCELLED-1")
    containers.activate(container=active, actor=STAFF, now=now)
    containers.cancel(container=cancelled, actor=STAFF, now=now)
    told = messages_of(act(staff, "activate", fresh, active, cancelled))
    assert "1 gift is now active." in told
    assert "1 gift was active already." in told
    assert told.endswith("switched off or erased: CANCELLED-1")
    assert state_of(cancelled) == VideoContainer.State.CANCELLED


def test_of_many_refused_only_the_first_are_named(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    found = [new_container() for _ in range(23)]
    for container in found:
        containers.cancel(container=container, actor=STAFF, now=now)
    assert messages_of(act(staff, "activate", *found)).endswith("and 3 more")


def test_a_hostile_number_in_a_message_stays_text(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    container = new_container(crid="<img src=x onerror=alert(1)>")
    containers.cancel(container=container, actor=STAFF, now=now)
    assert "<img src=x" not in act(staff, "activate", container).content.decode()


def test_one_gift_is_activated_from_its_page(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container, "activate"))
    assert state_of(container) == VideoContainer.State.ACTIVATED


def test_looking_at_the_address_activates_nothing(staff: Client, container: VideoContainer) -> None:
    assert staff.get(order_url(container, "activate")).status_code == 405
    assert state_of(container) == VideoContainer.State.RECORDING_OPEN


def test_activation_needs_its_own_permission(person: NewClient, container: VideoContainer) -> None:
    client = person("view_order", "change_order", "print_card")
    assert client.post(order_url(container, "activate")).status_code == 403
    assert "No action selected" in messages_of(act(client, "activate", container))
    assert state_of(container) == VideoContainer.State.RECORDING_OPEN


def test_whoever_may_only_activate_may_activate(person: NewClient, container: VideoContainer) -> None:
    client = person("view_order", "activate_container")
    client.post(order_url(container, "activate"))
    assert state_of(container) == VideoContainer.State.ACTIVATED


def test_the_button_is_shown_to_whoever_may_activate(person: NewClient, container: VideoContainer) -> None:
    button = order_url(container, "activate")
    assert button in person("view_order", "activate_container").get(order_url(container)).content.decode()
    assert button not in person("view_order", "print_card").get(order_url(container)).content.decode()


def test_the_permission_alone_opens_no_order(person: NewClient, container: VideoContainer) -> None:
    assert person("activate_container").post(order_url(container, "activate")).status_code == 403


def test_strangers_are_sent_to_the_login(client: Client, container: VideoContainer) -> None:
    assert client.post(order_url(container, "activate")).url.startswith("/admin/login/")


def test_an_order_that_does_not_exist_is_not_found(staff: Client) -> None:
    assert staff.post("/admin/gifting/order/999999999999999999999/activate/").status_code == 404
