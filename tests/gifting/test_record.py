"""The giver's recording page."""

from collections.abc import Callable

import pytest
from django.test import Client

from gifting.models import VideoContainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, new_container: Callable[..., VideoContainer]) -> str:
    names = {"senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Gift Box"}
    gift = new_container(additional_data=names, language="fr")
    return client.get(f"/{gift.urid}").content.decode()


def test_the_widget_gets_its_mount_and_its_tag(client: Client, container: VideoContainer) -> None:
    page = client.get(f"/{container.urid}").content.decode()
    assert '<div id="livstick-plugin"></div>' in page
    assert (
        '<script type="module" src="/widget/assets/widget.latest.js" '
        f'data-uid="{container.urid}" data-editKey="{container.edit_key}" data-lang="en" data-brand="hidden">'
    ) in page


def test_the_widget_speaks_the_orders_language(page: str) -> None:
    assert 'data-lang="fr"' in page


def test_receiver_and_product_are_named(page: str) -> None:
    assert "<bdi>Bob</bdi>" in page
    assert "<bdi>Gift Box</bdi>" in page


def test_the_camera_is_allowed_for_this_page_alone(client: Client, container: VideoContainer) -> None:
    response = client.get(f"/{container.urid}")
    assert response.headers["Permissions-Policy"] == "camera=(self), microphone=(self)"


def test_the_recording_url_of_the_api_is_this_page(client: Client, container: VideoContainer) -> None:
    path = container.recording_url.removeprefix("https://lune.example")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/zzzzzzzzzz", "/0123456789"])
def test_an_unknown_urid_is_a_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_watch_link_is_not_in_the_page(client: Client, container: VideoContainer) -> None:
    assert container.watch_token not in client.get(f"/{container.urid}").content.decode()


def test_the_page_takes_one_query(
    client: Client, container: VideoContainer, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        client.get(f"/{container.urid}")
