// Answers go to the participant's disk, from where they are sent or carried; the number stands in
// the address.

export class Download {
  async participant(asked) {
    if (asked.number === null) return { refused: "refused_no_number", blanks: {} };
    return { participant: asked.number };
  }

  async deliver() {}

  // The page offers the file at its end, whatever becomes of this.
  async finish() {
    return { sent: true };
  }
}
