// Where answers go, and who gives the participant's number: one target of three, chosen when the
// folder was made. A target has
//
//   participant(search)           {participant}, or {refused: key of a text, blanks}
//   deliver(records, all)         records that are in the browser's storage now
//   finish(records, participant)  all of them, the last of type "end": whether they were sent
//
// A context is {study, participant, session, all}, where all() gives all records so far.

import { as_lines, save, stem } from "./files.js";
import { Sent } from "./sent.js";
import { DataPipe } from "./to_datapipe.js";
import { Download } from "./to_download.js";
import { Jatos } from "./to_jatos.js";

const DATAPIPE = "datapipe:";
let opened = null;

export function target_of(study) {
  opened ??= open_target(study);
  return opened;
}

function open_target(study) {
  const sent = new Sent(study.fingerprint);
  if (study.to === "jatos") return new Jatos(study, sent);
  if (!study.to.startsWith(DATAPIPE)) return new Download(study);
  return new DataPipe(study.to.slice(DATAPIPE.length), study, sent);
}

// Sends what was just stored, where the target takes it; never throws, holds nothing up.
export async function deliver(records, context) {
  try {
    await target_of(context.study).deliver(records, context.all);
  } catch (failure) {
    console.warn("answers stay in the browser:", failure);
  }
}

// At the end: {sent}; where nothing was sent the participant gets a file: {sent, file, words}, with
// the key of the text that says so.
export async function finish(context) {
  const target = target_of(context.study);
  try {
    if (await target.finish(await context.all(), context.participant)) return { sent: true };
  } catch (failure) {
    console.warn("answers stay in the browser:", failure);
  }
  const words = target instanceof Download ? "web_save" : "web_not_sent";
  return { sent: false, file: await download(context), words };
}

// Puts all answers on the participant's disk; the file's name.
export async function download(context) {
  const name = `${stem(context.participant)}.jsonl`;
  save(name, as_lines(await context.all()));
  return name;
}
