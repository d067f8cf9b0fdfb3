"""Staff with few permissions, and what they see."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gifting.models import VideoContainer

NewClient = Callable[..., Client]
NewContainer = Callable[..., VideoContainer]


@pytest.fixture
def person(db: None) -> NewClient:
    """`person("view_order", "print_card")`: a client of a staff member who may do just that."""

    def make(*codenames: str) -> Client:
        user = User.objects.create_user(f"staff-{User.objects.count()}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return make
