// Trains one stack of the size in the first argument for two calls, and prints what that took and what was estimated, in bytes.
const { createEngine } = require("../../lib/dist/engines/engines");
const { coefficientTable, initialState, sampleBatches } = require("../../lib/dist/engines/session-data");
const { configOf, KANJI_PROBLEM, specOf, usualStack } = require("../../lib/dist/measure/problem");
const { memoryOf } = require("../../lib/dist/sweep/estimate-memory");

void (async () => {
  const hiddenSize = Number(process.argv[2]);
  const engine = await createEngine("onnx-cpu", {});
  const trials = usualStack(KANJI_PROBLEM, hiddenSize, engine);
  const spec = specOf(KANJI_PROBLEM, hiddenSize, trials);
  const configs = Array.from({ length: trials }, (_, seed) => configOf(KANJI_PROBLEM, hiddenSize, seed));
  const session = await engine.open(spec);
  const updates = engine.updatesPerCall(spec);
  const { images, labels } = sampleBatches(spec, updates);
  session.setState(initialState(spec, configs));
  for (let call = 0; call < 2; call++) {
    await session.update(images, labels, coefficientTable(spec, configs, updates));
  }
  const taken = process.resourceUsage().maxRSS * 1024;
  const estimated = memoryOf({ spec, updates: 2 * updates }, engine, { training: 0, heldOut: 0 }).total;
  process.stdout.write(JSON.stringify({ taken, estimated }));
})();
