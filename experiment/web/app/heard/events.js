// All that happens, for events.csv: as experiment/events/log.py and presses.py, in the words of its table.

const STALL_S = 0.1;

export class EventLog {
  constructor(clock, run) {
    this.clock = clock;
    this.run = run;
    this.done = [];
    this.shown = this.question = this.looked = null;
    this.waiting = [];
    this.now = this.before = { when: "page", trial: null, wanted: [], answers: [], begun: -Infinity, until: Infinity };
    this.add("session", clock.now(), "begin");
  }

  happens(kind, detail) {
    this.add(kind, this.clock.now(), detail);
  }

  focus(away) {
    this.add("focus", this.clock.now(), away ? "lost" : "back", this.now.trial);
  }

  // Something comes on the screen, at a time of the session.
  appears(kind, detail, trial, at) {
    this.#close(at);
    this.shown = { kind, onset: at, trial, detail };
  }

  page(name, at) {
    // The same page stays where its hint is added to it.
    if (this.shown?.kind !== "page" || this.shown.detail !== name) this.appears("page", name, null, at);
  }

  phase(when, { trial = null, wanted = [], answers = [], begun = this.clock.now(), until = Infinity } = {}) {
    this.before = this.now;
    this.now = { when, trial, wanted, answers, begun, until };
  }

  asks(kind, trial, at) {
    this.question = { kind, onset: at, trial, detail: "" };
  }

  // The question is answered at a time, or over then (an empty detail).
  answers(detail, at, seconds = null) {
    if (!this.question) return;
    this.done.push({ ...this.question, duration: seconds ?? Math.max(0, round(at - this.question.onset)), detail });
    this.question = null;
  }

  imagesEnd(at) {
    if (this.shown) this.done.push(ended(this.shown, at));
    this.shown = null;
  }

  // Keys that were heard in one look; too rare a look is a stall.
  looks(heard) {
    const now = this.clock.now();
    if (this.looked !== null && now - this.looked > STALL_S) {
      this.done.push({ kind: "stall", onset: this.looked, duration: round(now - this.looked), trial: this.now.trial, detail: "" });
    }
    this.looked = now;
    for (const each of heard) {
      const at = this.clock.at(each.at);
      this.waiting.push({ each, at, phase: at >= this.now.begun ? this.now : this.before, counts: each.down && each.names[0] === "escape" && !each.away });
    }
  }

  counts(press) {
    const found = this.waiting.findLast((one) => one.each === press);
    if (found) found.counts = true;
  }

  rests() {
    this.looked = null;
  }

  end(how) {
    const now = this.clock.now();
    this.#close(now);
    this.shown = null;
    this.add("session", now, `end ${how}`);
  }

  // All that is known by now, as records in the order of onsets.
  take() {
    const presses = this.waiting.map(described);
    const rows = [...this.done, ...presses].sort((a, b) => a.onset - b.onset || (b.kind === "images") - (a.kind === "images"));
    this.done = [];
    this.waiting = [];
    return rows.map((row) => ({ type: "event", run: this.run, onset: Math.max(0, row.onset), duration: row.duration ?? null, kind: row.kind, trial: row.trial, detail: row.detail }));
  }

  add(kind, at, detail, trial = null) {
    this.done.push({ kind, onset: at, trial, detail });
  }

  #close(at) {
    if (this.question) this.done.push({ ...ended(this.question, at), detail: "interrupted" });
    if (this.shown) this.done.push(ended(this.shown, at));
    this.question = null;
  }
}

function described({ each, at, phase, counts }) {
  const name = each.away ? "key" : each.names[0];
  const row = { onset: at, trial: phase.trial, kind: each.down ? "press" : "release", detail: name };
  if (each.down && !counts) row.detail = `${name} ${each.away ? "away" : each.held ? "held" : reason(phase, each.names, at)}`;
  return row;
}

function reason(phase, names, at) {
  const among = (keys) => names.some((name) => keys.includes(name));
  if (!among(phase.answers) && !among(phase.wanted)) return "other";
  if (phase.when === "after" || at > phase.until) return "late";
  return phase.when === "confidence" || (phase.when === "choice" && among(phase.wanted)) ? "extra" : "early";
}

function ended(row, at) {
  return { ...row, duration: Math.max(0, round(at - row.onset)) };
}

function round(seconds) {
  return Math.round(1e6 * seconds) / 1e6;
}
