"""The files that are shipped beside the package, in a folder or inside the packed plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import prime_notify

__all__ = ["shipped"]


def shipped(path: str) -> bytes:
    """The content of a file, such as ``lang/en_us.yml``.

    :raises OSError: there is no such file.
    :raises ImportError: the packed plugin was replaced or damaged.
    """
    loader: Any = prime_notify.__spec__.loader if prime_notify.__spec__ else None
    content: bytes = loader.get_data(str(Path(prime_notify.__file__).parent.parent.joinpath(*path.split("/"))))
    return content
