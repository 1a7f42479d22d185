import json
import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from web.ops.log_format import JsonFormatter, TextFormatter
from web.settings import Settings, default_data_dir, origin_of, table


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _, _ in table():
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_are_the_promised_ones() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.database_url is None
    assert settings.message_bytes == 1024 * 1024
    assert settings.player_message_bytes == 64 * 1024
    assert settings.hexes_per_command == 50_000
    assert (settings.commands_per_second, settings.command_burst) == (50, 200)
    assert (settings.player_commands_per_second, settings.player_command_burst) == (20, 60)
    assert settings.sockets_per_member == 20
    assert (settings.client_buffer_bytes, settings.client_buffer_messages) == (1024 * 1024, 1000)
    assert settings.mailbox_commands == 256
    assert (settings.heartbeat_s, settings.send_timeout_s) == (15, 5)


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXROOM_PORT", "0")
    monkeypatch.setenv("HEXROOM_DEMO", "false")
    monkeypatch.setenv("HEXROOM_DATA_DIR", "/srv/hexroom")
    monkeypatch.setenv("HEXROOM_ALLOWED_ORIGINS", "https://a.example/, HTTP://B.example:80,")
    monkeypatch.setenv("HEXROOM_LOG_FORMAT", "json")
    settings = Settings()
    assert (settings.port, settings.demo, settings.log_format) == (0, False, "json")
    assert settings.data_dir == Path("/srv/hexroom")
    assert settings.allowed_origins == ("https://a.example", "http://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("LOG_FORMAT", "xml"),
        ("COMMANDS_PER_SECOND", "-1"),
        ("COMMANDS_PER_SECOND", "nan"),
        ("MAILBOX_COMMANDS", "0"),
        ("HEXES_PER_COMMAND", "50001"),
        ("DATABASE_CONNECTIONS", "1"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("PUBLIC_URL", "play.example"),
        ("PUBLIC_URL", "https://user@play.example"),
    ],
)
def test_a_bad_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HEXROOM_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Settings(database_url="postgresql://ann:secret@db/hexroom"))


def test_each_setting_says_what_it_means() -> None:
    assert len(table()) == len(Settings.model_fields)
    assert all(meaning for _, _, meaning in table())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db", False)],
)
def test_only_this_machine(host: str, loopback: bool) -> None:
    assert Settings(host=host).is_loopback is loopback


def test_data_stays_out_of_roots_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/hexroom")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ann/data")
    assert default_data_dir() == Path("/home/ann/data/hexroom")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_data_dir() == Path.home() / ".local/share/hexroom"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://play.example:443", "https://play.example"),
        ("HTTPS://Play.Example/", "https://play.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_has_one_form(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_a_log_line_is_one_object_with_its_facts() -> None:
    record = logging.makeLogRecord(
        {
            "name": "actors.room.actor",
            "levelname": "INFO",
            "msg": "room %s: passivated",
            "args": ("7f3a",),
        }
        | {"room": "7f3a", "version": 412}
    )
    entry = json.loads(JsonFormatter().format(record))
    assert entry["message"] == "room 7f3a: passivated"
    assert (entry["room"], entry["version"], entry["level"]) == ("7f3a", 412, "INFO")


def test_nobody_writes_lines_of_their_own_into_the_log() -> None:
    record = logging.makeLogRecord({"msg": "name %s", "args": ("a\n12:00:00 ERROR fake",)})
    for formatter in (TextFormatter(), JsonFormatter()):
        assert "\n" not in formatter.format(record)


@pytest.mark.parametrize(
    "url", ["nats://one:4222", "tls://user:secret@one:4222", "nats://one:4222,nats://two:4222"]
)
def test_nats_is_one_server_or_several(url: str) -> None:
    assert Settings(nats_url=url).nats_url == url


@pytest.mark.parametrize("url", ["one:4222", "wss://user:secret@one", "nats://one:4222,", ""])
def test_what_is_no_nats_server_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError, match="expected nats://host:4222") as refused:
        Settings(nats_url=url)
    assert "secret" not in refused.value.errors()[0]["msg"]
