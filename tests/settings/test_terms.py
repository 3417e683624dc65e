"""Objectives made of several: how terms are typed, completed and refused."""

import re
from typing import Any

import pytest

import gradnet_cli as gn
from gradnet_cli.errors import SettingError
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.command_line import CommandLine
from gradnet_cli.settings.composition import Composer
from gradnet_cli.settings.keywords import settings_from
from gradnet_cli.settings.terms import completed
from tests.runs import composed, settings

LIST = "objective.terms=[algebraic_connectivity,{name: effective_resistance, weight: -0.1}]"
MAPPING = "objective.terms={algebraic_connectivity: 1, low: {name: effective_resistance, weight: -0.1}}"


def terms_of(*overrides: str) -> Any:
    return settings("objective=sum", *overrides).objective.arguments["terms"]


def test_a_term_has_all_settings_of_its_yaml_file() -> None:
    first, second = terms_of(LIST)
    alone = settings("objective=algebraic_connectivity").objective
    own = {key: first.pop(key) for key in ("name", "label", "weight")}
    assert own == {"name": "algebraic_connectivity", "label": None, "weight": 1.0}
    assert first.pop("_target_") == alone.path
    assert first == alone.arguments
    assert second["weight"] == -0.1
    assert second["solver"] == "auto"


def test_a_mapping_has_labels_and_takes_bare_weights() -> None:
    found = terms_of(MAPPING)
    assert [(key, each["name"], each["weight"]) for key, each in found.items()] == [
        ("algebraic_connectivity", "algebraic_connectivity", 1),
        ("low", "effective_resistance", -0.1),
    ]


def test_what_is_complete_stays_as_it_is() -> None:
    catalog = read_catalog()
    once = completed(["algebraic_connectivity", "function"], catalog=catalog, setting="objective.terms")
    assert completed(once, catalog=catalog, setting="objective.terms") == once
    assert {"function", "sense", "matrix"} <= set(once[1])
    assert not {"settings", "objective", "defaults"} & set(once[1])


@pytest.mark.parametrize(
    ("typed", "place", "value"),
    [
        ((LIST, "objective.terms.1.weight=-3"), 1, {"weight": -3}),
        ((LIST, "objective.terms.0.solver=dense"), 0, {"weight": 1.0, "solver": "dense"}),
        (("objective.terms.low.weight=-5", MAPPING), "low", {"weight": -5}),
    ],
)  # fmt: skip
def test_a_setting_within_a_term_is_set_by_its_place(
    typed: tuple[str, ...], place: Any, value: dict[str, Any]
) -> None:
    assert value.items() <= terms_of(*typed)[place].items()


def test_a_sweep_over_a_weight_has_a_job_each() -> None:
    line = CommandLine(overrides=("objective=sum", LIST, "objective.terms.1.weight=-0.1,-1,0"), multirun=True)
    with Composer(line) as composer:
        runs = list(composer.runs())
    assert [run.objective.terms[1].weight for run in runs] == [-0.1, -1, 0]
    assert [run.hydra.overrides.task[-1] for run in runs] == [
        f"objective.terms.1.weight={weight}" for weight in ("-0.1", "-1", "0")
    ]


def test_python_takes_the_same() -> None:
    terms = ["algebraic_connectivity", {"name": "effective_resistance", "weight": -0.1}]
    found = settings_from(objective={"name": "sum", "terms": terms}, **{"objective.terms.1.weight": -0.2})
    assert found.objective.arguments["terms"][1]["weight"] == -0.2
    built = gn.Sum(
        terms=[gn.Term(objective=gn.Sum(terms=terms), weight=2, label="both"), "algebraic_connectivity"]
    )
    assert [(term.label, term.weight) for term in built.terms] == [
        ("both", 2),
        ("algebraic_connectivity", 1.0),
    ]
    assert built.sense == "maximize"


def test_terms_of_one_name_are_numbered() -> None:
    terms = [
        "effective_resistance",
        {"name": "effective_resistance", "label": "night"},
        "effective_resistance",
    ]
    labels = [term.label for term in gn.Sum(terms=terms).terms]
    assert labels == ["effective_resistance_1", "night", "effective_resistance_2"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((), "objective.terms = null: must be a list of objectives, like ["),
        (("objective.terms=[]",), "objective.terms = []: must be a list of objectives"),
        (("objective.terms=[3]",), "objective.terms.0 = 3: must be the name of an objective, or"),
        (("objective.terms=[{weight: 3}]",), "objective.terms.0.name = null: must be given"),
        (("objective.terms=[efective_resistance]",), "Did you mean effective_resistance?"),
        (("objective.terms={low: 3}",), "objective.terms.low.name = low: must be algebraic_connectivity, "),
        (("objective.terms=[{name: spectral_radius, wieght: 3}]",), "Did you mean objective.terms.0.weight?"),
        (("objective.terms=[{name: spectral_radius, rank: 3}]",), "objective.terms.0.rank = 3: is unknown"),
        ((LIST, "objective.terms.1.solvr=dense"), "Did you mean objective.terms.1.solver?"),
        ((LIST, "objective.terms.2.weight=1"), "terms.2.weight = 1: belongs to a term that is not there"),
        (("objective.terms=[{name: kuramoto_synchrony, steps: 9, integrator: adaptive}]",),
         "objective.terms.0.steps = 9: has an effect only with objective.terms.0.integrator=rk4"),
        (("objective.terms=[{name: sum, terms: [efective_resistance]}]",), "objective.terms.0.terms.0.name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_term_is_told_in_one_line(typed: tuple[str, ...], told: str) -> None:
    with pytest.raises(SettingError, match=re.escape(told)):
        gn.Sum(terms=terms_of(*typed))


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (["algebraic_connectivity", "effective_resistance"], "Did you mean objective.terms.1.weight=-1?"),
        (
            [{"name": "effective_resistance", "solver": "dens"}],
            "objective.terms.0.solver = dens: must be auto",
        ),
        (
            [{"name": "effective_resistance", "weight": "much"}],
            "objective.terms.0.weight = much: must be a finite",
        ),
        (
            [{"name": "effective_resistance", "label": "score"}],
            "objective.terms.0.label = score: must be a name",
        ),
        ([{"name": "effective_resistance", "weight": 0}], "must have a term whose weight is not 0"),
    ],
)
def test_what_is_wrong_with_terms_together_is_told_in_one_line(terms: list[Any], told: str) -> None:
    with pytest.raises(SettingError, match=re.escape(told)):
        gn.Sum(terms=terms)


def test_other_objectives_may_have_terms_of_their_own() -> None:
    """The setting is completed only where its YAML file says that it holds objectives."""
    config = composed("objective=sum", LIST)
    assert config.objective["_objectives_"] == ["terms"]
    assert "_objectives_" not in settings("objective=sum", LIST).objective.arguments


@pytest.mark.parametrize("value", ["-3", "terms", "[no_such]"])
def test_which_settings_are_objectives_is_said_in_yaml(value: str) -> None:
    with pytest.raises(SettingError, match="stands in the YAML file"):
        composed("objective=worst", f"objective._objectives_={value}")
