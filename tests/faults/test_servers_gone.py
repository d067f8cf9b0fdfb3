"""PostgreSQL and Redis go away while mails are being sent: nothing is lost, nothing goes out twice."""

import psutil

from tests.browser.running import wait_for
from tests.faults.conftest import GIFTS, Shop


def all_accounted_for(shop: Shop) -> bool:
    """Each mail went out once, or a person is asked about it; none twice."""
    states, mails = shop.states(), shop.mails()
    assert set(mails.values()) <= {1}, "A mail went out twice."
    assert set(states) <= {"sent", "unsure"}, states
    assert states["sent"] <= len(mails) <= GIFTS
    return sum(states.values()) == GIFTS


def test_postgres_restarts_in_the_middle(shop: Shop) -> None:
    with shop.workers():
        wait_for(lambda: len(shop.mails()) > 5)
        shop.database.restart()
        shop.sweep_until_finished()
    assert all_accounted_for(shop)
    assert shop.states()["sent"] == len(shop.mails()), "What went out is not in doubt."


def test_redis_is_gone_and_forgets_what_was_queued(shop: Shop) -> None:
    with shop.workers():
        wait_for(lambda: len(shop.mails()) > 5)
        shop.queue.kill()
        wait_for(lambda: "redis" in (shop.project.folder / "workers.log").read_text().lower())
        shop.queue.start()
        shop.sweep_until_finished()
    assert all_accounted_for(shop)
    assert shop.states() == {"sent": GIFTS}


def test_workers_of_two_machines_share_the_mails(shop: Shop) -> None:
    with shop.workers(), shop.workers():
        shop.sweep_until_finished()
    assert shop.states() == {"sent": GIFTS}
    assert all_accounted_for(shop)


def test_the_workers_are_killed_in_the_middle(shop: Shop) -> None:
    with shop.workers() as cluster:
        wait_for(lambda: len(shop.mails()) > 5)
        kill_all(cluster.pid)
    with shop.workers():
        shop.sweep_until_finished()
    assert all_accounted_for(shop)


def kill_all(pid: int) -> None:
    """The whole cluster at once, as the machine does when memory runs out."""
    cluster = psutil.Process(pid)
    for process in [cluster, *cluster.children(recursive=True)]:
        process.kill()
