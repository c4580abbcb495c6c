"""The table of units: from the study file alone, listed, in blocks, or drawn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.study.study import Study
from conditions.study.units.names import parse_unit
from conditions.units.architectures import ARCHITECTURES
from conditions.units.table import unit_table


def sampled(demo: dict, *samples: dict, **model: object) -> Study:
    """The demo with drawn main units instead of its own, and parts that fit their number."""
    units = {"practice": demo["units"]["practice"], "sample": list(samples)}
    content = demo | {"units": units, "model": demo["model"] | model}
    main = [sample for sample in samples if sample.get("role", "main") == "main"]
    n = sum(len(s["layers"]) * max(1, len(s.get("branches", []))) * s.get("n", 1) for s in main)
    content["parts"] = [{"name": "only", "conditions": ["natural"], "main": n}]
    return Study.model_validate(content)


def test_inception_has_the_published_branches():
    known = ARCHITECTURES["inceptionv1"]
    layers = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    assert list(known) == [f"mixed{layer}" for layer in layers]
    assert known["mixed4a"].channels == 508
    assert [known["mixed4a"].branch_of(c) for c in (191, 192, 396, 444, 507)] == [
        "1x1",
        "3x3",
        "5x5",
        "pool",
        "pool",
    ]
    assert known["mixed3a"].channels_of("5x5") == range(192, 224)


def test_layers_times_branches_times_n_are_drawn(demo):
    layers, branches = ["mixed3a", "mixed4c", "mixed5b"], ["1x1", "pool"]
    known = ARCHITECTURES["inceptionv1"]

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 2**32), st.integers(1, 5))
    def check(seed: int, n: int) -> None:
        excluded = [f"mixed3a_{channel:04d}" for channel in known["mixed3a"].channels_of("pool")][
            5:
        ]
        draw = {"layers": layers, "branches": branches, "n": n, "exclude": excluded, "seed": seed}
        demo["units"]["practice"] = ["mixed3a_0225", "mixed3b_0001", "mixed3b_0002"]
        if n == 5:
            with pytest.raises(StudyError, match=r"5 units of mixed3a/pool .* 32 channels 28 are"):
                unit_table(sampled(demo, draw, name="inceptionv1"))
            return
        table = unit_table(sampled(demo, draw, name="inceptionv1"))
        main = table[table.role == "main"]
        assert not table.unit.duplicated().any()
        assert not set(main.unit) & set(excluded)
        assert (main.groupby(["layer", "branch"]).size() == n).all()
        assert len(main) == len(layers) * len(branches) * n
        assert set(main.pick) == {"random"}
        for row in main.itertuples():
            assert row.channel in known[row.layer].channels_of(row.branch)

    check()


def test_a_study_that_grows_keeps_its_units(demo):
    draw = {"layers": ["block02", "block08"], "n": 2}
    few = unit_table(sampled(demo, draw))
    more = unit_table(sampled(demo, draw | {"n": 4}))
    other_layer = unit_table(sampled(demo, draw | {"layers": ["block13", "block08"]}))
    of = [
        set(t[(t.layer == "block08") & (t.role == "main")].unit) for t in (few, more, other_layer)
    ]
    assert of[0] < of[1]
    assert of[0] == of[2]


def test_the_draw_depends_on_the_seed_alone(demo):
    draw = {"layers": ["block08"], "n": 6}
    first = unit_table(sampled(demo, draw))
    assert first.equals(unit_table(sampled(demo | {"title": "Other"}, draw)))
    assert not first.equals(unit_table(sampled(demo | {"seed": 9}, draw)))
    with_own_seed = [unit_table(sampled(demo | {"seed": s}, draw | {"seed": 3})) for s in (1, 2)]
    assert with_own_seed[0].equals(with_own_seed[1])


def test_every_channel_is_drawn_about_as_often(demo):
    draw = {"layers": ["block02"], "n": 6}
    demo["units"]["practice"] = ["block08_0001"]
    drawn = [
        channel
        for seed in range(200)
        for channel in unit_table(sampled(demo, draw | {"seed": seed}))["channel"][:6]
    ]
    # 1200 draws over 24 channels: 50 each, five standard errors either way.
    counts = [drawn.count(channel) for channel in range(24)]
    assert min(counts) > 20
    assert max(counts) < 80


def test_drawn_units_can_form_blocks(demo):
    blocks = [
        {"layers": ["block08"], "n": 3, "block": name, "role": role}
        for name, role in (("a", "main"), ("b", "main"), ("c", "catch"))
    ]
    table = unit_table(sampled(demo, *blocks))
    assert table.groupby("block").size().to_dict() == {"a": 3, "b": 3, "c": 3}
    assert table[table.block == "c"].role.tolist() == ["catch"] * 3
    assert not table.unit.duplicated().any()


def test_layers_that_are_not_known_here_need_their_channels(demo):
    draw = {"layers": ["layer3.5.conv3"], "n": 6}
    demo["units"]["practice"] = []
    with pytest.raises(StudyError, match=r"channels of layer 'layer3.5.conv3' of model resnet50"):
        unit_table(sampled(demo, draw, name="resnet50"))
    study = sampled(demo, draw, name="resnet50", channels={"layer3.5.conv3": 1024})
    table = unit_table(study)
    assert set(table.layer) == {"layer3.5.conv3"}
    assert table.channel.between(0, 1023).all()
    assert table.branch.isna().all()


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("block02_0024", "layer block02 of model efficientnet_lite0 has no channel 24; it has 0 "),
        ("block99_0001", "model efficientnet_lite0 has no layer 'block99'; it has block00, "),
    ],
)
def test_a_unit_that_does_not_exist_is_named(demo, unit, words):
    demo["units"]["main"][0] = unit
    with pytest.raises(StudyError) as error:
        unit_table(Study.model_validate(demo))
    assert words in str(error.value)


def test_names_say_layer_and_channel(template):
    for row in template.units.itertuples():
        assert parse_unit(row.unit) == (row.layer, row.channel)
    picked = template.units[template.units.pick == "hand_picked"].unit.tolist()
    assert picked == ["block08_0031", "block08_0062"]


def test_two_sources_of_a_block_are_refused(demo):
    demo["units"]["blocks"] = {"a": {"role": "catch", "units": ["block02_0001"]}}
    demo["units"]["sample"] = [{"layers": ["block02"], "role": "catch", "block": "a"}]
    with pytest.raises(ValueError, match="two sources of units: a"):
        Study.model_validate(demo)
