// Pages between trials, and what ends them: as experiment/screen/pages.py and page.py.

import { TEXT } from "./layout.js";

// Shares of the screen's height: the middle of title, hint and number of the page.
const TITLE = 1 / 3, HINT = -0.4, NUMBER = 0.465;
export const TITLE_HEIGHT = TEXT + 22, BODY_HEIGHT = TEXT + 8;
const LINE = 42, SMALLER = 0.7;
const STOP = "return";
export const CLICK = "click";

// The participant stopped: what was answered is kept.
export class Stopped extends Error {}
// Escape, or the end of full screen, while something was asked.
export class Escaped extends Error {}
// Another window got the keyboard while something was asked.
export class FocusLost extends Error {}

export class Pages {
  constructor(screen, keyboard, events, texts, keys, state) {
    Object.assign(this, { screen, keyboard, events, texts, keys, state });
  }

  // A text on a page, or on several where it is long, until the key is pressed that goes on.
  async show(body, { title = "", seconds = 0, name = "" } = {}) {
    const parts = sheets(this.screen, this.texts, body, title);
    for (const [i, draw] of parts.entries()) {
      await this.wait(draw, () => this.hint(), seconds, parts.length > 1 ? `${name} ${i + 1}` : name);
    }
  }

  async read(shown, seconds, name) {
    for (const [i, page] of shown.entries()) {
      await this.show(page.body, { title: page.title, seconds, name: shown.length > 1 ? `${name} ${i + 1}` : name });
    }
  }

  // In the first seconds the key that goes on does nothing, and the hint is not there yet.
  async wait(draw, hint, seconds, name) {
    if (seconds > 0) {
      const begun = performance.now();
      await this.hold(draw, () => performance.now() - begun >= 1000 * seconds, name);
    }
    const drawn = () => (draw(), hint());
    while ((await this.ask({ draw: drawn, keys: this.keys.go_on, name })) === null) await this.askToStop();
  }

  async hold(draw, until, name) {
    while ((await this.ask({ draw, until, name })) === null) await this.askToStop();
  }

  // After another window had the keyboard: until ours has it, and is clicked or the key is pressed.
  async regain() {
    const words = this.words(this.texts.word("focus_lost")), below = this.texts.hint("focus_go_on");
    const draw = () => (this.screen.text(words, [0, 0]), this.keyboard.away || this.hint(below));
    while ((await this.ask({ draw, keys: this.keys.go_on, clicks: true, name: "focus" })) === null) await this.askToStop();
    await this.fillScreen();
  }

  // Whether Escape was meant; leaving full screen asks the same.
  async askToStop() {
    const left = this.keyboard.wasFull && !document.fullscreenElement;
    const said = left ? `${this.texts.word("web_left_fullscreen")}\n\n` : "";
    const words = this.words(said + this.texts.hint("stop"));
    let pressed = null;
    this.events.happens("pause", "begin escape");
    while (pressed === null) {
      pressed = await this.ask({ draw: () => this.screen.text(words, [0, 0]), keys: [...this.keys.go_on, STOP], name: "stop" });
    }
    this.events.happens("pause", "end escape");
    if (pressed === STOP) throw new Stopped();
    await this.fillScreen();
  }

  // Full screen again, where it was left; a key or a click has just allowed it.
  async fillScreen() {
    if (!this.keyboard.wasFull || document.fullscreenElement) return;
    await document.documentElement.requestFullscreen().catch(() => {});
    await new Promise((done) => setTimeout(done, 300));
    if (!this.screen.fitted) this.screen.fit();
  }

