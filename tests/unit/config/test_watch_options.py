"""The options of the watch for stuck tasks and full disks: a mistake names its place and what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from prime_notify.config.units import Duration, Size
from prime_notify.loading.load import load_config


def load(watch: Dict[str, Any]) -> Any:
    return load_config({"notification": {"enabled": True}, "watch": watch}, environ={}, base_dir=Path())


@pytest.mark.parametrize(
    ("value", "meant"),
    [("auto", "auto"), (" AUTO ", "auto"), ("2h", Duration(7200)), (90, Duration(90)), (False, False)],
)
def test_stuck_after_is_auto_a_duration_or_false(value: Any, meant: Any) -> None:
    result = load({"stuck_after": value})
    assert not result.problems
    assert result.config.watch.stuck_after == meant


@pytest.mark.parametrize(
    ("option", "value", "meant"),
    [
        ("min_free", "50GB", Size("50GB")),
        ("min_free", 1024, Size(1024)),
        ("min_free", False, False),
        ("min_days", 7, 7.0),
        ("min_days", 0.5, 0.5),
        ("min_days", "7", 7.0),
        ("min_days", False, False),
        ("paths", [" /mnt/backups ", "backups", "D:\\backups", "\\\\nas\\share"], None),
    ],
)
def test_the_limits_of_disks(option: str, value: Any, meant: Any) -> None:
    result = load({"storage": {option: value}})
    assert not result.problems
    found = getattr(result.config.watch.storage, option)
    assert found == (["/mnt/backups", "backups", "D:\\backups", "\\\\nas\\share"] if meant is None else meant)


@pytest.mark.parametrize(
    ("watch", "place", "english", "chinese"),
    [
        ({"stuck_after": "soon"}, "watch.stuck_after", 'write "auto", a duration', '请写 "auto"、时长'),
        ({"stuck_after": True}, "watch.stuck_after", 'write "auto", a duration', '请写 "auto"、时长'),
        ({"stuck_after": 0}, "watch.stuck_after", "write a duration above zero", "请写大于零的时长"),
        ({"stuck_after": [1]}, "watch.stuck_after", 'write "auto", a duration', '请写 "auto"、时长'),
        *(
            ({"storage": {"min_free": value}}, "watch.storage.min_free", 'write a size such as "10GiB"', "请写大小")
            for value in ("much", "10%", "5iB", -1, 1.5, True, [])
        ),
        *(
            ({"storage": {"min_days": value}}, "watch.storage.min_days", "write a number of days above 0", "请写天数")
            for value in ("3d", 0, -1, 4000, True, [], float("nan"), 10**400)
        ),
        ({"storage": {"paths": [""]}}, "watch.storage.paths[0]", "write the path of a folder", "请写文件夹的路径"),
        ({"storage": {"paths": ["a\0b"]}}, "watch.storage.paths[0]", "write the path of a folder", "请写文件夹的路径"),
    ],
)
def test_a_mistake_names_its_place_and_what_to_write(
    watch: Dict[str, Any], place: str, english: str, chinese: str
) -> None:
    result = load(watch)
    [problem] = result.problems
    assert place in str(problem)
    assert english in str(problem)
    assert chinese in problem.text("zh_cn")
    assert result.config.notification.enabled
    assert result.config.watch.storage.min_free == Size("10GiB")
    assert result.config.watch.storage.min_days == 3
    assert result.config.watch.stuck_after == "auto"
