"""Everything that an installation of Hexroom brings, from the metadata of what is installed here."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any, Final, NamedTuple

from packaging.requirements import Requirement

ROOT: Final = "hexroom"


class Part(NamedTuple):
    """A distribution, its licence as it states it (an SPDX expression, if it has one), and its needs."""

    name: str
    version: str
    licence: str | None
    homepage: str | None
    needs: tuple[str, ...]


def parts(root: str = ROOT, extras: Iterable[str] = ()) -> tuple[Part, ...]:
    """Return the root's parts and theirs, by name, as installed here, without the root itself."""
    found: dict[str, Part] = {}
    waiting = list(_needs(distribution(root), frozenset(extras)))
    while waiting:
        requirement = waiting.pop()
        name = _canonical(requirement.name)
        if name in found:
            continue
        try:
            installed = distribution(requirement.name)
        except PackageNotFoundError:
            raise LookupError(f"{requirement.name} is required and not installed here") from None
        needs = tuple(_needs(installed, frozenset(requirement.extras)))
        found[name] = Part(
            name,
            installed.version,
            licence_of(installed.metadata.json),
            _homepage(installed.metadata.json),
            tuple(sorted({_canonical(need.name) for need in needs})),
        )
        waiting += needs
    return tuple(found[name] for name in sorted(found))


def licence_of(metadata: Mapping[str, Any]) -> str | None:
    """Return the licence that metadata states: the expression, else classifiers, else one line of text."""
    if expression := metadata.get("license_expression"):
        return str(expression)
    classified = [
        each.rsplit(" :: ", 1)[-1]
        for each in metadata.get("classifier", ())
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    ]
    if classified:
        return ", ".join(classified)
    text = str(metadata.get("license") or "").strip()
    return text.splitlines()[0][:80] if text else None


def sbom(of: Iterable[Part], version: str) -> dict[str, Any]:
    """Return a CycloneDX 1.6 document of Hexroom and its parts."""
    known = tuple(of)
    references = {part.name: _purl(part.name, part.version) for part in known}
    root = _purl(ROOT, version)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": ROOT,
                "version": version,
                "purl": root,
            }
        },
        "components": [
            {
                "type": "library",
                "bom-ref": references[part.name],
                "name": part.name,
                "version": part.version,
                "purl": references[part.name],
                "licenses": [{"license": {"name": part.licence}}] if part.licence else [],
                "externalReferences": [{"type": "website", "url": part.homepage}]
                if part.homepage
                else [],
            }
            for part in known
        ],
        "dependencies": [
            {"ref": root, "dependsOn": sorted(references.values())},
            *(
                {
                    "ref": references[part.name],
                    "dependsOn": [references[need] for need in part.needs if need in references],
                }
                for part in known
            ),
        ],
    }


def _needs(installed: Distribution, extras: frozenset[str]) -> Iterable[Requirement]:
    for line in installed.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (extras or {""})):
            yield requirement


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _homepage(metadata: Mapping[str, Any]) -> str | None:
    urls = [each.partition(", ")[2] for each in metadata.get("project_url", ())]
    return metadata.get("home_page") or next(iter(urls), None)


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"
