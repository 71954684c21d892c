"""Ways over links, checked against trying every way."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.definitions import Definitions
from fourfold.engine.link_graph import LinkGraph

CODES = "abcde"


def strategy(ranks: list[int], links: list[tuple[str, str]]) -> Definitions:
    return Definitions.model_validate(
        {
            "organisation": {"code": "o", "name": "O"},
            "units": [{"code": "u", "name": "U"}],
            "strategy": {"code": "s", "name": "S"},
            "perspectives": [{"code": f"p{r}", "name": "P", "rank": r} for r in range(4)],
            "objectives": [{"code": c, "name": c, "perspective": f"p{r}"} for c, r in zip(CODES, ranks, strict=True)],
            "links": [{"source": a, "target": b} for a, b in links],
        }
    )


def ways(links: list[tuple[str, str]], start: str) -> list[tuple[str, ...]]:
    """Every way without a repetition, tried out one by one."""
    others = [c for c in CODES if c != start]
    found: list[tuple[str, ...]] = [(start,)]
    for length in range(1, len(CODES)):
        for rest in permutations(others, length):
            way = (start, *rest)
            if all(pair in links for pair in pairwise(way)):
                found.append(way)
    return found


@given(
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from([*CODES, "x"])), max_size=10),
)
def test_the_way_to_the_top_is_the_shortest_there_is(ranks: list[int], links: list[tuple[str, str]]) -> None:
    graph = LinkGraph.of(strategy(ranks, links))
    top = {code for code, rank in zip(CODES, ranks, strict=True) if rank == min(ranks)}
    for code in CODES:
        lengths = [len(way) for way in ways(links, code) if way[-1] in top]
        path = graph.path_to_top(code)
        assert (len(path) if path else None) == min(lengths, default=None)
        assert path is None or path in ways(links, code)


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=10),
    st.sampled_from(CODES),
    st.integers(0, 3),
)
def test_drivers_within_some_links_are_those_with_a_short_way(
    links: list[tuple[str, str]], code: str, most: int
) -> None:
    graph = LinkGraph.of(strategy([0, 1, 2, 3, 3], links))
    near = {c for c in CODES if c != code and any(w[-1] == code and len(w) - 1 <= most for w in ways(links, c))}
    assert graph.drivers_within(code, most) == near
