"""Events that are damaged, disagree with the trials, or tell of lost markers and focus."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from analysis.data.sessions.files import read_session
from analysis.data.study import checked_sessions
from analysis.writing.session.checks import oddities, open_session
from conditions.folder import open_study
from conditions.study.exclusions import Exclusions
from conditions.tables.events import EVENTS, MARKERS
from conditions.tables.files import read_table, write_table
from tests.analysis.events import events_of, leave_events, recorded_trials
from tests.analysis.simulated import simulate_study


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 1, expertise=("expert",))
    leave_events(folder, events_of(recorded_trials(folder, 1), folder.study.marker_codes))
    return folder


@pytest.fixture
def folder(good, tmp_path):
    shutil.copytree(good.path, tmp_path / "demo")
    return replace(good, path=tmp_path / "demo")


def said(folder) -> list[str]:
    """What the report says of the participant."""
    return [text.removeprefix("Participant 1: ") for text in checked_sessions(folder)[1]]


def change(folder, made) -> None:
    """Write what a function makes of the events."""
    path = folder.session(1) / "events.csv"
    write_table(made(read_table(path, EVENTS)), EVENTS, path)


def added(folder, *rows) -> None:
    """Add rows of onset, duration, kind, trial, detail and code."""
    names = ["onset", "duration", "kind", "trial", "detail", "code"]
    more = pd.DataFrame(rows, columns=names).assign(participant=1, session=1, run=1)
    change(folder, lambda events: pd.concat([events, more[EVENTS.column_names]]))


def test_events_that_agree_are_not_remarked_on(folder):
    assert said(folder) == []
    assert len(read_session(folder, 1).events) > 200


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda content: b"", "events.csv is empty: there is no event in it."),
        (lambda content: content[:40], "left aside: events.csv: "),
        (lambda content: content[: content.index(b"\n") + 1], "events.csv holds no events."),
        (lambda content: content + b"\0" * 4096, "not a readable table: line "),
        (lambda content: content[:2000] + b"\0" * 9 + content[2009:], "found a NUL byte"),
        (lambda content: content.replace(b"\n1,", b"\n2,"), "row 2, column participant: found 2"),
        (lambda content: content.replace(b",blank,", b",blink,"), "found 'blink', wanted one of"),
        (lambda content: content.replace(b",code", b",cod"), "missing code; unknown cod"),
        (lambda content: b"\xff" + content, "found the byte 0xff"),
        (lambda content: content.replace(b",page,,", b",page,,,"), "found 10 cells, wanted 9"),
    ],
)
def test_damaged_events_are_left_aside_and_named(folder, damage, words):
    path = folder.session(1) / "events.csv"
    path.write_bytes(damage(path.read_bytes()))
    (remark,) = said(folder)
    assert words in remark
    assert str(folder.path) not in remark
    assert read_session(folder, 1).events.empty


@pytest.mark.parametrize(
    "saved",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.decode().encode("utf-16"),
        lambda content: content.replace(b",", b";"),
    ],
)
def test_events_that_a_spreadsheet_saved_again_are_the_same(folder, saved):
    before, path = read_session(folder, 1).events, folder.session(1) / "events.csv"
    path.write_bytes(saved(path.read_bytes()))
    pd.testing.assert_frame_equal(read_session(folder, 1).events, before)
    assert said(folder) == []


def test_a_row_that_a_power_cut_left_half_costs_that_row(folder):
    before, path = read_session(folder, 1).events, folder.session(1) / "events.csv"
    whole = path.read_bytes()
    for cut in (1, 20):
        path.write_bytes(whole[:-cut])
        assert len(read_session(folder, 1).events) == len(before) - 1
        assert said(folder) == ["The last row of events.csv is not whole, and left out."]


def test_rows_in_another_order_are_sorted(folder):
    before = read_session(folder, 1).events
    change(folder, lambda events: events.iloc[::-1])
    assert read_session(folder, 1).events["onset"].tolist() == before["onset"].tolist()
    assert said(folder) == []


def of(events, kind, trial):
    return (events["kind"] == kind) & (events["trial"] == trial)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda e: e[~of(e, "images", 3)], "1 trial (3) is answered, and not shown by the events."),
        (
            lambda e: e.assign(onset=e["onset"].mask(of(e, "images", 3), e["onset"] + 0.02)),
            "1 trial (3) is shown at another time by the events: trial 3 at",
        ),
        (
            lambda e: e.assign(detail=e["detail"].mask(of(e, "choice", 3), "neither")),
            "1 trial (3) is answered otherwise by the events; trials.csv is used.",
        ),
        (
            lambda e: e.assign(duration=e["duration"].mask(of(e, "choice", 3), 99)),
            "1 trial (3) is answered otherwise by the events; trials.csv is used.",
        ),
        (
            lambda e: e.assign(trial=e["trial"].mask(of(e, "images", 3), 777)),
            "1 trial (777) is shown by the events, and not answered.",
        ),
        (
            lambda e: e[~(e["trial"] <= 2)].query("onset > 30"),
            "are without events: they came before the first of them.",
        ),
        (
            lambda e: e.assign(run=e["run"].mask(e["onset"] > 60, 2)).pipe(
                lambda f: f.assign(onset=f["onset"].mask(of(f, "blank", 20), 5.0))
            ),
            "Run 2 began before run 1 had ended: a clock was set back.",
        ),
        (
            lambda e: e.assign(code=e["code"].mask(of(e, "images", 3), pd.NA)),
            "1 trial (3) has no marker at its images, though the rig has outlets (file).",
        ),
    ],
)
def test_events_that_disagree_are_named(folder, changed, words):
    change(folder, changed)
    found = said(folder)
    assert any(words in text for text in found), found


def test_a_trial_that_was_shown_twice_agrees_by_its_last_images(folder):
    events = read_session(folder, 1).events
    row = events[of(events, "images", 3)].iloc[0]
    added(folder, (row["onset"] - 0.9, None, "images", 3, row["detail"], row["code"]))
    assert said(folder) == []


def test_an_outlet_that_was_lost_is_named_with_the_markers_that_it_missed(folder):
    events = read_session(folder, 1).events
    start = events["onset"][events["kind"] == "images"].iloc[4] - 0.01
    missed = int((events["code"].notna() & events["onset"].between(start, start + 12)).sum())
    assert missed > 1
    last = events["onset"].max()
    added(
        folder,
        (start, None, "marker", None, "serial lost: Input/output error", None),
        (start + 12, None, "marker", None, "serial back, 3 codes lost", None),
        (start + 20, None, "marker", None, "lsl lost: gone", None),
        (last, None, "marker", None, "lsl closed while lost, 70 codes lost", None),
        (start, None, "marker", None, "file lost: gone", None),
        (start + 12, None, "marker", None, "file back", None),
        (last, None, "marker", None, "parallel blocked at the end, 1 code lost", None),
    )
    assert said(folder) == [
        f"The outlet serial was lost at {start:.1f} s until {start + 12:.1f} s; markers that its "
        "recording lacks: 3.",
        f"The outlet file was lost at {start:.1f} s until {start + 12:.1f} s; markers that its "
        f"recording lacks: {missed}.",
        f"The outlet lsl was lost at {start + 20:.1f} s and not back in that run; markers that its "
        "recording lacks: 70.",
        "The outlet parallel was too slow; markers that its recording lacks: 1.",
    ]


def test_clocks_that_part_are_named(folder):
    last = read_session(folder, 1).events["onset"].max()
    for end, found in ((0.0175, []), (0.0215, ["lsl"])):
        rows = [
            (1.0, None, "marker", None, "lsl clock offset 0.017000 ± 0.000010", None),
            (last, None, "marker", None, f"lsl clock offset {end:.6f} ± 0.000010", None),
        ]
        added(folder, *rows)
        assert [text.split()[5] for text in said(folder)] == found
    assert "parted by 4.5 ms in run 1: align" in said(folder)[0]


def test_the_table_of_markers_is_compared_with_the_events(folder):
    events, path = read_session(folder, 1).events, folder.session(1) / "markers.csv"
    sent = events[events["code"].notna()]
    table = sent.assign(sent=sent["onset"] + 0.001)[MARKERS.column_names]
    write_table(table, MARKERS, path)
    assert said(folder) == []
    for rows in (table[:-2], pd.concat([table, table[:1]])):
        write_table(rows, MARKERS, path)
        assert said(folder) == [
            f"Run 1: markers.csv has {len(rows)} markers, and the events have {len(sent)} codes."
        ]
    # At another rig there is none.
    write_table(table[:0], MARKERS, path)
    assert len(said(folder)) == 1
    place = folder.session(1) / "session.json"
    facts = json.loads(place.read_text(encoding="utf-8"))
    facts["runs"][0]["markers"] = {"outlets": [{"name": "eeg", "kind": "serial"}]}
    place.write_text(json.dumps(facts), encoding="utf-8")
    assert said(folder) == []
    facts["runs"][0]["markers"]["outlets"] += [{"name": "all", "kind": "file"}]
    place.write_text(json.dumps(facts), encoding="utf-8")
    assert len(said(folder)) == 1
    # A kill takes what the events had in memory: the markers had been sent.
    change(folder, lambda e: e[e["kind"] != "session"])
    write_table(table, MARKERS, path)
    assert said(folder) == []
    path.write_bytes(b"\0" * 99)
    assert said(folder) == [
        "The markers are left aside: markers.csv: not a readable table: line 1: found a NUL byte, "
        "wanted text: a damaged file, or one of another kind (a spreadsheet's own?)."
    ]


def test_a_run_at_a_rig_without_outlets_is_told_from_outlets_that_left_trials_out(folder):
    events = read_session(folder, 1).events
    begins = events["onset"][of(events, "blank", 5)].iloc[0]
    later = events["onset"] >= begins
    bare = events.assign(run=events["run"].mask(later, 2), code=events["code"].mask(later))
    change(folder, lambda _: bare[~(later & (bare["kind"] == "marker"))])
    (remark,) = (text for text in said(folder) if "outlets" in text)
    assert remark.startswith("Run 2 had no outlets, and other runs had (file): ")
    assert " trials (5, 6, " in remark
    assert remark.endswith(" have no marker at their images.")


def test_a_study_without_a_code_for_images_lacks_none(folder):
    codes = folder.study.markers.codes | dict.fromkeys(
        f"images_{name}" for name in (*folder.study.references, "none")
    )
    markers = folder.study.markers.model_copy(update={"codes": codes})
    study = folder.study.model_copy(update={"markers": markers})
    change(folder, lambda e: e.assign(code=e["code"].mask(of(e, "images", 3), pd.NA)))
    assert not any("no marker" in text for text in said(replace(folder, study=study)))


def test_the_keyboard_elsewhere_while_images_were_shown_is_named(folder):
    events = read_session(folder, 1).events
    shown, blank = (events[of(events, kind, 7)].iloc[0]["onset"] for kind in ("images", "blank"))
    added(
        folder,
        (blank + 0.1, None, "focus", 7, "lost", None),
        (blank + 0.2, None, "focus", 7, "back", None),
    )
    assert said(folder) == []
    added(
        folder,
        (shown + 0.3, None, "focus", 7, "lost", None),
        (shown + 2.0, None, "focus", None, "back", None),
    )
    (remark,) = said(folder)
    assert remark == "Another window took the keyboard while images were shown: trial 7."
    # The operator hears it too.
    assert remark in oddities(open_session(folder, 1), Exclusions())
