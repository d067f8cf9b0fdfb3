"""Requests a second of one address: by wrk where it is installed, else by processes of our own."""

import http.client
import itertools
import json
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
ORDER = {
    "email": "alice@example.com",
    "receiverEmail": "bob@example.com",
    "language": "en",
    "additionalData": {"senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Gift Box"},
}
SCRIPT = """
local count, run = 0, "%s"
request = function()
  count = count + 1
  return wrk.format("POST", nil, nil, '{"crid": "' .. run .. '-' .. count .. '", ' .. [[%s]])
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address; `posts` new orders there, or gets it."""

    url: str
    key: str
    posts: bool = False


def requests_per_second(target: Target, *, seconds: int) -> float:
    """Raises RuntimeError where an answer is no success."""
    return (_wrk if shutil.which("wrk") else _python)(target, seconds)


def _wrk(target: Target, seconds: int) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {target.key}"]
    with TemporaryDirectory() as folder:
        if target.posts:
            script = Path(folder) / "post.lua"
            script.write_text(SCRIPT % (time.time_ns(), json.dumps(ORDER)[1:]))
            command += ["-H", "Content-Type: application/json", "-s", str(script)]
        said = subprocess.run([*command, target.url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or not (found := re.search(r"Requests/sec:\s+([\d.]+)", said)):
        raise RuntimeError(said)
    return float(found[1])


def _python(target: Target, seconds: int) -> float:
    with ProcessPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(_client, range(CLIENTS), [target] * CLIENTS, [seconds] * CLIENTS))
    return done / seconds


def _client(number: int, target: Target, seconds: int) -> int:
    """Calls over one connection until the time is up; returns how many."""
    parts, done = urlsplit(target.url), 0
    connection = http.client.HTTPConnection(parts.netloc)
    headers = {"Authorization": f"Bearer {target.key}", "Content-Type": "application/json"}
    end, run = time.monotonic() + seconds, time.time_ns()
    for count in itertools.count():
        body = json.dumps(ORDER | {"crid": f"{run}-{number}-{count}"}) if target.posts else None
        connection.request("POST" if target.posts else "GET", parts.path, body, headers)
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise RuntimeError(answer.read())
        answer.read()
        done += 1
        if time.monotonic() > end:
            break
    return done
