// Answers go to the participant's disk, from where they are sent or carried; the number stands in
// the address.

import { asked_for } from "./asked.js";

export class Download {
  constructor(study) {
    this.study = study;
  }

  async participant(search) {
    const asked = asked_for(new URLSearchParams(search), this.study);
    if (asked.refused) return asked;
    if (asked.number === null) return { refused: "refused_no_number", blanks: {} };
    return { participant: asked.number };
  }

  async deliver() {}

  async finish() {
    return false;
  }
}
