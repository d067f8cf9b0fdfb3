"""The project with a mail server that takes its time, and a queue of its own in Redis."""

import time
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from config.settings import *  # noqa: F403
from config.settings import Q_CLUSTER

MAIL_SERVER_SECONDS = 0.03
EMAIL_BACKEND = "tests.benchmarks.jobs_settings.SlowServer"
Q_CLUSTER = {**Q_CLUSTER, "name": "giftcast-bench"}


class SlowServer(BaseEmailBackend):
    """Takes every mail, after the time that a near mail server needs."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        time.sleep(MAIL_SERVER_SECONDS * len(email_messages))
        return len(email_messages)
