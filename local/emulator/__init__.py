"""A stand-in for both School Data Sync services, to be run by uvicorn on this machine.

    emulator = Emulator(tokens, storage_connection_string)
    emulator.load_scenario("slow-provisioning")
    uvicorn.run(emulator.app)        # Graph root: http://127.0.0.1:<port>/beta

It speaks the classic API (`/beta/education/synchronizationProfiles`), the industry data API
(`/beta/external/industryData`) with its upload storage at the same address, and a control API (`/control`).

**Scenario.** A JSON object of `profiles`, `flows`, `runs`, `faults` and a `description`; fields that aren't
given have their defaults, unknown ones are refused (`specs` has types and defaults). `*` as a profile's or flow's
`id` means every one, those to come included. Times are seconds. States are lists of `{"state", "seconds", "polls"}`:
a state ends when so many seconds have passed *and* so many requests were answered with it; the last one stays;
`gone` answers 404. Loading a scenario adds to what is there.

A profile has `displayName`, `dataProvider`, `expirationDate`, and
  `states`      its `state` over time, such as provisioning, provisioned, provisioningFailed, deleting
  `upload`      `states` (busy answers 409), `busyWhile` (sync statuses that do too), `status` 200 or 201,
                `sasSeconds`, `clears` (the first address after a start begins with an empty container)
  `start`       `verify` full or none, `messages` to add ({"type", "fileName", "description"}), `errorsStatus`
                200 or 400 and `errorsShape` value, error or both when a message is an error, `cleanShape` value
                or empty, `capitalised` types, `lowerFileNames`, `whileRunning` restart or refuse
  `sync`        its statuses after a start; `resumed`: those after a resume; `before`: last night's ({"status",
                "hoursAgo"}) or null; `lagSeconds`, `lagPolls`: how late profileStatus is
  `errors`      recorded at the sync's last status: `entryType`, `errorCode`, `errorMessage`, `joiningValue`,
                `reportableIdentifier` ({n} is a number), `times`; in pages of `errorsPage`; `errorCountAsText`

A flow has `displayName`, `connector` (its id), `effectiveDaysAgo`, `expiresInDays`, `fileFormat`, and
  `states`      its `readinessStatus` over time: notReady, ready, failed, disabled
  `session`     `seconds`, `containerSeconds`; `query` and `parameter`: accept, ignore or refuse that spelling of
                resetSession; `urlPath` directory, fileSystem or host; `permissions`, `appendLimit` (bytes)
  `validate`    `states` of the operation; files that the service finds `missing`; `errors` and `warnings` to add
                ({"code", "target", "message"}); `location`, with {root} and {id}, or null

`runs` has `states` (running, then completed, completedWithErrors, failed, ...), `before`, `startLimit` in
`startWindowSeconds`, `startRetryAfter`, `startLocation`, `appearsAfterSeconds`, the schedule `everySeconds` with
`skipWithinSeconds`, and `page`.

**Faults** are rules in order; the first that takes a request decides it. A rule takes requests of its `method` whose
path fits the glob `path` (case ignored; tried on the path as sent and on its plain spelling, lower-case without `()`
and keys in quotes), from the `nth` one on, `times` times (null: for ever). Rules see what earlier rules left.
  an answer     `status`, `code`, `message`, `retryAfter` as `retryAfterForm` decimal or date, `headers`; `body`
                is graph, empty, html, truncated, or json with the value of `json`. `reset` resets the connection
                instead
  `work`        the request is worked on all the same before that; `delay` comes after the work, else first
  without one   the request is delayed and then worked on, even when the client has given up
  `expiredSas`  an upload address given out by this request has expired; `revokeTokens`: all tokens so far are void
  `name`        stands in the request log

**Control**, JSON, no token, loopback only; PATCH merges fields:
  POST /control/scenario            a scenario's object, or {"name": one of `scenario_names()`}
  GET, POST /control/profiles       GET, PATCH, DELETE /control/profiles/{id}: GET also has `starts`
  GET, POST /control/flows          GET, PATCH, DELETE /control/flows/{id}: GET also has `validations`
  GET, PATCH /control/runs
  GET, POST, DELETE /control/faults
  GET, DELETE /control/log          entries as in `log.Entry`
  POST /control/tokens/revoke
"""

from .emulator import Emulator
from .scenario import BadScenario, read_scenario, scenario_names

__all__ = ["BadScenario", "Emulator", "read_scenario", "scenario_names"]
