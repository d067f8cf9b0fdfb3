"""Runs every test that touches a database once more on PostgreSQL: `python -m tests.postgres`."""

import os
import sys

import psycopg

URL = "postgres://postgres@127.0.0.1:5432/postgres"
WITHOUT_DATABASE = (
    "gifting/cards",
    "gifting/carriers",
    "gifting/media",
    "gifting/test_http_door.py",
    "gifting/test_http_secrets.py",
    "gifting/test_templates.py",
    "livestream/test_live_http.py",
)
WITH_THEIR_OWN = (
    "gifting/test_uploads_live.py",
    "gifting/test_recordings_killed.py",
    "config/test_demo_run.py",
    "livestream/rtmp",
    "livestream/fanout",
)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def main() -> int:
    url = os.environ.get("TEST_POSTGRES_URL", URL)
    if answers(url):
        left_out = [f"--ignore=tests/{name}" for name in (*WITHOUT_DATABASE, *WITH_THEIR_OWN)]
        folders = ["tests/gifting", "tests/livestream", "tests/contract", "tests/wire", "tests/config"]
        command = [sys.executable, "-m", "pytest", *folders, *left_out, *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "DATABASE_URL": url})
    print(f"PostgreSQL does not answer at {url}; set TEST_POSTGRES_URL. Its tests are skipped.")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
