"""What a process does with itself before it touches people's data."""

import resource
import subprocess
import sys

import pytest

#: Runs with a soft limit of 256 files, protects itself, and tells its limits.
CODE = """
import resource
from bot.commands.process import protect
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
protect()
print(*resource.getrlimit(resource.RLIMIT_NOFILE), *resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="others allow less than they say")
def test_as_many_files_may_be_open_as_connections_need() -> None:
    """The soft limit is raised to the hard one, within reason; no memory image is left."""
    ended = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
    )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    assert ended.stdout.split() == [str(most), str(hard), "0", "0"]