  // The first of some keys, "" where `until` comes true, null on Escape. `heard` hears every press.
  async ask({ draw, keys = [], until = () => false, heard = () => false, clicks = false, name = "", changed = () => false }) {
    const { screen, keyboard, events } = this;
    keyboard.escaped = keyboard.clicked = false;
    if (clicks) screen.pointer(true);
    let at = await screen.flip(draw);
    events.page(name, events.clock.at(at));
    events.phase("page", { wanted: this.keys.go_on, begun: events.clock.at(at) });
    events.rests();
    await this.state.page(name, keys, events);
    const begun = at;
    while (!keyboard.escaped) {
      const presses = keyboard.take();
      events.looks(presses);
      for (const press of presses) {
        if (!press.down || press.away || press.held || press.at < begun) continue;
        const useful = heard(press), key = keys.find((each) => press.names.includes(each));
        if (useful || key !== undefined) events.counts(press);
        if (key !== undefined) return this.#left(key);
      }
      if (until()) return this.#left("");
      if (clicks && keyboard.clicked && !keyboard.away) return this.#left(CLICK);
      if (!screen.fitted) screen.fit(), screen.clear(), draw();
      else if (changed()) screen.clear(), draw();
      at = await screen.frame();
    }
    keyboard.escaped = false;
    return this.#left(null);
  }

  #left(how) {
    this.screen.pointer(false);
    this.events.rests();
    this.keyboard.lost = this.keyboard.away;
    return how;
  }

  words(body) {
    return this.screen.laid(body.trim(), { height: BODY_HEIGHT, line: LINE });
  }

  hint(words = this.texts.hint("go_on"), share = HINT, ink = "quiet") {
    this.screen.text(this.screen.laid(words), [0, Math.round(share * this.screen.size[1])], ink);
  }
}

export function headline(screen, words) {
  const laid = screen.laid(words, { height: TITLE_HEIGHT, bold: true });
  return screen.within(laid, { tall: 2.6 * screen.length(TITLE_HEIGHT) });
}

export function drawHeadline(screen, words) {
  screen.text(headline(screen, words), [0, Math.round(TITLE * screen.size[1])]);
}

// What draws each page of a text.
function sheets(screen, texts, body, title) {
  const laidOut = () => {
    const height = screen.size[1], apart = screen.length(TEXT);
    const above = title && headline(screen, title);
    const lowest = Math.round(HINT * height) + 0.6 * apart + apart;
    const highest = above ? Math.round(TITLE * height) - above.tall / 2 - apart : -lowest;
    const tallest = Math.max(highest - lowest, 0.1 * height);
    const smallest = Math.max(12, Math.round(SMALLER * screen.length(BODY_HEIGHT)));
    const laid = (words) => screen.within(screen.laid(words, { height: BODY_HEIGHT, line: LINE }), { tall: tallest, smallest });
    return { above, lowest, highest, tallest, laid };
  };
  const first = laidOut();
  const parts = pagesOf(body.trim(), (words) => first.laid(words).tall <= first.tallest);
  return parts.map((part, i) => () => {
    const { above, lowest, highest, laid } = laidOut();
    const words = laid(part), half = words.tall / 2;
    if (above) screen.text(above, [0, Math.round(TITLE * screen.size[1])]);
    screen.text(words, [0, Math.round(Math.max(lowest + half, Math.min(0, highest - half)))]);
    if (parts.length > 1) drawNumber(screen, texts, i + 1, parts.length);
  });
}

export function drawNumber(screen, texts, page, pages) {
  const words = screen.laid(texts.word("page_number", { page, pages }));
  screen.text(words, [0, Math.round(NUMBER * screen.size[1])], "quiet");
}

// Cuts a text where a page ends if it can: after a paragraph, a line, a sentence, a word.
export function pagesOf(words, fits) {
  const pages = [];
  let rest = words.trim();
  while (rest && !fits(rest)) {
    let [most, tooMany] = [1, rest.length];
    while (tooMany - most > 1) {
      const middle = (most + tooMany) >> 1;
      if (fits(rest.slice(0, middle))) most = middle;
      else tooMany = middle;
    }
    const ends = [["\n\n", 0.6], ["\n", 0.6], [". ", 0.6], ["。", 0.6], [" ", 0]];
    const found = ends.map(([mark, least]) => [rest.lastIndexOf(mark, most) + mark.trimEnd().length, least, rest.lastIndexOf(mark, most)]);
    const end = found.find(([end, least, at]) => at > 0 && end <= most && end >= least * most)?.[0] ?? most;
    pages.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest ? [...pages, rest] : pages;
}
