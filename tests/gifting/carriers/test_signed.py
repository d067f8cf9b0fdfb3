"""The endpoint for your own courier: Standard Webhooks, and a body of four fields."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from standardwebhooks import Webhook

from gifting.carriers.base import Push
from gifting.carriers.signed import Signed
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, Unauthorized


def secret(letter: str = "a", size: int = 32) -> str:
    return "whsec_" + base64.b64encode(letter.encode() * size).decode()


SAID: Mapping[str, Any] = {"trackingCode": "TOUR-7", "status": "delivered"}


def push(
    document: Any = SAID, *, age: timedelta = timedelta(0), key: str = "msg-1", by: str = "a", **changes: str
) -> Push:
    """As a courier's own system makes it."""
    body, sent_at = json.dumps(document), timezone.now() - age
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(secret(by)).sign(key, sent_at, body),
    }
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return Push(headers={**headers, **named}, body=body.encode())


def check(pushed: Push, *secrets: str) -> str:
    return Signed(secrets=secrets or [secret()]).check_push(pushed, now=timezone.now())


def read(**changes: Any) -> Any:
    document = {name: value for name, value in {**SAID, **changes}.items() if value != "absent"}
    return Signed(secrets=[secret()]).read_push(json.dumps(document).encode())[0]


def test_the_key_is_the_webhook_id() -> None:
    assert check(push(key="stop-042")) == "stop-042"


def test_the_published_example_is_accepted_up_to_its_age() -> None:
    """The one of the Standard Webhooks libraries, from 2021."""
    example = Push(
        headers={
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        body=b'{"test": 2432232314}',
    )
    key = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent_at = datetime.fromtimestamp(1614265330, UTC)
    signature = key.sign(example.headers["webhook-id"], sent_at, example.body.decode())
    assert signature == example.headers["webhook-signature"]
    with pytest.raises(Unauthorized):
        check(example, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@pytest.mark.parametrize("minutes", [6, -6])
def test_a_push_is_good_for_five_minutes(minutes: int) -> None:
    with pytest.raises(Unauthorized):
        check(push(age=timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [4, -4])
def test_clocks_may_differ_a_little(minutes: int) -> None:
    assert check(push(age=timedelta(minutes=minutes)))


def test_one_of_several_signatures_is_enough() -> None:
    right = push().headers["webhook-signature"]
    assert check(push(webhook_signature=f"v2,xyz v1,AAAA {right}"))


@pytest.mark.parametrize(
    "signature", ["", "v1", "nothing", "v1,", "v1,é", "v1,a,b", "v2,AAAA", "v1,AAAA", " ", "v1,\udce9"]
)
def test_malformed_signatures_are_wrong_ones(signature: str) -> None:
    with pytest.raises(Unauthorized):
        check(push(webhook_signature=signature))


@pytest.mark.parametrize("time", ["", "soon", "1e400", "nan", "99999999999999999999", "-1"])
def test_malformed_times_are_wrong_ones(time: str) -> None:
    with pytest.raises(Unauthorized):
        check(push(webhook_timestamp=time))


def test_a_body_that_is_no_text_is_not_signed() -> None:
    with pytest.raises(Unauthorized):
        check(Push(headers=push().headers, body=b"\xff\xfe"))


@pytest.mark.parametrize("key", ["x" * 256, "a\x07b"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(push(key=key))
    assert list(refused.value.fields) == ["webhook-id"]


@pytest.mark.parametrize(
    "wrong",
    [
        "abc",
        "whsec_",
        "whsec_abc",
        "whsec_" + "!" * 40,
        secret() + "!!!!",
        secret(size=23),
        secret(size=65),
        secret()[6:],
    ],
)
def test_weak_and_malformed_secrets_are_refused_at_once(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        Signed(secrets=[wrong])
    assert wrong not in str(refused.value).replace("whsec_", "", 1)


@pytest.mark.parametrize("size", [24, 64])
def test_secrets_of_the_norm_s_lengths_are_accepted(size: int) -> None:
    assert Signed(secrets=[secret(size=size)]).can_listen


@pytest.mark.parametrize("status", list(ParcelStatus))
def test_the_six_words(status: ParcelStatus) -> None:
    assert read(status=status.value).status is status


def test_the_time_is_the_one_that_is_told() -> None:
    news = read(happenedAt="2026-11-30T14:05:00+01:00")
    assert news.happened_at == datetime(2026, 11, 30, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("time", ["absent", None])
def test_without_a_time_it_happened_now(time: Any) -> None:
    before = timezone.now()
    assert before <= read(happenedAt=time).happened_at <= timezone.now()


def test_the_description_is_kept_without_names() -> None:
    assert read(description="Livré, signé par Jessica").label == "Livré, signé par …"


def test_unknown_fields_are_ignored() -> None:
    assert read(driver="Sam").code == "TOUR-7"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("trackingCode", "absent"),
        ("trackingCode", ""),
        ("trackingCode", "x" * 101),
        ("trackingCode", ["TOUR-7"]),
        ("status", "absent"),
        ("status", "Delivered"),
        ("status", None),
        ("status", {}),
        ("happenedAt", "soon"),
        ("happenedAt", "9999-12-31T23:59:59-12:00"),
        ("happenedAt", True),
    ],
)
def test_the_error_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read(**{field: value})
    assert list(refused.value.fields) == [field]
    assert field in refused.value.message
