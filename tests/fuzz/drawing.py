"""Command lines of every kind: right, nearly right, and wrong in every way that a shell lets through.

What is drawn comes from the YAML files, so that a new setting is drawn by existing. Sizes are tiny, so that a
valid run takes milliseconds, or beyond every limit, so that it must be refused.
"""

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from gradnet_cli.settings.catalog import Catalog, Choice, read_catalog
from tests.fuzz.material import (
    CASTS,
    EXTREME,
    FLAGS,
    HYDRA,
    LINKS,
    ODD,
    PREFIXES,
    SHAPES,
    SMALL,
    SWEEPS,
    TAILS,
    WORDS,
)

CATALOG: Catalog = read_catalog()
# Trackers take seconds each, and no test may send jobs to a cluster that happens to be there.
GROUPS = [name for name in CATALOG.groups if name not in ("experiment", "logger", "cluster")]

# A mask's sizes that make a small one; the files are those that judging.py puts into the directory.
SIZES = {
    "barabasi_albert": ["nodes=6", "attachment=2"],
    "bipartite": ["left=3"],
    "complete": ["nodes=4"],
    "edge_list": ["path=net.csv"],
    "erdos_renyi": ["nodes=6", "probability=0.9"],
    "grid": ["rows=3"],
    "karate": [],
    "networkx": ["generator=path_graph", "arguments={n:5}"],
    "random_geometric": ["nodes=6", "radius=1.0"],
    "random_regular": ["nodes=6", "degree=3"],
}
# Always there: short runs, one directory, and data that the objectives with data can read.
ALWAYS = ["trainer.limit_updates=3", "trainer.progress=none", "trainer.threads=1", "hydra.run.dir=run"]
SHORT = {
    "kuramoto_synchrony": ["objective.times=5", "objective.steps=5"],
    "network_reconstruction": ["objective.samples=10"],
    "quantum_capacity": [],
}
ENDLESS = ("trainer.limit_updates",)  # what keeps a run short is only ever made shorter


def owned(choice: Choice) -> list[str]:
    """The settings of a choice, as people and as the program set them."""
    return [setting.key for setting in choice.all_settings]


SETTINGS = sorted(
    {setting.key for setting in CATALOG.root} | {key for each in CATALOG.choices() for key in owned(each)}
)
MEANINGS = {setting.key: setting.meaning for each in CATALOG.choices() for setting in each.all_settings} | {
    setting.key: setting.meaning for setting in CATALOG.root
}
DEFAULTS = {setting.key: setting.default for each in CATALOG.choices() for setting in each.all_settings}
DEFAULTS |= {setting.key: setting.default for setting in CATALOG.root}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """What follows `gradnet-run`: a problem, and some overrides that mend or spoil it."""
    mask = draw(st.sampled_from(sorted(SIZES)))
    objective = draw(st.sampled_from(choices("objective")))
    if objective == "logic_gates" and draw(st.integers(0, 3)) > 0:
        mask = "complete"
    line = [f"mask={mask}", f"objective={objective}", *SIZES[mask], *SHORT.get(objective, []), *ALWAYS]
    if objective == "logic_gates" and mask == "complete":
        line += ["directed=true", "signs.result=any"]
    for group in GROUPS:
        if group not in ("mask", "objective") and draw(st.integers(0, 5)) == 0:
            line.append(f"{group}={draw(st.sampled_from(choices(group)))}")
    line.append(f"updates={draw(st.integers(0, 4))}")
    line.append(f"figures={str(draw(st.integers(0, 9)) == 0).lower()}")
    kept = [key for key in SETTINGS if any(text.startswith(f"{key}=") for text in line)]
    near = sorted({setting.key for setting in CATALOG.root} | set(kept) | _settings_of(line))
    count = draw(st.sampled_from([0, 1, 1, 1, 2, 3]))
    line += [draw(overrides(near)) for _ in range(count)]
    if draw(st.integers(0, 19)) == 0:
        line.insert(draw(st.integers(0, len(line))), draw(st.sampled_from(FLAGS)))
    if draw(st.integers(0, 3)) == 0:
        line = draw(st.permutations(line))
    return line


