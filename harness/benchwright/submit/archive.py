"""Zip archives of submission files: made so that equal files give equal bytes, and read back with suspicion."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

from benchwright.submit.faults import Faults

_LARGEST = 256 * 1024 * 1024
"""Bytes of a file beyond which it is no submission; the largest official one (QQP) has about 3 million."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip with the files at its root, in the order given and with a fixed time: same files, same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever it is made
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def unpack(content: bytes, wanted: Collection[str], findings: Faults) -> dict[str, bytes]:
    """Wanted name -> content. Files that are missing, extra, misnamed or in a folder are faults.

    A file that is merely in the wrong place or under a name of other letter case is still read, so that every fault of
    its content is told too.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile answers damage with half a dozen kinds, struct.error among them
        findings.add("the bundle", f"is no zip archive ({error})")
        return {}
    found: dict[str, bytes] = {}
    with archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        for name in sorted({name for name in names if names.count(name) > 1}):
            findings.add(name, "is in the zip more than once")
        for info in sorted(infos, key=lambda one: one.filename not in wanted):
            meant = _wanted_name(info.filename, wanted, findings)
            if meant is not None and meant not in found:
                read = _read(archive, info, findings)
                found[meant] = b"" if read is None else read
    for name in wanted:
        if name not in found:
            findings.add(name, "is missing from the zip")
    return found


def _wanted_name(name: str, wanted: Collection[str], findings: Faults) -> str | None:
    """The wanted file that an entry of the zip is; faults where its name is not exactly that."""
    if name in wanted:
        return name
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    if name.endswith("/"):
        findings.add(name, "is a folder; files lie at the root of the zip")
        return None
    match = next((one for one in wanted if one.casefold() == base.casefold()), None)
    if base != name.replace("\\", "/"):
        findings.add(name, "lies in a folder; files lie at the root of the zip")
        return match
    findings.add(name, f"is misnamed: {match}" if match else "is no file of the submission")
    return match


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, findings: Faults) -> bytes | None:
    if info.file_size > _LARGEST:
        findings.add(info.filename, f"has {info.file_size:,} bytes, far more than any submission file")
        return None
    try:
        return archive.read(info)
    except Exception as error:  # the same here, and zlib.error, and RuntimeError for an encrypted file
        findings.add(info.filename, f"cannot be read from the zip ({error})")
        return None
