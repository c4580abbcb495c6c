// The course of a session, stage by stage: as experiment/session/session.py.

import { leastScreen } from "../screen/layout.js";
import { Escaped, FocusLost } from "../screen/pages.js";
import { KEYS, rate } from "./rating.js";
import { chooseRepeats } from "./repeats.js";
import { blank, checkKeys, isBreak, runExample, showKeys, takeBreak } from "./surroundings.js";
import { answersOf, runTrial } from "./trial.js";

const RATED = "intuitiveness";

export class Session {
  // study, person: the files; kept: what earlier runs left; meeting, pages, images, keep: who works.
  constructor({ study, person, kept, meeting, pages, images, keep }) {
    Object.assign(this, { study, person, kept, meeting, pages, images, keep, texts: meeting.texts });
    this.toInstruct = kept.correct.size === 0 || isLongAgo(study.resuming, kept);
    this.toIntroduce = this.toInstruct;
    this.unlessInterrupted = this.unlessInterrupted.bind(this);
  }

  // Each stage is a function that shows it and waits for its end.
  async *stages() {
    const { pages, study, texts, kept } = this, { reading } = study.timing;
    const rows = this.person.rows, asked = rows.filter((row) => row.phase !== RATED);
    const blocks = blocksOf(asked), main = blocks.filter((block) => block.number !== null).length;
    const total = main + study.repeated;
    yield () => checkKeys(pages, study.keys, texts);
    if (!kept.done.size) yield () => pages.read(texts.pages("welcome"), reading, "welcome");
    else yield () => pages.show(texts.word("web_again"), { name: "again" });
    yield* this.#ratings(rows, "beginning", blocks[0]?.rows ?? []);
    for (const [i, block] of blocks.entries()) yield* this.#block(block, total, blocks[i + 1]?.rows ?? ratingsOf(rows, "end"));
    const repeats = chooseRepeats(this.person.repeats, rows, kept.confidence);
    for (const block of blocksOf(repeats, main + 1)) yield* this.#block(block, total, ratingsOf(rows, "end"));
    yield* this.#ratings(rows, "end", []);
  }

