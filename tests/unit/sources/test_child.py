"""What the reading process hands back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.shop.intake import NOW, USUAL
from tests.warm_children import PLAINLY

from huitou.sources import files


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_file_that_earns_a_warning_passes_through_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_itself: bool
) -> None:
    if by_itself:  # and not from a seed, as in all other tests
        monkeypatch.setattr(files, "command", PLAINLY)
    path = tmp_path / "orders.csv"
    rows = ["订单号,会员号,手机号,下单时间,实付金额", "1,a,不详,2024-03-01,￥10"]
    path.write_text("\n".join([*rows, "2,b,13512345678,2024-03-02,￥20\n"]), encoding="utf-8")
    preview = files.look(path, USUAL, now=NOW)
    assert preview.mapping is not None
    batch = files.read(
        path, preview.mapping, tmp_path / "out", currency="CNY", timezone="Asia/Shanghai", now=NOW
    )
    (warning,) = batch.warnings
    assert "手机号" in str(warning)


@pytest.mark.parametrize("asked", [b"", b'{"limits": {}}', b'{"limits": {"RLIMIT_AS": 1}}'])
def test_a_child_of_a_seed_ends_as_it_would_by_itself(asked: bytes) -> None:
    ended = [
        subprocess.run(start("huitou.sources.child"), input=asked, capture_output=True, cwd="/")
        for start in (PLAINLY, files.command)
    ]
    plainly, warm = ((each.returncode, each.stderr.splitlines()[-1:]) for each in ended)
    assert plainly == warm
    assert warm[0] != 0


def test_a_child_of_a_seed_is_gone_when_it_is_ended() -> None:
    line = files.command("huitou.sources.child")
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.kill()
        assert child.stdout.read() == b"", "it would hold its end and wait to be asked"
