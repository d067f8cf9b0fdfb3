"""What the account says when it refuses: its own sentence, and the error that it stands for."""

from typing import Any

from livestream.errors import (
    AccessDenied,
    Invalid,
    LivestreamError,
    Malformed,
    NotEndable,
    NotFound,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    VendorRejected,
    VendorUnavailable,
)
from livestream.http import Reply

PIN, UNPIN, END, READ = "pin_product", "unpin_product", "end", ""
LONGEST = 300


def refusal(reply: Reply, call: str, *, host: str) -> LivestreamError:
    """The error for an answer that is no success, to one of the calls above."""
    said = sentence(reply)
    kind = _kind(reply.status, call, said.lower())
    if kind:
        return kind(said)
    return VendorRejected(said or f"{host} refused (status {reply.status}).", status=reply.status)


def sentence(reply: Reply) -> str:
    """The vendor's own words as one line; empty where it said nothing that people could read."""
    try:
        document: Any = reply.json()
    except VendorUnavailable:
        return ""
    said = document.get("error") if isinstance(document, dict) else None
    if not isinstance(said, str):
        return ""
    line = " ".join(said.split())
    return "".join(letter for letter in line if letter.isprintable())[:LONGEST]


def is_denied(reply: Reply) -> bool:
    """401 has two meanings (seed 002): a bad token, or a livestream of somebody else."""
    return reply.status in (401, 403) and "denied" in sentence(reply).lower()


def _kind(status: int, call: str, said: str) -> type[LivestreamError] | None:
    """None: no error of ours means that."""
    if status == 400:
        return _of_bad_request(call, said)
    if status == 404:
        return _of_nothing_there(call, said)
    if status == 422 and call == PIN:
        return NotLive
    return AccessDenied if status in (401, 403) and "denied" in said else None


def _of_bad_request(call: str, said: str) -> type[LivestreamError]:
    if "malformed" in said:
        return Malformed
    return NotEndable if call == END else Invalid


def _of_nothing_there(call: str, said: str) -> type[LivestreamError]:
    if "product" in said and call in (PIN, UNPIN):
        return ProductsUnknown if call == PIN else NothingPinned
    return NotFound
