// Answers go through DataPipe (pipe.jspsych.org) into a storage of the researcher's, a file a
// participant, at the end. Numbers are counted by DataPipe's condition assignment. Its counter
// begins anew after the last number, and an address may be opened twice: a file that says the
// number is taken, whose name can be given only once, makes that nobody gets a used one.

import { asked_for } from "./asked.js";
import { as_lines, stem, wait } from "./files.js";

const HOST = "https://pipe.jspsych.org";
// OSF_FILE_EXISTS is what it was called until 2026.
const EXISTS = ["FILE_EXISTS", "OSF_FILE_EXISTS"];
const WAITS_MS = [1000, 2000, 4000, 8000];
const NAMES = 9;

export class DataPipe {
  constructor(id, study, sent) {
    this.id = id;
    this.study = study;
    this.sent = sent;
  }

  async participant(search) {
    const { number, ...refused } = asked_for(new URLSearchParams(search), this.study);
    if (refused.refused) return refused;
    const mine = this.sent.read("participant");
    if (mine !== null && (number === null || number === mine)) return { participant: mine };
    return number === null ? this.next_free() : this.take(number);
  }

  // The counter gives a number; one that was taken by its address is passed over.
  async next_free() {
    for (const _ of this.study.participants) {
      const counted = await this.ask("condition", {});
      if (counted.error !== null) return not_reached(counted.error);
      const number = this.study.participants[counted.condition];
      if (number === undefined) continue;
      const taken = await this.take(number);
      if (taken.refused !== "refused_taken") return taken;
    }
    return { refused: "refused_no_more", blanks: {} };
  }

  async take(number) {
    const claim = { participant: number, fingerprint: this.study.fingerprint };
    const answer = await this.ask("data", {
      filename: `${stem(number)}_taken.json`,
      data: JSON.stringify(claim),
    });
    // Also where a first try arrived and only its answer was lost: a number less, never one twice.
    if (EXISTS.includes(answer.error)) {
      return { refused: "refused_taken", blanks: { participant: number } };
    }
    if (answer.error !== null) return not_reached(answer.error);
    this.sent.write("participant", number);
    return { participant: number };
  }

  async deliver() {}

  // A name that is there already is that of an earlier run, or of a try whose answer was lost.
  async finish(records, participant) {
    if (this.sent.read(`sent-${participant}`) === records.length) return true;
    let answer = { error: "FILE_EXISTS" };
    for (let attempt = 1; attempt <= NAMES; attempt += 1) {
      const more = attempt === 1 ? "" : `_${attempt}`;
      const filename = `${stem(participant)}${more}.jsonl`;
      answer = await this.ask("data", { filename, data: as_lines(records) });
      if (!EXISTS.includes(answer.error)) break;
    }
    if (answer.error !== null) {
      console.warn("DataPipe:", answer.error);
      return false;
    }
    this.sent.write(`sent-${participant}`, records.length);
    return true;
  }

  // What DataPipe answers, with `error` null where it took it. Tried again where that may help.
  async ask(what, body) {
    let answer = {};
    for (const pause of [...WAITS_MS, null]) {
      answer = await this.ask_once(what, body);
      if (answer.error === null || !answer.again || pause === null) break;
      await wait(pause);
    }
    return answer;
  }

  async ask_once(what, body) {
    try {
      const response = await fetch(`${HOST}/api/${what}/`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "*/*" },
        body: JSON.stringify({ experimentID: this.id, ...body }),
      });
      const said = await response.json().catch(() => ({}));
      if (response.ok) return { ...said, error: null };
      const again = response.status >= 500 || response.status === 429;
      return { error: said.error ?? `HTTP ${response.status}`, again };
    } catch (failure) {
      return { error: String(failure.message ?? failure), again: true };
    }
  }
}

function not_reached(reason) {
  return { refused: "refused_not_reached", blanks: { reason } };
}
