"""The pages as a person has them: on a phone and a desk, by keyboard, by ear, and when two people press at once."""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.status.records import RUN

from .chromium import PLACE
from .site import SCREENSHOTS, STATES, Site

AXE = (PLACE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PAGES = {"list": "", "run": f"/failed/{RUN}", "held-run": f"/held/{RUN}"}
SAYS = {
    "waiting": "Waiting until the profile can take files.",
    "incomplete": "Waiting for files: 2 of the set are missing",
    "held": "Waiting for a person to approve or refuse",
    "well": "Nothing to do: the inbox is empty.",
    "failed": "The files have errors. Nothing was sent.",
    "paused": "Paused: nothing is taken until somebody resumes it.",
    "empty": "Nothing has been dropped for this profile yet.",
}


def section(page: Page, profile: str) -> Any:
    return page.get_by_role("region", name=profile, exact=True)


def decide(page: Page, profile: str, choice: str) -> None:
    part = section(page, profile)
    part.get_by_text(f"{choice} …").click()
    part.get_by_role("button", name="Yes, send").locator("visible=true").click()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_fits_and_is_in_words(site: Site, width: int) -> None:
    page = site.open(width=width)
    for state in STATES:
        part = section(page, state)
        expect(part).to_contain_text(SAYS[state])
        part.screenshot(path=SCREENSHOTS / f"{state}-{width}.png")
    for name, path in PAGES.items():
        page.goto(f"{site.url}/api/status{path}")
        page.screenshot(path=SCREENSHOTS / f"page-{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken(site: Site, name: str, dark: bool) -> None:
    page = site.open(PAGES[name], dark=dark, width=390)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.screenshot(path=SCREENSHOTS / f"page-{name}-{'dark' if dark else 'light'}.png")
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    wrong = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]
    assert wrong == [], json.dumps(wrong, indent=1)
    assert len(found["passes"]) > 10
    page.close()


def focus(page: Page) -> dict[str, str]:
    return dict(
        page.evaluate(
            """() => { const it = document.activeElement, style = getComputedStyle(it), at = it.getBoundingClientRect();
            return {tag: it.tagName, text: it.innerText, outline: style.outlineStyle, width: style.outlineWidth,
            seen: String(at.top >= 0 && at.bottom <= innerHeight),
            part: it.closest('section')?.querySelector('h2').innerText ?? ''} }"""
        )
    )


def test_a_decision_by_keyboard_alone(site: Site) -> None:
    page = site.open()

    def tab_to(text: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            at = focus(page)
            assert (at["outline"], at["seen"]) == ("solid", "true"), at
            assert at["width"] == "3px"
            if at["part"] == "by-keys" and at["text"].startswith(text):
                return
        raise AssertionError(f"the keyboard never comes to {text}")

    tab_to("Approve …")
    tab_to("Reject …")
    page.keyboard.press("Enter")
    tab_to("Yes, send nothing of it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your decision is written down.")
    page.close()


@pytest.mark.parametrize(("profile", "choice"), [("approved", "Approve"), ("rejected", "Reject")])
def test_a_decision_by_clicking(site: Site, profile: str, choice: str) -> None:
    page = site.open(width=390)
    buttons = section(page, profile).get_by_role("button")
    assert buttons.locator("visible=true").count() == 0, "nothing is decided by a single press"
    decide(page, profile, choice)
    expect(page.get_by_role("status")).to_contain_text("Your decision is written down.")
    page.screenshot(path=SCREENSHOTS / f"decided-{profile}.png")
    view = site.view(profile)
    assert view.current is None or view.current.held is None or view.current.held.decided is (choice == "Approve")
    if choice == "Reject":
        past = section(page, profile).locator(".past > li").first
        deadline = time.monotonic() + 20
        while "nobody approved it" not in past.inner_text():
            assert time.monotonic() < deadline, past.inner_text()
            page.goto(f"{site.url}/api/status")
    page.close()


def test_a_second_tab_that_comes_too_late_is_told_how_it_stands(site: Site) -> None:
    first, second = site.open(), site.open()
    decide(first, "two-tabs", "Reject")
    expect(first.get_by_role("status")).to_contain_text("Your decision is written down.")
    decide(second, "two-tabs", "Approve")
    expect(second.get_by_role("status")).to_contain_text("Too late")
    second.screenshot(path=SCREENSHOTS / "too-late.png")
    assert section(second, "two-tabs").get_by_role("button").count() == 0
    first.close()
    second.close()


def test_it_works_without_script(site: Site) -> None:
    browser = site.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False, storage_state=site.context.storage_state()) as plain:
        page = plain.new_page()
        page.goto(f"{site.url}/api/status")
        decide(page, "no-script", "Reject")
        expect(page.get_by_role("status")).to_contain_text("Your decision is written down.")


def test_the_pages_ask_for_nothing_that_their_policy_forbids(site: Site) -> None:
    asked: list[str] = []
    page = site.open()
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES.values():
        page.goto(f"{site.url}/api/status{path}")
    page.goto(f"{site.url}/api/status/failed/{RUN}")
    page.get_by_role("link", name="StudentEnrollment.csv").click()
    assert page.url.endswith("#f1")
    own = f"{site.url}/api/status"
    assert [url for url in asked if not url.startswith((own, f"{site.url}/favicon.ico"))] == []
    assert [line for line in site.console if "favicon" not in line and "409" not in line] == []
    page.close()
