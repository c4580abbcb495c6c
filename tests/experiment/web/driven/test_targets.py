"""Whose session it is and where answers go: JATOS, DataPipe, a file; and when the network fails."""

import json
import shutil

import pytest

from tests.conftest import ROOT
from tests.experiment.web.driven.browsers import open_browser
from tests.experiment.web.driven.served import serve
from tests.experiment.web.driven.services import DataPipeServer, JatosServer

STUDY = {"name": "tiny", "fingerprint": "f1", "participants": [3, 4, 5], "to": "download"}
PERSON = {"session": 1}
APP = ROOT / "experiment" / "web" / "app"
WHO = "async (study) => (await import('/app/participant.js')).whoTakesPart(study)"
WHO_AT = "async ([study, at]) => (await import('/app/participant.js')).whoTakesPart(study, at)"
DELIVER = """async ([study, records]) => {
  const { deliver } = await import("/app/targets.js");
  window.all = [...(window.all ?? []), ...records];
  deliver(records, { study, participant: 3, all: async () => window.all });
}"""
FINISH = """async ([study, participant]) => {
  const { finish } = await import("/app/targets.js");
  return finish({ study, participant, all: async () => window.all });
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(APP, folder / "app")
    (folder / "empty.html").write_text("<!doctype html><title>empty</title>", encoding="utf-8")
    with serve(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found


def opened(browser, served, query="", service=None, context=None):
    """A page of somebody new, or of somebody who came before."""
    context = context or browser.new_context(accept_downloads=True)
    if service is not None:
        service.attach(context)
    page = context.new_page()
    page.goto(f"{served.address}/empty.html{query}")
    return page


def records(*numbers, session=1):
    run = {"type": "run", "participant": 3, "session": session, "run": 1}
    return [run, *({"type": "trial", "trial": number} for number in numbers)]


def end(state="complete"):
    return [{"type": "end", "run": 1, "state": state}]


def lines(found):
    return [json.loads(line) for line in found.splitlines()]


def test_a_number_stands_in_the_address(browser, served):
    wanted = {
        "?participant=4": PERSON | {"participant": 4},
        "?participant=004&utm=x": PERSON | {"participant": 4},
        "?participant=%204": PERSON | {"participant": 4},
        "": {"refused": "refused_no_number"},
        "?participant=": {"refused": "refused_no_number"},
        "?participant=6": {"refused": "refused_number", "participant": "6"},
        "?participant=4.0": {"refused": "refused_number", "participant": "4.0"},
        "?participant=-4": {"refused": "refused_number", "participant": "-4"},
    }
    page = opened(browser, served)
    found = {query: page.evaluate(WHO_AT, [STUDY, query]) for query in wanted}
    assert found == wanted
    page.context.close()


def test_jatos_deals_each_number_once_and_gives_a_worker_theirs_again(browser, served):
    jatos, study = JatosServer(), STUDY | {"to": "jatos"}
    # What is free was read before somebody else takes it.
    jatos.meanwhile = {"participant-003": {"worker": "1", "done": False}}
    page = opened(browser, served, "?worker=2&result=2", jatos)
    assert page.evaluate(WHO, study) == PERSON | {"participant": 4}
    # The same worker in another browser; a fourth finds nothing; a number may be asked for.
    again = opened(browser, served, "?worker=2&result=9", jatos)
    assert again.evaluate(WHO, study) == PERSON | {"participant": 4}
    asked = opened(browser, served, "?worker=3&result=3&participant=3", jatos)
    assert asked.evaluate(WHO, study)["refused"] == "refused_taken"
    assert opened(browser, served, "?worker=3&result=4", jatos).evaluate(WHO, study) == PERSON | {
        "participant": 5
    }
    late = opened(browser, served, "?worker=4&result=5", jatos)
    assert late.evaluate(WHO, study)["refused"] == "refused_no_more"
    for context in browser.contexts:
        context.close()


def test_jatos_gets_every_record_in_order_through_failures_and_reloads(browser, served):
    jatos, study = JatosServer(failing={"append": 1}), STUDY | {"to": "jatos"}
    page = opened(browser, served, "?worker=1&result=7", jatos)
    assert page.evaluate(WHO, study) == PERSON | {"participant": 3}
    page.evaluate(DELIVER, [study, records(1)])
    page.evaluate(DELIVER, [study, records(2)[1:]])
    # The first try failed: both come later, in their order.
    page.wait_for_function("() => localStorage.getItem('reference-images-web/f1/sent-7') === '3'")
    assert lines(jatos.results["7"]) == records(1, 2)
    # The page is closed before a record arrives; it goes along with what comes after the reload.
    jatos.failing["append"] = 99
    page.evaluate(DELIVER, [study, records(3)[1:]])
    page.wait_for_timeout(200)
    stored = page.evaluate("() => window.all")
    page.reload()
    jatos.failing.clear()
    jatos.results["7"] = ""
    page.evaluate("(all) => { window.all = all; }", stored)
    assert page.evaluate(WHO, study) == PERSON | {"participant": 3}
    page.evaluate(DELIVER, [study, end()])
    assert page.evaluate(FINISH, [study, 3]) == {"sent": True}
    assert lines(jatos.results["7"]) == [*records(3), *end()]
    # Whoever has finished is not asked again.
    page.reload()
    assert page.evaluate(WHO, study)["refused"] == "refused_used"
    page.context.close()


def test_without_a_jatos_server_nobody_begins(browser, served):
    page = opened(browser, served, "?worker=1&result=1")
    found = page.evaluate(WHO, STUDY | {"to": "jatos"})
    assert found == {"refused": "refused_not_reached", "reason": "jatos.js"}
    page.context.close()
    # Whoever lets it set no cookie is nobody that it could give a number to.
    page = opened(browser, served, "?result=1", JatosServer())
    found = page.evaluate(WHO, STUDY | {"to": "jatos"})
    assert found == {"refused": "refused_not_reached", "reason": "JATOS: cookie"}
    page.context.close()


def test_datapipe_counts_numbers_and_gives_none_twice(browser, served):
    pipe, study = DataPipeServer("abc", n_conditions=3), STUDY | {"to": "datapipe:abc"}
    first = opened(browser, served, "", pipe)
    assert first.evaluate(WHO, study) == PERSON | {"participant": 3}
    first.reload()
    assert first.evaluate(WHO, study) == PERSON | {"participant": 3}
    asked = opened(browser, served, "?participant=4", pipe)
    assert asked.evaluate(WHO, study) == PERSON | {"participant": 4}
    # The counter does not know of 4, and begins anew after 5.
    assert opened(browser, served, "", pipe).evaluate(WHO, study) == PERSON | {"participant": 5}
    late = opened(browser, served, "", pipe)
    assert late.evaluate(WHO, study)["refused"] == "refused_no_more"
    used = opened(browser, served, "?participant=4", pipe)
    assert used.evaluate(WHO, study)["refused"] == "refused_taken"
    assert sorted(pipe.files) == [f"sub-00{n}_ses-1_web_taken.json" for n in (3, 4, 5)]
    for context in browser.contexts:
        context.close()


def test_what_datapipe_does_not_take_is_known_before_the_session(browser, served):
    pipe = DataPipeServer("abc", n_conditions=3, checks=True)
    page = opened(browser, served, "?participant=3", pipe)
    found = page.evaluate(WHO, STUDY | {"to": "datapipe:abc"})
    assert found == {"refused": "refused_not_reached", "reason": "INVALID_DATA"}
    page.reload()
    found = page.evaluate(WHO, STUDY | {"to": "datapipe:other"})
    assert found["reason"] == "EXPERIMENT_NOT_FOUND"
    page.context.close()


def test_datapipe_gets_one_file_at_the_end_and_another_name_where_one_is_there(browser, served):
    pipe, study = DataPipeServer("abc", n_conditions=3), STUDY | {"to": "datapipe:abc"}
    page = opened(browser, served, "?participant=3", pipe)
    page.evaluate(WHO, study)
    page.evaluate(DELIVER, [study, [*records(1), *end("stopped")]])
    assert pipe.asked == ["data"]
    # No network, then a server that is busy: tried again.
    pipe.failing = [None, 503]
    assert page.evaluate(FINISH, [study, 3]) == {"sent": True}
    # Whoever opens the page again has sent this already.
    assert page.evaluate(FINISH, [study, 3]) == {"sent": True}
    assert len(pipe.files) == 2
    page.evaluate(DELIVER, [study, [*records(2), *end()]])
    assert page.evaluate(FINISH, [study, 3])["sent"]
    stopped, whole = (pipe.files[f"sub-003_ses-1_web{more}.jsonl"] for more in ("", "_2"))
    assert lines(stopped) == [*records(1), *end("stopped")]
    assert lines(whole) == [*lines(stopped), *records(2), *end()]
    # What was refused for good is told at once; the participant has the file.
    pipe.id = "closed"
    page.evaluate(DELIVER, [study, end()])
    with page.expect_download() as waited:
        found = page.evaluate(FINISH, [study, 3])
    file = "sub-003_ses-1_web.jsonl"
    assert found == {"sent": False, "file": file, "words": "web_not_sent"}
    assert lines(waited.value.path().read_text(encoding="utf-8")) == [*lines(whole), *end()]
    page.context.close()


def test_the_file_has_all_records_under_the_number(browser, served, tmp_path):
    page = opened(browser, served, "?participant=3")
    page.evaluate("(all) => { window.all = all; }", [*records("ü"), *end()])
    with page.expect_download() as waited:
        page.evaluate(
            """async (study) => {
              const { download } = await import("/app/targets.js");
              await download({ study, participant: 3, all: async () => window.all });
            }""",
            STUDY,
        )
    assert waited.value.suggested_filename == "sub-003_ses-1_web.jsonl"
    text = waited.value.path().read_text(encoding="utf-8")
    assert lines(text) == [*records("ü"), *end()]
    assert text.endswith("\n")
    page.context.close()