def choices(group: str) -> Sequence[str]:
    """The choices of a group."""
    return sorted(CATALOG.groups[group].choices)


def _settings_of(line: Sequence[str]) -> set[str]:
    chosen = [text.partition("=") for text in line]
    found = [CATALOG.choice(group, name) for group, _, name in chosen if group in CATALOG.groups]
    return {key for choice in found if choice is not None for key in owned(choice)}


@st.composite
def overrides(draw: st.DrawFn, near: Sequence[str]) -> str:
    """One override: mostly a setting that the run has, with a value that it may or may not take."""
    key = draw(
        st.one_of(
            st.sampled_from(near),
            st.sampled_from(near),
            st.sampled_from(near),
            st.sampled_from(SETTINGS),
            st.sampled_from([*CATALOG.groups, *HYDRA]),
        )
    )
    value = draw(values(key))
    if not value.isalnum() and draw(st.booleans()):
        value = quoted(value)
    kind = draw(st.integers(0, 29))
    if kind == 0:
        key = draw(misspelt(key))
    elif kind == 1:
        key += draw(st.sampled_from(TAILS))
    elif kind == 2:
        key = draw(
            st.sampled_from(
                ["", " ", "/", "é", "🙂", "a.b.c", "1", "-", "_", "_target_", "\udcff", key.upper()]
            )
        )
    elif kind in (3, 4):
        key = draw(st.sampled_from(PREFIXES)) + key
    elif kind == 5:
        return draw(
            st.sampled_from([key, f"~{key}", f"{key}:{value}", f"{key}=", f"+{key}", f"{key} = {value}"])
        )
    return f"{key}={value}"


def quoted(value: str) -> str:
    """A value as it is written where Hydra would read its signs otherwise; numbers become texts."""
    inside = value.replace("\\", "\\\\").replace('"', '\\"')
    return value if value[:1] in "[{" or "${" in value else f'"{inside}"'


@st.composite
def misspelt(draw: st.DrawFn, key: str) -> str:
    """A word with a letter lost, doubled or swapped."""
    place = draw(st.integers(0, len(key) - 1))
    before, letter, after = key[:place], key[place], key[place + 1 :]
    return draw(
        st.sampled_from(
            [before + after, before + letter * 2 + after, before + after[:1] + letter + after[1:]]
        )
    )


def values(key: str) -> st.SearchStrategy[str]:
    """Values for a setting or a group: those that its meaning speaks of, and everything else."""
    if key in ENDLESS:
        return st.sampled_from(["0", "1", "2", "-1", "1.5", "x", "true", "[]", "nan", "''"])
    if key == "cluster":
        return st.sampled_from(WORDS + ODD)
    if key in CATALOG.groups:
        return st.one_of(
            st.sampled_from(choices(key)), st.sampled_from(choices(key)), st.sampled_from(WORDS + ODD)
        )
    words = sorted(set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", MEANINGS.get(key, ""))) - {"null"}) or WORDS
    default = DEFAULTS.get(key, "null")
    return st.one_of(
        st.just(default if "\n" not in default else "null"),
        st.sampled_from(words),
        st.sampled_from(words),
        st.sampled_from(words),
        st.sampled_from(SMALL),
        st.sampled_from(SMALL),
        st.sampled_from(EXTREME),
        st.sampled_from(WORDS),
        st.sampled_from(SHAPES),
        st.sampled_from(LINKS),
        st.sampled_from(ODD),
        st.one_of(st.sampled_from([*SWEEPS, *CASTS]), st.text(max_size=6)),
        st.floats().map(repr),
        st.integers(-3, 5).map(str),
    )
