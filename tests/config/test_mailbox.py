"""The mailbox shows what Django's file backend kept."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

HTML = (
    "<html><head><title>A gift</title></head><body style='color: red'><a href='/w/x'>Open</a></body></html>"
)


def send(subject: str, *, text: str = "Hello Bob", html: str = "") -> None:
    mail = EmailMultiAlternatives(subject, text, "Maison Lune <gifts@lune.example>", ["bob@example.com"])
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()


def read(client: Client, path: str = "/shop/mailbox/") -> str:
    return client.get(path).content.decode()


def test_an_empty_mailbox_says_how_to_fill_it(client: Client, mail_folder: Path) -> None:
    assert "No mail yet" in read(client)


def test_the_newest_mail_comes_first_and_is_open(client: Client, mail_folder: Path) -> None:
    send("The first")
    send("Für Zoë: 月")
    answer = client.get("/shop/mailbox/")
    assert [mail.subject for mail in answer.context["mails"]] == ["Für Zoë: 月", "The first"]
    assert answer.context["shown"].subject == "Für Zoë: 月"


def test_mails_of_one_connection_are_told_apart(client: Client, mail_folder: Path) -> None:
    mails = [
        EmailMultiAlternatives(name, "Hello", "a@example.com", ["b@example.com"]) for name in ("One", "Two")
    ]
    get_connection().send_messages(mails)
    assert [mail.subject for mail in client.get("/shop/mailbox/").context["mails"]] == ["Two", "One"]


def test_a_mail_is_shown_with_sender_receiver_and_text(client: Client, mail_folder: Path) -> None:
    send("A gift", text="Open https://lune.example/w/abc <now>")
    page = read(client)
    assert "Maison Lune &lt;gifts@lune.example&gt;" in page
    assert "bob@example.com" in page
    assert 'href="https://lune.example/w/abc"' in page
    assert "&lt;now&gt;" in page


def test_html_is_shown_in_a_sandboxed_frame(client: Client, mail_folder: Path) -> None:
    send("A gift", html=HTML)
    mail = client.get("/shop/mailbox/").context["shown"]
    assert f'src="/shop/mailbox/{mail.id}/html" sandbox=' in read(client)


def test_the_html_part_may_run_nothing_and_load_nothing_of_others(client: Client, mail_folder: Path) -> None:
    send("A gift", html=HTML)
    mail = client.get("/shop/mailbox/").context["shown"]
    answer = client.get(f"/shop/mailbox/{mail.id}/html")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script-src" not in policy
    assert '<base target="_blank">' in answer.content.decode()


def test_an_older_mail_has_an_address_of_its_own(client: Client, mail_folder: Path) -> None:
    send("The first")
    send("The second")
    oldest = client.get("/shop/mailbox/").context["mails"][-1]
    assert client.get(f"/shop/mailbox/{oldest.id}/").context["shown"] == oldest


@pytest.mark.parametrize("path", ["/shop/mailbox/nothing-0/", "/shop/mailbox/nothing-0/html"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, mail_folder: Path, path: str) -> None:
    assert client.get(path).status_code == 404


def test_mail_that_goes_elsewhere_is_not_looked_for_here(client: Client) -> None:
    assert "django.core.mail.backends.locmem.EmailBackend" in read(client)
