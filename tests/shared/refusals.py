"""Settings that are refused, and what the line about them says."""

import pytest

from shared.settings import TABLE, BadSetting, Settings

GUID = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
FIELDS = [setting for setting in TABLE if setting.field]
LOCAL = {"GRAPH_BASE_URL": "http://127.0.0.1:7/beta", "DROP_STORAGE": "UseDevelopmentStorage=true"}


def refusal(environment: dict[str, str], *, app: bool = False) -> str:
    with pytest.raises(BadSetting) as caught:
        Settings.load(environment, app=app)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    return message
