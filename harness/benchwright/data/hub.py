"""Read a split from the Hugging Face hub at a pinned revision, or from the local cache of it.

`datasets` answers from *whatever revision is cached last* when the hub cannot be reached, and from a local folder that
happens to be called like the repository. Neither can happen here: the cache is asked for the pinned revision by its
folder, and what comes from the hub is refused unless it is that revision.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchwright.data.formats.parquet import rows_of_table
from benchwright.data.rows import Rows
from benchwright.errors import DataError, DataMissing
from benchwright.paths import is_file, is_folder
from benchwright.types import Hub

_NETWORK_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "huggingface_hub", "requests", "urllib3", "aiohttp"})
_TRUE = frozenset({"1", "ON", "YES", "TRUE"})


def origin(hub: Hub) -> str:
    """`hub:nyu-mll/glue@<revision>/sst2`; a local dataset folder is called by its name alone."""
    config = f"/{hub.config}" if hub.config else ""
    repo = Path(hub.repo).name if _is_folder(hub) else f"{hub.repo}@{hub.revision}"
    return f"hub:{repo}{config}"


def available(hub: Hub, *, offline: bool) -> str | None:
    """The origin, if `datasets` is installed and the split may be had; nothing is imported or fetched."""
    if find_spec("datasets") is None:
        return None
    if _is_folder(hub):
        return origin(hub) if is_folder(hub.repo) else None
    return None if (offline or _env_offline()) and not _cached(hub) else origin(hub)


def read(hub: Hub, *, what: str, offline: bool) -> Rows:
    """Rows of the split, with the class names that the hub's copy declares.

    Args:
        hub: Repository, config, split and revision. A repository that is an absolute path, or begins with a dot, is a
            local folder laid out like one; it has no revision.
        what: How messages call the split: `glue/sst2, validation split`.
        offline: Whether the network is off limits; `HF_HUB_OFFLINE` and `HF_DATASETS_OFFLINE` count too.

    Raises:
        DataMissing: `datasets` is not installed, the hub cannot be reached, or the revision is not cached.
        DataError: The repository, revision, config or split does not exist, or its files cannot be read.
    """
    if find_spec("datasets") is None:
        raise DataMissing(
            f"{what}: reading from the hub needs the `datasets` library",
            expected="`datasets` installed, or a folder of files",
            hint='pip install "benchwright[hf]", or give a folder with --data DIR',
        )
    if not _is_folder(hub) and not _cached(hub) and (offline or _env_offline()):
        raise DataMissing(
            f"{what}: {origin(hub)} is not in the local cache, and the network is off limits",
            expected="that revision in the cache",
            hint="drop --offline once to fetch it, or give a folder with --data DIR",
        )
    with _quiet(), _explained(hub, what):
        table = _builder(hub, what).as_dataset(split=hub.split).with_format("arrow")[:]
    return rows_of_table(table, shown=f"{origin(hub)}, split {hub.split}")


def _builder(hub: Hub, what: str) -> Any:
    """A prepared builder: from the cache of the pinned revision if it is there, else from the hub."""
    from datasets import load_dataset_builder
    from datasets.packaged_modules.cache.cache import Cache

    cached = _cached(hub)
    if cached is not None and not _is_folder(hub):
        return Cache(
            repo_id=hub.repo,
            dataset_name=hub.repo.rpartition("/")[2],
            config_name=hub.config or "default",
            version=cached.parent.name,
            hash=hub.revision,
        )
    if _is_folder(hub):
        builder = load_dataset_builder(hub.repo, hub.config)
    else:
        _reach(hub, what)
        builder = load_dataset_builder(f"hf://datasets/{hub.repo}", hub.config, revision=hub.revision)
        if builder.hash != hub.revision:
            raise DataMissing(
                f"{what}: the hub does not give {origin(hub)}, and the local cache holds another revision ({builder.hash})",
                expected=f"revision {hub.revision}",
                hint="check HF_ENDPOINT and your access to the repository, or give a folder with --data DIR",
            )
    builder.download_and_prepare()
    return builder


def _reach(hub: Hub, what: str) -> None:
    """Raise DataMissing at once if the hub is unreachable: the library itself would retry for half a minute per task."""
    from urllib.request import getproxies, proxy_bypass

    from datasets.config import HF_ENDPOINT

    address = urlsplit(HF_ENDPOINT)
    host = address.hostname or ""
    if address.scheme in getproxies() and not proxy_bypass(host):
        return  # the proxy is asked, and may reach what we cannot
    try:
        socket.create_connection((host, address.port or (80 if address.scheme == "http" else 443)), timeout=5).close()
    except OSError as error:
        raise _unreachable(hub, what, error) from error


def _unreachable(hub: Hub, what: str, error: Exception) -> DataMissing:
    return DataMissing(
        f"{what}: the hub cannot be reached ({_first_line(error)})",
        expected=origin(hub),
        hint="check the network and HF_ENDPOINT, or give a folder with --data DIR",
    )


def _is_folder(hub: Hub) -> bool:
    return hub.repo.startswith(".") or Path(hub.repo).is_absolute()


def _cached(hub: Hub) -> Path | None:
    """Folder of the prepared split at the pinned revision, `<cache>/<owner>___<name>/<config>/<version>/<revision>`."""
    owner, _, name = hub.repo.rpartition("/")
    stem = re.sub(r"([a-z\d])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)).lower()
    parent = _cache_root() / (f"{owner}___{stem}" if owner else stem) / (hub.config or "default")
    found = sorted(path for path in parent.glob(f"*/{hub.revision}") if is_file(path / "dataset_info.json"))
    return found[-1] if found else None


def _cache_root() -> Path:
    home = os.environ.get("HF_HOME") or f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    return Path(os.environ.get("HF_DATASETS_CACHE") or f"{home}/datasets").expanduser()


def _env_offline() -> bool:
    said = os.environ.get("HF_DATASETS_OFFLINE") or os.environ.get("HF_HUB_OFFLINE") or ""
    return said.upper() in _TRUE


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars: only the console prints."""
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    before = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            enable_progress_bars()


@contextmanager
def _explained(hub: Hub, what: str) -> Iterator[None]:
    """Turn what `datasets` raises into errors that say what to do next."""
    from datasets.exceptions import DatasetNotFoundError, DatasetsError

    try:
        yield
    except DataError:
        raise
    except DatasetNotFoundError as error:
        raise DataError(
            f"{what}: {error}", expected=f"{origin(hub)} on the hub", hint="check repository and revision of the task"
        ) from error
    except (ConnectionError, TimeoutError) as error:
        raise _unreachable(hub, what, error) from error
    except (DatasetsError, OSError, ValueError) as error:
        raise DataError(
            f"{what}: {origin(hub)} cannot be read: {_first_line(error)}",
            expected=f"the split {hub.split!r} there",
            hint="check config and split of the task, or give a folder with --data DIR",
        ) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in _NETWORK_LIBRARIES:
            raise _unreachable(hub, what, error) from error
        raise


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0] or type(error).__name__
