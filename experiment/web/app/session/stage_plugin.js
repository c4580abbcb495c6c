// Our jsPsych plugin: shows the next stage of a session; its trial ends when that does.

export const StagePlugin = class {
  static info = {
    name: "reference-images-stage",
    version: "1.0.0",
    parameters: { stages: { type: jsPsychModule.ParameterType.COMPLEX, default: undefined } },
    data: { over: { type: jsPsychModule.ParameterType.BOOL } },
  };

  constructor(jsPsych) {
    this.jsPsych = jsPsych;
  }

  async trial(element, { stages }) {
    const { value: show, done } = await stages.next();
    if (!done) await show(element);
    return { over: Boolean(done) };
  }
};
