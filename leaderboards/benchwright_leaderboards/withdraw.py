"""`board withdraw`: an entry is taken back: it stays listed, unranked, and keeps its id, which no other entry ever gets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.inert import is_text
from benchwright.store import atomic
from benchwright.store.folder import to_json
from benchwright_leaderboards.board import WITHDRAWN, open_board, read_withdrawals
from benchwright_leaderboards.entries import Withdrawal
from benchwright_leaderboards.hold import hold
from benchwright_leaderboards.listing import find_entry

_LONGEST = 1000


def withdraw(root: Path, name: str, *, reason: str) -> Withdrawal:
    """Take an entry back.

    Args:
        root: Folder of the board.
        name: Id of the entry.
        reason: What is told beside it from now on.

    Raises:
        BenchwrightError: There is no such entry, it was withdrawn before, board.toml names it as a baseline, or no reason is given.
    """
    if not reason.strip() or len(reason) > _LONGEST or not is_text(reason):
        raise BenchwrightError(
            f"a reason of {len(reason)} characters",
            expected=f"1 to {_LONGEST}: it is told beside the entry",
            hint="--reason 'trained on the test split by mistake'",
        )
    find_entry(open_board(root), name)
    with hold(root):
        board = open_board(root)
        one = find_entry(board, name)
        if one.withdrawn is not None:
            raise BenchwrightError(
                f"{name} was withdrawn on {one.withdrawn.at[:10]}: {one.withdrawn.reason}",
                expected="an entry that stands",
                hint="benchwright board list",
            )
        if name in board.spec.baselines:
            raise BenchwrightError(
                f"board.toml names {name} as a baseline, which always stands on the board",
                expected="an entry that is no baseline",
                hint="take its name out of `baselines` in board.toml first",
            )
        made = Withdrawal(at=datetime.now(UTC).isoformat(timespec="seconds"), reason=reason.strip())
        atomic.write(one.root / WITHDRAWN, to_json(read_withdrawals(one.root) | {name: made}))
    return made
