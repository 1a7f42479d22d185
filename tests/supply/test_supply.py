"""The list of parts is whole, and an audit that looked nothing up does not pass."""

import pytest

from tests.supply.__main__ import audited, licences
from tests.supply.parts import Part, licence_of, parts, sbom

ONE = Part("one", "1.0", "MIT", None, ())
TWO = Part("two", "2.0", None, None, ("one",))


def test_the_parts_are_those_that_an_installation_brings() -> None:
    found = {part.name: part for part in parts()}
    assert {"aiohttp", "psycopg", "pydantic", "pydantic-core", "pillow"} <= set(found)
    assert "pytest" not in found
    assert "hexroom" not in found
    assert all(need in found for part in found.values() for need in part.needs)


def test_every_part_states_its_licence() -> None:
    assert [part.name for part in parts() if part.licence is None] == []


def test_the_sbom_names_each_part_once_with_what_it_needs() -> None:
    document = sbom((ONE, TWO), "0.1")
    assert [each["bom-ref"] for each in document["components"]] == [
        "pkg:pypi/one@1.0",
        "pkg:pypi/two@2.0",
    ]
    needs = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    assert needs["pkg:pypi/two@2.0"] == ["pkg:pypi/one@1.0"]
    assert document["components"][0]["licenses"] == [{"license": {"name": "MIT"}}]


def test_an_audit_that_skipped_a_part_fails() -> None:
    looked_up = {"name": "one", "version": "1.0", "vulns": []}
    skipped = {"name": "two", "skip_reason": "could not be reached"}
    assert audited({"dependencies": [looked_up]}, [ONE]) == []
    assert audited({"dependencies": [looked_up, skipped]}, [ONE, TWO]) == ["not looked up: two"]
    assert audited({"dependencies": []}, [ONE, TWO]) == ["not looked up: one, two"]


def test_a_known_flaw_is_named() -> None:
    flaw = {"id": "CVE-1", "fix_versions": ["1.1"]}
    answer = {"dependencies": [{"name": "one", "version": "1.0", "vulns": [flaw]}]}
    assert audited(answer, [ONE]) == ["one 1.0: CVE-1, fixed in 1.1"]


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ({"license_expression": "MIT OR Apache-2.0", "license": "see file"}, "MIT OR Apache-2.0"),
        ({"classifier": ["License :: OSI Approved :: BSD License"]}, "BSD License"),
        ({"license": "PSF\nmore text"}, "PSF"),
        ({}, None),
    ],
)
def test_a_licence_is_read_from_where_it_stands(
    metadata: dict[str, object], licence: str | None
) -> None:
    assert licence_of(metadata) == licence


def test_the_table_shows_what_states_none() -> None:
    assert "| two | 2.0 | **none stated** |" in licences((TWO,))
