"""Texts that are longer than usual."""

CONSENT = (
    "Information about the study\n\nTaking part is voluntary. You may stop at any time, without "
    "giving a reason and without any disadvantage. Data are stored under a number.\n\nQuestions: "
    "https://www.example.org/a/long/address/that/goes/on/and/on/study-of-units/information.html\n\n"
)
LONG_TITLE = "Photographs that a computer altered, then cut to squares"
# A list as the operator is shown of a calibration or a self-test: longer than a small screen.
CHECKED = ("refresh", "size", "keys", "letters", "scaling", "power", "disk", "self-test")
REPORT = "\n".join(
    f"✓ {name}: rig laboratory: drawn by a program, not by a graphics card (llvmpipe, 256 bits): "
    "flips do not wait for the screen; frames are judged by the rig's 60 Hz, and what comes late "
    "is counted (goes on: a script answers)"
    for name in CHECKED * 3
)
