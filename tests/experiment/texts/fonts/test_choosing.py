"""The font of a session: the rig's, one of the language's, or the usual one; what it lacks."""

import shutil
import sys
from pathlib import Path

import pytest
from matplotlib import font_manager

from conditions.errors import StudyError
from conditions.rig.rig import Rig, read_rig
from conditions.study.study import Study
from experiment.checks.letters import letters_of, session_words
from experiment.texts import languages
from experiment.texts.fonts import installed as installing
from experiment.texts.fonts.choosing import FAMILIES, lettering_for
from experiment.texts.fonts.typeface import Place, typeface_of, usual_typeface
from experiment.texts.kinds import session_texts
from tests.experiment.rehearsed import TINY
from tests.experiment.texts.fonts.making import LATIN, block_font, write_collection

HAN = "欢迎"
BLOCKS = dict.fromkeys(LATIN + HAN, 600)
RIG = Rig(name="lab")


@pytest.fixture
def fonts(tmp_path, monkeypatch) -> Path:
    """A folder that takes the place of those in which a system has its fonts."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: map(str, folder.iterdir()))
    installing._faces.cache_clear()
    yield folder
    installing._faces.cache_clear()


@pytest.fixture
def chinese(tmp_path, monkeypatch) -> Path:
    """The file of a language that needs a font of its own; it says so with what is added to it."""
    texts = tmp_path / "texts"
    texts.mkdir()
    shutil.copy(languages.TEXTS / "en.yaml", texts)
    english = (texts / "en.yaml").read_text(encoding="utf-8")
    path = texts / "zh.yaml"
    path.write_text(english.replace("Welcome!", HAN), encoding="utf-8")
    monkeypatch.setattr(languages, "TEXTS", texts)
    return path


def lines(language: str, rig: Rig = RIG, rig_file: Path = Path("rigs/lab.yaml")):
    study = Study.model_validate(TINY)
    return letters_of(rig, rig_file, language, session_words(session_texts(study, language), study))


def says(path: Path, more: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_usual_font_has_all_letters_of_the_languages_that_come_along(language):
    lettering, check = lines(language)
    assert check.good
    assert lettering.typeface is usual_typeface()
    assert "DejaVu Sans" in check.found


def test_letters_that_no_font_here_has_are_named_with_what_to_install(fonts, chinese):
    lettering, check = lines("zh")
    assert not check.good
    assert lettering.typeface is usual_typeface()
    assert check.found.startswith("language zh, text welcome_title: DejaVu Sans (")
    assert "cannot draw 欢 (U+6B22) 迎 (U+8FCE); install Noto Sans CJK SC or " in check.found
    assert "Microsoft YaHei" in check.found
    assert "PingFang SC" in check.found
    assert "\n" not in check.found


def test_a_known_font_of_the_language_is_taken_where_it_is_installed(fonts, chinese):
    family = FAMILIES["zh"][3]
    block_font(family, BLOCKS).save(fonts / "some.ttf")
    lettering, check = lines("zh")
    assert check.good
    assert (lettering.typeface.family, lettering.typeface.has_bold) == (family, False)


def test_the_languages_own_fonts_come_first_and_lacking_ones_are_passed_over(fonts, chinese):
    says(chinese, "font: [Nowhere, Half Han, Own Han]\n")
    block_font("Half Han", dict.fromkeys(LATIN, 600)).save(fonts / "a.ttf")
    block_font("Own Han", BLOCKS).save(fonts / "b.ttf")
    block_font("Own Han", BLOCKS, bold=True).save(fonts / "c.ttf")
    block_font(FAMILIES["zh"][0], BLOCKS).save(fonts / "d.ttf")
    (fonts / "damaged.ttf").write_bytes(b"no font")
    lettering, check = lines("zh")
    assert check.good
    assert lettering.typeface.family == "Own Han"
    assert lettering.typeface.has_bold


def test_a_font_in_a_collection_is_the_one_of_that_name(fonts, chinese):
    says(chinese, "font: Second Han\n")
    first = block_font("First Han", dict.fromkeys(BLOCKS, 300))
    write_collection(fonts / "both.ttc", first, block_font("Second Han", BLOCKS))
    typeface = lines("zh")[0].typeface
    assert (typeface.family, typeface.place.index) == ("Second Han", 1)
    assert typeface.width("欢") == 0.6


def test_a_typeface_has_only_letters_that_are_bold_as_well(tmp_path):
    block_font("Some", BLOCKS).save(tmp_path / "a.ttf")
    block_font("Some", {"A": 600}, bold=True).save(tmp_path / "b.ttf")
    both = typeface_of(Place(tmp_path / "a.ttf"), Place(tmp_path / "b.ttf"))
    assert {chr(code) for code in both.letters} == {" ", "A"}


def test_a_font_with_an_odd_date_is_not_remarked_on(caplog):
    old = Path(font_manager.findfont("DejaVu Sans")).with_name("cmex10.ttf")
    assert typeface_of(Place(old)).letters
    assert not caplog.records


def test_a_rigs_file_is_taken_whatever_it_lacks(tmp_path):
    rig_file = tmp_path / "lab.yaml"
    rig_file.write_text("name: lab\nfont: {file: fonts/own.ttf}\n", encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    block_font("Own", dict.fromkeys("abc", 500)).save(tmp_path / "fonts" / "own.ttf")
    lettering, check = lines("en", read_rig(rig_file), rig_file)
    assert lettering.typeface.family == "Own"
    assert not check.good
    assert "cannot draw P (U+0050)" in check.found
    assert "more; name a font that has them in the rig file" in check.found


@pytest.mark.parametrize(
    ("font", "message"),
    [
        ("{name: Nowhere}", r"lab.yaml: font.name: found 'Nowhere', wanted a family that is inst"),
        ("{file: none.ttf}", r"none.ttf: a font: No such file"),
        ("{file: lab.yaml}", r"lab.yaml: not a readable font .* wanted TrueType or OpenType"),
        ("{}", r"wanted either name or file"),
        ("{name: A, file: b.ttf}", r"wanted either name or file"),
    ],
)
def test_a_rigs_font_that_is_not_there_is_one_line(tmp_path, fonts, font, message):
    rig_file = tmp_path / "lab.yaml"
    rig_file.write_text(f"name: lab\nfont: {font}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=message) as caught:
        lettering_for(read_rig(rig_file), rig_file, "en", ["a"])
    assert "\n" not in str(caught.value)


def test_a_compressed_font_is_unpacked(tmp_path):
    compressed = block_font("Some", BLOCKS).font
    compressed.flavor = "woff"
    compressed.save(tmp_path / "a.woff")
    typeface = typeface_of(Place(tmp_path / "a.woff"))
    assert typeface.contents[0].startswith(b"\0\1\0\0")


def test_a_font_that_is_damaged_anywhere_is_one_line(tmp_path):
    block_font("Some", BLOCKS).save(tmp_path / "a.ttf")
    whole, refused = (tmp_path / "a.ttf").read_bytes(), []
    for cut in range(0, len(whole), len(whole) // 40):
        for damaged in (whole[:cut], whole[:cut] + b"\xff" * 40 + whole[cut + 40 :]):
            (tmp_path / "b.ttf").write_bytes(damaged)
            try:
                typeface_of(Place(tmp_path / "b.ttf"))
            except StudyError as error:
                refused.append(str(error))
    assert len(refused) > 20
    assert all(line.startswith(f"{tmp_path / 'b.ttf'}: ") for line in refused)
    assert not any("\n" in line for line in refused)


def test_on_windows_a_font_that_it_does_not_draw_is_passed_over(fonts, chinese, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    says(chinese, "font: [Curved, Own Han]\n")
    block_font("Curved", BLOCKS, postscript=True).save(fonts / "a.otf")
    block_font("Own Han", BLOCKS).save(fonts / "b.ttf")
    assert lines("zh")[0].typeface.family == "Own Han"
    with pytest.raises(StudyError, match=r"a.otf: PostScript outlines, which Windows does not"):
        typeface_of(Place(fonts / "a.otf"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("font: 3\n", r"zh.yaml: font: found 3, wanted names of fonts"),
        ("direction: down\n", r"zh.yaml: direction: found 'down', wanted ltr or rtl"),
    ],
)
def test_what_a_language_says_of_its_letters_is_checked(chinese, more, message):
    says(chinese, more)
    with pytest.raises(StudyError, match=message):
        lines("zh")
