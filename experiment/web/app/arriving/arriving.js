// Before anything is asked: whether the browser, its window and the screen will do.

import { leastScreen, shownSide } from "../screen/layout.js";

// A page of text with buttons; which was pressed.
export function message(texts, words, { title = "", buttons = [] } = {}) {
  document.body.classList.remove("quiet");
  const page = document.createElement("div");
  page.className = "message";
  if (title) page.append(Object.assign(document.createElement("h1"), { textContent: title }));
  for (const paragraph of words.split("\n\n")) page.append(Object.assign(document.createElement("p"), { textContent: paragraph }));
  if (texts?.rtl) page.dir = "rtl";
  document.body.replaceChildren(page);
  return new Promise((done) => {
    buttons.forEach((label, i) => {
      const button = Object.assign(document.createElement("button"), { textContent: label });
      button.addEventListener("click", () => done(i));
      page.append(button);
    });
  });
}

export function refuse(texts, key, blanks = {}) {
  document.body.dataset.state = "refused";
  document.body.dataset.page = key;
  message(texts, texts.word(key, blanks), { title: texts.word("refused_title") });
}

// The language of a participant: asked for in the address, or the browser's, or the study's own.
export function languageOf(study) {
  const there = Object.keys(study.texts);
  const wanted = [new URLSearchParams(location.search).get("language"), ...(there.length > 1 ? navigator.languages : [])];
  for (const each of wanted) {
    const code = [each, each?.split("-")[0]].find((name) => there.includes(name));
    if (code) return code;
  }
  return study.language;
}

// What the browser lacks, or an empty text.
export function lacking() {
  const needed = {
    IndexedDB: globalThis.indexedDB, createImageBitmap: globalThis.createImageBitmap, "Array.findLast": [].findLast,
    jsPsych: globalThis.initJsPsych,
  };
  return Object.keys(needed).filter((name) => !needed[name]).join(", ");
}

export function isTouchOnly() {
  return matchMedia("(hover: none)").matches && !matchMedia("(any-pointer: fine)").matches;
}

// By how much the page is magnified beyond what the system asks for.
export function isZoomed() {
  if (!window.outerWidth) return false;
  const full = Boolean(document.fullscreenElement), frame = full ? 2 : 40;
  const zoom = window.outerWidth / window.innerWidth;
  return Math.abs(window.outerWidth - window.innerWidth) > frame && Math.abs(zoom - 1) > 0.04;
}

// The side at which images are shown, or why not: {side} or {refused, …}.
export function sideOf(study, pixelsPerCm = null) {
  const ratio = window.devicePixelRatio, image = { ...study.image };
  const screen = [window.innerWidth, window.innerHeight].map((length) => 2 * Math.floor(Math.round(length * ratio) / 2));
  if (image.degrees !== null && pixelsPerCm) {
    image.side = Math.max(2, 2 * Math.round(pixelsPerCm * study.card.distance_cm * Math.tan((image.degrees * Math.PI) / 360)));
  }
  const side = shownSide(screen, image, ratio);
  if (side !== null) return { side };
  const smallest = image.shrink && (image.side / 2) % 2 === 0 ? image.side / 2 : image.side;
  const [width, height] = leastScreen(screen, smallest, Math.max(...image.references));
  return { refused: "refused_small", width, height, found_width: screen[0], found_height: screen[1] };
}
