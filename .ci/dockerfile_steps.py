"""Runs the build stage of the Dockerfile without Docker: same files, same commands, a clean environment.

Usage: dockerfile_steps.py DIR, an empty folder. Paths that the Dockerfile names lie below it.
"""

import os
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the build stage, continued lines joined."""
    text = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    stages = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [tuple(line.split(maxsplit=1)) for line in lines[stages[0] + 1 : stages[1]]]


def run(root: Path) -> None:
    """Carry them out below `root`; raises CalledProcessError when a step fails."""
    venv.create(root / "python", with_pip=True)
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV", "PYTHON"))
    }
    environment = inherited | {"PATH": f"{root}/python/bin:{os.environ['PATH']}"}
    folder = root
    for instruction, rest in instructions():
        print(instruction, rest, flush=True)
        match instruction:
            case "ENV":
                values = dict(pair.split("=", 1) for pair in shlex.split(rest))
                environment |= {
                    name: f"{root}{value}" if value.startswith("/") else value for name, value in values.items()
                }
            case "WORKDIR":
                folder = root / rest.lstrip("/")
                folder.mkdir(parents=True)
            case "COPY":
                *sources, target = rest.split()
                for source in sources:
                    path = PROJECT / source
                    if path.is_dir():
                        shutil.copytree(path, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
                    else:
                        shutil.copy(path, folder / target)
            case "RUN":
                subprocess.run(rest, shell=True, check=True, cwd=folder, env=environment)  # noqa: S602  # our own file
            case _:
                raise SystemExit(f"dockerfile_steps.py doesn't know {instruction}; teach it")


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve())
