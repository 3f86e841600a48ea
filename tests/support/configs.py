"""Configs of tests, and shortcuts to load them."""

from __future__ import annotations

import copy
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
    return load_config(copy.deepcopy(document), environ=environ or {}, base_dir=base_dir)


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
