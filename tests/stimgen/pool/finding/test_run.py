"""A run over a pool of odd names: every table reads again, and every name leads to its file."""

import itertools
import os

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from conditions.commands.command_line import console
from conditions.files import sha256_of
from conditions.folder import open_study
from conditions.tables.files import read_table
from conditions.tables.stimuli import EXTREMES, POOL_REPORT, STIMULI
from stimgen.natural.step import make_natural
from stimgen.pool.names import from_written

ODD = (b"caf\xe9", b"a\rb", b"a\nb", b'"a,b', b"\\n", b"NA", b"\xe2\x80\xa8\xc2\x85", b"\x1b[2J")


def test_odd_names_from_the_pool_to_the_tables(lite0, study_file, tmp_path):
    rng = np.random.default_rng(2)
    pool = tmp_path / os.fsdecode(b"pool \xe9\n")
    pool.mkdir()
    for number, name in itertools.islice(enumerate(itertools.cycle(ODD)), 32):
        values = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        path = pool / os.fsdecode(name + b"%d.png" % number)
        Image.fromarray(values).resize((100, 80), Image.Resampling.BICUBIC).save(path)
    (pool / os.fsdecode(b"zero \xe9.png")).write_bytes(b"")
    (pool / "gone\r.png").symlink_to("nowhere")
    os.mkfifo(pool / "pipe\n.png")
    design = yaml.safe_load(study_file.read_text(encoding="utf-8"))
    design["natural"] |= {"pool": "embedded", "bins": 2, "batches": 2}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(design), encoding="utf-8")
    folder = open_study(str(tmp_path / "tiny.yaml"), tmp_path / "studies")
    with console.capture() as said:
        make_natural(folder, lite0, images=str(pool), all_units=True, workers=0)
    # Nothing is lost: what is done is known as done.
    make_natural(folder, lite0, images=str(pool), all_units=True, workers=0)
    assert "pipes, sockets or devices: pipe\\n.png" in said.get()
    assert "32 good" in said.get()
    stimuli = read_table(folder.stimuli_table, STIMULI)
    extremes = read_table(folder.stimuli / "all_units" / "extremes.csv", EXTREMES)
    report = read_table(folder.stimuli / "pool_report.csv", POOL_REPORT).set_index("image")
    assert report["status"].to_dict() == {"gone\\r.png": "unreadable", "zero \\xe9.png": "broken"}
    sources = set(stimuli["source"].str.removesuffix(", blurred 3 px")) | set(extremes["source"])
    assert len(sources) > 16
    for source in sources:
        assert (pool / from_written(source)).is_file()
    assert set(pd.read_csv(folder.stimuli_table)["source"]) == set(stimuli["source"])
    assert all(sha256_of(folder.path / row.path) == row.sha256 for row in stimuli.itertuples())
