"""Whatever a shop sends, the answer is one of the contract's, and never a server's fault."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gifting.api.v3 import document, examples
from tests.wire.shop import NEW, Shop, address

pytestmark = pytest.mark.django_db
fuzz = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
REFUSALS = {document.STATUS[code] for code in examples.ERRORS} - {503}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=8,
)
text = st.text(st.characters(), max_size=120)
crids = st.just(NEW["crid"]) | text
mails = st.emails() | text
tags = st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]) | text
objects = st.dictionaries(st.sampled_from(list(NEW["additionalData"])) | text, anything, max_size=5)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(good, good, good, anything)


posts = st.fixed_dictionaries(
    {"crid": mostly(crids), "email": mostly(mails)},
    optional={
        "receiverEmail": mostly(mails),
        "language": mostly(tags),
        "additionalData": mostly(objects),
        "more": anything,
    },
)
patches = st.fixed_dictionaries(
    {},
    optional={
        "shipmentCode": mostly(text),
        "shipmentCarrier": mostly(st.sampled_from(["ups", "dhl", "fedex", ""])),
        "receiverEmail": mostly(mails),
        "language": mostly(tags),
        "additionalData": mostly(objects),
        "more": anything,
    },
)


@fuzz
@given(body=posts)
@example(body=NEW | {"additionalData": {"a": "\ud800"}})
def test_any_container_is_opened_or_refused(shop: Shop, body: Any) -> None:
    assert shop.call("POST", "/v3/containers", body).status_code in {200, 201, *REFUSALS}


@fuzz
@given(body=patches)
def test_any_change_is_taken_or_refused(shop: Shop, crid: str, body: Any) -> None:
    assert shop.call("PATCH", address(crid), body).status_code in {200, *REFUSALS}


@fuzz
@given(body=st.binary(max_size=300) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_or_taken(shop: Shop, body: bytes) -> None:
    assert shop.call("POST", "/v3/containers", body).status_code in {200, 201, *REFUSALS}


@fuzz
@given(crid=st.text(st.characters(codec="utf-8"), min_size=1, max_size=110))
def test_any_number_can_be_looked_for(shop: Shop, crid: str) -> None:
    leaves_the_route = "/" in crid or crid in {".", ".."}
    assert shop.get(crid).status_code in ({404, 405} if leaves_the_route else {404})


@fuzz
@given(crid=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=100))
def test_a_number_that_opens_a_container_finds_it(shop: Shop, crid: str) -> None:
    if shop.open(crid=crid).status_code == 201:
        assert shop.get(crid).json()["crid"] == crid
