"""What the every-minute sweep costs a database with very many gifts of which few are due."""

import json
import os
import subprocess
import sys
import tempfile

from tests.benchmarks.bench_jobs import REDIS
from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row

DATABASE = "gc_sweep_bench"
GIFTS = int(os.environ.get("BENCH_GIFTS", "1000000"))
DUE = 100
AIM_MS = 20


def rows() -> list[Row]:
    """Milliseconds of database time of one sweep; the plans go to standard error."""
    with database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "REDIS_URL": REDIS,
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.jobs_settings",
        }
        command = [sys.executable, "-m", "tests.benchmarks.sweep_measure", str(GIFTS), str(DUE)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    cost = json.loads(done.stdout)
    whole = ", ".join(cost["whole"]) or "none"
    return [
        Row(
            name=f"one sweep, {GIFTS:,} gifts of which {DUE} are due",
            ours=f"{cost['ms']:.1f} ms of database time in {cost['queries']} queries",
            reference=f"by index: {', '.join(cost['indexes'])}; read whole: {whole}",
            ratio=None,
            aim=f"< {AIM_MS} ms",
            met=cost["ms"] < AIM_MS,
        )
    ]
