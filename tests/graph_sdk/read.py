"""Reads all of the industry data API with Microsoft's SDK and prints what it understood, as JSON.

Run by `tests.graph_sdk` in the SDK's own environment: `python read.py ROOT TOKEN FLOW`. The first line printed is
the SDK's version, the second the fields of its classes, the third what it read: a list of {"path", "body"}.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from enum import Enum
from importlib.metadata import version
from typing import Any

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated import models
from msgraph_beta.generated.models import industry_data
from msgraph_beta.graph_request_adapter import GraphRequestAdapter

CLASSES = (
    ("models", "long_running_operation", "LongRunningOperation"),
    ("models", "public_error", "PublicError"),
    ("industry", "aggregated_inbound_statistics", "AggregatedInboundStatistics"),
    ("industry", "azure_data_lake_connector", "AzureDataLakeConnector"),
    ("industry", "file_format_reference_value", "FileFormatReferenceValue"),
    ("industry", "file_validate_operation", "FileValidateOperation"),
    ("industry", "identifier_type_reference_value", "IdentifierTypeReferenceValue"),
    ("industry", "inbound_activity_results", "InboundActivityResults"),
    ("industry", "inbound_file_flow", "InboundFileFlow"),
    ("industry", "inbound_flow_activity", "InboundFlowActivity"),
    ("industry", "industry_data_run", "IndustryDataRun"),
    ("industry", "industry_data_run_entity_count_metric", "IndustryDataRunEntityCountMetric"),
    ("industry", "industry_data_run_role_count_metric", "IndustryDataRunRoleCountMetric"),
    ("industry", "industry_data_run_statistics", "IndustryDataRunStatistics"),
    ("industry", "source_system_definition", "SourceSystemDefinition"),
    ("industry", "user_match_target_reference_value", "UserMatchTargetReferenceValue"),
    ("industry", "user_matching_setting", "UserMatchingSetting"),
    ("industry", "year_reference_value", "YearReferenceValue"),
    ("industry", "year_time_period_definition", "YearTimePeriodDefinition"),
)
ENUMS = (
    ("models", "long_running_operation_status", "LongRunningOperationStatus"),
    ("industry", "inbound_domain", "InboundDomain"),
    ("industry", "industry_data_activity_status", "IndustryDataActivityStatus"),
    ("industry", "industry_data_run_status", "IndustryDataRunStatus"),
    ("industry", "readiness_status", "ReadinessStatus"),
)


class Bearer(AuthenticationProvider):
    """Kiota's own provider refuses http, also on this machine."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: dict[str, Any] | None = None
    ) -> None:
        request.headers.try_add("Authorization", f"Bearer {self._token}")


def _class(where: str, module: str, name: str) -> Any:
    package = {"models": models, "industry": industry_data}[where].__name__
    __import__(f"{package}.{module}")
    return getattr(sys.modules[f"{package}.{module}"], name)


def known() -> dict[str, list[str]]:
    """The fields of each class, and the members of each enum, under the service's own names."""
    fields = {name: sorted(_class(where, module, name)().get_field_deserializers()) for where, module, name in CLASSES}
    return fields | {name: [member.value for member in _class(where, module, name)] for where, module, name in ENUMS}


def understood(thing: Any) -> Any:
    """What the SDK made of an object: its attributes under the service's names that are set, its `class`, and under
    `?` the names that it could not place. An attribute that it would not send itself is missing in its own JSON.
    """
    if isinstance(thing, list):
        return [understood(each) for each in thing]
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, datetime | date):
        return thing.isoformat()
    if not isinstance(thing, Parsable):
        return thing
    shown: dict[str, Any] = {"class": type(thing).__name__, "?": sorted(getattr(thing, "additional_data", {}))}
    for name in thing.get_field_deserializers():
        value = getattr(thing, _attribute(name))
        if value is not None:
            shown[name] = understood(value)
    return shown


def _attribute(name: str) -> str:
    """The SDK's name for a field: `@odata.type` is odata_type, `runId` is run_id."""
    plain = name.removeprefix("@").replace(".", "_")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in plain)


