// What has been answered: of earlier runs, and at each press.

export class Answers {
  // records: those of earlier runs; store: the browser's data base; hand: takes new records on.
  constructor(records, store, hand) {
    // All of them stay here too: the participant's file has what the browser had no room for, or forgot.
    Object.assign(this, { store, hand, records: [...records], before: 0 });
    const runs = records.filter((record) => record.type === "run"), of = (type) => records.filter((record) => record.type === type);
    this.run = runs.length + 1;
    this.startedAt = runs[0]?.started_at ?? null;
    this.consent = runs.findLast((run) => run.consent)?.consent ?? null;
    this.complete = of("end").some((record) => record.state === "complete");
    this.correct = new Map(of("trial").map((record) => [record.trial, record.correct === true]));
    this.confidence = new Map(of("trial").filter((record) => record.confidence !== null).map((record) => [record.trial, record.confidence]));
    this.done = new Set([...of("trial"), ...of("rating")].map((record) => record.trial));
    this.lastOnset = Math.max(0, ...records.map((record) => (record.onset ?? 0) + (record.duration ?? 0)));
    const moments = of("trial").map((record) => Date.parse(record.started_at));
    this.lastAt = moments.length ? Math.max(...moments) : null;
  }

  async begin(facts) {
    await this.#save([{ type: "run", ...facts, run: this.run }]);
  }

  async events(log) {
    const records = log.take();
    if (records.length) await this.#save(records);
  }

  async shown(log, row) {
    this.before = await this.store.countShown(row.trial);
    await this.events(log);
  }

  async answer(log, row, answer) {
    const { repeat_of: repeatOf = null, ...decided } = row;
    const { onset, started_at, response, correct, confidence, rt, confidence_rt, timed_out, frame_intervals_ms } = answer;
    await this.#save([...log.take(), {
      type: "trial", run: this.run, trial: row.trial, row: decided, response, correct, confidence, rt, confidence_rt,
      timed_out, onset, started_at, shown_before: this.before, repeat_of: repeatOf, frame_intervals_ms,
    }]);
    this.correct.set(row.trial, correct === true);
    if (confidence !== null) this.confidence.set(row.trial, confidence);
    this.done.add(row.trial);
  }

  async rating(log, row, moment, { rating, rt }) {
    await this.#save([...log.take(), { type: "rating", run: this.run, moment, trial: row.trial, unit: row.unit, rating, rt, shown_before: this.before }]);
    this.done.add(row.trial);
  }

  async end(log, state) {
    log.end(state);
    await this.#save([...log.take(), { type: "end", run: this.run, state }]);
    this.complete ||= state === "complete";
  }

  async #save(records) {
    try {
      await this.store.append(records);
    } finally {
      this.records.push(...records);
    }
    this.hand(records);
  }
}
