"""Templates in the language of Go, which Backrest, Tsuru and Alertmanager use: recognised, with the right words."""

from __future__ import annotations

import re
from typing import Dict, Optional

from prime_notify.text.wording import Wording

__all__ = ["go_template"]

_GO = re.compile(
    r"\{\{-?\s*(?:(?:if|with|range|template|define|block|end|else|eq|ne|not|and|or|len|printf|index|JsonMarshal)\s+)*"
    r"(?P<path>\.[A-Za-z_][\w.]*|\.(?=\s*-?\}\}))"
)
_FIELDS: Dict[str, str] = {
    **dict.fromkeys(("backupname", "comment", "backupcomment", "description"), "backup.comment"),
    **dict.fromkeys(("backupid", "snapshotid", "snapshot", "backup"), "backup.id"),
    **dict.fromkeys(("target", "targets", "plan", "planid", "targetvalue", "targetname"), 'backup.targets|join(", ")'),
    **dict.fromkeys(("size", "backupsize", "totalbytesprocessed", "rawsize"), "backup.raw_size|size"),
    **dict.fromkeys(("storedsize", "dataadded"), "backup.stored_size|size"),
    **dict.fromkeys(("files", "filecount", "totalfilesprocessed"), "backup.file_count"),
    **dict.fromkeys(("error", "err", "errormessage", "lasterror"), "error.message"),
    **dict.fromkeys(("event", "eventname", "type"), "event"),
    **dict.fromkeys(("kind", "kindname", "task", "operation"), "task"),
    **dict.fromkeys(("status", "state", "result"), "status"),
    **dict.fromkeys(("severity", "level"), "severity"),
    **dict.fromkeys(("owner", "ownername", "user", "username", "operator"), "operator.name"),
    **dict.fromkeys(("time", "date", "timestamp", "curtime", "starttime", "endtime", "currenttime"), "timestamp|date"),
    **dict.fromkeys(("duration", "cost", "elapsed"), "cost_s|duration"),
    **dict.fromkeys(("repo", "repoid", "host", "hostname", "server", "servername", "instance"), "server.name"),
    **dict.fromkeys(("id", "uniqueid"), "id"),
    **dict.fromkeys(("title", "subject"), "title"),
    **dict.fromkeys(("summary", "body", "message", "text", "content"), "body"),
}
"""Our expression for a Go field, named by its words in small letters: the last word, or the last two."""


def go_template(source: str) -> Optional[Wording]:
    """The remedy for a template in Go's language; None for any other text."""
    match = _GO.search(source)
    if match is None:
        return None
    path = match["path"]
    field = our_field(path)
    written = "{{" + path + "}}"
    if field is None:
        return Wording(
            '"{written}" is a template of Go: write fields without the dot before them, such as "{example}"',
            '"{written}" 是 Go 的模板写法：字段前面没有点，例如 "{example}"',
            written=written,
            example="{{ title }}",
        )
    return Wording(
        '"{written}" is a template of Go: write "{ours}"',
        '"{written}" 是 Go 的模板写法：请写 "{ours}"',
        written=written,
        ours="{{ " + field + " }}",
    )


def our_field(path: str) -> Optional[str]:
    """Our expression for a Go field such as ``.Target.Value``."""
    words = [word.replace("_", "").lower() for word in path.split(".") if word]
    candidates = ["".join(words[-2:]), *reversed(words)]
    return next((_FIELDS[word] for word in candidates if word in _FIELDS), None)
