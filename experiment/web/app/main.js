// Begins: reads the study, finds out who takes part, and hands the stages of the session to jsPsych.

import { Answers } from "./records/answers.js";
import { askCard } from "./arriving/card.js";
import { isTouchOnly, isZoomed, lacking, languageOf, message, refuse, sideOf } from "./arriving/arriving.js";
import { Clock, iso } from "./heard/clock.js";
import { EventLog } from "./heard/events.js";
import { Images } from "./images/images.js";
import { Keyboard, capsOf } from "./heard/keyboard.js";
import { isOpenElsewhere } from "./arriving/elsewhere.js";
import { Pages, Stopped } from "./screen/pages.js";
import { whoTakesPart } from "./participant.js";
import { Screen } from "./screen/screen.js";
import { Session } from "./session/session.js";
import { StagePlugin } from "./session/stage_plugin.js";
import { Storage } from "./records/storage.js";
import { askConsent } from "./session/surroundings.js";
import { deliver, download, finish } from "./targets.js";
import { Texts } from "./screen/texts.js";
import { TrialScreen } from "./screen/trial_screen.js";

const state = document.body.dataset;
state.state = "loading";

async function json(path) {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json().catch(() => {
    throw new Error(`${path}: not the file that was exported`);
  });
}

async function begin() {
  const study = await json("study.json"), language = languageOf(study);
  const texts = new Texts(study.texts[language], await capsOf(study.keys.by));
  document.title = study.title;
  document.documentElement.lang = language;
  for (const name of ["background", "foreground"]) document.documentElement.style.setProperty(`--${name}`, study.inks[name]);
  if (lacking()) return refuse(texts, "refused_browser", { what: lacking() });
  if (isTouchOnly()) return refuse(texts, "refused_touch");
  const who = await whoTakesPart(study);
  if (who.refused) return refuse(texts, who.refused, who);
  const number = String(who.participant).padStart(3, "0"), person = await json(`participants/participant-${number}.json`);
  // Where a server still had a file of an earlier page.
  if (person.conditions_sha256 !== study.conditions[who.participant]) throw new Error(`participant-${number}.json: of another export`);
  const name = `${study.fingerprint}/${person.conditions_sha256}/${number}/${who.session}`;
  if (await isOpenElsewhere(name)) return refuse(texts, "refused_open");
  let store;
  try {
    store = await Storage.open(name);
  } catch {
    return refuse(texts, "refused_storage");
  }
  const context = { study, ...who, all: async () => [...kept.records] };
  const kept = new Answers(await store.all(), store, (records) => deliver(records, context));
  if (kept.complete) return over(texts, context, "refused_used");
  await run({ study, person, texts, language, who, kept, context });
}

