"""The server is held to the desk: the same commands, the same variables, the same walls."""

import re

import pytest
import yaml

from config.embedded import ROOT
from config.run import PROCESSES
from config.services import broker_url, redis_url

# Django's, make's, and what manage.py tells the settings
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "MAKELEVEL", "PORTAL_LOGIN"}


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.mark.parametrize("name", [*PROCESSES, "setup"])
def test_a_container_runs_the_command_that_runs_on_a_desk(services, name):
    assert services[name]["command"] == [".venv/bin/python", "-m", "config.run", name]


def test_each_process_has_a_container_and_no_more(services):
    others = {"setup", "backup", "postgresql", "queue", "cache", "proxy"}
    assert set(services) == {*PROCESSES, *others}


def test_the_queue_outlives_its_server_and_the_cache_stands_apart(services):
    assert services["postgresql"]["image"] == "postgres:18"
    assert re.fullmatch(r"redis:([7-9]|\d\d).*", services["queue"]["image"])
    queue = services["queue"]["command"]
    assert queue[queue.index("--appendonly") + 1] == "yes"
    assert queue[queue.index("--maxmemory-policy") + 1] == "noeviction"
    worker = services["worker"]["environment"]
    assert worker["REDIS_URL"] == "redis://queue:6379/0"
    assert worker["REDIS_CACHE_URL"] == "redis://cache:6379/0"


def test_there_may_be_many_workers_and_one_clock(services):
    assert not {"container_name", "ports"} & set(services["worker"])
    assert services["beat"]["deploy"]["replicas"] == 1


def test_the_proxy_is_the_only_door(services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert compose["networks"]["inside"]["internal"] is True
    assert {name for name, service in services.items() if "front" in service["networks"]} == {"web", "proxy"}


def test_the_login_that_passes_the_policies_is_known_to_the_backup_alone(services):
    holders = [name for name, service in services.items() if "POSTGRES_BACKUP_PASSWORD" in str(service)]
    assert holders == ["backup", "postgresql"]
    assert services["backup"]["profiles"], "it does not run with the others"


def test_no_secret_stands_in_the_file(services):
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert re.fullmatch(r"\$\{\w+:-\}", value)


def test_every_variable_that_is_read_stands_in_the_example():
    sources = "".join(path.read_text() for path in ROOT.glob("config/*.py"))
    read = set(re.findall(r'env(?:iron)?\.\w+\(\s*"([A-Z_]+)"', sources)) - NOT_OURS
    read |= set(re.findall(r"\$\{?([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(read)


def test_what_a_container_sets_is_read_somewhere(services):
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(services["web"]["environment"]) <= set(named)


@pytest.mark.parametrize(
    ("given", "cache", "broker"),
    [
        ("redis://queue:6379/0", "redis://queue:6379/1", "redis://queue:6379/0"),
        ("redis://:word@queue:6379", "redis://:word@queue:6379/1", "redis://:word@queue:6379"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=1", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_the_cache_is_another_database_of_the_redis_that_is_given(monkeypatch, given, cache, broker):
    monkeypatch.setenv("REDIS_URL", given)
    assert redis_url() == given
    assert redis_url(database=1) == cache
    assert broker_url(given) == broker
