"""Enough of a Logic App's engine to run a definition: expressions, actions, and what runs after what.

Both branches of an `if` are evaluated, as the real engine does: what fails in the one that doesn't count fails here.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

type Fields = dict[str, Any]
type Service = Callable[[str, Fields], Any]

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_]\w*)|(\?\[|[()\[\],]))")
_WORDS = {"true": True, "false": False, "null": None}


class Terminated(Exception):
    """The run was ended as failed."""


def _union(*lists: list[Any]) -> list[Any]:
    return list(dict.fromkeys(item for each in lists for item in each))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64ToString": lambda text: base64.b64decode(text).decode(),
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": lambda *values: "".join("" if value is None else str(value) for value in values),
    "createArray": lambda *values: list(values),
    "decodeUriComponent": unquote,
    "empty": lambda value: not value,
    "encodeURIComponent": lambda text: quote(text, safe="-_.!~*'()"),
    "equals": lambda left, right: left == right,
    "first": lambda items: items[0],
    "if": lambda condition, yes, no: yes if condition else no,
    "join": lambda items, between: between.join(items),
    "json": json.loads,
    "replace": lambda text, old, new: text.replace(old, new),
    "startsWith": lambda text, start: text.startswith(start),
    "string": str,
    "take": lambda items, count: items[:count],
    "union": _union,
    "utcNow": lambda _form: "Sat, 28 Nov 2026 00:00:00 GMT",
}


class Workflow:
    """One run of a definition for one message of the queue. `service` answers Http and ApiConnection actions."""

    def __init__(self, definition: Fields, parameters: Fields, message: Fields, service: Service) -> None:
        self._definition, self._message, self._service = definition, message, service
        declared = {name: each.get("defaultValue") for name, each in definition["parameters"].items()}
        self._parameters = declared | parameters
        self._outputs: Fields = {}
        self._item: Any = None
        self.status: dict[str, str] = {}

    def run(self) -> None:
        """Raises Terminated."""
        self._actions(self._definition["actions"])

    def _actions(self, actions: Fields) -> None:
        left = dict(actions)
        while left:
            ready = [name for name, action in left.items() if all(before not in left for before in action["runAfter"])]
            assert ready, f"a circle: {left}"
            for name in ready:
                action = left.pop(name)
                wanted = all(self.status[before] in states for before, states in action["runAfter"].items())
                self.status[name] = self._action(name, action) if wanted else "Skipped"

    def _action(self, name: str, action: Fields) -> str:
        kind, inputs = action["type"], action.get("inputs")
        if kind == "Terminate":
            raise Terminated(name)
        if kind == "Compose":
            self._outputs[name] = self.value(inputs)
        elif kind == "Select":
            self._outputs[name] = {"body": [self._each(inputs["select"], item) for item in self.value(inputs["from"])]}
        elif kind == "If":
            self._actions((action if self._holds(action["expression"]) else action["else"])["actions"])
        elif kind == "Switch":
            found = self.value(action["expression"])
            cases = [case for case in action["cases"].values() if case["case"] == found]
            self._actions((cases[0] if cases else action["default"])["actions"])
        else:
            self._outputs[name] = answer = self._service(name, self.value(inputs))
            return "Succeeded" if answer["statusCode"] < 400 else "Failed"
        return "Succeeded"

    def _each(self, expression: str, item: Any) -> Any:
        self._item = item
        return self.value(expression)

    def _holds(self, condition: Fields) -> bool:
        ((name, parts),) = condition.items()
        if name in {"and", "or"}:
            return (all if name == "and" else any)(self._holds(part) for part in parts)
        left, right = map(self.value, parts)
        return left == right if name == "equals" else right in left

    def value(self, given: Any) -> Any:
        """What a value of the definition amounts to."""
        if isinstance(given, dict):
            return {name: self.value(each) for name, each in given.items()}
        if isinstance(given, list):
            return [self.value(each) for each in given]
        if not isinstance(given, str):
            return given
        if given.startswith("@") and not given.startswith("@{"):
            return self._expression(given[1:])
        return re.sub(r"@\{(.*?)\}(?=[^')]|\Z|')", lambda found: str(self._expression(found[1])), given)

    def _expression(self, text: str) -> Any:
        tokens, position = [], 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            assert found, text[position:]
            tokens.append(found)
            position = found.end()
        value, rest = self._parse(tokens, 0)
        assert rest == len(tokens), text
        return value

    def _parse(self, tokens: list["re.Match[str]"], at: int) -> tuple[Any, int]:
        """The value of what begins at a token, and where the next begins."""
        quoted, number, word, _ = tokens[at].groups()
        at += 1
        value: Any = None
        if quoted is not None:
            value = quoted.replace("''", "'")
        elif number is not None:
            value = int(number)
        elif word in _WORDS:
            value = _WORDS[word]
        else:
            assert tokens[at][4] == "(", word
            arguments, at = [], at + 1
            while tokens[at][4] != ")":
                argument, at = self._parse(tokens, at)
                arguments.append(argument)
                at += tokens[at][4] == ","
            at += 1
            value = self._call(word, arguments)
        while at < len(tokens) and tokens[at][4] in {"[", "?["}:
            optional = tokens[at][4] == "?["
            name, at = self._parse(tokens, at + 1)
            at += 1
            value = (value or {}).get(name) if optional else value[name]
        return value, at

    def _call(self, name: str, arguments: list[Any]) -> Any:
        match name:
            case "parameters":
                return self._parameters[arguments[0]]
            case "outputs":
                return self._outputs[arguments[0]]
            case "body":
                return self._outputs[arguments[0]]["body"]
            case "triggerBody":
                return self._message
            case "item":
                return self._item
        return FUNCTIONS[name](*arguments)
