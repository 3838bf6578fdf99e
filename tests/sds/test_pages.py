"""Errors are read page by page, and the reading ends whatever the service says."""

import pytest

from shared.sds import pages
from shared.sds.pages import error_pages
from shared.sds.port import Answer

from .conftest import PROFILE, Connect, Script, Scripted

PATH = f"/beta/education/synchronizationProfiles/{PROFILE}/errors"


def endless(graph: Script) -> None:
    numbers = iter(range(10_000))
    graph.otherwise = lambda _: Scripted(
        200, f'{{"value":[{{}},{{}}],"@odata.nextLink":"{graph.url}{PATH}?p={next(numbers)}"}}'.encode(), {}
    )


@pytest.mark.parametrize(("name", "value", "asked"), [("MOST_PAGES", 4, 4), ("MOST_ROWS", 5, 3), ("LONGEST", -1.0, 1)])
def test_each_bound_ends_it(
    graph: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch, name: str, value: float, asked: int
) -> None:
    endless(graph)
    monkeypatch.setattr(pages, name, value)
    replies = list(error_pages(connected(), PROFILE))
    assert len(replies) == len(graph.asked) == asked
    assert all(reply.answer is Answer.OK for reply in replies)


def test_a_circle_ends_it(graph: Script, connected: Connect) -> None:
    links = {f"{PATH}": "a", f"{PATH}?p=a": "b", f"{PATH}?p=b": "a"}
    graph.otherwise = lambda asked: Scripted(
        200, f'{{"value":[{{}}],"@odata.nextLink":"{graph.url}{PATH}?p={links[asked.path]}"}}'.encode(), {}
    )
    assert len(list(error_pages(connected(), PROFILE))) == 3


def test_a_failure_ends_it(graph: Script, connected: Connect) -> None:
    graph.say(200, {"value": [], "@odata.nextLink": f"{graph.url}{PATH}?p=2"}).say(500)
    assert [reply.answer for reply in error_pages(connected(), PROFILE)] == [Answer.OK, Answer.UNAVAILABLE]
