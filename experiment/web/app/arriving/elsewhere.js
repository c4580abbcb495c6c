// One tab of a browser has a participant.

// Whether another tab has the same participant; it ends with this page.
export function isOpenElsewhere(name) {
  if (!navigator.locks) return isHeardElsewhere(name);
  return new Promise((answer) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      answer(lock === null);
      return lock && new Promise(() => {});
    });
  });
}

// The same where there are no locks, for want of HTTPS: who has it open already says so.
async function isHeardElsewhere(name) {
  const others = new BroadcastChannel(name);
  let there = false;
  others.onmessage = ({ data }) => {
    if (data === "who?") others.postMessage("I");
    else there = true;
  };
  others.postMessage("who?");
  await new Promise((done) => setTimeout(done, 1000));
  if (there) others.close();
  return there;
}
