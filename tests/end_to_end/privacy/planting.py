"""Plants what must not be there, so that a search that finds nothing is known to look."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy.canaries import Canary

from insieme_events.catalogue import party_topic
from insieme_events.testing import privacy
from insieme_local.servers import Servers

PLANTED_TYPE = "it.insiemeperillavoro.intake.FragilityAssessed.v1"

IN_A_VIEW = """
insert into views.interviews (interview_id, case_id, kind, status, day)
values (gen_random_uuid(), gen_random_uuid(), %s, 'held', '2024-01-01')
"""
IN_A_STORED_ANSWER = """
insert into events.idempotency (scope, key, fingerprint, answer, stored_at)
values ('planted', 'planted', %s, '[]', now())
"""
IN_THE_STORE = """
insert into events.events (event_id, stream, version, type, schema_version, data, metadata, occurred_on, recorded_at,
    epoch)
values (gen_random_uuid(), %s, 1, %s, 1, %s, '{}', now(), now(), 0)
"""
IN_A_DEAD_LETTER = """
insert into events.dead_letters (subscription, topic, partition, record_offset, stream, sequence, type, reason, detail,
    headers, value, parked_at)
values ('planted', 'planted', 0, %s, 'planted', %s, '', 'failed', '', %s, %s, now())
"""


def plant(platform: Platform, servers: Servers, canary: Canary) -> None:
    """The canary in a view, a stored answer, a dead letter (as a hash), a record's key and a log; and a fragility band
    in the open in the store, a dead letter, a party record and a record of a topic of its own, which nobody reads.
    And the canary in stored answers of services that need not know it, and a level in the open in training's store.
    """
    stream = f"case-{uuid4()}"
    data = {"occurred_on": "2024-03-11", "person_id": str(uuid4()), "case_id": stream[5:], "band": "low"}
    value = json.dumps(data)
    digest = min(privacy.digests(canary.codice_fiscale))
    with psycopg.connect(platform.provisioned.urls["intake_owner"]) as intake:
        intake.execute(IN_A_VIEW, (canary.last_name.upper(),))
        intake.execute(IN_A_STORED_ANSWER, (canary.identity["telephone"].encode(),))
        # In no epoch, so that the relay does not send it on.
        intake.execute(IN_THE_STORE, (stream, "FragilityAssessed", value))
    with psycopg.connect(platform.provisioned.urls["training_owner"]) as training:
        level = json.dumps({"person_id": str(uuid4()), "level": "c1"})
        training.execute(IN_THE_STORE, (f"participation-{uuid4()}", "LanguageLevelAssessed", level))
    for service, text in (("funding", canary.identity["telephone"]), ("governance", canary.codice_fiscale.lower())):
        with psycopg.connect(platform.provisioned.urls[f"{service}_owner"]) as other:
            other.execute(IN_A_STORED_ANSWER, (text.encode(),))
    with psycopg.connect(platform.provisioned.urls["reporting_owner"]) as reporting:
        reporting.execute(IN_A_DEAD_LETTER, (1, 1, json.dumps([["ce_type", PLANTED_TYPE]]), value.encode()))
        reporting.execute(IN_A_DEAD_LETTER, (2, 2, "[]", digest))
    _send(platform, servers, canary, value)
    (platform.folders.logs / "planted.log").write_text(canary.identity["address"]["street"])


def _send(platform: Platform, servers: Servers, canary: Canary, value: str) -> None:
    prefix = platform.provisioned.topic_prefix
    party, stray = party_topic(prefix, "intake"), f"{prefix}.planted"
    admin = AdminClient({"bootstrap.servers": servers.bootstrap})
    admin.create_topics([NewTopic(stray, num_partitions=1, replication_factor=1)])[stray].result()
    producer = Producer({"bootstrap.servers": servers.bootstrap})
    producer.produce(party, key=canary.identity["email"].encode(), value=b"{}")
    for topic in (party, stray):
        producer.produce(topic, value=value.encode(), headers=[("ce_type", PLANTED_TYPE.encode())])
    assert producer.flush(10) == 0
