"""Settings: what is read, what is refused and in which words, what is masked, what docs name."""

import ipaddress
import stat
from pathlib import Path

import pytest

from aggregator.errors import SettingsError
from aggregator.settings import DOCS, PREFIX, Settings, load, mask_url, shown

ROOT = Path(__file__).resolve().parent.parent


def test_defaults_need_no_environment() -> None:
    assert load({"PATH": "/bin", "FRONTWIRE_CORPUS": "elsewhere"}) == Settings()


def test_values_are_read_into_their_types() -> None:
    settings = load(
        {
            "FRONTWIRE_PORT": "8123",
            "FRONTWIRE_HOST_GAP_S": "0.5",
            "FRONTWIRE_DATA_DIR": "elsewhere",
            "FRONTWIRE_FETCH_ALLOW": "10.0.0.0/8, 127.0.5.0/24",
            "FRONTWIRE_SAMPLE": "yes",
            "FRONTWIRE_LOG_LEVEL": "debug",
        }
    )
    assert (settings.port, settings.host_gap_s, settings.data_dir, settings.sample) == (8123, 0.5, Path("elsewhere"), True)
    assert settings.fetch_allow == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.5.0/24"))
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("FRONTWIRE_PRT", "1", "FRONTWIRE_PORT"),
        ("FRONTWIRE_DATABASEURL", "x", "FRONTWIRE_DATABASE_URL"),
        ("FRONTWIRE_PORT", "eighty", "port of the web server"),
        ("FRONTWIRE_PORT", "0", "out of range"),
        ("FRONTWIRE_PORT", "70000", "out of range"),
        ("FRONTWIRE_HOST_GAP_S", "-1", "0 … 3600"),
        ("FRONTWIRE_FETCH_ONLY", "10.0.0.0/99", "10.0.0.0/99"),
        ("FRONTWIRE_SAMPLE", "perhaps", "yes/no"),
        ("FRONTWIRE_LOG_LEVEL", "LOUD", "no such level"),
        ("FRONTWIRE_API_LIMIT", "-1", "0 … 1000000"),
        ("FRONTWIRE_FULL_TEXT", "perhaps", "never, token or open"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=variable) as caught:
        load({variable: value})
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "subscribes"),
    [
        ({}, False),
        ({"BASE_URL": "https://wire.example"}, True),
        ({"BASE_URL": "https://wire.example", "WEBSUB": ""}, True),
        ({"BASE_URL": "https://wire.example", "WEBSUB": "no"}, False),
        ({"BASE_URL": "http://localhost:8000"}, False),
        ({"BASE_URL": "http://127.0.0.1:8000"}, False),
        ({"BASE_URL": "http://[::1]:8000"}, False),
        ({"BASE_URL": "http://127.0.0.1:8000", "WEBSUB": "yes"}, True),
        ({"BASE_URL": "http://192.168.1.5"}, True),
        ({"WEBSUB": "no"}, False),
    ],
)
def test_hubs_are_asked_only_where_they_can_reach_us(environment: dict[str, str], subscribes: bool) -> None:
    assert load({PREFIX + name: value for name, value in environment.items()}).subscribes is subscribes


@pytest.mark.parametrize(
    ("environment", "is_hub"),
    [
        ({}, False),
        ({"BASE_URL": "https://wire.example"}, True),
        ({"BASE_URL": "https://wire.example", "HUB": "no"}, False),
        ({"BASE_URL": "https://wire.example", "WEBSUB": "no"}, True),
        ({"BASE_URL": "http://localhost:8000"}, False),
        ({"BASE_URL": "http://localhost:8000", "HUB": "yes"}, True),
    ],
)
def test_this_is_a_hub_only_where_others_can_reach_it(environment: dict[str, str], is_hub: bool) -> None:
    assert load({f"FRONTWIRE_{name}": value for name, value in environment.items()}).is_hub is is_hub


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"HOST": "0.0.0.0", "PORT": "9000", "BASE_URL": "https://wire.example"}, "http://127.0.0.1:9000"),
        ({"HOST": "::"}, "http://[::1]:8000"),
        ({"HOST": "10.1.2.3"}, "http://10.1.2.3:8000"),
        ({"WEB_URL": "http://web:8000/"}, "http://web:8000"),
    ],
)
def test_workers_find_our_own_web_server(environment: dict[str, str], address: str) -> None:
    assert load({f"FRONTWIRE_{name}": value for name, value in environment.items()}).own_web == address


def test_a_hub_needs_an_address_and_the_web_server_is_one() -> None:
    with pytest.raises(SettingsError, match="FRONTWIRE_BASE_URL"):
        load({"FRONTWIRE_HUB": "yes"})
    with pytest.raises(SettingsError, match="http://web:8000"):
        load({"FRONTWIRE_WEB_URL": "web:8000"})


def test_hubs_cannot_be_asked_without_an_address() -> None:
    with pytest.raises(SettingsError, match="needs FRONTWIRE_BASE_URL"):
        load({"FRONTWIRE_WEBSUB": "yes"})


def test_secrets_are_masked_wherever_they_stand() -> None:
    settings = Settings(secret_key="s3cret", database_url="postgresql://fw:pa55@db/fw", broker_url="redis://:pa55@valkey:6379/0")
    text = " ".join(shown(settings).values())
    assert "s3cret" not in text and "pa55" not in text and "postgresql://fw:********@db/fw" in text
    assert mask_url("redis://localhost:6379/0") == "redis://localhost:6379/0"


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    key = settings.secret()
    assert len(key) >= 48 and settings.secret() == key
    assert stat.S_IMODE((tmp_path / "var" / "secret-key").stat().st_mode) == 0o600
    assert Settings(data_dir=tmp_path, secret_key="given").secret() == "given"


def test_databases_are_named_for_their_driver(tmp_path: Path) -> None:
    assert Settings(database_url="postgres://u:p@h/d").database == "postgresql+psycopg://u:p@h/d"
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/frontwire.db"


def test_every_setting_is_explained_and_documented() -> None:
    names = set(Settings.__dataclass_fields__)
    assert set(DOCS) == names
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [PREFIX + name.upper() for name in names if PREFIX + name.upper() not in operations]
    assert not missing