  *#introduce() {
    if (!this.toIntroduce) return;
    this.toIntroduce = false;
    yield () => this.pages.read(this.texts.pages("introduction"), this.study.timing.reading, "introduction");
  }

  async *#ratings(rows, moment, next) {
    const waiting = ratingsOf(rows, moment).filter((row) => !this.kept.done.has(row.trial));
    if (!waiting.length) return;
    const coming = this.#ahead(waiting, next);
    yield* this.#introduce();
    yield () => this.pages.read(this.texts.pages("ratings"), this.study.timing.reading, "ratings");
    yield () => this.#loaded(() => this.images.fetch(waiting), this.fetched);
    for (const row of waiting) {
      yield async () => {
        await this.#load(row, coming.next(), null, KEYS);
        const rating = await this.unlessInterrupted(() => rate(this.meeting, row, () => this.keep.shown(row)));
        await this.keep.rating(row, moment, rating);
      };
    }
  }

  async *#block(block, total, next) {
    const { pages, study, texts, kept } = this, { reading } = study.timing;
    const waiting = block.rows.filter((row) => !kept.done.has(row.trial));
    if (!waiting.length) return;
    const coming = this.#ahead(waiting, next);
    yield* this.#introduce();
    if (this.toInstruct) {
      this.toInstruct = false;
      yield () => pages.read(texts.pages("instructions"), reading, "instructions");
      yield () => this.#loaded(() => this.images.fetchExample());
      yield () => runExample(this.meeting, pages, study.example, this.images, reading, this.unlessInterrupted);
      yield () => showKeys(pages, texts, reading);
    }
    const which = block.number === null ? "practice" : String(block.number);
    const title = block.number === null ? texts.word("block_practice") : texts.word("block_main", { block: block.number, blocks: total });
    this.meeting.events.happens("block", `begin ${which}`);
    yield () => pages.show(texts.card(block.rows[0]), { title, seconds: reading, name: "block" });
    yield () => this.#loaded(() => this.images.fetch(waiting), this.fetched);
    for (const row of waiting) {
      yield async () => {
        const progress = block.rows.indexOf(row) / block.rows.length;
        await this.#load(row, coming.next(), progress, answersOf(study.keys));
        const answered = (answer) => this.keep.answer(row, answer);
        await this.unlessInterrupted(() => runTrial(this.meeting, row, () => this.keep.shown(row), answered));
        if (this.meeting.keyboard.escaped) await pages.askToStop();
      };
    }
    this.meeting.events.happens("block", `end ${which}`);
    yield () => this.#after(block, total);
  }

  async #after(block, total) {
    const { pages, texts, study } = this;
    const correct = block.rows.filter((row) => this.kept.correct.get(row.trial)).length;
    const result = texts.word("feedback", { correct, trials: block.rows.length });
    const goesOn = block.number !== total || ratingsOf(this.person.rows, "end").length > 0;
    if (study.breaks === null && goesOn) {
      this.meeting.events.happens("pause", "begin rest");
      await pages.show(`${result}\n\n${texts.word("pause")}`, { name: "result" });
      this.meeting.events.happens("pause", "end rest");
    } else if (isBreak(study.breaks, block.number, total)) await takeBreak(pages, study.breaks, texts, result);
    else await pages.show(result, { name: "result" });
  }

  // Fetches the images of some trials, then those that come after; decodes each one trial ahead.
  #ahead(rows, next) {
    const { images } = this;
    this.fetched = images.fetch(rows, next).then(() => {
      images.fetch(next, rows).catch(() => {});
    });
    this.fetched.catch(() => {});
    return (function* () {
      let coming = null;
      for (const [i, row] of rows.entries()) {
        const now = coming ?? images.decoded(row);
        now.catch(() => {});
        yield { images: now, begin: () => (coming = i + 1 < rows.length ? images.decoded(rows[i + 1]) : null)?.catch(() => {}) };
      }
    })();
  }

  // Waits until images are there; says so while they are not. `again` fetches those that are missing.
  async #loaded(again, fetched = again()) {
    let trouble = null, there = false;
    const { pages, texts } = this;
    const look = (promise) => promise.then(() => (there = true), (error) => (trouble = error));
    look(fetched);
    await Promise.race([fetched.catch(() => {}), new Promise((done) => setTimeout(done, 200))]);
    while (!there) {
      const words = pages.words(texts.word("web_loading"));
      if (!trouble) await pages.hold(() => pages.screen.text(words, [0, 0]), () => there || trouble, "loading");
      if (!trouble) continue;
      await pages.show(texts.word("web_no_images", { reason: trouble.message }), { name: "no images" });
      trouble = null;
      look(again());
    }
  }

  async #load(row, { value }, progress, answers) {
    const { meeting } = this;
    await this.#fitted();
    const bitmaps = await blank(meeting, row.trial, answers, this.study.timing.blank, value.images);
    meeting.trialScreen.load(row, bitmaps, progress);
    value.begin();
  }

  // Takes the window's new size, if it has another; where it is too small now, waits until it is not.
  async #fitted() {
    const { pages, texts, meeting: { screen, trialScreen } } = this;
    if (!screen.fitted) screen.fit();
    while (!trialScreen.fits) {
      const [width, height] = leastScreen(screen.size, trialScreen.side, Math.max(...this.study.image.references));
      const blanks = { width, height, found_width: screen.size[0], found_height: screen.size[1] };
      const words = pages.words(texts.word("refused_small", blanks));
      await pages.hold(() => screen.text(words, [0, 0]), () => trialScreen.fits, "too small");
    }
  }

  // What Escape or another window interrupted begins again.
  async unlessInterrupted(run) {
    while (true) {
      try {
        return await run();
      } catch (error) {
        if (error instanceof Escaped) await this.pages.askToStop();
        else if (error instanceof FocusLost) await this.pages.regain();
        else throw error;
      }
    }
  }
}

export function ratingsOf(rows, moment) {
  const first = rows.findIndex((row) => row.phase !== RATED), split = first < 0 ? rows.length : first;
  return (moment === "beginning" ? rows.slice(0, split) : rows.slice(split)).filter((row) => row.phase === RATED);
}

export function blocksOf(rows, first = 1) {
  const blocks = [];
  for (const row of rows) {
    if (blocks.at(-1)?.rows[0].block === row.block) blocks.at(-1).rows.push(row);
    else blocks.push({ rows: [row], number: row.phase === "practice" ? null : first++ });
  }
  return blocks;
}

function isLongAgo({ instructions_after_minutes: minutes }, { lastAt }) {
  if (minutes === null || lastAt === null) return false;
  const passed = (Date.now() - lastAt) / 60000;
  return passed < 0 || passed > minutes;
}
