"""Assertions in the behaviours' profile are shown with their values here too."""

import pytest

pytest.register_assert_rewrite("tests.behaviour.profile", "tests.behaviour.mailbox", "tests.e2e.hosts")
