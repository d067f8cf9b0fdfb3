"""Run as a module: fills a database with gifts, sweeps, and prints what that cost it as JSON."""

import json
import re
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

ROUNDS = 7
FILL = """
INSERT INTO gifting_brand (slug, name, logo, accent_color, base_url, mail_sender, default_language,
    widget_origins, retention_days, capture, tell_when_seen, backend, pack_backend, card_text,
    note_on_card)
VALUES ('bench', 'Bench', '', '#a3293d', '', '', 'en', '[]', 180, 'widget', false, '', '', '', false);
INSERT INTO gifting_order (brand_id, number, giver_name, giver_email, receiver_name, receiver_email,
    product_name, language, delivery, additional_data, request_digest, created_at, shop_id)
SELECT brand.id, 'ORD-' || n, 'Alice', 'alice@example.com', 'Bob', 'bob@example.com', '', '', 'email',
    '{{}}', '', now() - n * interval '13 seconds', ''
FROM generate_series(1, {gifts}) AS n, gifting_brand AS brand;
INSERT INTO gifting_videocontainer (order_id, urid, edit_key, watch_token, state, note, created_at,
    recorded_at, activated_at, delivered_at, expires_at, hidden_reason)
SELECT id, lpad(id::text, 10, '0'), gen_random_uuid(), 'token-' || id, 'delivered', 'Only words.',
    created_at, created_at, created_at, created_at, created_at + interval '180 days', ''
FROM gifting_order;
INSERT INTO gifting_shipment (order_id, code, carrier, status, state, failures, attempts, last_error,
    due_at, created_at, delivered_at)
SELECT id, 'BIKE-' || id, 'coursier', 'delivered', 'done', 0, 0, '', created_at, created_at, created_at
FROM gifting_order;
INSERT INTO gifting_outgoingmessage (container_id, purpose, state, attempts, last_error, due_at,
    created_at, sent_at, resends)
SELECT id, 'gift_ready', 'sent', 1, '', created_at, created_at, created_at, 0 FROM gifting_videocontainer;
INSERT INTO gifting_recording (container_id, state, refusal, video, poster, attempts, last_error,
    due_at, created_at, ready_at)
SELECT id, 'ready', '', 'video-' || id, 'poster-' || id, 1, '', created_at, created_at, created_at
FROM gifting_videocontainer;
INSERT INTO gifting_webhookreceipt (source, key, body, state, outcome, attempts, last_error,
    due_at, received_at)
SELECT 'dhl', id, 'body', 'done', '', 1, '', now(), now() FROM gifting_videocontainer
ORDER BY id LIMIT 100000;
UPDATE gifting_outgoingmessage SET state = 'queued' WHERE id IN
    (SELECT id FROM gifting_outgoingmessage ORDER BY id LIMIT {due} / 2);
UPDATE gifting_shipment SET state = 'queued', status = 'in_transit' WHERE id IN
    (SELECT id FROM gifting_shipment ORDER BY id DESC LIMIT {due} - {due} / 2);
"""


@dataclass(slots=True)
class Meter:
    """Everything that was asked of the database, and how long it took to answer."""

    seconds: float = 0.0
    asked: dict[str, Any] = field(default_factory=dict)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - begun
            self.asked[sql] = params


def measure(gifts: int, due: int) -> dict[str, Any]:
    from gifting import tasks

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for statement in FILL.format(gifts=gifts, due=due).split(";\n"):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    meters = [Meter() for _ in range(ROUNDS)]
    for meter in meters:
        with connection.execute_wrapper(meter):
            tasks.sweep()
    typical = statistics.median(meter.seconds for meter in meters)
    return {"ms": 1000 * typical, "queries": len(meters[-1].asked), **_plans(meters[-1].asked)}


def _plans(asked: dict[str, Any]) -> dict[str, Any]:
    """The indexes that were read, and the tables that were read from end to end."""
    plans = "\n".join(_plan(sql, params) for sql, params in asked.items() if sql.startswith("SELECT"))
    print(plans, file=sys.stderr)
    return {
        "indexes": sorted(set(re.findall(r"(?:Scan using|Index Scan on) (\w+)", plans))),
        "whole": sorted(set(re.findall(r"Seq Scan on (\w+)", plans))),
    }


def _plan(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
