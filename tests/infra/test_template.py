"""The template makes what the app needs, shut as far as it works, with every property where its type has it."""

import json
import re
from pathlib import Path
from typing import Any, get_args

from local.rights import ROLES as RIGHTS
from local.rights import assignments
from shared.results import Outcome, SyncOutcome
from shared.settings import TABLE, Settings

from .template import (
    FILES,
    INFRA,
    PARAMETERS,
    ROLES,
    ROOT,
    app,
    body,
    grants,
    main,
    modules,
    resources,
    settings_of_the_template,
    variables_of,
)

# Each was looked up in Microsoft's published types (Azure/bicep-types-az); a new one must be too.
TYPES = {
    "Microsoft.Authorization/roleAssignments@2022-04-01",
    "Microsoft.Authorization/roleDefinitions@2022-04-01",
    "Microsoft.EventGrid/systemTopics@2025-02-15",
    "Microsoft.Insights/actionGroups@2023-01-01",
    "Microsoft.Insights/components@2020-02-02",
    "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
    "Microsoft.Insights/scheduledQueryRules@2023-12-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31",
    "Microsoft.Network/virtualNetworks@2024-05-01",
    "Microsoft.OperationalInsights/workspaces@2023-09-01",
    "Microsoft.Resources/resourceGroups@2024-03-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices@2024-01-01",
    "Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01",
    "Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01",
    "Microsoft.Storage/storageAccounts@2024-01-01",
    "Microsoft.Web/serverfarms@2024-04-01",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
    "Microsoft.Web/sites/config@2024-04-01",
    "Microsoft.Web/sites@2024-04-01",
}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ASKED = {"environmentName", "location", "api", "profiles", "alertEmail"}
HARMLESS = {"started", "startedWithWarnings", "unchanged", "superseded", "acceptedForSchedule"}
HARMLESS_SYNCS = {"succeeded", "overtaken"}
# The host's, and those that stand for `AzureWebJobsStorage` and `DROP_STORAGE`.
CONNECTIONS = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "DROP_STORAGE__blobServiceUri",
    "DROP_STORAGE__clientId",
    "DROP_STORAGE__credential",
    "DROP_STORAGE__queueServiceUri",
}


def loaded(name: str) -> Any:
    return json.loads((INFRA / name).read_text(encoding="utf-8"))


def account() -> dict[str, Any]:
    properties: dict[str, Any] = body(app("storage-account")["resources"]["account"])["properties"]
    return properties


def site() -> dict[str, Any]:
    made: dict[str, Any] = body(app("function-app")["resources"]["site"])
    return made


def test_every_resource_has_a_type_that_was_looked_up() -> None:
    used = {f"{declared['type']}@{declared['api_version']}" for _, _, declared in resources()}
    assert used == TYPES


def test_no_module_comes_from_a_registry() -> None:
    found = list(modules())
    assert found
    for file, _, declared in found:
        assert declared["type"] == "local"
        assert (file.parent / declared["detail"]["path"]).is_file()
    named = {(file.parent / declared["detail"]["path"]).resolve() for file, _, declared in found}
    assert named | {INFRA / "main.bicep"} == set(FILES), "a file that no module names"


def test_modules_get_the_parameters_that_they_have() -> None:
    for file, name, declared in modules():
        parameters = app(Path(declared["detail"]["path"]).stem)["parameters"]
        given = set(body(declared)["params"])
        assert given <= set(parameters), f"{file.name}: {name}"
        needed = {key for key, parameter in parameters.items() if parameter["default"] is None}
        empty = re.compile(r"^param (\w+) \w+ = ''", re.MULTILINE)
        text = (file.parent / declared["detail"]["path"]).read_text(encoding="utf-8")
        assert needed - set(empty.findall(text)) <= given, f"{file.name}: {name}"


def test_both_storage_accounts_are_shut_from_birth() -> None:
    made = [declared for _, _, declared in resources() if declared["type"] == "Microsoft.Storage/storageAccounts"]
    assert len(made) == 1, "both are made by one file"
    shut = account()
    assert shut["allowSharedKeyAccess"] is False
    assert shut["allowBlobPublicAccess"] is False
    assert shut["minimumTlsVersion"] == "TLS1_2"
    assert shut["supportsHttpsTrafficOnly"] is True
    users = [declared for _, _, declared in modules() if declared["detail"]["path"].endswith("storage-account.bicep")]
    assert [body(each)["params"]["name"] for each in users] == ["hostAccount", "ownDropAccount"]
    containers = [declared for _, _, declared in resources() if declared["type"].endswith("/containers")]
    assert containers
    assert all(body(each)["properties"] == {"publicAccess": "None"} for each in containers)


