"""The bundle of the demo page is committed, so that nobody needs Node to use it; it must be what its sources make."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.demo.browser import BUNDLE

NODE = shutil.which("node")
SOURCES = Path(__file__).parents[3] / "demo-page"


def sources():
    return sorted(
        ["build.mjs", "package-lock.json"]
        + [path.relative_to(SOURCES).as_posix() for path in (SOURCES / "src").rglob("*") if path.is_file()]
    )


def test_the_bundle_was_built_after_its_sources_were_last_changed():
    digest = hashlib.sha256()
    for name in sources():
        digest.update(f"{name}\0".encode() + (SOURCES / name).read_bytes())
    first_line = (BUNDLE / "page.js").read_text(encoding="utf-8").partition("\n")[0]
    assert digest.hexdigest() in first_line, "build the page anew: just page"


def test_the_bundle_loads_nothing_from_elsewhere():
    loaded = re.findall(r'(?:src|href)="([^"]+)"', (BUNDLE / "index.html").read_text(encoding="utf-8"))
    assert [name for name in loaded if not name.startswith("data:")] == ["/static/page.css", "/static/page.js"]
    assert not re.findall(r"@import|url\((?!data:)", (BUNDLE / "page.css").read_text(encoding="utf-8"))


def test_every_package_in_the_bundle_has_its_licence_there():
    said = (BUNDLE / "licences.txt").read_text(encoding="utf-8")
    packages = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(f"{name} {version} (" in said for name, version in packages.items())


def test_the_lock_names_no_place_to_download_from():
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


@pytest.mark.skipif(
    NODE is None or not (SOURCES / "node_modules").is_dir(),
    reason="the page's packages are not installed: npm ci in demo-page, with Node 20 or later",
)
def test_the_bundle_is_to_the_byte_what_its_sources_make(tmp_path):
    subprocess.run([NODE, "build.mjs", str(tmp_path)], cwd=SOURCES, check=True, timeout=120)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built.keys() == {path.name for path in BUNDLE.iterdir()}
    assert [name for name, content in built.items() if content != (BUNDLE / name).read_bytes()] == []
