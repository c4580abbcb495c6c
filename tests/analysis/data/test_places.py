"""Where sessions were: browsers by what they say of themselves, and times of one place alone."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.data.dataset import Dataset
from analysis.data.places import of_places, places_in_words
from analysis.data.sessions.places import browser_name, browsers_of, place_of
from analysis.statistics.answering.times import times_table
from analysis.statistics.summaries import measures_table
from tests.analysis.simulated import dataset_of_kinds

AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox 140 (Linux)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36": "Chrome 141 (Windows)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0": "Edge 141 (Windows)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15": "Safari 18 (macOS)",
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1": "Safari 18 (iOS)",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Safari/537.36": "Chrome 139 (ChromeOS)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36 OPR/124.0.0.0": "Opera 124 (Linux)",
    "curl/8.5.0": "another browser",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items())
def test_browsers_have_names(agent, name):
    assert browser_name(agent) == name


def test_a_place_is_the_laboratory_unless_it_is_said():
    assert [place_of(facts) for facts in ({}, {"place": "web"}, {"place": 7})] == [
        *("lab", "web", "lab")
    ]
    assert browsers_of({1: {}, 2: {"place": "web", "refresh_hz": "60"}}) == (
        *browsers_of({2: {"place": "web"}}),
    )
    assert browser_name(None) == "an unknown browser"


def placed(*of_web: int) -> Dataset:
    """A simulated study, some of whose participants sat at browsers."""
    dataset = dataset_of_kinds({"natural": 1.0, "synthetic": 0.5}, participants=6, units=8)
    web = dataset.trials["participant"].isin(of_web)
    return replace(dataset, trials=dataset.trials.assign(place=np.where(web, "web", "lab")))


def test_times_of_browsers_are_left_out_beside_those_of_the_laboratory():
    lab, mixed = placed(), placed(1, 2)
    everybody = mixed.participants
    web = placed(*everybody)
    timed = mixed.main[mixed.main["rt"].notna()]
    assert sorted(timed["participant"].unique()) == [3, 4, 5, 6]
    # What is no time is of all, and nothing else of the table is another.
    assert len(mixed.main) == len(lab.main)
    assert mixed.trials["rt"].equals(lab.trials["rt"])
    # All at browsers: there is nothing that their times could be pooled with.
    assert web.main["rt"].equals(lab.main["rt"])
    assert places_in_words(lab.trials) == []
    assert "participant 1-2 at browsers" in places_in_words(mixed.trials)[0]
    assert "All sessions were on the web" in places_in_words(web.trials)[0]
    n = len(everybody)
    assert [of_places(one.trials) for one in (lab, mixed, web)] == [
        *("", f" ({n - 2} in the laboratory, 2 on the web)", " (on the web)")
    ]


def test_each_place_has_its_own_times_in_the_means_and_the_odd_ones():
    mixed = placed(1, 2)
    table = measures_table(mixed).set_index(["measure", "factor", "level", "condition"])["mean"]
    main = mixed.trials[(mixed.trials["phase"] == "main") & ~mixed.trials["catch"]]
    main = main[main["correct"].notna()]
    people = main.groupby(["place", "condition", "participant"])["rt"].mean()
    means = people.groupby(["place", "condition"]).mean()
    for (place, condition), mean in means.items():
        assert table["rt", "place", place, condition] == pytest.approx(mean)
        if place == "lab":
            assert table["rt", "all", "all", condition] == pytest.approx(mean)
    assert "place" not in measures_table(placed())["factor"].to_numpy()
    counts = times_table(mixed).groupby("place")["n_trials"].sum()
    assert counts.to_dict() == main.groupby("place").size().to_dict()
    assert times_table(mixed)["n_without"].sum() == main["rt"].isna().sum()
    assert set(times_table(placed())["place"]) == {"all"}