def test_what_is_deleted_is_gone() -> None:
    kept = body(app("storage-account")["resources"]["blobs"])["properties"]
    assert kept["deleteRetentionPolicy"] == {"enabled": False}
    assert kept["containerDeleteRetentionPolicy"] == {"enabled": False}
    assert kept["isVersioningEnabled"] is False


def test_runs_are_kept_longer_than_a_run_can_last() -> None:
    settings = Settings()
    longest = settings.provision_timeout + settings.hold + settings.follow
    days = main()["parameters"]["runDays"]
    least = next(each["argument"] for each in days["decorators"] if each["type"] == "min_value")
    assert days["default"] * 86400 > longest
    assert least * 86400 > longest
    (rule,) = body(main()["modules"]["drops"])["params"]["deletions"]
    assert rule == {"name": "old-runs", "prefix": "${runContainer}/", "days": "runDays"}


def test_nothing_but_runs_and_dead_letters_is_deleted() -> None:
    users = [declared for _, _, declared in modules() if declared["detail"]["path"].endswith("storage-account.bicep")]
    prefixes = [rule["prefix"] for each in users for rule in body(each)["params"]["deletions"]]
    assert sorted(prefixes) == ["${deadLetterContainer}/", "${runContainer}/"]


def test_queues_and_containers_are_made_by_the_template() -> None:
    variables = app("drop-contents")["variables"]
    assert {each["key"] for each in variables["containers"]["value"]} == set(ROLES["assignments"]["drop"]["containers"])
    queues = {each["key"]: each["name"] for each in variables["queues"]["value"]}
    assert set(queues) == set(ROLES["assignments"]["drop"]["queues"])
    assert queues["poison"] == "webjobs-blobtrigger-poison"
    defaults = {name: each["default"] for name, each in main()["parameters"].items()}
    settings = Settings()
    assert defaults["dropContainer"] == settings.drop_container
    assert defaults["runContainer"] == settings.run_container
    assert defaults["stateContainer"] == settings.state_container
    assert defaults["resultsQueue"] == settings.results_queue


def test_roles_are_known_and_each_says_why() -> None:
    used = set()
    for place, grant in grants():
        assert set(grant) == {"who", "role", "why"}, place
        assert grant["why"], place
        used.add(grant["role"])
    assert used == set(ROLES["definitions"])
    ids = [definition["id"] for definition in ROLES["definitions"].values() if definition["id"]]
    assert len(set(ids)) == len(ids) == len(used) - 1
    assert all(GUID.fullmatch(each) for each in ids)
    assert ROLES["definitions"]["Rosterdrop Writer"]["id"] is None


def test_the_app_has_no_role_on_the_whole_drop_account() -> None:
    assert set(ROLES["assignments"]["drop"]) == {"containers", "queues"}
    scoped = [declared for _, _, declared in resources() if declared["type"].endswith("/roleAssignments")]
    assert sorted(body(each)["scope"] for each in scoped) == ["account", "component", "container", "queue"]
    (wide,) = [each for each in scoped if body(each)["scope"] == "account"]
    assert wide is app("host-contents")["resources"]["grants"]
    assert all("Account Contributor" not in grant["role"] for _, grant in grants()), "it could list the keys"


def test_people_s_roles_are_no_wider_than_told() -> None:
    found = sorted(
        (grant["who"], place, grant["role"]) for place, grant in grants() if grant["who"] not in {"app", "topic"}
    )
    assert found == [
        ("operator", "drop/containers/runs", "Storage Blob Data Reader"),
        ("operator", "drop/containers/state", "Storage Blob Data Contributor"),
        ("subscriber", "drop/queues/results", "Storage Queue Data Message Processor"),
        ("writer", "drop/containers/drop", "Rosterdrop Writer"),
    ]
    assert {action.rpartition("/blobs/")[2] for action in ROLES["definitions"]["Rosterdrop Writer"]["dataActions"]} == {
        "write",
        "add/action",
    }


