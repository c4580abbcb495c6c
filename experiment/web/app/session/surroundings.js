// What surrounds the trials: consent, keys, the example, breaks; as experiment/session/surroundings.

import { iso } from "../heard/clock.js";
import { TEXT } from "../screen/layout.js";
import { BODY_HEIGHT, TITLE_HEIGHT, drawHeadline, drawNumber, pagesOf } from "../screen/pages.js";
import { hold, runTrial } from "./trial.js";
import { feedbackMarks } from "../screen/trial_screen.js";

// Shares of the screen's height.
const CONSENT = { middle: 0.1, tallest: 0.68, hint: -0.3, next: 0.05, line: 50 };
const ROWS = [0.12, -0.14], KEY = 0.035, MEANING = -0.045;

// What a participant agrees to: its facts, null where the study asks for none, "refused" else.
export async function askConsent(pages, study, texts, language) {
  if (!study.consent) return null;
  const { screen } = pages, { agree, refuse } = study.consent, words = texts.content.consent;
  const laid = (part) => screen.laid(part, { line: CONSENT.line, align: "start" });
  const parts = pagesOf(words, (part) => laid(part).tall <= CONSENT.tallest * screen.size[1]);
  for (let page = 0; ; ) {
    const last = page === parts.length - 1;
    const hints = last ? ["consent_yes", "consent_no", ...(page ? ["consent_again"] : [])] : ["go_on"];
    const keys = last ? [...agree, ...refuse, ...(page ? study.keys.go_on : [])] : study.keys.go_on;
    const draw = () => {
      screen.text(laid(parts[page]), [0, Math.round(CONSENT.middle * screen.size[1])]);
      hints.forEach((name, i) => pages.hint(texts.hint(name), CONSENT.hint - i * CONSENT.next, last ? "foreground" : "quiet"));
      if (parts.length > 1) drawNumber(screen, texts, page + 1, parts.length);
    };
    const pressed = await pages.ask({ draw, keys, name: "consent" });
    if (refuse.includes(pressed)) return "refused";
    if (agree.includes(pressed)) return { version: study.consent.version, text_sha256: texts.content.consent_sha256, language, at: iso() };
    if (pressed !== null) page = last ? 0 : page + 1;
  }
}

// The page on which each answer key is pressed once.
export async function checkKeys(pages, keys, texts) {
  const { screen } = pages, pressed = new Set();
  const choices = keys.mode === "two_stage" ? [keys.upper, keys.lower, ...keys.confidence] : [...keys.upper_confidence, ...keys.lower_confidence];
  const first = keys.mode === "two_stage" ? 2 : choices.length / 2;
  const rows = [choices.slice(0, first), choices.slice(first)].map((row) => row.flat());
  const complete = () => choices.every((names) => names.some((name) => pressed.has(name)));
  let over = false, changed = false;
  const heard = (press) => {
    const key = rows.flat().find((name) => press.names.includes(name) && !pressed.has(name));
    if (key) return pressed.add(key), (changed = true);
    if (!keys.go_on.some((name) => press.names.includes(name))) return false;
    return (over = complete());
  };
  const draw = () => {
    drawHeadline(screen, texts.word("keys_title"));
    const caps = rows.map((row) => row.map((key) => screen.laid(`${texts.key(key)}\n${pressed.has(key) ? "✓" : "·"}`, { height: TITLE_HEIGHT })));
    const column = Math.max(...caps.flat().map((cap) => cap.width)) + screen.length(120);
    const smaller = Math.min(1, (0.9 * screen.size[0]) / column / Math.max(...rows.map((row) => row.length)));
    caps.forEach((row, i) => row.forEach((cap, j) => {
      const fitted = screen.laid(cap.words, { ...cap, pixels: cap.pixels * smaller });
      screen.text(fitted, [Math.round((j - (row.length - 1) / 2) * column * smaller), (i ? -1 : 1) * screen.length(84)]);
    }));
    if (complete()) pages.hint();
  };
  const redraw = () => changed && !(changed = false);
  while ((await pages.ask({ draw, heard, until: () => over, changed: redraw, name: "key check" })) === null) await pages.askToStop();
}

