"""Requests a second, cycling through a list of them: by wrk where it is installed, else by own processes."""

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
SCRIPT = """
local asks, count = {%s}, 0
request = function()
  count = count + 1
  local ask = asks[count %% #asks + 1]
  return wrk.format(ask[2] == "" and "GET" or "POST", ask[1], nil, ask[2])
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`asks` are pairs of path and body; without a body it is a GET."""

    address: str
    token: str
    asks: tuple[tuple[str, str], ...]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def requests_per_second(target: Target, *, seconds: int) -> float:
    """Raises RuntimeError where an answer is no success."""
    return (_wrk if shutil.which("wrk") else _python)(target, seconds)


def _wrk(target: Target, seconds: int) -> float:
    asks = ", ".join(f"{{{json.dumps(path)}, {json.dumps(body)}}}" for path, body in target.asks)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    with TemporaryDirectory() as folder:
        script = Path(folder) / "asks.lua"
        script.write_text(SCRIPT % asks)
        command += ["-s", str(script), target.address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or not (found := re.search(r"Requests/sec:\s+([\d.]+)", said)):
        raise RuntimeError(said)
    return float(found[1])


def _python(target: Target, seconds: int) -> float:
    with ProcessPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(_client, range(CLIENTS), [target] * CLIENTS, [seconds] * CLIENTS))
    return done / seconds


def _client(first: int, target: Target, seconds: int) -> int:
    """Calls over one connection until the time is up; returns how many."""
    connection, done = http.client.HTTPConnection(urlsplit(target.address).netloc), 0
    end = time.monotonic() + seconds
    for path, body in itertools.islice(itertools.cycle(target.asks), first, None):
        connection.request("POST" if body else "GET", path, body or None, target.headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(answer.read())
        answer.read()
        done += 1
        if time.monotonic() > end:
            break
    return done