class Reader:
    def __init__(self, root: str, token: str) -> None:
        self._adapter = GraphRequestAdapter(Bearer(token))
        self._adapter.base_url = self.root = root
        self.industry = GraphServiceClient(request_adapter=self._adapter).external.industry_data
        self.seen: list[dict[str, Any]] = []

    async def read(self, path: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask, and note under `path` (the address below the root that gives the same) what was understood."""
        thing = await ask()
        body = understood(thing.value) if path.endswith("[]") else understood(thing)
        self.seen.append({"path": path, "body": body})
        return thing

    async def bytes_of(self, path: str) -> None:
        """Something that the SDK has no class for, through its own adapter: the bytes are all that it makes of it."""
        request = RequestInformation(Method.GET, "{+baseurl}/" + path, {"baseurl": self._adapter.base_url})
        answer = await self._adapter.send_primitive_async(request, "bytes", {})
        self.seen.append({"path": path, "body": json.loads(answer)})

    async def located(self, post: Callable[..., Awaitable[None]]) -> str:
        """The id of the operation that a POST names in its Location."""
        inspected = HeadersInspectionHandlerOption()
        await post(RequestConfiguration(options=[inspected]))
        (location,) = inspected.response_headers.get("location")
        return location.rpartition("/")[2]


async def set_up(reader: Reader, base: str) -> None:
    """Make a flow with all that it refers to, of the other format."""
    industry = reader.industry
    matching = _industry("user_matching_setting")(
        priority_order=0,
        match_target=_industry("user_match_target_reference_value")(code="mail"),
        source_identifier=_industry("identifier_type_reference_value")(code="email"),
    )
    system = await industry.source_systems.post(
        _industry("source_system_definition")(display_name="SIS", vendor="V", user_matching_settings=[matching])
    )
    connector = await industry.data_connectors.post(
        _industry("azure_data_lake_connector")(
            odata_type="#microsoft.graph.industryData.azureDataLakeConnector",
            display_name="Files",
            file_format=_industry("file_format_reference_value")(code="schoolDataSyncV1"),
            additional_data={"sourceSystem@odata.bind": f"{reader.root}/{base}/sourceSystems/{system.id}"},
        )
    )
    year = await industry.years.post(
        _industry("year_time_period_definition")(
            display_name="Next",
            start_date=date(2027, 8, 1),
            end_date=date(2028, 7, 31),
            year=_industry("year_reference_value")(code="2028"),
        )
    )
    flow = await industry.inbound_flows.post(
        _industry("inbound_file_flow")(
            odata_type="#microsoft.graph.industryData.inboundFileFlow",
            display_name="Made",
            data_domain=_industry("inbound_domain").EducationRostering,
            effective_date_time=datetime(2026, 8, 1, tzinfo=UTC),
            additional_data={
                "dataConnector@odata.bind": f"{reader.root}/{base}/dataConnectors('{connector.id}')",
                "year@odata.bind": f"{reader.root}/{base}/years/{year.id}",
            },
        )
    )
    made = {"sourceSystems": system, "dataConnectors": connector, "years": year, "inboundFlows": flow}
    for name, thing in made.items():
        reader.seen.append({"path": f"{base}/{name}/{thing.id}", "body": understood(thing)})
    its = industry.inbound_flows.by_inbound_flow_id(flow.id)
    await reader.read(f"{base}/inboundFlows/{flow.id}/dataConnector", its.data_connector.get)
    await reader.read(f"{base}/inboundFlows/{flow.id}/year", its.year.get)


def _industry(module: str) -> Any:
    name = "".join(word.capitalize() for word in module.split("_"))
    return _class("industry", module, name)


async def main(root: str, token: str, flow: str) -> None:
    reader = Reader(root, token)
    industry, one = reader.industry, reader.industry.inbound_flows.by_inbound_flow_id(flow)

    def expanding(builder: Any, query: str, *names: str) -> Callable[[], Awaitable[Any]]:
        parameters = getattr(type(builder), query)(expand=list(names))
        return lambda: builder.get(RequestConfiguration(query_parameters=parameters))

    base = "external/industryData"
    await set_up(reader, base)
    await reader.read(f"{base}/inboundFlows[]", industry.inbound_flows.get)
    await reader.read(
        f"{base}/inboundFlows/{flow}?$expand=dataConnector,year",
        expanding(one, "InboundFlowItemRequestBuilderGetQueryParameters", "dataConnector", "year"),
    )
    connector = await reader.read(f"{base}/inboundFlows/{flow}/dataConnector", one.data_connector.get)
    await reader.read(f"{base}/inboundFlows/{flow}/year", one.year.get)
    its = industry.data_connectors.by_industry_data_connector_id(connector.id)
    await reader.read(f"{base}/dataConnectors[]", industry.data_connectors.get)
    await reader.read(
        f"{base}/dataConnectors/{connector.id}?$expand=sourceSystem",
        expanding(its, "IndustryDataConnectorItemRequestBuilderGetQueryParameters", "sourceSystem"),
    )
    source = await reader.read(f"{base}/dataConnectors/{connector.id}/sourceSystem", its.source_system.get)
    await reader.read(f"{base}/sourceSystems[]", industry.source_systems.get)
    await reader.read(
        f"{base}/sourceSystems/{source.id}",
        industry.source_systems.by_source_system_definition_id(source.id).get,
    )
    await reader.read(f"{base}/years[]", industry.years.get)
    cast = f"{base}/dataConnectors/{connector.id}/microsoft.graph.industryData.azureDataLakeConnector"
    await reader.bytes_of(f"{cast}/getUploadSession")

    validate, start = its.microsoft_graph_industry_data_validate, industry.runs.microsoft_graph_industry_data_start
    for post in (validate.post, start.post):
        operation = await reader.located(post)
        await reader.read(
            f"{base}/operations/{operation}",
            industry.operations.by_long_running_operation_id(operation).get,
        )
    await reader.read(f"{base}/operations[]", industry.operations.get)
    runs = await reader.read(f"{base}/runs[]", industry.runs.get)
    for run in runs.value:
        item = industry.runs.by_industry_data_run_id(run.id)
        await reader.read(f"{base}/runs/{run.id}", item.get)
        await reader.read(f"{base}/runs/{run.id}/activities[]", item.activities.get)
        await reader.read(
            f"{base}/runs/{run.id}/microsoft.graph.industryData.getStatistics()",
            item.microsoft_graph_industry_data_get_statistics.get,
        )
    sys.stdout.write("\n".join([version("msgraph-beta-sdk"), json.dumps(known()), json.dumps(reader.seen)]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
