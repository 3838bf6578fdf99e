"""A small app that shows what the host did: every step writes one blob named after it into the journal container."""

import json
import os
import time
import uuid
from datetime import timedelta
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from azurefunctions.extensions.bindings import blob
from durabletask import task

from shared.azure_connection import AzureConnection

if "TEST_BAD" in os.environ:
    raise ValueError(f"TEST_BAD is {os.environ['TEST_BAD']!r}; it must not be set")

app = df.DFApp()
DROP = os.environ.get("SDS_DROP_CONTAINER", "sds-drop")
JOURNAL = os.environ.get("SDS_RUN_CONTAINER", "sds-runs")
_seen: dict[str, int] = {}


STORAGE = AzureConnection(app=True).blob_service()


def journal(entry: str) -> None:
    STORAGE.get_blob_client(JOURNAL, f"{entry}/{uuid.uuid4()}").upload_blob(b"")


@app.blob_trigger(arg_name="client", path=f"{DROP}/{{name}}", connection="DROP_STORAGE", source="EventGrid")
@app.durable_client_input(client_name="durable")
async def landed(client: blob.BlobClient, durable: df.DurableFunctionsClient) -> None:
    name = client.blob_name
    journal(f"landed/{name}")
    if name.endswith("poison"):
        raise ValueError("not today")
    if name.endswith("flaky") and _seen.setdefault(name, 0) == 0:
        _seen[name] = 1
        raise ValueError("once more")
    await durable.schedule_new_orchestration(name.partition("-")[0].partition("/")[0], input={"name": name, "round": 0})


@app.timer_trigger(arg_name="timer", schedule="%SDS_SWEEP_SCHEDULE%")
@app.durable_client_input(client_name="durable")
async def swept(timer: func.TimerRequest, durable: df.DurableFunctionsClient) -> None:
    state = await durable.get_orchestration_state("no-such-instance")
    journal(f"swept/{timer.past_due}-{state is None}")


@app.route(route="hello/{name}", methods=["GET", "POST"], auth_level=func.AuthLevel.FUNCTION)
def hello(req: func.HttpRequest) -> func.HttpResponse:
    told = {
        "method": req.method,
        "name": req.route_params["name"],
        "query": dict(req.params),
        "body": req.get_body().decode(),
        "agent": req.headers.get("x-agent"),
        "url": req.url,
    }
    return func.HttpResponse(json.dumps(told), status_code=201, mimetype="application/json", headers={"X-More": "1"})


@app.route(route="open/{*rest}", auth_level=func.AuthLevel.ANONYMOUS)
async def opened(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    if req.route_params.get("rest") == "fails":
        raise ValueError("not today")
    answer = func.HttpResponse(req.route_params.get("rest", "(none)"), mimetype="text/html")
    answer.headers.add("Set-Cookie", "signed=in; Path=/api; HttpOnly; SameSite=Strict; Max-Age=60; Secure")
    answer.headers.add("Set-Cookie", "second=one")
    return answer


@app.route(route="keys", auth_level=func.AuthLevel.ANONYMOUS)
def keys(req: func.HttpRequest) -> str:
    return json.dumps([name for name, value in os.environ.items() if "key" in name.lower() or "-key" in value])


@app.route(route="hello/everybody", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def everybody(req: func.HttpRequest) -> str:
    return "nobody may"


@app.activity_trigger(input_name="word")
def shout(word: str) -> str:
    journal(f"shout/{word}")
    return word.upper()


@app.activity_trigger(input_name="seconds")
def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@app.activity_trigger(input_name="name")
def fails(name: str) -> str:
    """Fails twice for a name, then succeeds."""
    journal(f"fails/{name}")
    _seen[name] = _seen.get(name, 0) + 1
    if _seen[name] < 3:
        raise LookupError(f"no {name}: try {_seen[name]}")
    return f"{name} after {_seen[name]}"


@app.activity_trigger(input_name="report")
def note(report: dict) -> None:
    journal(f"note/{report['name']}/{report['text']}")


def say(ctx: task.OrchestrationContext, given: dict[str, Any], text: object) -> task.Task[None]:
    return ctx.call_activity("note", input={"name": given["name"], "text": str(text)})


@app.orchestration_trigger(context_name="context")
def parallel(ctx: task.OrchestrationContext, given: dict[str, Any]):
    began = ctx.current_utc_datetime
    yield task.when_all([ctx.call_activity("sleep", input=0.5) for _ in range(3)])
    yield say(ctx, given, "together" if ctx.current_utc_datetime - began < timedelta(seconds=1.2) else "apart")


@app.orchestration_trigger(context_name="context")
def rounds(ctx: task.OrchestrationContext, given: dict[str, Any]):
    """Three generations, each with activities and a timer."""
    word = yield ctx.call_activity("shout", input=f"r{given['round']}")
    yield ctx.create_timer(timedelta(milliseconds=50))
    if given["round"] < 2:
        ctx.continue_as_new({**given, "round": given["round"] + 1})
        return
    yield say(ctx, given, word)


@app.orchestration_trigger(context_name="context")
def leftover(ctx: task.OrchestrationContext, given: dict[str, Any]):
    """Leaves a timer and an activity behind in the first generation; the second must hear of neither."""
    if given["round"] == 0:
        ctx.create_timer(timedelta(milliseconds=100))
        ctx.call_activity("sleep", input=0.1)
        yield ctx.create_timer(timedelta(milliseconds=10))
        ctx.continue_as_new({**given, "round": 1})
        return
    began = ctx.current_utc_datetime
    yield ctx.create_timer(timedelta(milliseconds=400))
    early = ctx.current_utc_datetime - began < timedelta(milliseconds=390)
    word = yield ctx.call_activity("shout", input="x")
    yield say(ctx, given, f"{'early' if early else 'due'}-{word}")


@app.orchestration_trigger(context_name="context")
def retried(ctx: task.OrchestrationContext, given: dict[str, Any]):
    policy = task.RetryPolicy(first_retry_interval=timedelta(milliseconds=10), max_number_of_attempts=3)
    answer = yield ctx.call_activity("fails", input=given["name"], retry_policy=policy)
    yield say(ctx, given, answer)


@app.orchestration_trigger(context_name="context")
def caught(ctx: task.OrchestrationContext, given: dict[str, Any]):
    try:
        yield ctx.call_activity("fails", input=given["name"])
    except task.TaskFailedError as error:
        yield say(ctx, given, f"{error.details.error_type}-{error.details.message}")


@app.orchestration_trigger(context_name="context")
def chain(ctx: task.OrchestrationContext, given: dict[str, Any]):
    """A long chain of quick steps: what a turn costs."""
    began = ctx.current_utc_datetime
    for number in range(20):
        yield ctx.call_activity("sleep", input=0)
        del number
    took = (ctx.current_utc_datetime - began).total_seconds()
    yield say(ctx, given, f"{took:.3f}")


@app.orchestration_trigger(context_name="context")
def entity(ctx: task.OrchestrationContext, given: dict[str, Any]):
    from durabletask.entities import EntityInstanceId

    yield ctx.call_entity(EntityInstanceId("counter", given["name"]), "add", 1)
