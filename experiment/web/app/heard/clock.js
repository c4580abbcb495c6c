// The session's clock, in seconds since its start over all runs.

export class Clock {
  // started: ISO 8601 of the first run; last: the latest onset so far, behind which it never counts back.
  constructor(started, last) {
    const since = (Date.now() - Date.parse(started)) / 1000;
    this.zero = performance.now() - 1000 * Math.max(last, since, 0);
  }

  // Of a time of the page (milliseconds, as events and frames have it).
  at(time) {
    return Math.round(1000 * (time - this.zero)) / 1e6;
  }

  now() {
    return this.at(performance.now());
  }
}

// Date and time with UTC offset, ISO 8601, to the millisecond, of a time of the page.
export function iso(time = performance.now()) {
  const date = new Date(performance.timeOrigin + time), minutes = -date.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const local = new Date(date.getTime() + 60000 * minutes).toISOString().slice(0, -1);
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
