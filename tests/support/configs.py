"""Configs of tests, and shortcuts to load them."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional

from prime_notify.loading.load import LoadedConfig, Problem, load_config

SPEC_EXAMPLE: Dict[str, Any] = {
    "notification": {
        "enabled": True,
        "events": ["backup_success", "backup_failure"],
        "endpoints": [
            {
                "name": "phone",
                "type": "bark",
                "url": "https://api.day.app/phonekey-0123",
                "timeout": "5s",
                "bark": {"group": "prime_backup", "sound": "minuet", "badge": 1},
            },
            {"name": "serverchan", "url": "https://sctapi.ftqq.com/SCTKEY0123.send", "timeout": "5s"},
            {
                "name": "ops",
                "type": "webhook",
                "url": "https://example.com/hook",
                "headers": {"Authorization": "Bearer token"},
                "events": ["backup_failure"],
            },
        ],
    }
}


def load(document: object, environ: Optional[Dict[str, str]] = None, base_dir: Path = Path("nowhere")) -> LoadedConfig:
    """The loaded config, each of whose problems can be read in Chinese.

    Without the warnings of placeholders: examples of the documentation have them on purpose.
    """
    loaded = load_config(copy.deepcopy(document), environ=environ or {}, base_dir=base_dir)
    for problem in loaded.problems:
        assert_chinese(problem)
    return without_placeholders(loaded)


def without_placeholders(loaded: LoadedConfig) -> LoadedConfig:
    """Without the warnings that examples of the documentation give on purpose: ``<key>``, and programs that "
    "are not here."""
    kept = [
        one for one in loaded.problems if not re.match(r"replace .+ by your own|there is no such program", one.remedy)
    ]
    return replace(loaded, problems=tuple(kept))


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\{.*\}|\[.*?\]|<[^<>]*>|\$\{[^}]*\}|https?://[^\s，；。）]+')
_WORDS = re.compile(
    r"(?<![\w./-])(?:a|an|the|is|are|it|its|of|or|and|not|no|must|should|write|leave|out|with|without|only|one|in|to|"
    r"from|"
    r"for|found|move|put|add|remove|replace|keep|there|be|has|have|that|which|until|then|unknown|known|characters)"
    r"(?![\w./-])"
)


def assert_chinese(problem: Problem) -> None:
    """Nothing in the Chinese text of the problem is English, but names, examples and quoted values."""
    text = problem.text("zh_cn")
    words = (text[len(problem.path) :] if text.startswith(problem.path) else text).replace(str(problem.found), "")
    assert re.search("[\u4e00-\u9fff]", problem.text("zh_cn").partition("；")[2]), text
    assert not _WORDS.findall(_QUOTED.sub("", words)), text
    assert problem.text("en_us") == str(problem)


def hook(**options: Any) -> Dict[str, Any]:
    """A valid webhook endpoint with these options; None leaves one out."""
    endpoint = {"name": "ops", "url": "https://example.com/hook", **options}
    return {key: value for key, value in endpoint.items() if value is not None}


def load_endpoints(*endpoints: object, **kwargs: Any) -> LoadedConfig:
    return load({"notification": {"enabled": True, "endpoints": list(endpoints)}}, **kwargs)


def names(loaded: LoadedConfig) -> List[str]:
    return [endpoint.name for endpoint in loaded.endpoints]


def problems(loaded: LoadedConfig) -> Dict[str, Problem]:
    """By path, without that of the endpoints' list."""
    return {problem.path.replace("notification.endpoints", ""): problem for problem in loaded.problems}
