"""Scripts in a process of their own that opens a real window."""

import subprocess
import sys

from tests.conftest import ROOT

# What such a script begins with: a window, a keyboard that listens, and one that is played on.
WINDOW = """
import json, sys, threading, time
import psychopy.core
from conditions.study.answering import Keys, Timing
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import HumanObserver
from experiment.keyboard.xtest import FakeKeyboard
from experiment.rig import Rig
from experiment.screen.trials.examples import example_images, example_trial
from experiment.screen.focus import watched
from experiment.screen.layout import trial_layout
from experiment.screen.pages import EscapedError
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import open_window
from experiment.session.meeting import Meeting
from experiment.session.trial import run_trial
from experiment.texts.languages import load_texts

window = open_window(Rig(name="test"))
keyboard, fake, texts = watched(KeyListener(), window), FakeKeyboard(), load_texts("en")
"""


def run_script(script: str, screen: dict[str, str], *arguments: str) -> str:
    """Run a script to its end; what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=screen,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_in_window(script: str, screen: dict[str, str], *arguments: str) -> str:
    """Run a script that finds ``window``, ``keyboard``, ``fake`` and ``texts`` ready for it."""
    return run_script(WINDOW + script, screen, *arguments)
