// Answers go to the JATOS server that serves this page, as soon as they are there. Numbers are
// dealt out in the data that all runs of a batch share: what is written there is refused where
// somebody else wrote in between, so that a number is given once.

import { asked_for } from "./asked.js";
import { as_lines, wait } from "./files.js";

const TRIES = 12;
const AGAIN_MS = 3000;
// jatos.js tries for some seconds by itself; what it could not send by then is tried for longer.
const PATIENCE_MS = 60000;
// How long the last page stays before JATOS's own, or where its study says that one goes then.
const LAST_PAGE_MS = 15000;

export class Jatos {
  constructor(study, sent) {
    this.study = study;
    this.sent = sent;
    this.n_sent = 0;
    this.waiting = [];
    this.begun = null;
    this.sending = null;
  }

  // The address is that of JATOS: what was asked for stands in what it was started with.
  async participant() {
    try {
      await load_jatos();
    } catch (failure) {
      return not_reached(failure);
    }
    const jatos = window.jatos;
    // It knows by its cookie who this is; numbers of all who refuse it would be one worker's.
    if (!jatos.workerId) return not_reached("JATOS: cookie");
    const asked = asked_for(new URLSearchParams(jatos.urlQueryParameters ?? {}), this.study);
    if (asked.refused) return asked;
    let failure = "";
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const choice = this.choose(asked);
      if (choice.refused) return choice;
      try {
        if (choice.claim) await jatos.batchSession.set(slot(choice.participant), choice.claim);
        return { participant: choice.participant };
      } catch (reason) {
        // Somebody else was faster, or the connection is gone: what holds now is read again.
        failure = reason;
        await wait(100 * attempt * (0.5 + Math.random()));
      }
    }
    return not_reached(failure);
  }

  // The number that is asked for, the one that this worker has already, or the first free one.
  choose({ number }) {
    const claims = window.jatos.batchSession.getAll() ?? {};
    const worker = String(window.jatos.workerId);
    const is_mine = (one) => claims[slot(one)]?.worker === worker;
    const mine = this.study.participants.find(is_mine);
    const wanted = number ?? mine ?? this.study.participants.find((one) => !claims[slot(one)]);
    if (wanted === undefined) return { refused: "refused_no_more", blanks: {} };
    const claim = claims[slot(wanted)];
    if (!claim) return { participant: wanted, claim: { worker, done: false } };
    const blanks = { participant: wanted };
    if (!is_mine(wanted)) return { refused: "refused_taken", blanks };
    if (claim.done) return { refused: "refused_used", blanks };
    return { participant: wanted };
  }

  // With the first records go those that this browser kept of an earlier run and could not send.
  async deliver(records, all) {
    if (this.begun === null) {
      this.begun = all().then((stored) => this.begin(stored));
      await this.begun;
    } else {
      await this.begun;
      this.waiting.push({ lines: as_lines(records), n: records.length });
    }
    this.sending ??= this.send();
  }

  // What each load of the page sends JATOS keeps apart: there too lines stand below that of a run.
  begin(stored) {
    this.n_sent = Math.min(this.sent.read(counter()) ?? 0, stored.length);
    const rest = stored.slice(this.n_sent);
    if (!rest.length) return;
    const runs = stored.slice(0, this.n_sent).filter((record) => record.type === "run");
    const run = rest[0].type === "run" ? [] : runs.slice(-1);
    this.waiting.push({ lines: as_lines([...run, ...rest]), n: rest.length });
  }

  // One after the other, so that lines stand in their order; what is refused is tried again.
  async send() {
    while (this.waiting.length) {
      const [{ lines, n }] = this.waiting;
      try {
        await window.jatos.appendResultData(lines);
      } catch {
        await wait(AGAIN_MS);
        continue;
      }
      this.waiting.shift();
      this.n_sent += n;
      this.sent.write(counter(), this.n_sent);
    }
    this.sending = null;
  }

  async finish(records, participant) {
    if (this.begun === null) await this.deliver([], async () => records);
    await Promise.race([this.sending, wait(PATIENCE_MS)]);
    if (this.waiting.length) return false;
    const complete = records[records.length - 1].state === "complete";
    if (complete) await this.mark_done(participant);
    setTimeout(() => window.jatos.endStudy(complete), LAST_PAGE_MS);
    return true;
  }

  async mark_done(participant) {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      try {
        const claim = window.jatos.batchSession.getAll()[slot(participant)];
        await window.jatos.batchSession.set(slot(participant), { ...claim, done: true });
        return;
      } catch {
        await wait(100 * attempt * (0.5 + Math.random()));
      }
    }
  }
}

function slot(participant) {
  return `participant-${String(participant).padStart(3, "0")}`;
}

function counter() {
  return `sent-${window.jatos.studyResultId}`;
}

// JATOS serves it beside each page; elsewhere it is not there.
function load_jatos() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "jatos.js";
    script.onload = () => window.jatos.onLoad(() => resolve());
    script.onerror = () => reject(new Error("jatos.js"));
    document.head.append(script);
  });
}

function not_reached(failure) {
  const reason = String(failure?.message ?? failure ?? "");
  return { refused: "refused_not_reached", blanks: { reason } };
}
