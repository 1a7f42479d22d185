import psycopg
import pytest
from click.testing import CliRunner

from web.cli.main import main


def test_nodes_lists_who_is_alive_and_who_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO node (id, name, started_at, until, rooms, handovers) VALUES"
            " ('a', 'barn', '2026-01-31 20:15Z', now() - interval '1 s', 3, 0),"
            " ('b', 'attic', '2026-01-31 20:16Z', now() + interval '1 day', 7, 2)"
        )
        connection.execute(
            "INSERT INTO room_lease (campaign_id, node, epoch) VALUES"
            " (gen_random_uuid(), 'a', 9), (gen_random_uuid(), 'b', 4), (gen_random_uuid(), 'b', 2)"
        )
    monkeypatch.setenv("HEXROOM_DATABASE_URL", database_url)

    told = CliRunner().invoke(main, ["nodes"])

    assert told.exit_code == 0
    assert [line.split() for line in told.output.splitlines()[1:]] == [
        ["attic", "alive", "2026-01-31", "20:16:00Z", "7", "4", "2", "b"],
        ["barn", "gone", "2026-01-31", "20:15:00Z", "0", "0", "0", "a"],
    ]


def test_nodes_asks_for_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEXROOM_DATABASE_URL", raising=False)

    told = CliRunner().invoke(main, ["nodes"])

    assert told.exit_code == 1
    assert "HEXROOM_DATABASE_URL" in told.output
