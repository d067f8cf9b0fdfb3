"""The project with one carrier that pushes, and the bare view of `pushes_urls`."""

from config.settings import *  # noqa: F403
from config.settings import GIFTING

SECRET = "whsec_" + "c2VjcmV0" * 4
ROOT_URLCONF = "tests.benchmarks.pushes_urls"
SIGNED = {"BACKEND": "gifting.carriers.signed.Signed", "OPTIONS": {"secrets": [SECRET]}}
GIFTING = {**GIFTING, "CARRIERS": {"signed": SIGNED}}
