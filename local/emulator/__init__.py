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
                or empty, `capitalised` types, `lowerFileNames`; beside a running sync `whileRunning` restart,
                refuse (by `runningStatus` 400, 409 or 423), join (accepted, and nothing begins) or after
  `sync`        its statuses after a start; `resumed`: those after a resume; `before`: last night's ({"status",
                "hoursAgo"}) or null; `underway`: a sync that nobody here started, from the beginning on;
                `lagSeconds`, `lagPolls`: how late profileStatus is; `activityEverySeconds`: its
                lastActivityDateTime moves by itself
  `errors`      recorded at the sync's last status: `entryType`, `errorCode`, `errorMessage`, `joiningValue`,
                `reportableIdentifier` ({n} is a number), `times`; in pages of `errorsPage`; `errorCountAsText`

A flow has `displayName`, `connector` (its id), `effectiveDaysAgo`, `expiresInDays`, `fileFormat` (schoolDataSyncV1,
schoolDataSyncV2Rev1, or null: the connector tells none and takes both), and
  `states`      its `readinessStatus` over time: notReady, ready, failed, disabled
  `session`     `seconds`, `containerSeconds`; `query` and `parameter`: accept, ignore or refuse that spelling of
                resetSession; `urlPath` directory, fileSystem or host; `permissions`, `appendLimit` (bytes);
                `leftovers`: files (name to text) that lie in every new container; `survives`: validating
                leaves the container open, with its files
  `validate`    `states` of the operation; files that the service finds `missing`; `errors` and `warnings` to add
                ({"code", "target", "message"}); `location`, with {root} and {id}, or null; `shown`: fields of
                the ended operation in place of its own, of any shape

`runs` has `states` (running, then completed, completedWithErrors, failed, ...), `before`, `startLimit` in
`startWindowSeconds` with `limitStatus` above it, `startRetryAfter`, `startLocation` with the operation's states in
`startOperation`, `appearsAfterSeconds`, the schedule `everySeconds` with `skipWithinSeconds`, `page`, and `others`:
runs of other people ({"by": schedule, portal or otherFlow, "begins", "lasts", "looks", "ends"}). A start while a run
is in progress: `whileRunning` begin (beside it), join (accepted, and nothing begins) or refuse, by `runningStatus`
409, 423 or 429.

**Faults** are rules in order; the first that takes a request decides it. A rule takes requests of its `method` whose
path fits the glob `path` (case ignored; tried on the path as sent and on its plain spelling, lower-case without `()`
and keys in quotes), from the `nth` one on, one of `every` so many, `times` times (null: for ever), for `seconds`
from its first. `chance` and the choice among `kinds` are drawn from `seed`, `name` and the request's number, so the
same requests in the same order have the same luck. Rules see what earlier rules left.
  an answer     `status`, `code`, `message`, `retryAfter` as `retryAfterForm` decimal or date, `headers`; `body`
                is graph, empty, html, truncated, cut (the connection closes in the middle), json with the value of
                `json`, or `text` as it is. `reset` resets the connection instead; `blackhole` gives no answer for
                so many seconds or until the client gives up
  `work`        the request is worked on all the same before that; `delay` comes after the work, else first
  without one   the request is delayed and then worked on, even when the client has given up
  to any        `drip`: seconds between pieces of `dripBytes`, `dripFrom` head or body; `dateSkew`: seconds that the
                Date header is ahead; `merge`: fields of a true JSON answer
  the request   `cutRequest`: its body breaks off after so many bytes
  `kinds`       of ready-made misbehaviour, one of them for each request: the names in `kinds`
  `expiredSas`  an upload address given out by this request has expired; `revokeTokens`: all tokens so far are void,
                `refuseToken`: the request's own
  `name`        stands in the request log; a drawn one as name/kind

**Control**, JSON, no token, loopback only; PATCH merges fields:
  POST /control/scenario            a scenario's object, or {"name": one of `scenario_names()`}
  GET, POST /control/profiles       GET, PATCH, DELETE /control/profiles/{id}: GET also has `starts`
  GET, POST /control/flows          GET, PATCH, DELETE /control/flows/{id}: GET also has `validations`
  GET, PATCH /control/runs
  GET, POST, DELETE /control/faults
  GET, DELETE /control/log          entries as in `log.Entry`; GET with ?after={number}: the newer ones
  POST /control/tokens/revoke
"""

from .emulator import Emulator
from .scenario import BadScenario, read_scenario, scenario_names

__all__ = ["BadScenario", "Emulator", "read_scenario", "scenario_names"]
