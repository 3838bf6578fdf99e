"""Every spelling of a path that Microsoft's pages and samples use means the same."""

import pytest

from local.emulator.paths import address_of

PLAIN = "/beta/external/industrydata/dataconnectors/7/getuploadsession"


@pytest.mark.parametrize(
    "path",
    [
        "/beta/external/industryData/dataConnectors/7/getUploadSession",
        "/beta/external/industryData/dataConnectors/7/GetUploadSession()",
        "/beta/external/industryData/dataConnectors('7')/getUploadSession",
        "/beta/external/industryData/dataConnectors/7/microsoft.graph.industryData.getUploadSession()",
        (
            "/beta/external/industryData/dataConnectors(7)"
            "/microsoft.graph.industryData.azureDataLakeConnector/getUploadSession"
        ),
        (
            "/beta/external/industryData/dataConnectors(id='7')"
            "/microsoft.graph.industryData.azureDataLakeConnector/microsoft.graph.industryData.getUploadSession()/"
        ),
    ],
)
def test_one_function_many_spellings(path: str) -> None:
    assert address_of(path) == (PLAIN, {})


def test_parameters_of_a_function_are_no_key() -> None:
    address = address_of("/beta/external/industryData/dataConnectors('7')/getUploadSession(resetSession=true)")
    assert address == (PLAIN, {"resetsession": "true"})


def test_nonsense_stays_nonsense() -> None:
    assert address_of("/beta/x(/y)").path == "/beta/x(/y)"