def test_the_app_runs_as_it_runs_here() -> None:
    config = site()["properties"]["functionAppConfig"]
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert config["runtime"] == {"name": "python", "version": version}
    assert config["deployment"]["storage"]["authentication"]["type"] == "UserAssignedIdentity"
    assert body(app("function-app")["resources"]["plan"])["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert site()["identity"]["type"] == "UserAssigned"
    assert site()["properties"]["httpsOnly"] is True


def test_logs_are_taken_by_identity_only() -> None:
    made = app("monitoring")["resources"]
    assert body(made["component"])["properties"]["DisableLocalAuth"] is True
    assert body(made["workspace"])["properties"]["features"]["disableLocalAuth"] is True


def test_what_programs_call_needs_no_sign_in() -> None:
    validation = body(app("function-app")["resources"]["signIn"])["properties"]["globalValidation"]
    assert validation["requireAuthentication"] is True
    assert validation["excludedPaths"] == ["/runtime/webhooks/*", "/api/profiles", "/api/profiles/*", "/api/runs/*"]


def test_the_page_is_for_named_people() -> None:
    text = (INFRA / "main.bicep").read_text(encoding="utf-8")
    assert "var page = !empty(pageClientId) && !empty(pagePeople)" in text
    assert body(main()["modules"]["app"])["params"]["pagePeople"] == "pagePeople"


def test_it_asks_for_what_nobody_can_guess() -> None:
    text = (INFRA / "main.bicep").read_text(encoding="utf-8")
    asked = set(re.findall(r"^param (\w+) \w+$", text, re.MULTILINE))
    assert asked == ASKED
    for name in asked:
        assert re.fullmatch(r"\$\{\w+\}", PARAMETERS[name]["value"]), f"{name} must have no default"


def test_every_parameter_can_be_set_from_the_environment() -> None:
    assert set(PARAMETERS) == set(main()["parameters"])
    for name, given in PARAMETERS.items():
        assert variables_of(given["value"]), name
    for name, value in PARAMETERS["settings"]["value"].items():
        assert value == f"${{{name}=}}"


def test_defaults_stand_in_one_place_alike() -> None:
    text = (INFRA / "main.bicep").read_text(encoding="utf-8")
    declared = dict(re.findall(r"^param (\w+) \w+ = (.+)$", text, re.MULTILINE))
    for name, default in declared.items():
        if name != "settings":
            assert PARAMETERS[name]["value"].endswith(f"={default.strip(chr(39))}}}"), name


def test_the_template_gives_every_setting_that_the_app_reads_and_no_other() -> None:
    given = settings_of_the_template()
    assert given >= CONNECTIONS
    names = {setting.name for setting in TABLE}
    assert given - CONNECTIONS == names - {"AzureWebJobsStorage", "DROP_STORAGE"}


def test_the_connection_has_the_parts_that_the_trigger_needs() -> None:
    given = main()["variables"]["fixed"]["value"]
    assert given["DROP_STORAGE__blobServiceUri"] == "https://${dropAccountName}.blob.${suffix}"
    assert given["DROP_STORAGE__queueServiceUri"] == "https://${dropAccountName}.queue.${suffix}"
    assert given["AZURE_TOKEN_CREDENTIALS"] == "ManagedIdentityCredential"
    assert not {name for name in given if name in {"AzureWebJobsStorage", "DROP_STORAGE", "FUNCTIONS_WORKER_RUNTIME"}}


def test_an_outcome_is_harmless_or_needs_a_person() -> None:
    outcomes = loaded("outcomes.json")
    assert set(outcomes["verification"]) | HARMLESS == set(get_args(Outcome))
    assert not set(outcomes["verification"]) & HARMLESS
    assert set(outcomes["sync"]) | HARMLESS_SYNCS == set(get_args(SyncOutcome))
    assert not set(outcomes["sync"]) & HARMLESS_SYNCS


def test_alerts_are_complete() -> None:
    alerts = loaded("alerts.json")
    assert [alert["name"] for alert in alerts] == ["outcome", "held", "poison", "host"]
    assert len({frozenset(alert) for alert in alerts}) == 1, "Bicep reads each by the same names"
    assert "{outcomes}" in alerts[0]["query"]
    assert 'function_name("sweep")' in (ROOT / "start_sync" / "blueprint.py").read_text(encoding="utf-8")
    assert "Name == 'sweep'" in alerts[3]["query"]


def test_the_host_is_set_as_the_sources_say() -> None:
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    assert host["extensionBundle"]["version"] == "[4.33.0, 5.0.0)"
    assert "telemetryMode" not in host
    assert "Trace" in host["logging"]["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert {name for name, level in host["logging"]["logLevel"].items() if level == "Warning"} == {
        "Azure.Core",
        "DurableTask.AzureStorage",
        "DurableTask.Core",
    }
    provider = host["extensions"]["durableTask"]["storageProvider"]
    assert provider["maxQueuePollingInterval"] == "00:00:10"
    assert provider["partitionCount"] == 2


def test_one_machine_knows_the_roles_as_the_template_does() -> None:
    for name, role in RIGHTS.items():
        if name in ROLES["definitions"]:
            known = ROLES["definitions"][name]
            assert role.id == (known["id"] or "")
            actions = {action.replace("/*", "/read") for action in known["dataActions"]}
            assert actions <= role.data_actions
            assert "*" in str(known["dataActions"]) or actions == role.data_actions
    for one in assignments(Settings()):
        assert one.role in RIGHTS
