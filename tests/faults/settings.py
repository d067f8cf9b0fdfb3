"""The project with a mail server that takes its time and keeps mails in files, and short leases."""

import time
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

from config.settings import *  # noqa: F403
from config.settings import GIFTING, Q_CLUSTER

EMAIL_BACKEND = "tests.faults.settings.SlowFiles"
GIFTING = {**GIFTING, "JOB_LEASE_SECONDS": 3}
Q_CLUSTER = {**Q_CLUSTER, "timeout": 30, "retry": 40}


class SlowFiles(EmailBackend):
    """One file for each mail, after a while."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int | None:
        time.sleep(0.05)
        return super().send_messages(email_messages)
