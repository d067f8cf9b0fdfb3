"""Requests a second, each for another pair of users: by wrk where it is installed, else by processes."""

import http.client
import itertools
import re
import shutil
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

CONNECTIONS = 16
CLIENTS = 4
SCRIPT = """
local count = %s
request = function()
  count = count + 1
  return wrk.format("%s", "%s/" .. "%s-" .. count .. "/" .. "%s-" .. count)
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address that ends before the two users, which are `giver-n` and `friend-n`, n from `first` on."""

    method: str
    url: str
    key: str
    users: tuple[str, str]


def requests_per_second(target: Target, *, first: int, seconds: int) -> float:
    """Raises RuntimeError where an answer is no success."""
    return (_wrk if shutil.which("wrk") else _python)(target, first, seconds)


def _wrk(target: Target, first: int, seconds: int) -> float:
    parts = urlsplit(target.url)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "users.lua"
        script.write_text(SCRIPT % (first - 1, target.method, parts.path, *target.users))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"apikey: {target.key}"]
        address = f"{parts.scheme}://{parts.netloc}"
        done = subprocess.run(
            [*command, "-s", str(script), address], capture_output=True, text=True, check=True
        )
    if "Non-2xx" in done.stdout or not (found := re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)):
        raise RuntimeError(done.stdout)
    return float(found[1])


def _python(target: Target, first: int, seconds: int) -> float:
    firsts = range(first, first + CLIENTS)
    with ProcessPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(_client, firsts, [target] * CLIENTS, [seconds] * CLIENTS)) / seconds


def _client(first: int, target: Target, seconds: int) -> int:
    """Calls over one connection until the time is up; returns how many."""
    parts, end, done = urlsplit(target.url), time.monotonic() + seconds, 0
    connection = http.client.HTTPConnection(parts.netloc)
    for number in itertools.count(first, CLIENTS):
        sender, receiver = (f"{user}-{number}" for user in target.users)
        connection.request(target.method, f"{parts.path}/{sender}/{receiver}", headers={"apikey": target.key})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(answer.read())
        answer.read()
        done += 1
        if time.monotonic() > end:
            break
    return done
