"""YAML as people write scenarios: what looks like a number of a document stays the digits that stand there."""

from __future__ import annotations

import re
from typing import Any

import yaml

_INT, _MERGE = "tag:yaml.org,2002:int", "tag:yaml.org,2002:merge"
HEAVIEST = 1_000_000


class ScenarioLoader(yaml.SafeLoader):
    """Whole numbers are decimal. YAML 1.1 would read the branch `01` as 1, the insurer `01130012` as an octal number
    and the symbol `12:30` as 750."""


ScenarioLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _INT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
ScenarioLoader.add_implicit_resolver(_INT, re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


def is_merge(key: yaml.Node) -> bool:
    """`<<`, which takes over the keys of another mapping."""
    return key.tag == _MERGE


def merged_into(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """The keys and values that `<<` takes over from other mappings; the first of several wins."""
    sources = [source for key, value in node.value if is_merge(key) for source in _sources(value)]
    return [pair for source in sources for pair in source.value]


def _sources(node: yaml.Node) -> list[yaml.MappingNode]:
    found = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [source for source in found if isinstance(source, yaml.MappingNode)]


def weight_of(root: yaml.Node) -> int:
    """How many nodes it is with every alias written out; more than `HEAVIEST` where one leads back to itself."""
    known: dict[int, int] = {}

    def of(node: yaml.Node) -> int:
        if id(node) not in known:
            known[id(node)] = HEAVIEST + 1  # until all below it is known
            known[id(node)] = 1 + sum(of(child) for child in _children(node))
        return known[id(node)]

    return of(root)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def value_of(node: yaml.Node) -> Any:
    """Raises `yaml.YAMLError`, `ValueError` or `TypeError` for what a tag does not allow."""
    try:
        return yaml.SafeLoader("").construct_document(node)
    except (AttributeError, KeyError, RecursionError, OverflowError) as error:
        # The library trusts that an explicit tag fits what stands behind it.
        raise ValueError(f"{node.tag.rpartition(':')[2]}: {type(error).__name__}") from None
