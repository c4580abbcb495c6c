"""The archive for JATOS, read by the rules by which JATOS's own import reads one."""

import json
import re
import uuid
import zipfile

import pytest

from conditions.errors import StudyError
from conditions.study.study import Study
from experiment.web.jatos_archive import archive_of, check_free_archive, write_jatos_archive

# IOUtils.REGEX_ILLEGAL_IN_FILENAME and ComponentProperties.validate of JATOS 3.
ILLEGAL = re.compile(r'[\s*?"\\\0/,`<>|:~!§$%&^°]')
HTML_PATH = re.compile(r"[\w-][\w/-]*\.[\w-]+")
WORKERS = {"Jatos", "PersonalSingle", "PersonalMultiple", "GeneralSingle", "GeneralMultiple", "MT"}


@pytest.fixture
def page(tmp_path):
    out = tmp_path / "a page"
    (out / "images").mkdir(parents=True)
    (out / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (out / "images" / ("a" * 64 + ".webp")).write_bytes(bytes(range(256)) * 9)
    return out


def test_a_server_finds_one_study_one_folder_and_its_page(page, demo):
    study = Study.model_validate(demo | {"title": "Which <b>images</b> help?"})
    archive = write_jatos_archive(page, study)
    assert archive == page.parent / "a page.jzip"
    assert sorted(path.name for path in page.parent.iterdir()) == ["a page", "a page.jzip"]
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.testzip() is None
        names = zipped.namelist()
        described = [name for name in names if "/" not in name]
        assert [name.rsplit(".", 1)[1] for name in described] == ["jas"]
        properties = json.loads(zipped.read(described[0]).decode("utf-8"))
        folder = properties["data"]["dirName"]
        assert {name.split("/")[0] for name in names if "/" in name} == {folder}
        for path in (path for path in page.rglob("*") if path.is_file()):
            assert zipped.read(f"{folder}/{path.relative_to(page).as_posix()}") == path.read_bytes()
    assert int(properties["version"]) == 3
    data = properties["data"]
    (component,), (batch,) = data["componentList"], data["batchList"]
    assert f"{folder}/{component['htmlFilePath']}" in names
    assert HTML_PATH.fullmatch(component["htmlFilePath"])
    assert component["reloadable"]
    assert component["active"]
    assert batch["active"]
    assert set(batch["allowedWorkerTypes"]) <= WORKERS
    assert not ILLEGAL.search(folder)
    for one in (data, component, batch):
        uuid.UUID(one["uuid"])
        assert 0 < len(one["title"]) <= 255
        assert "<" not in one["title"]
        assert ">" not in one["title"]


def test_the_same_study_is_a_new_version_and_another_one_is_another(page, demo):
    def identities(study):
        archive = archive_of(page)
        archive.unlink(missing_ok=True)
        with zipfile.ZipFile(write_jatos_archive(page, study)) as zipped:
            data = json.loads(zipped.read(f"{study.name}-web.jas"))["data"]
        parts = (data, data["componentList"][0], data["batchList"][0])
        return [part["uuid"] for part in parts]

    first = identities(Study.model_validate(demo))
    assert identities(Study.model_validate(demo)) == first
    other = identities(Study.model_validate(demo | {"seed": 77}))
    assert not {*first} & {*other}
    assert len({*first}) == 3


def test_no_archive_is_written_over_a_file(page):
    check_free_archive(page)
    archive_of(page).write_text("somebody's", encoding="utf-8")
    with pytest.raises(StudyError, match=r"a page\.jzip is there already; name a new folder"):
        check_free_archive(page)
