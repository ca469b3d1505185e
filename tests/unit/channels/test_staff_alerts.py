"""Who may be told: services that carry messages to people, and nothing that runs here."""

from __future__ import annotations

from typing import Any

import apprise
import pytest

from huitou.channels.staff_alerts import (
    SERVICES,
    AppriseAlerts,
    ConsoleAlerts,
    Digest,
    EitherAlerts,
    NullAlerts,
    addresses,
)
from huitou.ground.errors import HuitouError

DIGEST = Digest("Shop: new alarms: 2", "2 × A large customer is silent: £500 at stake")
REFUSED = (
    "syslog://", "dbus://", "glib://", "kde://", "windows://", "macosx://", "gnome://",
    "file:///etc/passwd", "json://169.254.169.254/", "xml://localhost", "form://localhost",
    "https://hooks.slack.com/services/A/B/C", "exec://rm", "plugin.py", "apprise://host/token",
)  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_no_service_for_people_is_never_opened(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(apprise.Apprise, "instantiate", lambda url, **_: opened.append(url))
    with pytest.raises(HuitouError, match="address 1 in HERE") as refused:
        addresses("HERE", {"HERE": address})
    assert address not in str(refused.value).split("\n")[0], "it may hold a key"
    assert AppriseAlerts().tell([address], DIGEST) is False
    assert opened == []


def test_every_service_let_through_is_one_that_apprise_knows() -> None:
    known = {
        scheme
        for each in apprise.Apprise().details()["schemas"]
        for scheme in (*(each["protocols"] or ()), *(each["secure_protocols"] or ()))
    }
    assert set(SERVICES) <= known


def test_addresses_are_parted_by_blanks() -> None:
    told = {"HERE": " wecombot://KEY\n console  "}
    assert addresses("HERE", told) == ("wecombot://KEY", "console")
    assert addresses("ELSEWHERE", told) == ()


@pytest.mark.parametrize("answer", [True, False, OSError("no network")])
def test_what_an_address_raises_counts_as_not_taken(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Service:
        def notify(self, title: str, body: str) -> bool:
            assert (title, body) == (DIGEST.title, DIGEST.body)
            if isinstance(answer, Exception):
                raise answer
            return bool(answer)

    monkeypatch.setattr(apprise.Apprise, "instantiate", lambda _url, **_kept: Service())
    assert AppriseAlerts().tell(["wecombot://KEY"], DIGEST) is (answer is True)


def test_a_laptop_reads_the_digest_where_the_program_runs() -> None:
    said: list[str] = []
    outside = NullAlerts()
    both = EitherAlerts(ConsoleAlerts(said.append), outside)
    assert both.tell(["console"], DIGEST) is True
    assert said == [f"{DIGEST.title}\n{DIGEST.body}\n"]
    assert outside.told == []
    both.tell(["console", "slack://a/b/c"], DIGEST)
    assert outside.told == [(("slack://a/b/c",), DIGEST)]
