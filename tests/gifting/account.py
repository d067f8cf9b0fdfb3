"""The account area of a shop: a host's own view decides who the user is. And the forms on its page."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from gifting.models import Brand
from gifting.views.my_gifts import my_gifts_page

URL = "/account/{}/"
CHANGE = "/my-gifts/change"
Form = dict[str, str]


def account(request: HttpRequest, user: str) -> HttpResponse:
    return my_gifts_page(request, brand=Brand.objects.get(slug="lune"), user=user)


urlpatterns = [path("account/<path:user>/", account), path("", include("gifting.urls"))]


class _Forms(HTMLParser):
    """What each button of a page would send."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Form = {}
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = dict(attrs)
        if tag == "form":
            self.fields = {}
        elif tag == "input":
            self.fields[said["name"]] = said["value"]
        elif tag == "button":
            self.found.append({**self.fields, said["name"]: said["value"]})


def forms(html: str) -> list[Form]:
    parser = _Forms()
    parser.feed(html)
    return parser.found


class Visitor:
    """A user of the shop with a browser that has no JavaScript."""

    def __init__(self, user: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.url = URL.format(user)

    def look(self, query: str = "") -> str:
        return self.client.get(self.url + query).content.decode()

    def buttons(self, do: str, query: str = "") -> list[Form]:
        """What the buttons of this kind on the visitor's page would send."""
        return [form for form in forms(self.look(query)) if form["do"] == do]

    def press(self, do: str, query: str = "") -> str:
        """The page after pressing the first button of the kind."""
        return self.send(self.buttons(do, query)[0])

    def send(self, form: Form) -> str:
        """The page to which the form leads."""
        answer = self.client.post(CHANGE, form)
        assert answer.status_code == 302, answer.status_code
        return self.client.get(answer["Location"].partition("#")[0]).content.decode()
