"""The answer table: every answer has a rule at every moment, on both APIs; the rows in which they differ."""

import pytest

from shared.sds.answers import MEANINGS, Act, Phase, Rule, meaning
from shared.sds.port import Answer


def test_every_answer_has_a_meaning() -> None:
    for phases in MEANINGS.values():
        assert set(phases) == set(Phase)
        for rules in phases.values():
            assert set(rules) == set(Answer)
            assert rules[Answer.OK].act is Act.GO_ON
            for rule in rules.values():
                assert rule.outcome or rule.act is Act.GO_ON
                assert (rule.times > 1) == (rule.act is Act.END_AFTER)


@pytest.mark.parametrize(
    ("phase", "answer", "classic", "industry"),
    [
        (
            Phase.START,
            Answer.NOT_FOUND,
            Rule(Act.END, "profileUnusable", "notFound"),
            Rule(Act.WAIT, "failed", "startNotFound"),
        ),
        (Phase.START, Answer.BUSY, Rule(Act.WAIT, "timedOut", "busy"), Rule(Act.WAIT, "acceptedForSchedule")),
        (
            Phase.START,
            Answer.QUOTA,
            Rule(Act.WAIT, "failed", "serviceUnavailable"),
            Rule(Act.END, "acceptedForSchedule"),
        ),
        (
            Phase.FOLLOWING,
            Answer.NOT_FOUND,
            Rule(Act.END_AFTER, "unknown", times=3),
            Rule(Act.END_AFTER, "unknown", times=3),
        ),
    ],
)
def test_rows_of_the_table(phase: Phase, answer: Answer, classic: Rule, industry: Rule) -> None:
    assert meaning("classic", phase, answer) == classic
    assert meaning("industryData", phase, answer) == industry
