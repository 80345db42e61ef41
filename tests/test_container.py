"""Limits of containers are found in control groups of both versions, nested ones too; elsewhere there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchwright import container


def _files(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "quota", "memory"),
    [
        pytest.param({}, None, None, id="no control groups"),
        pytest.param(
            {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n", "sys/fs/cgroup/memory.max": "1073741824\n"},
            1.5, 2**30, id="version 2, seen from within",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n", "sys/fs/cgroup/memory.max": "max\n"},
            None, None, id="version 2 without limits",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "0::/user.slice/job/step\n",
                "sys/fs/cgroup/user.slice/job/cpu.max": "400000 100000",
                "sys/fs/cgroup/user.slice/job/step/cpu.max": "max 100000",
                "sys/fs/cgroup/user.slice/memory.max": "4096",
                "sys/fs/cgroup/user.slice/job/memory.max": "8192",
            },
            4.0, 4096, id="the limit of an outer group holds",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "4:memory:/docker/f00\n3:cpu,cpuacct:/docker/f00\n0::/\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
            },
            0.5, 2**29, id="version 1, whose group is not seen from within",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "1:cpu:/\n2:memory:/\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            None, None, id="version 1 without limits",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/../..\n", "sys/fs/cgroup/cpu.max": "nonsense", "sys/fs/cgroup/memory.max": "-3"},
            None, None, id="what is no number is no limit",
        ),
    ],
)  # fmt: skip
def test_the_least_limit_of_nested_groups_holds(tmp_path, files, quota, memory):
    root = _files(tmp_path, files)

    assert container.cpu_quota(root) == quota
    assert container.memory_limit(root) == memory


def test_seconds_of_waiting_for_the_quota_are_read_in_both_versions(tmp_path):
    two = _files(
        tmp_path / "2",
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.stat": "nr_throttled 3\nthrottled_usec 2500000\n"},
    )
    one = _files(
        tmp_path / "1", {"proc/self/cgroup": "1:cpu:/", "sys/fs/cgroup/cpu/cpu.stat": "throttled_time 2500000000\n"}
    )

    assert container.throttled_seconds(two) == container.throttled_seconds(one) == pytest.approx(2.5)
    assert container.throttled_seconds(tmp_path / "none") is None
