import pytest
from django.db import connection
from django.test import Client

from marketplace.health import pulse


@pytest.mark.django_db(transaction=True)
def test_absent_database_is_named_and_breaks_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse.give(pulse.WORKER)
    pulse.give(pulse.BEAT)
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "no_such_database")
        response = client.get("/readyz")
    connection.close()
    assert response.status_code == 503
    assert response.json()["failing"] == ["database", "outbox", "audit"]
    assert client.get("/healthz").status_code == 200
