"""Where the demo's database is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kpi.errors import KpiError


@contextmanager
def directory_for(keep: Path | None) -> Iterator[Path]:
    """Give the directory `keep`, made where need be, or one of which nothing is left; raises KpiError."""
    if keep is None:
        with TemporaryDirectory(prefix="kpi-bot-demo-") as directory:
            yield Path(directory)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KpiError("file_unwritable", path=str(keep), reason=error.strerror or str(error)) from error
    yield keep
