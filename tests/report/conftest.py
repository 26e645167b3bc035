"""Pages to look at and a browser to look with; without a Chromium on the machine these tests are skipped."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.output.report import Report, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass
class Opened:
    """A page in a browser, with what went wrong on it.

    Attributes:
        page: the page.
        wrong: errors and warnings of the console, exceptions, and requests for anything but the file.
    """

    page: Any
    wrong: list[str] = field(default_factory=list)


@cache
def demo() -> tuple[Any, Any]:
    """The demo's workspace and result."""
    workspace = abm.load_workspace(abm.demo_folder())
    return workspace, abm.score(workspace)


@pytest.fixture(scope="session")
def demo_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the demo, compared with 30 days before."""
    workspace, result = demo()
    return report(result, tmp_path_factory.mktemp("report") / "demo.html", facts=workspace, title="demo")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium of the system."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no chromium on this machine to open reports with")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file in a fresh context, wait until all of it is drawn, and note everything that goes wrong."""
    contexts = []

    def open_file(path: Path, *, until: str = "all", **options: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        seen = Opened(context.new_page())
        own = path.resolve().as_uri()
        seen.page.on("console", lambda told: seen.wrong.append(f"{told.type}: {told.text}"))
        seen.page.on("pageerror", lambda error: seen.wrong.append(f"error: {error}"))
        seen.page.on("request", lambda sent: seen.wrong.append(f"request: {sent.url}") if sent.url != own else None)
        seen.page.goto(own)
        ready = f'html[data-ready="{until}"]' if until == "all" else "html[data-ready]"
        seen.page.wait_for_selector(ready, state="attached", timeout=60_000)
        return seen

    yield open_file
    for context in contexts:
        context.close()
