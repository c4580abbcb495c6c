// Where answers go, and who gives the participant's number: one target of three, chosen when the
// folder was made. A target has
//
//   participant(asked)            {participant}, or {refused: key of a text, blanks}
//   deliver(records, all)         records that are in the browser's storage now
//   finish(records, participant)  all of them, the last of type "end": {sent, why}

import { asked_for } from "./asked.js";
import { as_lines, save, stem } from "./files.js";
import { Kept } from "./kept.js";
import { DataPipe } from "./to_datapipe.js";
import { Download } from "./to_download.js";
import { Jatos } from "./to_jatos.js";

const DATAPIPE = "datapipe:";
let opened = null;

function target_of(study) {
  opened ??= open_target(study);
  return opened;
}

function open_target(study) {
  const kept = new Kept(study.fingerprint);
  if (study.to === "jatos") return new Jatos(study, kept);
  if (!study.to.startsWith(DATAPIPE)) return new Download();
  return new DataPipe(study.to.slice(DATAPIPE.length), study, kept);
}

// Whose session this is: {participant}, or {refused: key of experiment/texts/web, blanks}.
export async function whoTakesPart(study, search = window.location.search) {
  const target = target_of(study);
  if (target instanceof Jatos) return target.participant();
  const asked = asked_for(new URLSearchParams(search), study);
  return asked.refused ? asked : target.participant(asked);
}

// Sends what was just stored, where the target takes it; never throws, holds nothing up.
export async function deliver(records, context) {
  try {
    await target_of(context.study).deliver(records, context.all);
  } catch (failure) {
    console.warn("answers stay in the browser:", failure);
  }
}

// After the last record: {sent, why}. What was not sent the participant is offered as a file.
export async function finish(context) {
  try {
    return await target_of(context.study).finish(await context.all(), context.participant);
  } catch (failure) {
    return { sent: false, why: String(failure.message ?? failure) };
  }
}

// Puts all answers on the participant's disk.
export async function download(context) {
  save(`${stem(context.participant)}.jsonl`, as_lines(await context.all()));
}
