"""Staff with few permissions, and the console as its page asks it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from livestream.models import LiveStream

NewClient = Callable[..., Client]


@pytest.fixture
def person(db: None) -> NewClient:
    """`person("view_livestream", "pin_products")`: a client of a staff member who may do just that."""

    def make(*codenames: str, name: str = "") -> Client:
        user = User.objects.create_user(name or f"staff-{User.objects.count()}", is_staff=True)
        permissions = Permission.objects.filter(content_type__app_label="livestream", codename__in=codenames)
        user.user_permissions.set(permissions)
        client = Client()
        client.force_login(user)
        return client

    return make


class Console:
    """One person's console of one livestream."""

    def __init__(self, client: Client, stream: LiveStream) -> None:
        self.client = client
        self.url = f"/admin/livestream/livestream/{stream.pk}/console/"

    def page(self) -> HttpResponse:
        return self.client.get(self.url)

    def state(self) -> dict[str, Any]:
        return self.client.get(f"{self.url}state/").json()

    def do(self, name: str, **said: Any) -> Any:
        """The answer to one deed."""
        return self.client.post(f"{self.url}{name}/", said, content_type="application/json")

    @property
    def pins(self) -> list[str]:
        return [pin["id"] for pin in self.state()["state"]["pins"]]


NewConsole = Callable[..., Console]


@pytest.fixture
def console(staff: Client) -> NewConsole:
    """`console(stream)`: of somebody who may do everything; `client=` of somebody else."""

    def make(stream: LiveStream, *, client: Client | None = None) -> Console:
        return Console(client or staff, stream)

    return make
