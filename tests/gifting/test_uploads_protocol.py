"""The rules of tus 1.0, one by one."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from gifting.models import Recording, Upload, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers
from tests.conftest import SHOP
from tests.gifting.serving import CHUNK, URL, encoded
from tests.gifting.tus import Tus, received, row


@pytest.fixture
def tus(container: VideoContainer, client: Client) -> Tus:
    return Tus(container, client)


def said(response: HttpResponse) -> tuple[int, str]:
    """Status and error code, once the shape of the answer is right."""
    body = response.json()
    assert {"error", "message"} <= body.keys()
    assert body["message"].endswith(".")
    return response.status_code, body["error"]


# -- what the server says of itself --------------------------------------------------------------------------


def test_options_names_version_extensions_and_limits(client: Client, db: None) -> None:
    response = client.options(URL)
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Max-Size"] == "300000000"
    assert response["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert set(response["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "termination",
        "expiration",
        "checksum",
    }


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
def test_another_version_is_refused_and_told_ours(tus: Tus, version: str | None) -> None:
    response = tus.post(upload_length="3", tus_resumable=version)
    assert said(response) == (412, "unsupported_version")
    assert response["Tus-Version"] == "1.0.0"


def test_every_answer_names_the_version(tus: Tus) -> None:
    path = tus.create(3)
    answers = [tus.head(path), tus.patch(path, 0, b"abc"), tus.head(f"{URL}/none"), tus.post()]
    assert {response["Tus-Resumable"] for response in answers} == {"1.0.0"}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_the_collection_takes_post_alone(tus: Tus, method: str) -> None:
    header = {"Upload-Metadata": encoded(urid=tus.container.urid)}
    response = tus.client.generic(method, URL, headers=header)
    assert said(response) == (405, "method_not_allowed")
    assert response["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_an_upload_takes_no_other_methods(tus: Tus, method: str) -> None:
    response = tus.client.generic(method, tus.create(3))
    assert said(response) == (405, "method_not_allowed")


# -- creation ------------------------------------------------------------------------------------------------


def test_a_new_upload_begins_at_zero_and_says_when_it_expires(tus: Tus, now: datetime) -> None:
    response = tus.post(upload_length="10")
    assert (response.status_code, response["Upload-Offset"]) == (201, "0")
    expires = parsedate_to_datetime(response["Upload-Expires"])
    assert timedelta(hours=23) < expires - now < timedelta(hours=25)


def test_the_wrong_key_is_refused(tus: Tus) -> None:
    wrong = "00000000-0000-4000-8000-000000000000"
    assert said(tus.post(upload_length="10", x_edit_key=wrong)) == (401, "unauthorized")


def test_no_key_is_refused(tus: Tus) -> None:
    assert said(tus.post(upload_length="10", x_edit_key=None)) == (401, "unauthorized")


def test_an_unknown_gift_is_not_found(tus: Tus) -> None:
    response = tus.post(upload_length="10", upload_metadata=encoded(urid="0123456789"))
    assert said(response) == (404, "not_found")


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "",
        "filename Z2lmdA==",
        "urid",
        "urid !!!!",
        "urid AAAA",
        "urid /w==",
        "urid YQ==,urid YQ==",
        ",,",
    ],
)
def test_metadata_that_names_no_gift_is_refused(tus: Tus, metadata: str | None) -> None:
    assert said(tus.post(upload_length="10", upload_metadata=metadata)) == (400, "invalid")


def test_too_much_metadata_is_refused(tus: Tus) -> None:
    header = encoded(urid=tus.container.urid, filename="x" * 4000)
    assert said(tus.post(upload_length="10", upload_metadata=header)) == (400, "invalid")


def test_a_length_over_the_limit_is_refused_at_once(tus: Tus) -> None:
    assert said(tus.post(upload_length="300000001")) == (413, "too_large")


@pytest.mark.parametrize("length", ["", "-1", "1.5", "ten", "٣", "1" * 19])
def test_a_length_that_is_no_number_is_refused(tus: Tus, length: str) -> None:
    assert said(tus.post(upload_length=length.encode().decode("latin-1"))) == (400, "invalid")


def test_a_length_is_either_said_or_deferred(tus: Tus) -> None:
    assert said(tus.post()) == (400, "invalid")
    assert said(tus.post(upload_length="3", upload_defer_length="1")) == (400, "invalid")
    assert said(tus.post(upload_defer_length="0")) == (400, "invalid")


def test_a_closed_gift_takes_no_upload(tus: Tus, now: datetime) -> None:
    containers.cancel(container=tus.container, actor=SHOP, now=now)
    assert said(tus.post(upload_length="3")) == (409, "locked")


def test_an_activated_gift_with_a_message_takes_no_upload(
    tus: Tus, now: datetime, record: Callable[[VideoContainer], VideoContainer]
) -> None:
    containers.activate(container=record(tus.container), actor=SHOP, now=now)
    assert said(tus.post(upload_length="3")) == (409, "locked")


def test_bytes_may_come_with_the_creation(tus: Tus) -> None:
    response = tus.post(upload_length="6", body=b"abc", content_type=CHUNK)
    assert (response.status_code, response["Upload-Offset"]) == (201, "3")
    assert received(row(response["Location"])) == b"abc"


def test_an_upload_of_nothing_is_handed_in_at_once(tus: Tus) -> None:
    upload = row(tus.create(0))
    assert upload.finished_at
    assert Recording.objects.get().upload == upload


def test_the_oldest_unfinished_uploads_make_room(tus: Tus) -> None:
    paths = [tus.create(3) for _ in range(11)]
    assert [tus.head(path).status_code for path in paths] == [404, *[200] * 10]


# -- asking --------------------------------------------------------------------------------------------------


def test_head_tells_offset_length_and_metadata(tus: Tus) -> None:
    path = tus.create(6)
    tus.patch(path, 0, b"abc")
    response = tus.head(path)
    assert (response.status_code, response["Upload-Offset"], response["Upload-Length"]) == (200, "3", "6")
    assert response["Upload-Metadata"] == encoded(urid=tus.container.urid, filename="gift.webm")
    assert response["Cache-Control"] == "no-store"


def test_head_says_that_the_length_is_deferred(tus: Tus) -> None:
    response = tus.head(tus.create())
    assert response["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in response


@pytest.mark.parametrize("uid", ["none", "x" * 32, "a\x00b", "é" * 32, "%2e%2e"])
def test_an_unknown_upload_is_not_found(tus: Tus, uid: str) -> None:
    response = tus.head(f"{URL}/{uid}")
    assert response.status_code == 404
    assert "Upload-Offset" not in response


def test_an_expired_upload_is_not_found(tus: Tus, now: datetime) -> None:
    path = tus.create(3)
    Upload.objects.update(expires_at=now)
    assert tus.head(path).status_code == 404
    assert said(tus.patch(path, 0, b"abc")) == (404, "not_found")


# -- bytes ---------------------------------------------------------------------------------------------------


def test_chunks_are_kept_in_order(tus: Tus) -> None:
    path = tus.create(9)
    offsets = [tus.patch(path, at, body)["Upload-Offset"] for at, body in ((0, b"abc"), (3, b"defg"))]
    assert offsets == ["3", "7"]
    assert received(row(path)) == b"abcdefg"


def test_a_chunk_says_when_the_upload_expires(tus: Tus) -> None:
    assert "Upload-Expires" in tus.patch(tus.create(9), 0, b"abc")


def test_the_last_byte_hands_the_video_in(tus: Tus) -> None:
    path = tus.create(6)
    tus.patch(path, 0, b"abc")
    assert not Recording.objects.exists()
    assert tus.patch(path, 3, b"def").status_code == 204
    tus.container.refresh_from_db()
    assert tus.container.state == VideoContainer.State.PROCESSING
    assert Recording.objects.get().upload == row(path)


@pytest.mark.parametrize("offset", [0, 2, 4, 999_999])
def test_a_chunk_at_another_offset_is_a_conflict(tus: Tus, offset: int) -> None:
    path = tus.create(9)
    tus.patch(path, 0, b"abc")
    assert said(tus.patch(path, offset, b"xyz")) == (409, "offset_conflict")
    assert received(row(path)) == b"abc"


def test_a_finished_upload_takes_no_more(tus: Tus) -> None:
    path = tus.create(3)
    tus.patch(path, 0, b"abc")
    assert said(tus.patch(path, 3, b"d")) == (409, "offset_conflict")


@pytest.mark.parametrize("offset", [None, "", "-1", "x"])
def test_a_chunk_must_say_where_it_begins(tus: Tus, offset: str | None) -> None:
    assert said(tus.patch(tus.create(9), 0, b"abc", upload_offset=offset)) == (400, "invalid")


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "text/plain", "multipart/form-data; boundary=x"]
)
def test_a_chunk_of_another_type_is_refused(tus: Tus, kind: str) -> None:
    response = tus.patch(tus.create(9), 0, b"abc", content_type=kind)
    assert said(response) == (415, "unsupported_media_type")


def test_more_bytes_than_the_length_are_refused(tus: Tus) -> None:
    path = tus.create(4)
    assert said(tus.patch(path, 0, b"abcde")) == (413, "too_large")
    assert row(path).parts == []


def test_a_chunk_over_the_chunk_limit_is_refused(tus: Tus, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "MAX_CHUNK_BYTES": 4}
    assert said(tus.patch(tus.create(9), 0, b"abcde")) == (413, "too_large")


def test_a_deferred_upload_may_not_outgrow_the_limit(tus: Tus, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "MAX_UPLOAD_BYTES": 5}
    path = tus.create()
    tus.patch(path, 0, b"abc")
    assert said(tus.patch(path, 3, b"def")) == (413, "too_large")


def test_django_s_own_limit_for_bodies_does_not_matter(tus: Tus, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert tus.patch(tus.create(100), 0, b"x" * 50).status_code == 204


def test_a_chunk_larger_than_memory_allows_is_kept_whole(tus: Tus) -> None:
    body = bytes(range(256)) * 12_000  # 3 MB
    assert received(tus.send(body)) == body


def test_a_chunk_that_comes_after_the_gift_was_closed_is_refused(tus: Tus, now: datetime) -> None:
    path = tus.create(6)
    containers.cancel(container=tus.container, actor=SHOP, now=now)
    assert said(tus.patch(path, 0, b"abc")) == (409, "locked")


# -- deferred length -----------------------------------------------------------------------------------------


def test_the_length_may_come_with_the_last_chunk(tus: Tus) -> None:
    path = tus.create()
    tus.patch(path, 0, b"abc")
    assert tus.patch(path, 3, b"def", upload_length="6").status_code == 204
    assert row(path).finished_at


def test_the_length_may_come_alone(tus: Tus) -> None:
    path = tus.create()
    tus.patch(path, 0, b"abc")
    assert tus.patch(path, 3, b"", upload_length="3")["Upload-Offset"] == "3"
    assert row(path).finished_at


def test_the_length_may_come_early(tus: Tus) -> None:
    path = tus.create()
    tus.patch(path, 0, b"abc", upload_length="9")
    assert tus.head(path)["Upload-Length"] == "9"


def test_a_length_cannot_change(tus: Tus) -> None:
    assert said(tus.patch(tus.create(9), 0, b"abc", upload_length="8")) == (400, "invalid")


def test_a_length_cannot_be_less_than_what_is_here(tus: Tus) -> None:
    path = tus.create()
    tus.patch(path, 0, b"abc")
    assert said(tus.patch(path, 3, b"", upload_length="2")) == (400, "invalid")


def test_a_late_length_over_the_limit_is_refused(tus: Tus) -> None:
    assert said(tus.patch(tus.create(), 0, b"abc", upload_length="300000001")) == (413, "too_large")


# -- checksum ------------------------------------------------------------------------------------------------


def checksum(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {b64encode(hashlib.new(algorithm, body).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_with_the_right_checksum_is_kept(tus: Tus, algorithm: str) -> None:
    path = tus.create(9)
    assert tus.patch(path, 0, b"abc", upload_checksum=checksum(algorithm, b"abc")).status_code == 204


def test_a_damaged_chunk_is_thrown_away(tus: Tus) -> None:
    path = tus.create(9)
    response = tus.patch(path, 0, b"abX", upload_checksum=checksum("sha1", b"abc"))
    assert said(response) == (460, "checksum_mismatch")
    assert tus.head(path)["Upload-Offset"] == "0"


@pytest.mark.parametrize("header", ["md5 kAFQmDzST7DWlj99KOF/cg==", "sha1 !", "", "shake_128 AA=="])
def test_an_unknown_checksum_is_refused(tus: Tus, header: str) -> None:
    assert said(tus.patch(tus.create(9), 0, b"abc", upload_checksum=header)) == (400, "invalid")


# -- termination ---------------------------------------------------------------------------------------------


def test_an_abandoned_upload_is_gone_with_its_bytes(tus: Tus) -> None:
    path = tus.create(9)
    tus.patch(path, 0, b"abc")
    part = row(path).parts[0]
    assert tus.delete(path).status_code == 204
    assert tus.head(path).status_code == 404
    with pytest.raises(FileNotFoundError):
        gift_storage().open(part)


def test_an_upload_that_was_handed_in_cannot_be_abandoned(tus: Tus) -> None:
    path = tus.create(3)
    tus.patch(path, 0, b"abc")
    assert said(tus.delete(path)) == (409, "locked")


# -- networks that know only GET and POST --------------------------------------------------------------------


def test_a_post_may_stand_for_another_method(tus: Tus) -> None:
    path, headers = tus.create(9), {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    override = {**headers, "X-HTTP-Method-Override": "PATCH"}
    response = tus.client.post(path, b"abc", content_type=CHUNK, headers=override)
    assert (response.status_code, response["Upload-Offset"]) == (204, "3")


def test_only_a_post_may_stand_for_another_method(tus: Tus) -> None:
    path = tus.create(9)
    tus.client.get(path, headers={"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"})
    assert tus.head(path).status_code == 200


# -- what it costs -------------------------------------------------------------------------------------------


def test_a_chunk_takes_two_queries(tus: Tus, django_assert_num_queries: Any) -> None:
    path = tus.create(9)
    with django_assert_num_queries(2):
        tus.patch(path, 0, b"abc")


def test_the_offset_takes_one_query(tus: Tus, django_assert_num_queries: Any) -> None:
    path = tus.create(9)
    with django_assert_num_queries(1):
        tus.head(path)