async function run({ study, person, texts, language, who, kept, context }) {
  const images = new Images(person.images, study.example.files), keyboard = new Keyboard(study.keys);
  const seen = {};
  let stopped = null;
  const jsPsych = initJsPsych({ override_safe_mode: true });
  const stages = (async function* () {
    const screen = new Screen(study.inks, texts);
    screen.pointer(false);
    screen.period = 1000 / seen.refresh;
    const early = new EventLog(new Clock(iso(), 0), kept.run);
    const quiet = { page: async (page, keys) => show("page", page, "", keys), asks: () => {} };
    const waiting = new Pages(screen, keyboard, early, texts, study.keys, quiet);
    if (study.image.degrees !== null) yield async () => (seen.card = await askCard(waiting, study, texts));
    const fitting = sideOf(study, seen.card?.pixels_per_cm);
    if (fitting.refused) throw Object.assign(new Error("refused"), { refused: fitting });
    let consent = kept.consent?.version === study.consent?.version ? kept.consent : null;
    if (study.consent && !consent) yield async () => (consent = await askConsent(waiting, study, texts, language));
    if (consent === "refused") throw Object.assign(new Error("no consent"), { ended: "web_no_consent" });
    const facts = runFacts({ study, person, who, language, consent, screen, fitting, seen, jsPsych });
    await kept.begin({ ...facts, started_at: iso() });
    const clock = new Clock(kept.startedAt ?? iso(), kept.lastOnset);
    const events = new EventLog(clock, kept.run);
    keyboard.onFocus = (away) => events.focus(away);
    const told = {
      page: async (page, keys) => {
        show("page", page, "", keys);
        await kept.events(events);
      },
      asks: (what, trial, keys, { onset = "", correct = "" } = {}) => {
        show(what, "", trial ?? "", keys);
        Object.assign(state, { onset, correct });
      },
    };
    const pages = new Pages(screen, keyboard, events, texts, study.keys, told);
    const trialScreen = new TrialScreen(screen, texts, fitting.side, study.image.references, study.keys);
    const meeting = { screen, trialScreen, keyboard, events, keys: study.keys, timing: study.timing, texts, state: told };
    const keep = {
      shown: (row) => kept.shown(events, row),
      answer: (row, answer) => kept.answer(events, row, answer),
      rating: (row, moment, rating) => kept.rating(events, row, moment, rating),
    };
    seen.events = events;
    yield* new Session({ study, person, kept, meeting, pages, images, keep }).stages();
    await kept.end(events, "complete");
  })();
  const guarded = guard(stages, (error) => (stopped = error));
  await jsPsych.run([
    fullScreen(texts),
    {
      type: jsPsychBrowserCheck,
      features: ["width", "height", "browser", "browser_version", "mobile", "os", "fullscreen", "vsync_rate"],
      allow_window_resize: false,
      inclusion_function: (found) => {
        seen.refresh = found.vsync_rate || 60;
        const fits = study.image.degrees !== null ? {} : sideOf(study);
        seen.refused = isZoomed() ? { refused: "refused_zoom" } : fits.refused ? fits : null;
        return seen.refused === null;
      },
      exclusion_message: () => "",
    },
    {
      timeline: [{ type: StagePlugin, stages: guarded }],
      loop_function: (data) => !data.values().at(-1).over,
    },
  ]);
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
  const refused = seen.refused ?? stopped?.refused;
  if (refused) return refuse(texts, refused.refused, refused);
  if (stopped?.ended) return end(texts, texts.word(stopped.ended));
  if (stopped instanceof Stopped) {
    if (seen.events) await kept.end(seen.events, "stopped");
    return over(texts, context, "web_stopped");
  }
  if (stopped) {
    console.error(stopped);
    return over(texts, context, "web_failed", { reason: stopped.message });
  }
  await over(texts, context, "end");
}

function show(what, page, trial, keys) {
  Object.assign(state, { state: what, page, trial: String(trial), keys: keys.join(" ") });
}

function fullScreen(texts) {
  const paragraphs = texts.word("web_fullscreen").split("\n\n").map((words) => `<p>${words}</p>`).join("");
  return {
    type: jsPsychFullscreen,
    fullscreen_mode: true,
    message: paragraphs,
    button_label: texts.word("web_fullscreen_button"),
    delay_after: 400,
    on_load: () => show("page", "fullscreen", "", []),
    on_finish: () => show("loading", "", "", []),
  };
}

// What ends a session before its end is kept, and jsPsych told that there is no more.
async function* guard(stages, caught) {
  let failed = false;
  const tried = (stage) => async (element) => {
    try {
      await stage(element);
    } catch (error) {
      failed = true;
      caught(error);
    }
  };
  try {
    for await (const stage of stages) {
      yield tried(stage);
      if (failed) return;
    }
  } catch (error) {
    caught(error);
  }
}

function runFacts({ study, person, who, language, consent, screen, fitting, seen, jsPsych }) {
  return {
    format: study.format,
    study: study.name,
    fingerprint: study.fingerprint,
    conditions_sha256: person.conditions_sha256,
    participant: who.participant,
    session: who.session,
    run: 0,
    started_at: "",
    language,
    browser: navigator.userAgent,
    screen: {
      width: window.screen.width,
      height: window.screen.height,
      dpr: window.devicePixelRatio,
      window: screen.size,
      fullscreen: Boolean(document.fullscreenElement),
      image_px: fitting.side,
      ...(seen.card ?? {}),
    },
    refresh_hz: Math.round(1000 * seen.refresh) / 1000,
    keys_by: study.keys.by,
    // A browser that a program drives answers for nobody.
    observer: navigator.webdriver ? "scripted" : "human",
    versions: { jspsych: jsPsych.version() },
    target: study.to,
    consent,
  };
}

// The last page: what became of the answers, and the file where they were not sent.
async function over(texts, context, key, blanks = {}) {
  state.state = "loading";
  message(texts, texts.word("web_sending"));
  const { sent, file, words: said } = await finish(context);
  const became = sent ? texts.word("web_kept") : texts.word(said, { file });
  const words = `${texts.word(key, blanks)}\n\n${became}`;
  for (;;) {
    await end(texts, words, sent ? [] : [texts.word("web_save_button")]);
    await download(context);
  }
}

function end(texts, words, buttons = []) {
  show("end", "end", "", []);
  return message(texts, words, { buttons });
}

begin().catch((error) => {
  state.state = "failed";
  lacks(error.message);
  throw error;
});