// Once more, large, which key says what.
export async function showKeys(pages, texts, seconds) {
  const { screen } = pages, [width, height] = screen.size;
  const row = (cells, up) => {
    const keys = cells.map(([key]) => screen.laid(key, { height: TEXT + 26, bold: true }));
    const says = cells.map(([, meaning]) => screen.laid(meaning));
    const wanted = Math.max(screen.length(420), Math.max(...[...keys, ...says].map((each) => each.width)) + screen.length(120));
    const column = Math.min((0.9 * width) / cells.length, wanted);
    for (const [alike, away] of [[keys, KEY], [says, MEANING]]) {
      const fitted = alike.map((each) => screen.within(each, { wide: 0.86 * column }));
      const pixels = Math.min(...fitted.map((each) => each.pixels));
      fitted.forEach((each, i) => {
        screen.text(screen.laid(each.words, { ...each, pixels }), [Math.round((i - (cells.length - 1) / 2) * column), Math.round((up + away) * height)]);
      });
    }
  };
  const draw = () => (drawHeadline(screen, texts.word("summary_title")), texts.keyRows.forEach((cells, i) => row(cells, ROWS[i])));
  await pages.wait(draw, () => pages.hint(), seconds, "keys");
}

// The example, until its answer is correct; how many times it was answered.
export async function runExample(meeting, pages, example, images, seconds, unlessInterrupted) {
  const { screen, trialScreen, texts } = meeting;
  const told = { ...meeting, timing: { ...meeting.timing, deadline: null, feedback: 0 } };
  for (let tries = 1; ; tries++) {
    const correct = tries % 2 ? "upper" : "lower", { n_references, with_min, files } = example;
    const row = {
      trial: null, n_references, correct_response: correct, catch: false,
      left_title: n_references && with_min ? "min" : null, right_title: n_references ? "max" : null,
    };
    trialScreen.load(row, await images.decoded(row, files[correct]));
    const answer = await unlessInterrupted(() => runTrial(told, row, () => {}, () => {}));
    trialScreen.ask(texts.word(answer.correct ? "example_right" : "example_wrong"));
    const marks = feedbackMarks(correct, answer.response);
    const hint = () => screen.text(screen.laid(texts.hint("go_on")), [0, trialScreen.belowGrid - screen.length(70)], "quiet");
    await pages.wait(() => trialScreen.draw(marks), hint, seconds, "example result");
    if (answer.correct) return tries;
  }
}

export function isBreak(breaks, block, blocks) {
  return breaks !== null && block !== null && block < blocks && block % breaks.every_blocks === 0;
}

export async function takeBreak(pages, breaks, texts, result) {
  const { screen } = pages, begun = performance.now();
  const passed = () => (performance.now() - begun) / 1000;
  const face = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  let drawn = "";
  const draw = () => {
    const seconds = passed(), height = screen.size[1];
    drawn = face(seconds);
    drawHeadline(screen, texts.word("break_title"));
    screen.text(screen.laid(result, { height: BODY_HEIGHT }), [0, Math.round(0.2 * height)]);
    screen.text(screen.laid(drawn, { height: 3 * TEXT }), [0, 0]);
    const over = breaks.most_seconds !== null && seconds > breaks.most_seconds;
    const words = seconds < breaks.least_seconds ? texts.word("break_least", { least: face(breaks.least_seconds) }) : over ? texts.word("break_over") : "";
    screen.text(screen.laid(words, { height: BODY_HEIGHT }), [0, Math.round(-0.2 * height)]);
    if (seconds >= breaks.least_seconds) pages.hint();
  };
  const changed = () => face(passed()) !== drawn;
  const asked = (more) => pages.ask({ draw, changed, name: "break", ...more });
  pages.events.happens("pause", "begin break");
  while ((await asked({ until: () => passed() >= breaks.least_seconds })) === null) await pages.askToStop();
  while ((await asked({ keys: pages.keys.go_on })) === null) await pages.askToStop();
  pages.events.happens("pause", "end break");
}

// A blank screen, longer while what is awaited is not there yet.
export async function blank(meeting, number, answers, seconds, loaded) {
  const { screen, events, state } = meeting;
  events.phase("before", { trial: number, answers });
  state.asks("blank", number, []);
  await hold(meeting, seconds, () => {}, (at) => events.appears("blank", "", number, at));
  const images = await loaded;
  events.rests();
  screen.clear();
  return images;
}
